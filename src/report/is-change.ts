import type { Claim } from '../model/edit.ts';
import type { Site } from '../model/facts.ts';

/** Whether a claim is news to the reader: it has a note, or its text is not simply the site's own. */
export function isChange({ template, note, drops }: Claim, site: Site | undefined): boolean {
  if (site === undefined) return false;
  if (note !== undefined || drops !== undefined) return true;
  const [part] = template.parts;
  const only = template.parts.length === 1 && typeof part === 'object' && 'child' in part ? part.child : undefined;
  return only?.start !== site.span.start || only.end !== site.span.end || template.expression;
}
