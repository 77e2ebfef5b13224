import type { Span } from '../model/ids.ts';
import type { ClaimNode, Region } from './claim-tree.ts';
import { type Comment, commentsBetween } from './comments.ts';
import type { FreshNames } from './fresh.ts';
import type { Marks } from './marks.ts';
import type { Sure } from './tight.ts';
import { indentAt, type Source, spanKey } from './source.ts';

/** What rendering needs beside the claims. */
export interface Rendering {
  readonly source: Source;
  readonly marks: Marks;
  readonly sure: Sure;
  readonly fresh: FreshNames;
  /** Index of each claim's imports among all imports of the file. */
  readonly needs: ReadonlyMap<ClaimNode, readonly number[]>;
}

/**
 * Text for each claim's site, with marks in it. `written` has parents before what they hold: it is gone through backwards,
 * so that every claim finds the ones inside of it rendered.
 */
export function render(written: readonly ClaimNode[], rendering: Rendering): ReadonlyMap<ClaimNode, string> {
  const rendered = new Map<ClaimNode, string>();
  for (let i = written.length - 1; i >= 0; i--) {
    const node = written[i]!;
    rendered.set(node, renderSite(node, rendering, rendered));
    for (const inner of node.inner) rendered.delete(inner);
  }
  return rendered;
}

function renderSite(node: ClaimNode, rendering: Rendering, rendered: ReadonlyMap<ClaimNode, string>): string {
  const { source, marks } = rendering;
  const { template } = node.claim;
  let before = '';
  let after = '';
  let { span } = node;
  const isRaw = template.parts.some((part) => typeof part === 'object' && 'raw' in part);
  if (!isRaw && source.shorthands.has(spanKey(span.start, span.end))) {
    before = `${source.text.slice(span.start, span.end)}: `;
  }
  const isExpression =
    template.expression && !source.names.has(spanKey(span.start, span.end)) && !isSure(node, rendering);
  if (template.expression) {
    const bared = bare(source, span, node.regions);
    before += bared.before;
    after = bared.after;
    ({ span } = bared);
  }
  const body = renderParts(node, span, rendering, rendered);
  // Two pairs: after `?`, one could be read as the parameters of an arrow function.
  const wrap = isExpression ? 2 : 0;
  const text = before + marks.open.repeat(wrap) + body + marks.close.repeat(wrap) + after;
  const { start, end } = node.span;
  const starts = source.unparted.has(start) && node.outer?.span.start !== start;
  const ends = source.open.has(end) && node.outer?.span.end !== end;
  return (starts ? marks.semicolon : '') + text + (ends ? marks.semicolon : '');
}

function renderParts(
  node: ClaimNode,
  span: Span,
  rendering: Rendering,
  rendered: ReadonlyMap<ClaimNode, string>,
): string {
  const { source, marks } = rendering;
  const { parts } = node.claim.template;
  const comments = gapComments(source, span, node.regions);
  const siteIndent = indentAt(source.text, node.span.start);
  let indent = siteIndent;
  let out = '';
  const add = (text: string): void => {
    out += text;
    const line = text.lastIndexOf('\n');
    if (line !== -1) indent = /^[ \t]*/.exec(text.slice(line + 1))![0];
  };
  let region = 0;
  parts.forEach((part, index) => {
    if (typeof part === 'string') {
      add(part.includes('\n') ? indentLiteral(blankLines(part, node, region, source), siteIndent, source) : part);
    } else if ('raw' in part) {
      out += source.text.slice(part.raw.start, part.raw.end).replaceAll('\n', marks.newline);
    } else if ('fresh' in part) {
      add(rendering.fresh.get(node)!.get(part.fresh)!);
    } else if ('import' in part) {
      add(`${marks.imported}${rendering.needs.get(node)![part.import]!}_`);
    } else {
      const child = node.regions[region++]!;
      const childIndent = indentAt(source.text, child.start);
      const found = comments.before.get(child) ?? [];
      // A child on a line of its own, below a comment, stays as deep as it was.
      const deeper =
        found.some(({ breaks }) => breaks) && childIndent.startsWith(siteIndent) && !beginsLine(node, out, source);
      const place = deeper ? indent + childIndent.slice(siteIndent.length) : indent;
      let text = renderRegion(child, rendering, rendered);
      if (childIndent !== place && text.includes('\n')) text = shift(text, childIndent, place);
      const above = aboveKeyword(out, found, source.eol);
      if (above !== undefined) out = above;
      const lead = leading(above === undefined ? found : [], out, index === 0, place, source.eol);
      if (lead.ownLine) out = out.replace(/[ \t]+$/, '');
      const tail = trailing(comments.after.get(child) ?? [], indent, source.eol);
      add(
        isMarked(node, child, rendering)
          ? `${marks.open}${lead.text}${text}${tail}${marks.close}`
          : `${lead.text}${text}${tail}`,
      );
    }
  });
  const rest = comments.loose;
  if (rest.length > 0) add(trailing(rest, indent, source.eol).replace(out === '' ? /^ / : /^$/, ''));
  return out;
}

