import type { Claim, TemplatePart } from '../model/edit.ts';
import type { Site } from '../model/facts.ts';
import type { Span } from '../model/ids.ts';
import { EditError } from './problem.ts';
import { type Source, spanKey } from './source.ts';

/** A claim with the claims that stand directly inside of its site. */
export interface ClaimNode {
  readonly claim: Claim;
  /** The site's span. */
  readonly span: Span;
  readonly outer: ClaimNode | undefined;
  readonly inner: ClaimNode[];
  readonly regions: readonly Region[];
}

/** The part of the source that a child of a template stands for: its own parentheses belong to it. */
export interface Region extends Span {
  readonly expression: boolean;
  /** Index among the parts of the template. */
  readonly part: number;
  readonly inner: ClaimNode[];
}

/**
 * Claims of one file as a forest, and all of its claims that are written, parents before what they hold (a claim that is dropped with
 * its place is not among them). Throws an `EditError` where claims overlap or a template loses a nested one.
 */
export function growClaims(
  source: Source,
  sites: ReadonlyMap<string, Site>,
  claims: readonly Claim[],
): { roots: ClaimNode[]; written: ClaimNode[] } {
  const sorted = claims.map((claim) => {
    const site = sites.get(claim.site);
    if (site === undefined) throw new EditError('The claim names a site that does not exist', claim);
    if (site.span.start < 0 || site.span.end > source.text.length || site.span.start >= site.span.end) {
      throw new EditError('The site lies outside of the file', claim);
    }
    return { claim, site };
  });
  sorted.sort(
    (a, b) => a.site.span.start - b.site.span.start || b.site.span.end - a.site.span.end || a.site.rank - b.site.rank,
  );
  const roots: ClaimNode[] = [];
  const written: ClaimNode[] = [];
  const open: { node: ClaimNode; span: Span; dropped: boolean }[] = [];
  for (const { claim, site } of sorted) {
    const { span } = site;
    while (open.length > 0 && open.at(-1)!.span.end <= span.start) open.pop();
    const outer = open.at(-1);
    const node = nodeOf(source, claim, span, outer?.node);
    let dropped = outer?.dropped ?? false;
    if (outer === undefined) roots.push(node);
    else if (!dropped) {
      if (span.end > outer.span.end) {
        throw new EditError(`The site overlaps with that of ${outer.node.claim.transform}`, claim);
      }
      const region = outer.node.regions.find(({ start, end }) => start <= span.start && span.end <= end);
      if (region !== undefined) {
        region.inner.push(node);
        outer.node.inner.push(node);
      } else if (outer.node.claim.drops === undefined) {
        throw new EditError(
          `The template leaves out ${excerpt(source, span)}, which ${claim.transform} claims`,
          outer.node.claim,
        );
      } else dropped = true;
    }
    if (!dropped) written.push(node);
    open.push({ node, span, dropped });
  }
  return { roots, written };
}

function excerpt(source: Source, span: Span): string {
  const text = source.text.slice(span.start, Math.min(span.end, span.start + 40));
  return `\`${text.replace(/\s+/g, ' ')}\``;
}

function nodeOf(source: Source, claim: Claim, site: Span, outer?: ClaimNode): ClaimNode {
  const regions: Region[] = [];
  claim.template.parts.forEach((part, index) => {
    if (typeof part === 'object' && 'child' in part) regions.push(regionOf(source, claim, site, part, index));
  });
  const byStart = regions.toSorted((a, b) => a.start - b.start);
  for (let i = 1; i < byStart.length; i++) {
    if (byStart[i]!.start < byStart[i - 1]!.end) {
      throw new EditError(`The template has ${excerpt(source, byStart[i]!)} twice`, claim);
    }
  }
  return { claim, span: site, outer, inner: [], regions };
}

function regionOf(
  source: Source,
  claim: Claim,
  site: Span,
  part: Extract<TemplatePart, { child: Span }>,
  index: number,
): Region {
  let { start, end } = part.child;
  if (start < site.start || end > site.end || start > end) {
    throw new EditError(`The template takes ${excerpt(source, part.child)} from outside of its site`, claim);
  }
  while (part.expression) {
    const parens = source.parensByInner.get(spanKey(start, end));
    if (parens === undefined || parens.outer.start < site.start || parens.outer.end > site.end) break;
    ({ start, end } = parens.outer);
  }
  return { start, end, expression: part.expression, part: index, inner: [] };
}
