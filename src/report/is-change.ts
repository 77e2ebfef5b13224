import { type Claim, keepsText } from '../model/edit.ts';
import type { Site } from '../model/facts.ts';

/** Whether a claim is news to the reader: it changes the text, or has something to say of it. */
export function isNews(claim: Claim, site: Site): boolean {
  return claim.note !== undefined || claim.drops !== undefined || !keepsText(claim, site);
}
