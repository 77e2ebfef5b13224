import type { Facts, Site, Unit } from '../model/facts.ts';
import { within } from '../model/ids.ts';
import type { Plan } from '../model/plan.ts';
import { chains, shorten } from './chain.ts';
import { isNews } from './is-change.ts';
import { at } from './reporter.ts';

export interface Question {
  readonly facts: Facts;
  readonly plan: Plan;
  readonly texts: ReadonlyMap<string, string>;
  /** `src/db.ts:12`, `src/db.ts:12:5`, a unit id `src/db.ts#Pool.query`, or a name: `Pool.query`, `query`. */
  readonly query: string;
}

/** Why one function stays async, down to the refusal at the root, or by which claims it turns blocking. `found` is false when nothing fits. */
export function explain(question: Question): { readonly found: boolean; readonly text: string } {
  const { facts, query } = question;
  const place = /^(.+?):(\d+)(?::(\d+))?$/.exec(query);
  const candidates = place ? unitsAt(question, place[1]!, Number(place[2])) : unitsNamed(facts, query);
  if (candidates.length === 1) return { found: true, text: explainUnit(question, candidates[0]!) };
  if (candidates.length > 1) {
    const list = candidates.slice(0, 20).map((unit) => `  ${at(unit.place)}  ${unit.name}`);
    return {
      found: false,
      text: `Several functions are called ${query}; name one by its place:\n${list.join('\n')}\n`,
    };
  }
  return { found: false, text: notFound(question, place?.[1]) };
}

function notFound({ facts, texts, query }: Question, file: string | undefined): string {
  if (file !== undefined && !texts.has(file)) {
    const name = file.split('/').at(-1)!;
    const alike = [...texts.keys()].filter((each) => each.split('/').at(-1) === name).slice(0, 5);
    const hint = alike.length === 0 ? '' : ` Did you mean ${alike.join(' or ')}?`;
    return `${file} is no source of this project.${hint}\n`;
  }
  if (file !== undefined) {
    const lines = texts.get(file)!.split('\n').length;
    const line = Number(/:(\d+)/.exec(query.slice(file.length))?.[1]);
    if (line > lines) return `${file} has ${lines} lines; there is no line ${line}.\n`;
    return `There is no function and no await at ${query}. Name a line inside of a function, or a function by its name.\n`;
  }
  const last = query.split(/[.#]/).at(-1)!.toLowerCase();
  const near = facts.units
    .filter((unit) => unit.kind === 'function' && unit.name.toLowerCase().includes(last))
    .slice(0, 5);
  const hint = near.map((unit) => `  ${at(unit.place)}  ${unit.name}\n`).join('');
  if (hint !== '') return `No function is called ${query}.\nLike it are:\n${hint}`;
  return `No function is called ${query}. Name a place instead: src/db.ts:42.\n`;
}

/** Ids first, then full names, then last parts of names; of those, asynchronous ones first. */
function unitsNamed({ units }: Facts, query: string): readonly Unit[] {
  for (const fits of [
    (unit: Unit) => unit.id === query,
    (unit: Unit) => unit.name === query,
    (unit: Unit) => unit.name.endsWith(`.${query}`) || unit.name.endsWith(`#${query}`),
  ]) {
    const found = units.filter(fits);
    const asynchronous = found.filter((unit) => unit.asynchronous);
    if (found.length > 0) return asynchronous.length > 0 ? asynchronous : found;
  }
  return [];
}

/** The asynchronous unit that starts on the line, else the innermost around it, else what the first site of the line stands in. */
function unitsAt({ facts, texts }: Question, file: string, line: number): readonly Unit[] {
  const text = texts.get(file);
  if (text === undefined) return [];
  const lines = text.split('\n');
  if (line < 1 || line > lines.length) return [];
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const indent = /^\s*/.exec(lines[line - 1]!)![0].length;
  const point = { start: start + indent, end: start + indent };
  const inFile = facts.units.filter((unit) => unit.place.file === file);
  const starting = inFile.filter((unit) => unit.place.line === line && unit.kind === 'function');
  const asynchronous = starting.filter((unit) => unit.asynchronous);
  if (asynchronous.length > 0) return asynchronous.slice(0, 1);
  const around = inFile
    .filter((unit) => unit.kind !== 'slot' && within(point, unit.span))
    .sort((a, b) => a.span.end - a.span.start - (b.span.end - b.span.start));
  return (starting.length > 0 ? starting : around).slice(0, 1);
}

function explainUnit(question: Question, unit: Unit): string {
  const { facts, plan, texts } = question;
  const head = `${unit.name} (${at(unit.place)})`;
  const claimed = claimsIn(question, unit);
  const follow = chains(facts, plan, texts);
  const steps = follow.of(unit.id);
  if (steps.length === 0) {
    if (!unit.asynchronous) return `${head} is not asynchronous, so it stays as it is.\n${claimed}`;
    return `${head} turns blocking, because everything in it is claimed:\n${claimed === '' ? '  nothing in it waits\n' : claimed}`;
  }
  const refusal = plan.refusals.find(({ site }) => site === plan.fallen.find(({ id }) => id === unit.id)?.root);
  const lines = steps.slice(0, -1).map(({ why }, i) => {
    const next = steps[i + 1]!;
    return `  ${i === 0 ? '' : 'which '}${why} ${next.name} (${at(next.place)})`;
  });
  const root = follow.place(refusal?.site ?? '');
  const reason =
    refusal === undefined
      ? []
      : [`  ${root === undefined ? '' : `${at(root)}: `}${refusal.detail} [${refusal.reason}]`];
  const unlock = refusal?.unlocks === undefined ? [] : [`  To unlock: ${refusal.unlocks}`];
  const state = unit.asynchronous ? 'stays async' : 'cannot change';
  return `${[`${head} ${state}, because it`, ...lines, ...reason, ...unlock].join('\n')}\n`;
}

function claimsIn({ facts, plan, texts }: Question, unit: Unit): string {
  const sites = new Map<string, Site>(
    facts.sites.filter((site) => site.inside === unit.id).map((site) => [site.id, site]),
  );
  const lines = plan.claims.flatMap((claim) => {
    const site = sites.get(claim.site);
    if (site === undefined || !isNews(claim, site)) return [];
    const text = shorten(texts.get(site.place.file)?.slice(site.span.start, site.span.end) ?? site.kind);
    const note = claim.note === undefined ? '' : `\n      note: ${claim.note}`;
    return [
      { site, line: `  ${site.place.line}:${site.place.column}  ${claim.code} ${claim.transform}  ${text}${note}` },
    ];
  });
  return lines
    .sort((a, b) => a.site.span.start - b.site.span.start)
    .map(({ line }) => `${line}\n`)
    .join('');
}
