import type { Facts } from '../model/facts.ts';
import type { Plan } from '../model/plan.ts';

/** What fell and what it took down: nodes are units, sites and, for islands, the call that would have blocked a loop. */
export interface FallGraph {
  readonly ids: readonly string[];
  readonly index: ReadonlyMap<string, number>;
  /** For each node, those that fell with it. */
  readonly falls: readonly (readonly number[])[];
  /** Nodes that fell by themselves: refused sites. */
  readonly roots: readonly number[];
  /** Whether the node is an asynchronous unit, which is what the user counts. */
  readonly counted: readonly boolean[];
}

/** A call that would block a loop takes its callee down without falling itself; it has a node of its own, beside its site's. */
export function islandNode(site: string): string {
  return `${site}!island`;
}

/** The requirement graph as far as it fell, edges from what was required to what required it. */
export function fallGraph(facts: Facts, plan: Plan): FallGraph {
  const ids = plan.fallen.map((each) => each.id);
  const index = new Map(ids.map((id, i) => [id, i]));
  const falls: number[][] = ids.map(() => []);
  const roots: number[] = [];
  const islands = new Set<string>();
  const node = (id: string): number => {
    const known = index.get(id);
    if (known !== undefined) return known;
    index.set(id, ids.length);
    falls.push([]);
    return ids.push(id) - 1;
  };
  const edge = (from: number | undefined, to: number | undefined): void => {
    if (from !== undefined && to !== undefined && from !== to) falls[from]!.push(to);
  };
  const islandSites = new Set(
    plan.refusals.filter((each) => each.reason === 'settle/would-block-loop').map((each) => each.site),
  );
  for (const { id, because, root } of plan.fallen) {
    if (because === id) roots.push(index.get(id)!);
    else if (islandSites.has(root) && isCallBetween(facts, root, because, id)) {
      islands.add(`${because}\n${id}`);
      edge(index.get(because), node(islandNode(root)));
      edge(node(islandNode(root)), index.get(id));
    }
  }
  for (const { id, because } of plan.fallen)
    if (!islands.has(`${because}\n${id}`)) edge(index.get(because), index.get(id));
  for (const { from, to } of facts.requirements) edge(index.get(to), index.get(from));
  for (const { id, inside } of facts.sites) edge(index.get(inside), index.get(id));
  const asynchronous = new Set(facts.units.filter((unit) => unit.asynchronous).map((unit) => unit.id));
  return { ids, index, falls, roots, counted: ids.map((id) => asynchronous.has(id)) };
}

const callsBySite = new WeakMap<Facts, Map<string, { caller: string; callee: string }>>();

function isCallBetween(facts: Facts, site: string, caller: string, callee: string): boolean {
  let calls = callsBySite.get(facts);
  if (calls === undefined) {
    calls = new Map(facts.calls.map((call) => [`${call.site}\n${call.caller}\n${call.callee}`, call]));
    callsBySite.set(facts, calls);
  }
  return calls.has(`${site}\n${caller}\n${callee}`);
}

/**
 * For each node, how many counted nodes would stand if it alone had not fallen: those it dominates. Dominators by the iterative
 * algorithm of Cooper, Harvey and Kennedy over a root that leads to every refused site.
 */
export function freedAlone(graph: FallGraph): number[] {
  const { order, position } = reversePostorder(graph);
  const predecessors: number[][] = order.map(() => []);
  for (const from of order) {
    if (from < 0) continue;
    for (const to of graph.falls[from]!) predecessors[position[to]!]!.push(position[from]!);
  }
  for (const root of graph.roots) predecessors[position[root]!]!.push(0);
  const dominator = new Array<number>(order.length).fill(-1);
  dominator[0] = 0;
  for (let changed = true; changed;) {
    changed = false;
    for (let i = 1; i < order.length; i++) {
      let found = -1;
      for (const p of predecessors[i]!) {
        if (dominator[p] === -1) continue;
        found = found === -1 ? p : meet(dominator, found, p);
      }
      if (dominator[i] !== found) {
        dominator[i] = found;
        changed = true;
      }
    }
  }
  const freed = order.map((id) => (id >= 0 && graph.counted[id] ? 1 : 0));
  for (let i = order.length - 1; i > 0; i--) freed[dominator[i]!]! += freed[i]!;
  const result = new Array<number>(graph.ids.length).fill(0);
  for (const [i, id] of order.entries()) if (id >= 0) result[id] = freed[i]!;
  return result;
}

function meet(dominator: readonly number[], a: number, b: number): number {
  while (a !== b) {
    while (a > b) a = dominator[a]!;
    while (b > a) b = dominator[b]!;
  }
  return a;
}

/** Nodes from the virtual root (-1, at position 0) on, each before those that only it leads to. */
function reversePostorder({ ids, falls, roots }: FallGraph): { order: number[]; position: number[] } {
  const done: number[] = [];
  const seen = new Uint8Array(ids.length);
  const stack: { node: number; next: number }[] = [];
  for (const root of roots.toReversed()) {
    if (seen[root]) continue;
    seen[root] = 1;
    stack.push({ node: root, next: 0 });
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const to = falls[top.node]![top.next++];
      if (to === undefined) {
        done.push(top.node);
        stack.pop();
      } else if (!seen[to]) {
        seen[to] = 1;
        stack.push({ node: to, next: 0 });
      }
    }
  }
  const order = [-1, ...done.toReversed()];
  const position = new Array<number>(ids.length).fill(-1);
  for (const [i, id] of order.entries()) if (id >= 0) position[id] = i;
  return { order, position };
}

/** How many counted nodes would stand if none of `removed` had fallen: those that no other root leads to. */
export function freedTogether(graph: FallGraph, removed: ReadonlySet<number>): number {
  const reached = new Uint8Array(graph.ids.length);
  const stack = graph.roots.filter((root) => !removed.has(root));
  for (const root of stack) reached[root] = 1;
  for (let from = stack.pop(); from !== undefined; from = stack.pop()) {
    for (const to of graph.falls[from]!) {
      if (reached[to] || removed.has(to)) continue;
      reached[to] = 1;
      stack.push(to);
    }
  }
  return graph.counted.reduce((count, counts, i) => count + (counts && !reached[i] ? 1 : 0), 0);
}
