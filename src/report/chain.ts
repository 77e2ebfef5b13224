import type { Facts, Site, Unit } from '../model/facts.ts';
import type { Place } from '../model/ids.ts';
import type { Plan } from '../model/plan.ts';
import type { ChainStep } from '../model/report.ts';

const LONGEST = 12;

export interface Chains {
  /** From a fallen unit or site down to the refusal at the root; a cycle of the input ends where it closes. */
  of(id: string): ChainStep[];
  name(id: string): string;
  place(id: string): Place | undefined;
}

/** Follows the plan's `because`; `texts` names sites by what stands there. */
export function chains(facts: Facts, plan: Plan, texts: ReadonlyMap<string, string>): Chains {
  const units = new Map<string, Unit>(facts.units.map((unit) => [unit.id, unit]));
  const sites = new Map<string, Site>(facts.sites.map((site) => [site.id, site]));
  const fallen = new Map(plan.fallen.map((each) => [each.id, each]));
  const place = (id: string): Place | undefined => (units.get(id) ?? sites.get(id))?.place;
  const name = (id: string): string => {
    const unit = units.get(id);
    if (unit !== undefined) return unit.name;
    const site = sites.get(id);
    const text = site && texts.get(site.place.file)?.slice(site.span.start, site.span.end);
    return text === undefined ? id : shorten(text);
  };
  return {
    name,
    place,
    of(id) {
      const steps: ChainStep[] = [];
      const seen = new Set<string>();
      for (let at: string | undefined = id; at !== undefined && !seen.has(at);) {
        seen.add(at);
        const fall = fallen.get(at);
        const where = place(at);
        if (fall === undefined || where === undefined) break;
        steps.push({ name: name(at), place: where, why: fall.because === at ? 'is refused' : fall.why });
        at = fall.because === at ? undefined : fall.because;
      }
      return steps;
    },
  };
}

/** The first and last steps of a long chain, so that a report does not grow with the square of the depth. */
export function shortened(steps: readonly ChainStep[]): readonly ChainStep[] {
  if (steps.length <= LONGEST) return steps;
  const head = steps.slice(0, LONGEST - 4);
  const tail = steps.slice(-3);
  const left = steps.length - head.length - tail.length;
  return [...head, { name: `(${left} more)`, place: steps[head.length]!.place, why: 'lead to' }, ...tail];
}

/** One line of source, at most 60 characters. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length <= 60 ? line : `${line.slice(0, 59)}…`;
}
