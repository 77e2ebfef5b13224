import type { Applicability } from '../../src/model/edit.ts';

/**
 * One API and its blocking form.
 *
 * `api`: `module#name`. Functions `node:fs/promises#readFile`; members of classes and interfaces by the receiver's type
 * `node:net#Socket.write` (inherited members too); construction `node:net#Socket.constructor`; a type reference `node:net#Socket` with
 * `form: 'type'`; globals `global#fetch`; npm packages `fs-extra#readJson`, default exports `got#default`.
 *
 * The blocking form is one of
 * - `sync: 'node:fs#readFileSync'`: same arguments, the import style of the call is kept;
 * - `call: 'sleepSync($1)'`: text with the arguments `$1`…`$9`, `$*` (all), `$2*` (from the second on), `$this` (the receiver),
 *   `$1?`… where an argument may be missing; imported names come from `imports`;
 * - `refuse`: known to have no blocking form, and why.
 */
export interface Row {
  readonly api: string;
  readonly form?: 'call' | 'new' | 'member' | 'type' | 'value';
  readonly sync?: string;
  readonly call?: string;
  /** Used instead of `call` when this many arguments (or more) are given: `{ 2: '…' }`. */
  readonly byArity?: Readonly<Record<number, string>>;
  /** Argument that is the value of the awaited call, `'$2'`; `call` then stands in front of it only where its result is used. */
  readonly value?: string;
  readonly imports?: Readonly<Record<string, string>>;
  readonly refuse?: string;
  readonly applicability?: Applicability;
  readonly note?: string;
  /** npm version range of the package in which this holds. */
  readonly versions?: string;
  /** The value that comes back is of a swapped type with rows of its own: `node:net#Socket`. */
  readonly yields?: string;
  /** Example for `unawait swaps` and the docs, before ⇒ after. */
  readonly example?: readonly [before: string, after: string];
}
