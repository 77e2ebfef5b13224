import type { Facts, Site, Unit } from '../model/facts.ts';
import type { Place } from '../model/ids.ts';
import type { Plan } from '../model/plan.ts';
import type { ChainStep } from '../model/report.ts';

const HEAD = 8;
const TAIL = 3;

export interface Chains {
  /** From a fallen unit or site down to the refusal at the root. */
  of(id: string): readonly ChainStep[];
  /** The same with only the first and last steps of a long chain, so that a report does not grow with the square of the depth. */
  brief(id: string): readonly ChainStep[];
  place(id: string): Place | undefined;
}

/** Where a chain ends, known once for all that lead there. */
interface End {
  readonly length: number;
  readonly tail: readonly ChainStep[];
}

/** Follows the plan's `because`; `texts` names sites by what stands there. */
export function chains(facts: Facts, plan: Plan, texts: ReadonlyMap<string, string>): Chains {
  const units = new Map<string, Unit>(facts.units.map((unit) => [unit.id, unit]));
  const sites = new Map<string, Site>(facts.sites.map((site) => [site.id, site]));
  const fallen = new Map(plan.fallen.map((each) => [each.id, each]));
  const steps = new Map<string, ChainStep | undefined>();
  const ends = new Map<string, End>();
  const place = (id: string): Place | undefined => (units.get(id) ?? sites.get(id))?.place;

  function name(id: string): string {
    const unit = units.get(id);
    if (unit !== undefined) return unit.name;
    const site = sites.get(id);
    const text = site && texts.get(site.place.file)?.slice(site.span.start, site.span.end);
    return text === undefined ? id : shorten(text);
  }

  function step(id: string): ChainStep | undefined {
    if (!steps.has(id)) {
      const fall = fallen.get(id);
      const where = place(id);
      const why = fall?.because === id ? 'is refused' : fall?.why;
      steps.set(id, where === undefined || why === undefined ? undefined : { name: name(id), place: where, why });
    }
    return steps.get(id);
  }

  /** Ids from `id` on, as long as they are known to have fallen; a cycle ends where it closes. */
  function* walk(id: string): Generator<string> {
    const seen = new Set<string>();
    for (let at: string | undefined = id; at !== undefined && !seen.has(at) && step(at) !== undefined;) {
      yield at;
      seen.add(at);
      const { because }: { because: string } = fallen.get(at)!;
      at = because === at ? undefined : because;
    }
  }

  function end(id: string): End {
    const unknown: string[] = [];
    let known: End = { length: 0, tail: [] };
    for (const at of walk(id)) {
      const met = ends.get(at);
      if (met !== undefined) {
        known = met;
        break;
      }
      unknown.push(at);
    }
    for (const at of unknown.reverse()) {
      const tail = known.length < TAIL ? [step(at)!, ...known.tail] : known.tail;
      known = { length: known.length + 1, tail };
      ends.set(at, known);
    }
    return known;
  }

  const of = (id: string): ChainStep[] => [...walk(id)].map((at) => step(at)!);
  return {
    of,
    place,
    brief(id) {
      const { length, tail } = end(id);
      if (length <= HEAD + 1 + TAIL) return of(id);
      const head: ChainStep[] = [];
      for (const at of walk(id)) if (head.push(step(at)!) > HEAD) break;
      const left = head.pop()!;
      return [...head, { name: `(${length - HEAD - TAIL} more)`, place: left.place, why: 'lead to' }, ...tail];
    },
  };
}

/** One line of source, at most 60 characters. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
