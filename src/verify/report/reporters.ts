import type { Verdict } from '../../model/verdict.ts';
import { githubVerdict } from './github.ts';
import { jsonVerdict } from './json.ts';
import { junitVerdict } from './junit.ts';
import { terminalVerdict } from './terminal.ts';

export const VERDICT_FORMATS = ['terminal', 'json', 'junit', 'github'] as const;
export type VerdictFormat = (typeof VERDICT_FORMATS)[number];

/** One pure function for each format of `unawait verify --format`. */
export const VERDICT_REPORTERS: Readonly<Record<VerdictFormat, (verdict: Verdict) => string>> = {
  terminal: (verdict) => terminalVerdict(verdict),
  json: jsonVerdict,
  junit: junitVerdict,
  github: githubVerdict,
};
