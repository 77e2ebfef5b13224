import type { Claim } from '../model/edit.ts';
import type { Site } from '../model/facts.ts';

/** Whether a claim changes the text: its template is not simply the site's own. */
export function changesText({ template }: Claim, { span }: Site): boolean {
  const [part] = template.parts;
  const only = template.parts.length === 1 && typeof part === 'object' && 'child' in part ? part.child : undefined;
  return only?.start !== span.start || only.end !== span.end || template.expression;
}

/** Whether a claim is news to the reader: it changes the text, or has something to say of it. */
export function isNews(claim: Claim, site: Site): boolean {
  return claim.note !== undefined || claim.drops !== undefined || changesText(claim, site);
}
