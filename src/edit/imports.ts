import { ts } from 'ts-morph';
import type { Claim, ImportNeed } from '../model/edit.ts';
import { namesIn } from './import-names.ts';
import { placeImports } from './import-places.ts';
import { planImports } from './import-plan.ts';
import { readStyle } from './import-style.ts';
import { changeUnit, type ImportEdit, isGone } from './import-text.ts';
import { type ImportUnit, readUnits } from './import-units.ts';
import type { Marks } from './marks.ts';
import type { Source } from './source.ts';

export type { ImportEdit } from './import-text.ts';

/** One import that a claim asks for; its index is the number in its marked identifier. */
export interface Wanted {
  readonly need: ImportNeed;
  readonly claim: Claim;
}

/**
 * Edits of the rendered text that put names in the places of the marked identifiers, and add, merge, turn and drop imports.
 * `esm` tells the kind of module where the syntax does not.
 */
export function settleImports(
  source: Source,
  tree: ts.SourceFile,
  wanted: readonly Wanted[],
  marks: Marks,
  esm: boolean | undefined,
): ImportEdit[] {
  const pattern = new RegExp(`${marks.imported.replaceAll('$', '\\$')}(\\d+)_`, 'g');
  const places = [...tree.text.matchAll(pattern)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    need: wanted[Number(match[1])]!.need,
  }));
  const units = readUnits(tree);
  if (places.length === 0 && units.length === 0) return [];
  const form = isModule(source, tree, units, esm) ? 'import' : 'require';
  const plan = planImports({
    units,
    before: namesIn(source.tree, readUnits(source.tree)),
    after: namesIn(tree, units),
    needs: places.map(({ need }) => need),
    javascript: /\.[cm]?jsx?$/.test(source.file),
  });
  const style = readStyle(source, tree, units, form);
  return [
    ...places.map(({ start, end, need }) => ({ start, end, text: plan.written.get(need)! })),
    ...plan.units.flatMap((one) => (isGone(one) ? [] : changeUnit(one, tree, style))),
    ...placeImports(plan, tree, style),
  ];
}

/** Is it an ES module: by its syntax, else by its name, else by what the project says. */
function isModule(
  { file }: Source,
  tree: ts.SourceFile,
  units: readonly ImportUnit[],
  esm: boolean | undefined,
): boolean {
  const modules = tree.statements.some(
    (node) =>
      (ts.isImportDeclaration(node) ||
        ts.isExportDeclaration(node) ||
        ts.isExportAssignment(node) ||
        ts.isImportEqualsDeclaration(node) ||
        (ts.canHaveModifiers(node) &&
          ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword))) ??
      false,
  );
  if (modules || /\.m[jt]s$/.test(file)) return true;
  if (/\.c[jt]s$/.test(file) || units.some(({ form }) => form === 'require')) return false;
  if (/\bimport\.meta\b/.test(tree.text)) return true;
  if (/\bmodule\.exports\b|\brequire\(/.test(tree.text)) return false;
  return esm ?? /\.tsx?$/.test(file);
}
