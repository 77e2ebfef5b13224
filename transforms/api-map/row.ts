import type { Applicability } from '../../src/model/edit.ts';

/**
 * One API and its blocking form; plain data.
 *
 * `api`: `module#name`. Functions `node:fs/promises#readFile`; members of classes and interfaces by the receiver's type
 * `node:net#Socket.write` (inherited members too); construction `node:net#Socket.constructor`; globals `global#fetch`; npm packages
 * `fs-extra#readJson`, default exports `got#default`, promisified functions `node:util#promisify(node:child_process#execFile)`.
 * A row of an npm package for `name` holds for `default.name` too.
 *
 * Exactly one of these says what the blocking form is:
 * - `sync: 'node:fs#readFileSync'`: the same arguments to another function; the import style of the call is kept;
 * - `call: 'sleepSync($1, $2)'`: text with the arguments `$1`…`$9`, `$*` (all of them), `$2*` (from the second on), `$this` (the
 *   receiver) and `$T` (type arguments with their brackets); names in it come from `imports`. An argument that the call does not
 *   give goes, with the comma in front of it. For a type or a value `call` is the text that takes its place;
 * - `same: true`: the text stays as it is, for the receiver (or the function itself) answers at once;
 * - `refuse`: there is no blocking form, and why.
 */
export interface Row {
  readonly api: string;
  /**
   * `call` (default): a call or `new`; a `sync` row serves a reference to the function as well · `member`: a property that is read or
   * written · `type`: a type reference · `value`: only a reference to the function · `callback`: a function whose result comes by
   * callback: a plain call with a callback is refused (an idiom of `new Promise` may claim it), promisified it becomes `sync`.
   */
  readonly form?: 'call' | 'member' | 'type' | 'value' | 'callback';
  readonly sync?: string;
  readonly call?: string;
  readonly same?: true;
  readonly refuse?: string;
  /** Used instead of `call` when this many arguments (or more) are given: `{ 2: '…' }`. */
  readonly byArity?: Readonly<Record<number, string>>;
  /** Names in `call` and the modules they come from: `{ sleepSync: '@unawait/std/time' }`. */
  readonly imports?: Readonly<Record<string, string>>;
  /** What to do with properties of an options object. */
  readonly options?: OptionsRule;
  /** Arguments that the blocking form leaves out, by position (from 1), and why; only an argument without effects may go. */
  readonly drops?: Readonly<Record<number, string>>;
  /** Position (from 1) of the callback where it may be missing: with fewer arguments the call blocks already and stays. */
  readonly callback?: number;
  /**
   * From this position (from 1) on the last argument may be a callback, and then no promise comes back: where its type does not say, and
   * nothing waits for the result, the call is refused.
   */
  readonly callbackFrom?: number;
  /** A function as the last argument is part of the call; else it is taken for a callback or listener and refused. */
  readonly functions?: 'kept';
  /** The blocking form returns nothing where the API returned something: refused where the result is used. */
  readonly returnsNothing?: true;
  /**
   * The row holds only where these arguments, by position (from 1) and as far as they are given, have a type whose text matches the
   * pattern: `{ 1: '^"SHA-256"' }`.
   * Of several rows the first that holds is taken; where none does the call is refused.
   */
  readonly when?: Readonly<Record<number, string>>;
  /** More arguments than this are refused: the blocking form would read them differently. */
  readonly most?: number;
  readonly applicability?: Applicability;
  /** One sentence for the reader of the change. */
  readonly note?: string;
  /** npm version range of the package in which this holds. */
  readonly versions?: string;
  /** The value that comes back is of a swapped type with rows of its own: `node:net#Socket`. */
  readonly yields?: string;
  /** What else the user can do, for a refusal. */
  readonly unlocks?: string;
  /** Example for `unawait swaps` and the docs, before ⇒ after. */
  readonly example?: readonly [before: string, after: string];
}

/**
 * Properties of an options object literal. `signal` needs no entry: `AbortSignal.timeout(n)` becomes the option named by `timeout` (or is
 * refused where there is none), any other signal that is a plain name is checked once before the call.
 */
export interface OptionsRule {
  /** Position of the options object, from 1. */
  readonly at: number;
  /** Name of the blocking form's own time limit in milliseconds. */
  readonly timeout?: string;
  /** The properties (of every object argument) are sites of their own, which another transform claims. */
  readonly elsewhere?: true;
  /** The blocking form knows these and no others, so the object has to be written out at the call. */
  readonly only?: readonly string[];
  /** The blocking form checks `signal` itself, before it starts. */
  readonly keepsSignal?: true;
  /** Property → why it cannot be kept. */
  readonly refuse?: Readonly<Record<string, string>>;
  /** Property → what it is; refused where its type mentions a promise, for the blocking form takes plain values only. */
  readonly plain?: Readonly<Record<string, string>>;
  /** A property that the types of the blocking form ask for; given where none of `unless` is there. */
  readonly add?: { readonly text: string; readonly unless: readonly string[] };
  /** Property → why it may go. */
  readonly drop?: Readonly<Record<string, string>>;
}
