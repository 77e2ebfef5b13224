import type { Verdict } from '../../model/verdict.ts';

/** The verdict as it is, indented. */
export function jsonVerdict(verdict: Verdict): string {
  return `${JSON.stringify(verdict, null, 2)}\n`;
}
