import { isBuiltin } from 'node:module';
import { ts } from 'ts-morph';
import { type ImportStyle, isSorted } from './import-style.ts';
import { type ImportEdit, isGone, newImportText } from './import-text.ts';
import type { ImportPlan, UnitPlan } from './import-plan.ts';

/** Edits that take whole imports away and put new ones in: a new one takes the place of one that goes, where it can. */
export function placeImports(plan: ImportPlan, tree: ts.SourceFile, style: ImportStyle): ImportEdit[] {
  const edits: ImportEdit[] = [];
  const gone = plan.units.filter(isGone);
  const staying = plan.units.filter((one) => !isGone(one) && hasForm(one, style));
  const free = gone.filter((one) => hasForm(one, style) && isWholeStatement(one, gone));
  const inserted = new Map<number, string[]>();
  const taken = new Map<UnitPlan, string[]>();
  for (const created of plan.created.toSorted((a, b) => sortOf(a.module) - sortOf(b.module))) {
    const sort = sortOf(created.module);
    const text = newImportText(created, style);
    const slot =
      free.find((one) => !taken.has(one) && sortOf(one.unit.module) === sort) ??
      (staying.length === 0 ? (free.find((one) => !taken.has(one)) ?? [...taken.keys()].at(-1)) : undefined);
    if (slot) {
      const texts = taken.get(slot);
      if (texts) texts.push(text);
      else taken.set(slot, [text]);
      continue;
    }
    const same = staying.filter(({ unit }) => sortOf(unit.module) === sort);
    const before = staying.filter(({ unit }) => sortOf(unit.module) < sort).at(-1);
    const ordered = same.filter(({ unit }) => unit.bindings.length > 0 && !unit.declaration);
    const modules = ordered.map(({ unit }) => unit.module);
    const sorted = modules.length > 1 && isSorted(modules, bareName);
    const later = sorted ? ordered.find(({ unit }) => bareName(unit.module) > bareName(created.module)) : undefined;
    const after = later ?? (same.length > 0 ? undefined : staying.find(({ unit }) => sortOf(unit.module) > sort));
    const anchor = later ? undefined : (same.at(-1) ?? before);
    const at = anchor ? lineEnd(tree, anchor.unit.node.end) : after ? after.unit.node.getStart(tree) : -1;
    const texts = inserted.get(at) ?? [];
    inserted.set(at, [...texts, text]);
    if (anchor) edits.push({ start: at, end: at, text: style.eol + text });
    else if (after) edits.push({ start: at, end: at, text: text + style.eol });
  }
  const atTop = inserted.get(-1);
  if (atTop) edits.push(atHead(tree, atTop, style));
  for (const [{ unit }, texts] of taken) {
    edits.push({ start: unit.node.getStart(tree), end: unit.node.end, text: texts.join(style.eol) });
  }
  const replaced = new Set<ts.Node>([...taken.keys()].map(({ unit }) => unit.node));
  const rest = gone.filter(({ unit }) => !replaced.has(unit.node));
  return [...edits, ...removeStatements(rest, tree)];
}

/** All of its statement goes, and it stands first there. */
function isWholeStatement({ unit: { declaration, node } }: UnitPlan, gone: readonly UnitPlan[]): boolean {
  if (!declaration) return true;
  const { declarations } = (node as ts.VariableStatement).declarationList;
  return (
    declarations[0] === declaration && gone.filter(({ unit }) => unit.node === node).length === declarations.length
  );
}

function bareName(module: string): string {
  return module.replace(/^node:/, '').toLowerCase();
}

function hasForm({ unit }: UnitPlan, style: ImportStyle): boolean {
  return style.form === 'require' ? unit.form === 'require' : unit.form !== 'require';
}

/** Builtin modules, packages, files of the project. */
function sortOf(module: string): number {
  if (isBuiltin(module)) return 0;
  return /^(?:\.|\/|#|@\/|~\/)/.test(module) ? 2 : 1;
}

/** The end of the line, a comment on it included. */
function lineEnd({ text }: ts.SourceFile, from: number): number {
  const rest = /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*(?=\r?\n|$))?/.exec(text.slice(from, from + 1000))![0];
  return from + rest.trimEnd().length;
}

