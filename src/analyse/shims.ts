import type { Site } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';

/** Edges that make one function of several: a shim of one would have to be one of all. */
const family =
  /^(overrides or implements|must fit the same type as|is an overload of|stands for|is called together with)$/;

/**
 * Settles which of the functions that a library demands a promise of can be shims: async towards everybody, and blocking in what they do.
 * Calls of the project's own go on getting the promise. One that must fit together with other functions of the project is none.
 */
export function decideShims(draft: Draft): void {
  if (draft.shims.size === 0) return;
  const joined = new Set<UnitId>();
  for (const { from, to, why } of draft.finish().requirements)
    if (family.test(why) && draft.unitNodes.has(to)) joined.add(from);
  for (const [unit, api] of draft.shims) {
    // A type whose values change demands no promise any more.
    const isSwapped = draft.swappedTypes.has(api) || draft.swappedTypes.has(api.slice(0, api.lastIndexOf('.')));
    if (isSwapped || joined.has(unit)) draft.shims.delete(unit);
  }
}

/** The view of a shim that its callers have: it gives a promise whatever becomes of what it does. */
export function promisingUnit(draft: Draft, unit: UnitId): UnitId {
  const api = draft.shims.get(unit);
  if (api === undefined) return unit;
  const view = draft.promisingUnit(unit);
  const node = draft.unitNodes.get(unit)!;
  const name = (node as { name?: typeof node }).name ?? (node.parent as { name?: typeof node }).name ?? node;
  const detail = `\`${draft.unit(unit).name}\` goes on giving a promise, which \`${short(api)}\` demands`;
  draft.emit({ kind: 'escape', how: 'shim', detail }, name, view, 0);
  return view;
}

const short = (api: string): string => api.slice(api.indexOf('#') + 1);

/** A site of a function that turned out to be no shim. */
export function withoutShim(draft: Draft, site: Site): Site {
  if (site.kind !== 'callback' || site.given !== 'member') return site;
  return { ...site, given: draft.shims.has(site.inside) ? 'written' : 'other' };
}
