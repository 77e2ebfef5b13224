import type { Workspace } from './load/workspace.ts';
import type { Facts } from './model/facts.ts';
import type { Plan } from './model/plan.ts';
import type { Leftover } from './model/verdict.ts';
import { plan, type PlanOptions } from './pipeline.ts';

/** What is left to say against a result, read anew from where it was written. */
export interface Recheck {
  /** Files that a second run would change. */
  readonly unstable: readonly string[];
  readonly residual: readonly Leftover[];
}

interface Understood {
  readonly facts: Facts;
  readonly plan: Plan;
}

const promiseKinds: ReadonlySet<string> = new Set([
  'async-function',
  'await',
  'for-await',
  'executor',
  'combinator',
  'promise-static',
  'then',
  'promise-value',
  'expectation',
]);

/** Runs the analysis on the result: it must find nothing to do, and no promise inside of what turned blocking. */
export function recheck(result: Workspace, first: Understood, options: PlanOptions): Recheck {
  const second = plan(result, options);
  return { unstable: second.changes.map((c) => c.file).sort(), residual: residual(first, second) };
}

/** Expressions of promise type that are left inside functions that were converted; `second` is what a run over the result found. */
export function residual(first: Understood, second: Understood): Leftover[] {
  const converted = new Set([...first.plan.blocking, ...(first.plan.twins ?? [])]);
  const units = new Map(second.facts.units.map((u) => [u.id, u]));
  const sites = new Map(second.facts.sites.map((s) => [s.id, s.inside]));
  // A function that stays async towards a library, by policy, is meant to.
  const shims = new Set(second.plan.claims.filter((c) => c.transform === 'async-shim').map((c) => sites.get(c.site)!));
  return second.facts.sites
    .filter((s) => converted.has(s.inside) && !shims.has(s.inside))
    .filter((s) => promiseKinds.has(s.kind) || units.get(s.inside)?.asynchronous === true)
    .map(({ place, inside, kind }) => ({
      ...place,
      message: `\`${units.get(inside)?.name ?? inside}\` was converted, and a promise is left in it (${kind}).`,
    }));
}
