import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { runs } from './loop-state.ts';
import { enclosingFunction, leaves, skipParentheses, walk } from './syntax.ts';
import { promiseMember } from './uses.ts';

/**
 * A wait for an answer that is begun before the question is sent: `Promise.all([socket.receive(), socket.send(x)])`, or
 * `const answer = receive(); await send(x); await answer`. In order, the answer would never come. The wait is a site that is refused.
 */
export function collectEarlyRead(draft: Draft, node: ts.Node): void {
  if (ts.isCallExpression(node)) {
    const method = promiseMember(node);
    const [list] = node.arguments;
    if ((method !== 'all' && method !== 'allSettled') || !list || !ts.isArrayLiteralExpression(list)) return;
    list.elements.forEach((element, i) => {
      if (onlyReads(draft, element) && list.elements.slice(i + 1).some((later) => talk(draft, later).writes))
        emit(draft, element);
    });
    return;
  }
  if (!ts.isVariableDeclaration(node) || !node.initializer || !ts.isIdentifier(node.name)) return;
  if (draft.checker.bearing(draft.checker.typeOf(node)) !== 'promise' || !onlyReads(draft, node.initializer)) return;
  const owner = enclosingFunction(node) ?? node.getSourceFile();
  const waits = [...walk(owner)].filter(
    (inner): inner is ts.AwaitExpression =>
      ts.isAwaitExpression(inner) &&
      inner.pos > node.end &&
      leaves(inner.expression).some((leaf) => draft.checker.declarations(leaf).includes(node)),
  );
  const until = Math.min(owner.end, ...waits.map((wait) => wait.pos));
  const between = [...walk(owner)].filter(
    (inner) => ts.isCallExpression(inner) && inner.pos >= node.end && inner.end <= until,
  );
  if (between.some((call) => talk(draft, call).writes)) emit(draft, node.initializer);
}

function emit(draft: Draft, node: ts.Expression): void {
  const site = draft.emit({ kind: 'idiom', idiom: 'early-read' }, skipParentheses(node), draft.enclosing(node), -3);
  draft.concurrent(site, 'the other end of a socket');
}

const onlyReads = (draft: Draft, node: ts.Node): boolean => {
  const { reads, writes } = talk(draft, node);
  return reads && !writes;
};

interface Talk {
  readonly reads: boolean;
  readonly writes: boolean;
}

const known = new WeakMap<ts.Node, Talk>();

/** Whether something that is done there waits for bytes of a socket, or sends some. */
function talk(draft: Draft, node: ts.Node): Talk {
  const before = known.get(node);
  if (before) return before;
  let reads = false;
  let writes = false;
  const seen = new Set<ts.Node>([node]);
  for (const root of seen) {
    for (const inner of runs(draft, root)) {
      if (ts.isForOfStatement(inner) && inner.awaitModifier) reads ||= isSocket(draft, inner.expression);
      if (!ts.isCallExpression(inner)) continue;
      const callee = inner.expression;
      const receiver = ts.isPropertyAccessExpression(callee) ? callee.expression : undefined;
      const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText();
      const [first, second] = inner.arguments;
      if (receiver && /^(write|end)$/.test(name)) writes ||= isSocket(draft, receiver);
      if (receiver && /^(on|once|addListener|prepend\w+)$/.test(name) && isArrival(first))
        reads ||= isSocket(draft, receiver);
      if (/^once$/.test(name) && first && isArrival(second)) reads ||= isSocket(draft, first);
      for (const d of draft.checker.callee(inner).declarations) {
        const body = draft.checker.isOwn(d) ? (d as ts.FunctionLikeDeclaration).body : undefined;
        if (body && seen.size < 200) seen.add(body);
      }
    }
  }
  const found = { reads, writes };
  known.set(node, found);
  return found;
}

function isArrival(event: ts.Expression | undefined): boolean {
  return event !== undefined && ts.isStringLiteralLike(event) && /^(data|readable|end)$/.test(event.text);
}

function isSocket(draft: Draft, node: ts.Expression): boolean {
  const { checker } = draft;
  return checker.unionParts(checker.typeOf(node)).some((part) => /Socket$/.test(checker.typeApi(part) ?? ''));
}
