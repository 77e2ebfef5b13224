import type { Row } from '../../transforms/api-map/row.ts';
import { STEPS, type VerifyOptions } from '../verify/options.ts';
import { checkRow } from './check-row.ts';
import { UsageError } from './usage-error.ts';

/** How `unawait verify` runs the project; `VerifyOptions` says more of each key. */
export interface VerifyConfig extends Omit<
  VerifyOptions,
  'before' | 'after' | 'secondRun' | 'onStep' | 'scenarios' | 'onlyGiven' | 'outputs'
> {
  /** Project-relative scenario files (JSON) or folders of them, run beside the built-in ones: see docs/scenarios.md. */
  readonly scenarios?: readonly string[];
  /** Leave out the built-in scenarios. */
  readonly onlyGiven?: boolean;
}

export const FORMATS = ['terminal', 'json', 'markdown', 'html', 'sarif'] as const;
export type Format = (typeof FORMATS)[number];

/** `unawait.config.*`. Every key can be left out; the command line adds to lists and overrides the rest. */
export interface Config {
  /** Globs over project-relative files, or unit ids (`src/db.ts#Pool.query`): only these may turn blocking. */
  readonly include?: readonly string[];
  readonly exclude?: readonly string[];
  /** Names of allowed policies. */
  readonly policies?: readonly string[];
  /** Leave out every change that carries a note. */
  readonly onlySafe?: boolean;
  /** API rows of the project's own, asked before the built-in ones. */
  readonly rows?: readonly Row[];
  /** Globs of test files, in place of the usual names. */
  readonly tests?: readonly string[];
  /** Project-relative tsconfig files, in place of those found. */
  readonly tsconfigs?: readonly string[];
  readonly format?: Format;
  readonly verify?: VerifyConfig;
}

/** Gives `unawait.config.ts` its types; returns its argument. */
export function defineConfig(config: Config): Config {
  return config;
}

/** What is wrong with a value, to be read after the key's name; undefined when it is right. */
type Check = (value: unknown, key: string) => string | undefined;

const text: Check = (value) => (typeof value === 'string' && value !== '' ? undefined : 'must be a non-empty string');
const flag: Check = (value) => (typeof value === 'boolean' ? undefined : 'must be true or false');
const positive: Check = (value) =>
  typeof value === 'number' && value > 0 && Number.isFinite(value) ? undefined : 'must be a positive number';

function oneOf(names: readonly string[]): Check {
  return (value) => (names.includes(value as string) ? undefined : `must be one of ${names.join(', ')}`);
}

function listOf(item: Check): Check {
  return (value) => {
    if (!Array.isArray(value)) return 'must be a list';
    for (const [i, each] of value.entries()) {
      const problem = item(each, String(i));
      if (problem !== undefined) return nested(`[${i}]`, problem);
    }
    return undefined;
  };
}

function record(
  keys: Readonly<Record<string, Check>>,
  { required = [] as readonly string[], open = false } = {},
): Check {
  return (value) => {
    if (!isRecord(value)) return 'must be an object';
    for (const key of required) if (value[key] === undefined) return `needs the key \`${key}\``;
    for (const [key, each] of Object.entries(value)) {
      const check = keys[key];
      if (check === undefined && open) continue;
      if (check === undefined) return `has no key \`${key}\`${suggestion(key, Object.keys(keys))}`;
      const problem = each === undefined ? undefined : check(each, key);
      if (problem !== undefined) return nested(`.${key}`, problem);
    }
    return undefined;
  };
}

function nested(key: string, problem: string): string {
  return problem.startsWith('[') || problem.startsWith('.') ? key + problem : `${key} ${problem}`;
}

const stringMap: Check = (value) =>
  isRecord(value) && Object.values(value).every((each) => typeof each === 'string')
    ? undefined
    : 'must be an object of strings';

const CONFIG = record({
  include: listOf(text),
  exclude: listOf(text),
  policies: listOf(text),
  onlySafe: flag,
  rows: listOf(checkRow),
  tests: listOf(text),
  tsconfigs: listOf(text),
  format: oneOf(FORMATS),
  verify: record({
    runtime: oneOf(['lambda', 'program']),
    entry: text,
    build: text,
    handler: text,
    taskRoot: text,
    failing: record({}, { open: true }),
    scenarios: listOf(text),
    onlyGiven: flag,
    args: listOf((value) => (typeof value === 'string' ? undefined : 'must be a string')),
    env: stringMap,
    tsconfigs: listOf(text),
    timeout: positive,
    skip: listOf(oneOf(STEPS)),
    measure: record({ rounds: positive, events: positive, warmUp: positive, payload: record({}, { open: true }) }),
  }),
});

/** The value as a configuration, or a `UsageError` that names the file and the key. */
export function checkConfig(value: unknown, file: string): Config {
  const problem = CONFIG(value, '');
  if (problem !== undefined)
    throw new UsageError(`${file}: ${problem.replace(/^\./, '')}${problem.endsWith('?') ? '' : '.'}`);
  return value as Config;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function suggestion(key: string, keys: readonly string[]): string {
  const lower = key.toLowerCase();
  const near = keys.find((each) => {
    const name = each.toLowerCase();
    return name.startsWith(lower.slice(0, 4)) || lower.startsWith(name.slice(0, 4));
  });
  return near === undefined ? `; known are ${keys.join(', ')}` : `; did you mean \`${near}\`?`;
}
