import type { Site } from './facts.ts';
import type { SiteId, Span } from './ids.ts';

/** Settled order: a claim's applicability can only sink. A policy is applied only when the user names it. */
export type Applicability = 'safe' | 'noted' | { readonly policy: string };

/** A name the rewritten code needs. `member` asks for `local.name` where the call was written through a namespace or default import. */
export interface ImportNeed {
  readonly module: string;
  readonly name: string;
  readonly kind: 'value' | 'type' | 'namespace';
  /** Local name of the namespace or default import through which the old call was written: `fs` in `fs.readFile(…)`. */
  readonly through?: string;
}

/**
 * One part of a template: literal text, a child span of the site (rendered with what is claimed inside of it), an imported name
 * (index into the claim's imports), or a new local name that no identifier of the file has. `raw` is the source's own text, with nothing
 * that is claimed inside of it.
 * `expression` children are put in parentheses where precedence asks for it.
 */
export type TemplatePart =
  | string
  | { readonly child: Span; readonly expression: boolean }
  | { readonly raw: Span }
  | { readonly import: number }
  | { readonly fresh: string };

/** What takes the place of the site's span. `expression`: parentheses are added where the place asks for them. */
export interface Template {
  readonly parts: readonly TemplatePart[];
  readonly expression: boolean;
}

export interface Claim {
  readonly transform: string;
  readonly code: string;
  readonly site: SiteId;
  readonly template: Template;
  readonly imports: readonly ImportNeed[];
  /** Sites and units that must turn blocking with this one, beside what analysis found. */
  readonly requires: readonly string[];
  readonly applicability: Applicability;
  /** One sentence for the reader of the change. */
  readonly note?: string;
  /** Calls of the source that the template leaves out or reorders on purpose, and why. */
  readonly drops?: string;
  /** The refusal in its place where its policy is not allowed; by default one that names the policy. */
  readonly otherwise?: Refusal;
}

export interface Refusal {
  readonly site: SiteId;
  readonly transform: string;
  /** Declared reason, `transform/reason`: `swap-api/no-row`. */
  readonly reason: string;
  /** One sentence with the names of this place. */
  readonly detail: string;
  /** What the user can do: a policy, a row to add, a rewrite by hand. */
  readonly unlocks?: string;
  /** A transform threw: a bug of ours, with its message. */
  readonly bug?: string;
}

/** The new text of one file; `before` is the text as read. */
export interface FileChange {
  readonly file: string;
  readonly before: string;
  readonly after: string;
}

/** Whether a claim leaves the text as it is: its template is simply the site's own. */
export function keepsText({ template }: Claim, { span }: Site): boolean {
  const [part] = template.parts;
  const only = template.parts.length === 1 && typeof part === 'object' && 'child' in part ? part.child : undefined;
  return only?.start === span.start && only.end === span.end && !template.expression;
}