/** Below what heads a file: `#!`, a licence, directives, comments for tools. */
function atHead(tree: ts.SourceFile, lines: readonly string[], { eol }: ImportStyle): ImportEdit {
  const { text, statements } = tree;
  const directives = statements.findIndex(
    (one) => !ts.isExpressionStatement(one) || !ts.isStringLiteral(one.expression),
  );
  const count = directives === -1 ? statements.length : directives;
  let at = count > 0 ? lineEnd(tree, statements[count - 1]!.end) : 0;
  if (count > 0) {
    const next = /^\r?\n/.exec(text.slice(at))?.[0] ?? '';
    at += next.length;
    if (next === '') return { start: at, end: at, text: eol + lines.join(eol) + eol };
  } else {
    at = /^#![^\n]*\n/.exec(text)?.[0].length ?? 0;
    for (;;) {
      const comment = /^(?:[ \t]*\r?\n)*(?:\/\*[\s\S]*?\*\/|(?:[ \t]*\/\/[^\n]*(?:\n|$))+)[ \t]*(?:\r?\n)?/.exec(
        text.slice(at),
      )?.[0];
      if (comment === undefined) break;
      const rest = text.slice(at + comment.length);
      const isHead =
        /^[ \t]*\r?\n/.test(rest) ||
        /^\s*\/\*!|@license|@licence|copyright|SPDX-|@file\b|@fileoverview|@ts-(?:no)?check|eslint-(?:disable|enable|env)(?!-next)|^\s*\/\/\//i.test(
          comment,
        );
      if (!isHead) break;
      at += comment.length;
    }
    const blank = /^(?:[ \t]*\r?\n)+/.exec(text.slice(at))?.[0] ?? '';
    if (at > 0 && !/^#!/.test(text.slice(0, at).split('\n').at(-2) ?? '')) at += blank.length;
  }
  const body = lines.join(eol) + eol;
  const blankBelow = at >= text.length || /^[ \t]*\r?\n/.test(text.slice(at));
  return { start: at, end: at, text: blankBelow ? body : body + eol };
}

/** Takes lines out, and one of two blank lines that come to stand together. Comments above stay, but for those to a tool about the next line. */
function removeStatements(plans: readonly UnitPlan[], tree: ts.SourceFile): ImportEdit[] {
  const { text } = tree;
  const ranges: { start: number; end: number }[] = [];
  const edits: ImportEdit[] = [];
  for (const { unit } of plans) {
    const { declaration, node } = unit;
    if (declaration) {
      const { declarations } = (node as ts.VariableStatement).declarationList;
      const partners = new Set(plans.flatMap((one) => (one.unit.node === node ? [one.unit.declaration!] : [])));
      if (partners.size < declarations.length) {
        edits.push(removeDeclaration(declaration, declarations, partners, tree));
        continue;
      }
      if (declarations[0] !== declaration) continue;
    }
    let start = unit.node.getStart(tree);
    let { end } = unit.node;
    const lineStart = text.lastIndexOf('\n', start - 1) + 1;
    const tail = /^[ \t]*(?:\r?\n|$)/.exec(text.slice(end, end + 1000));
    if (tail && /^[ \t]*$/.test(text.slice(lineStart, start))) {
      start = lineStart;
      end += tail[0].length;
      const above = text.lastIndexOf('\n', start - 2) + 1;
      if (
        start > 0 &&
        /^[ \t]*\/[/*][ \t]*(?:@ts-(?:ignore|expect-error)|eslint-disable-next-line|prettier-ignore|biome-ignore)\b/.test(
          text.slice(above, start),
        )
      ) {
        start = above;
      }
    } else {
      end += /^[ \t]*/.exec(text.slice(end, end + 100))![0].length;
    }
    const last = ranges.at(-1);
    if (last?.end === start) last.end = end;
    else ranges.push({ start, end });
  }
  const lines = ranges.map(({ start, end }) => {
    const blankBefore = start === 0 || /\n[ \t]*\r?\n$/.test(text.slice(Math.max(0, start - 200), start));
    const blank = start === 0 || text[start - 1] === '\n' ? (/^[ \t]*\r?\n/.exec(text.slice(end))?.[0] ?? '') : '';
    return { start, end: blankBefore ? end + blank.length : end, text: '' };
  });
  return [...edits, ...lines];
}

/** One of several declarations goes with the comma that parts it from one that stays. */
function removeDeclaration(
  declaration: ts.VariableDeclaration,
  declarations: readonly ts.VariableDeclaration[],
  gone: ReadonlySet<ts.VariableDeclaration>,
  tree: ts.SourceFile,
): ImportEdit {
  const index = declarations.indexOf(declaration);
  const stays = declarations.findIndex((one) => !gone.has(one));
  // Before the first one that stays, up to the next declaration; after it, from the end of the one before.
  return index < stays
    ? { start: declaration.getStart(tree), end: declarations[index + 1]!.getStart(tree), text: '' }
    : { start: declarations[index - 1]!.end, end: declaration.end, text: '' };
}
