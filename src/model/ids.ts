/** Project-relative, lexical id of a unit: `src/db.ts#Pool.query`. Stable across machines and merges. */
export type UnitId = string;

/** Id of a site: `src/db.ts:120-140:await` (file, span in UTF-16 code units, kind). */
export type SiteId = string;

/** Half-open range of UTF-16 code units in a file's text, as read (a byte order mark not counted). */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** A place as people read it; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export function siteId(file: string, span: Span, kind: string): SiteId {
  return `${file}:${span.start}-${span.end}:${kind}`;
}

export function within(inner: Span, outer: Span): boolean {
  return inner.start >= outer.start && inner.end <= outer.end;
}

/** The declaration file that stands beside a JavaScript file and speaks of it: `a.d.mts` of `a.mjs`; undefined for what is no JavaScript. */
export function declarationOf(file: string): string | undefined {
  const [, stem, kind] = /^(.*)\.([cm]?)jsx?$/.exec(file) ?? [];
  return stem === undefined ? undefined : `${stem}.d.${kind!}ts`;
}
