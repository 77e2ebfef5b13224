import { convert, type ConvertOptions } from './convert.ts';
import type { FileChange } from './model/edit.ts';
import type { Report } from './model/report.ts';
import type { Verdict } from './model/verdict.ts';
import { explain as explainQuery } from './report/explain.ts';
import { UsageError } from './load/usage-error.ts';
import { verifyProject, type VerifyProjectOptions } from './verify-project.ts';
import { writeChanges, type WriteOptions } from './write.ts';

export { defineConfig, type Config, type VerifyConfig } from './load/config.ts';
export { UsageError };
export { reporters } from './report/reporters.ts';
export type { Reporter, ReporterOptions } from './report/reporter.ts';
export type { ChainStep, Finding, MissingRow, Report, ReportChange, ReportCounts, Unlock } from './model/report.ts';
export type { Row } from '../transforms/api-map/row.ts';
export type { ConvertOptions, FileChange, Verdict, VerifyProjectOptions, WriteOptions };

export interface RunOptions extends ConvertOptions, WriteOptions {
  /** Plan everything, write nothing. */
  readonly dryRun?: boolean;
}

/** What a conversion changed, or would change in a dry run. */
export interface RunResult {
  readonly report: Report;
  readonly changes: readonly FileChange[];
  readonly warnings: readonly string[];
}

/** What would change in a project, what stays async and why. Writes nothing. Throws `UsageError`. */
export async function report(options: ConvertOptions = {}): Promise<Report> {
  return (await convert(options)).report;
}

/** Converts a project, in place behind the git check or to `out`. Throws `UsageError`. */
export async function run(options: RunOptions = {}): Promise<RunResult> {
  const { workspace, changes, report, warnings, texts } = await convert(options);
  if (options.dryRun !== true) await writeChanges(workspace.root, changes, { needed: [...texts.keys()], ...options });
  return { report, changes, warnings };
}

/** Converts a project into a temporary folder and proves that it does the same there. Throws `UsageError`. */
export async function verify(options: VerifyProjectOptions = {}): Promise<Verdict> {
  return (await verifyProject(options)).verdict;
}

/** Why the function named by `query` (`src/db.ts:12`, `Pool.query`) stays async, or by what it turns blocking. Throws `UsageError` for a name that fits none or several. */
export async function explain(query: string, options: ConvertOptions = {}): Promise<string> {
  const { found, text } = explainQuery({ ...(await convert(options)), query });
  if (!found) throw new UsageError(text.trimEnd());
  return text;
}
