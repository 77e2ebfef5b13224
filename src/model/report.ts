import type { Place, UnitId } from './ids.ts';

/** Raised with each incompatible change of the JSON report; `schema/report-v1.json` describes it. */
export const REPORT_VERSION = 1;

export interface ReportChange {
  readonly place: Place;
  readonly transform: string;
  readonly code: string;
  readonly unit: UnitId;
  readonly applicability: 'safe' | 'noted' | `policy:${string}`;
  readonly note?: string;
}

/** One step of the chain from a unit to the refusal that keeps it async. */
export interface ChainStep {
  readonly name: string;
  readonly place: Place;
  /** "calls", "is implemented by", "holds". */
  readonly why: string;
}

/** `stays-async`: a unit that does not convert · `note`: a remark of the whole project, or a comment with nothing to steer · `bug`: a transform threw. */
export interface Finding {
  readonly kind: 'stays-async' | 'note' | 'bug' | 'breaking-change';
  readonly place: Place;
  readonly unit: UnitId;
  readonly name: string;
  /** `transform/reason` */
  readonly reason: string;
  /** One sentence, names the place. */
  readonly message: string;
  readonly chain: readonly ChainStep[];
  readonly unlocks?: string;
}

/** A refusal ranked by the units it keeps async (dominators of the requirement graph). */
export interface Unlock {
  readonly place: Place;
  readonly reason: string;
  readonly message: string;
  readonly frees: number;
}

/** A library API that was met and has no row. */
export interface MissingRow {
  readonly api: string;
  readonly sites: number;
  readonly frees: number;
  /** The row as text, to begin with in `rows` of `unawait.config.ts`: `{ api: 'our-db#query', sync: 'our-db#querySync' }`. */
  readonly row: string;
}

export interface ReportCounts {
  readonly files: number;
  readonly filesChanged: number;
  readonly functions: number;
  readonly asynchronous: number;
  readonly blocking: number;
  readonly staysAsync: number;
  readonly sites: number;
  readonly claims: number;
  readonly notes: number;
  readonly refusals: number;
}

/** The result of a dry run or a run; plain JSON. */
export interface Report {
  readonly version: typeof REPORT_VERSION;
  readonly tool: { readonly name: 'unawait'; readonly version: string };
  readonly project: string;
  readonly counts: ReportCounts;
  readonly changes: readonly ReportChange[];
  readonly findings: readonly Finding[];
  readonly unlocks: readonly Unlock[];
  /** Policies that were not asked for, by the functions that each alone would free, most first. */
  readonly policies: readonly { readonly policy: string; readonly frees: number }[];
  readonly missingRows: readonly MissingRow[];
  readonly files: readonly { readonly file: string; readonly claims: number; readonly diff: string }[];
}
