import { plan, type PlanOptions, type Planned } from './pipeline.ts';
import type { Workspace } from './load/workspace.ts';
import type { Place } from './model/ids.ts';

/** What is left to say against a result, read anew from where it was written. */
export interface Recheck {
  /** Files that a second run would change. */
  readonly unstable: readonly string[];
  /** Expressions of promise type that are left inside functions that were converted. */
  readonly residual: readonly { readonly place: Place; readonly unit: string; readonly what: string }[];
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
export function recheck(result: Workspace, first: Planned, options: PlanOptions): Recheck {
  const second = plan(result, options);
  const converted = new Set(first.plan.blocking);
  const asynchronous = new Set(second.facts.units.filter((u) => u.asynchronous).map((u) => u.id));
  const sites = new Map(second.facts.sites.map((s) => [s.id, s.inside]));
  // A function that stays async towards a library, by policy, is meant to.
  const shims = new Set(second.plan.claims.filter((c) => c.transform === 'async-shim').map((c) => sites.get(c.site)!));
  return {
    unstable: second.changes.map((c) => c.file).sort(),
    residual: second.facts.sites
      .filter(
        (s) =>
          converted.has(s.inside) && !shims.has(s.inside) && (promiseKinds.has(s.kind) || asynchronous.has(s.inside)),
      )
      .map((s) => ({ place: s.place, unit: s.inside, what: s.kind })),
  };
}