/** What is added next stands first on its line. */
function beginsLine(node: ClaimNode, out: string, { text }: Source): boolean {
  const line = out === '' ? text.slice(text.lastIndexOf('\n', node.span.start - 1) + 1, node.span.start) : out;
  return /(?:^|\n)[ \t]*$/.test(line);
}

/** The site gives way to one child that is a call, a name or such, and nothing that goes on with it follows. */
function isSure(node: ClaimNode, { source, sure }: Rendering): boolean {
  const [only] = node.regions;
  if (
    only === undefined ||
    source.text[node.span.start] === '(' ||
    node.claim.template.parts.length > 1 ||
    !only.expression
  )
    return false;
  if (!sure.loose.has(spanKey(node.span.start, node.span.end))) return false;
  if (/\/[/*]/.test(source.text.slice(node.span.start, only.start) + source.text.slice(only.end, node.span.end)))
    return false;
  const key = spanKey(only.start, only.end);
  return sure.tight.has(key) || only.inner.some(({ span }) => spanKey(span.start, span.end) === key);
}

/** Names and literals that are names never take parentheses. */
function isMarked(node: ClaimNode, child: Region, { source }: Rendering): boolean {
  const { template } = node.claim;
  if (!child.expression || (template.expression && template.parts.length === 1)) return false;
  if (child.inner.length > 0)
    return !child.inner.some(({ span }) => span.start === child.start && span.end === child.end);
  if (source.names.has(spanKey(child.start, child.end))) return false;
  return !/^(?:[\p{ID_Start}$_#][\p{ID_Continue}$]*|'[^']*'|"[^"]*")$/u.test(source.text.slice(child.start, child.end));
}

function renderRegion(child: Region, rendering: Rendering, rendered: ReadonlyMap<ClaimNode, string>): string {
  const { source, marks } = rendering;
  const { before, after, span } = child.expression
    ? bare(source, child, child.inner)
    : { before: '', after: '', span: child };
  let out = before;
  let from = span.start;
  for (const inner of child.inner) {
    out += copy(source, from, inner.span.start, marks.newline) + rendered.get(inner)!;
    from = inner.span.end;
  }
  return out + copy(source, from, span.end, marks.newline) + after;
}

/** Text of the source; line breaks in template literals are marked. */
function copy(source: Source, start: number, end: number, newline: string): string {
  const text = source.text.slice(start, end);
  if (source.literals.length === 0 || !text.includes('\n')) return text;
  let out = '';
  let from = start;
  for (const literal of source.literals) {
    if (literal.start >= end) break;
    if (literal.end <= from) continue;
    const a = Math.max(literal.start, from);
    const b = Math.min(literal.end, end);
    out += source.text.slice(from, a) + source.text.slice(a, b).replaceAll('\n', newline);
    from = b;
  }
  return out + source.text.slice(from, end);
}

/**
 * Takes the source's own parentheses off an expression, as marked ones take their place. A pair stays, comments and all, where a comment
 * stands directly inside of it, or where it is a JSDoc cast; so do those around `inner` spans.
 */
function bare(source: Source, outer: Span, inner: readonly { start?: number; end?: number; span?: Span }[]) {
  let before = '';
  let after = '';
  let span: Span = { start: outer.start, end: outer.end };
  for (;;) {
    const parens = source.parensByOuter.get(spanKey(span.start, span.end));
    if (parens === undefined) break;
    const { start, end } = parens.inner;
    const covers = inner.some((one) => {
      const within = one.span ?? (one as Span);
      return within.start < start || within.end > end;
    });
    if (covers) break;
    const commented =
      commentsBetween(source, span.start + 1, start).length > 0 ||
      commentsBetween(source, end, span.end - 1).length > 0;
    if (commented || isCast(source, span.start)) {
      before += source.text.slice(span.start, start);
      after = source.text.slice(end, span.end) + after;
    }
    span = parens.inner;
  }
  return { before, after, span };
}

/** `/** @type {T} *​/ (x)` in JavaScript: the parentheses are part of the cast. */
function isCast(source: Source, at: number): boolean {
  if (!/\.[cm]?jsx?$/.test(source.file)) return false;
  const before = source.text.slice(Math.max(0, at - 2000), at);
  return /\/\*\*(?:(?!\*\/)[\s\S])*@(?:type|satisfies)\b(?:(?!\*\/)[\s\S])*\*\/\s*$/.test(before);
}

/** Comments of a site that no child covers: each goes before the child that follows it in the source, else after the last one. */
function gapComments(source: Source, span: Span, regions: readonly Region[]) {
  const before = new Map<Region, readonly Comment[]>();
  const after = new Map<Region, readonly Comment[]>();
  let loose: readonly Comment[] = [];
  let from = span.start;
  let last: Region | undefined;
  for (const region of regions.toSorted((a, b) => a.start - b.start)) {
    const found = commentsBetween(source, from, region.start);
    if (found.length > 0) before.set(region, found);
    from = Math.max(from, region.end);
    last = region;
  }
  const found = commentsBetween(source, from, span.end);
  if (last !== undefined) {
    if (found.length > 0) after.set(last, found);
  } else loose = found;
  return { before, after, loose };
}

function leading(comments: readonly Comment[], out: string, first: boolean, indent: string, eol: string) {
  const ownLine = comments[0]?.ownLine === true && !first && !/\n[ \t]*$/.test(out);
  let text = ownLine ? eol + indent : '';
  comments.forEach((comment, i) => {
    if (i > 0 && comment.ownLine && comment.afterBlank)
      text = text.slice(0, text.length - indent.length) + eol + indent;
    text += comment.text + (comment.breaks || comment.text.startsWith('//') ? eol + indent : ' ');
  });
  return { text, ownLine };
}

/** No line may end behind `return` and `throw`: comments with lines of their own go above. */
function aboveKeyword(out: string, comments: readonly Comment[], eol: string): string | undefined {
  if (!comments.some(({ breaks, text }) => breaks || text.startsWith('//'))) return undefined;
  const [, before, indent, keyword] = /^([^]*\n|)([ \t]*)((?:return|throw) )$/.exec(out) ?? [];
  if (before === undefined) return undefined;
  return `${before}${comments.map(({ text }) => `${indent}${text}${eol}`).join('')}${indent}${keyword}`;
}

function trailing(comments: readonly Comment[], indent: string, eol: string): string {
  let text = '';
  for (const comment of comments) {
    const onLine = text === '' || text.endsWith('*/') ? ' ' : '';
    text += comment.ownLine ? (text.endsWith(eol + indent) ? '' : eol + indent) : onLine;
    text += comment.text;
    if (comment.text.startsWith('//')) text += eol + indent;
  }
  return text;
}

/** Two children that followed each other in the source with a blank line between them keep it. */
function blankLines(part: string, node: ClaimNode, region: number, source: Source): string {
  if (!/^;?[ ]*\n[ ]*$/.test(part)) return part;
  const previous = node.regions[region - 1];
  const next = node.regions[region];
  if (previous === undefined || next === undefined || next.start < previous.end) return part;
  return /\n[ \t]*\r?\n/.test(source.text.slice(previous.end, next.start)) ? part.replace('\n', '\n\n') : part;
}

/** Templates are written from column 0, two spaces a level, with `\n`: they take the place's indentation, unit and line ending. */
function indentLiteral(part: string, siteIndent: string, { unit, eol }: Source): string {
  return part.replace(/\n( *)(?=(\n?))/g, (_, spaces: string, next: string) => {
    if (next !== '') return eol;
    const levels = Math.floor(spaces.length / 2);
    return eol + siteIndent + unit.repeat(levels) + ' '.repeat(spaces.length - 2 * levels);
  });
}

/** Moves all lines but the first from one indentation to another. */
function shift(text: string, from: string, to: string): string {
  return text.replace(/\n([ \t]*)(?=[^\s])/g, (line, spaces: string) =>
    spaces.startsWith(from) ? `\n${to}${spaces.slice(from.length)}` : line,
  );
}
