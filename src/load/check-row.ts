import { parseRowText } from '../../transforms/api-map/row-text.ts';
import type { Row } from '../../transforms/api-map/row.ts';
import { policies } from '../model/policies.ts';

type Fields = Readonly<Record<string, unknown>>;

const FORMS = ['call', 'member', 'type', 'value', 'callback'];
const BLOCKING_FORMS = ['sync', 'call', 'same', 'refuse'] as const;
/** Every key of a row: the type holds the list to the interface. */
const KEYS: Readonly<Record<keyof Row, true>> = {
  api: true,
  form: true,
  sync: true,
  call: true,
  same: true,
  refuse: true,
  byArity: true,
  imports: true,
  options: true,
  drops: true,
  callback: true,
  callbackFrom: true,
  functions: true,
  returnsNothing: true,
  when: true,
  most: true,
  applicability: true,
  note: true,
  versions: true,
  yields: true,
  unlocks: true,
  example: true,
};

/** What is wrong with a row, to be read after its place; undefined when it is right. A row whose `api` is known is called by it. */
export function checkRow(value: unknown): string | undefined {
  if (!isRecord(value)) return 'must be an object';
  const { api } = value;
  if (api === undefined) return 'needs the key `api`';
  if (typeof api !== 'string' || !/^[^#]+#.+$/.test(api)) return '.api must read `module#name`, as `node:fs#readFile`';
  const problem = problemOf(value);
  return problem === undefined ? undefined : `(${api}) ${problem}`;
}

function problemOf(row: Fields): string | undefined {
  const stray = Object.keys(row).find((key) => !(key in KEYS));
  if (stray !== undefined) return `has no key \`${stray}\`; known are ${Object.keys(KEYS).join(', ')}`;
  for (const key of ['sync', 'call', 'refuse', 'note', 'versions', 'yields', 'unlocks'])
    if (row[key] !== undefined && (typeof row[key] !== 'string' || row[key] === '')) return `needs text for \`${key}\``;
  if (row['form'] !== undefined && !FORMS.includes(row['form'] as string))
    return `needs one of ${FORMS.join(', ')} for \`form\``;
  return blockingForm(row) ?? importsOf(row) ?? patterns(row) ?? applicability(row);
}

function blockingForm(row: Fields): string | undefined {
  const given = BLOCKING_FORMS.filter((key) => row[key] !== undefined);
  const byArity = row['byArity'] !== undefined;
  if (given.length > 1) return `says both \`${given[0]!}\` and \`${given[1]!}\`: a row has one blocking form`;
  if (given.length === 0 && !byArity)
    return "says nothing of a blocking form: give `sync: 'module#name'`, `call: 'text with $1'`, `same: true` or `refuse: 'why'`";
  if (row['same'] !== undefined && row['same'] !== true) return 'needs true for `same`';
  if (typeof row['sync'] === 'string' && !/^[^#\s]+#\S+$/.test(row['sync']))
    return "needs `module#name` for `sync`, as 'node:fs#readFileSync'; text goes into `call`";
  if (byArity && !(isRecord(row['byArity']) && Object.entries(row['byArity']).every(isArity)))
    return "needs texts by number of arguments for `byArity`, as { 2: 'f($1, $2)' }";
  return undefined;
}

function isArity([key, text]: [string, unknown]): boolean {
  return /^\d$/.test(key) && typeof text === 'string';
}

function importsOf(row: Fields): string | undefined {
  const imports = row['imports'] ?? {};
  if (!isRecord(imports) || !Object.values(imports).every((module) => typeof module === 'string' && module !== ''))
    return "needs modules by name for `imports`, as { querySync: 'our-db/sync' }";
  const names = Object.keys(imports);
  if (names.length > 0 && row['sync'] !== undefined) return 'has `imports` beside `sync`, which brings its own';
  const texts = [row['call'], ...Object.values((row['byArity'] as Fields | undefined) ?? {})] as (string | undefined)[];
  const used = new Set(
    texts.flatMap((text) =>
      parseRowText(text ?? '', names).flatMap((part) =>
        typeof part !== 'string' && 'imported' in part ? [part.imported] : [],
      ),
    ),
  );
  const idle = names.find((name) => !used.has(name));
  return idle === undefined ? undefined : `imports \`${idle}\`, which its text does not use`;
}

function patterns(row: Fields): string | undefined {
  const when = row['when'] ?? {};
  if (!isRecord(when)) return "needs patterns by position for `when`, as { 1: '^string$' }";
  for (const [position, pattern] of Object.entries(when)) {
    try {
      if (!/^[1-9]$/.test(position) || typeof pattern !== 'string') throw new TypeError();
      new RegExp(pattern);
    } catch {
      return `has a \`when\` at ${position} that is no regular expression at a position from 1`;
    }
  }
  return undefined;
}

function applicability({ applicability: given, note }: Fields): string | undefined {
  if (given === undefined || given === 'safe') return undefined;
  if (given === 'noted')
    return note === undefined ? 'is `noted` and has no `note` for the reader of the change' : undefined;
  if (!isRecord(given) || typeof given['policy'] !== 'string')
    return "needs 'safe', 'noted' or { policy: 'name' } for `applicability`";
  const known = Object.keys(policies);
  return known.includes(given['policy'])
    ? undefined
    : `names the policy \`${given['policy']}\`, which there is not; known are ${known.join(', ')}`;
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
