import type { Reporter } from './reporter.ts';

/** The report itself; `schema/report-v1.json` describes it. */
export const json: Reporter = (report) => `${JSON.stringify(report, null, 2)}\n`;
