import { isBuiltin } from 'node:module';
import { ts } from 'ts-morph';
import { type ImportStyle, isSorted, listText, specifierText } from './import-style.ts';
import type { NewImport, UnitPlan } from './import-plan.ts';
import type { Binding, ImportUnit } from './import-units.ts';

/** A change of the rendered text. */
export interface ImportEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** Nothing is left of it. */
export function isGone({ unit, drop, add }: UnitPlan): boolean {
  return unit.bindings.length > 0 && add.length === 0 && unit.bindings.every((binding) => drop.has(binding));
}

/** Edits of an import that stays. */
export function changeUnit(plan: UnitPlan, tree: ts.SourceFile, style: ImportStyle): ImportEdit[] {
  const { unit, drop, add, turned } = plan;
  const edits: ImportEdit[] = [];
  if (turned) {
    const { specifier } = unit;
    const end = unit.form === 'require' ? requireEnd(specifier) : undefined;
    const text = specifierText(turned.module, { ...style, quote: specifier.getText(tree)[0]! });
    edits.push({
      start: specifier.getStart(tree),
      end: end ?? specifier.end,
      text: end === undefined ? text : `${text})`,
    });
  }
  if (drop.size === 0 && add.length === 0 && turned?.toNamespace !== true) return edits;
  if (unit.form === 'require') {
    const { list } = unit;
    if (list) edits.push({ start: list.getStart(tree), end: list.end, text: newList(plan, list, tree, style) });
    return edits;
  }
  const clause = (unit.node as ts.ImportDeclaration).importClause;
  if (!clause) return edits;
  const parts: string[] = [];
  const whole = unit.bindings.filter(({ imported }) => imported === '*' || imported === 'default');
  for (const binding of whole) {
    if (drop.has(binding)) continue;
    parts.push(binding.imported === '*' || turned?.toNamespace ? `* as ${binding.local}` : binding.local);
  }
  const hasNames = unit.bindings.some((one) => !whole.includes(one) && !drop.has(one)) || add.length > 0;
  if (hasNames) parts.push(newList(plan, unit.list, tree, style));
  edits.push({
    start: clause.getStart(tree),
    end: clause.end,
    text: (unit.typeOnly ? 'type ' : '') + parts.join(', '),
  });
  return edits;
}

/** After `require('fs').promises`, the end of what gives way to the new module. */
function requireEnd(specifier: ts.StringLiteralLike): number | undefined {
  const call = specifier.parent;
  return ts.isPropertyAccessExpression(call.parent) ? call.parent.end : undefined;
}

function newList(
  { unit, drop, add }: UnitPlan,
  list: ImportUnit['list'],
  tree: ts.SourceFile,
  style: ImportStyle,
): string {
  const dropped = new Set([...drop].map(({ local }) => local));
  const kept: { text: string; key: string }[] = [];
  for (const element of list?.elements ?? []) {
    const local = element.name.getText(tree);
    const key = keyOf((element.propertyName ?? element.name).getText(tree));
    if (dropped.has(local)) continue;
    kept.push({ text: withComments(element, tree), key });
  }
  const all = (list?.elements ?? []).map((element) => (element.propertyName ?? element.name).getText(tree));
  const by = [keyOf, (name: string) => name].find((order) => isSorted(all, order));
  for (const binding of add) {
    const text = bindingText(binding, unit.form === 'require', unit.typeOnly);
    const key = by?.(binding.imported);
    const at = key === undefined ? -1 : kept.findIndex((one) => by!(one.key) > key);
    kept.splice(at === -1 ? kept.length : at, 0, {
      text,
      key: by === keyOf ? keyOf(binding.imported) : binding.imported,
    });
  }
  const texts = kept.map(({ text }) => text);
  const broken = list !== undefined && list.getText(tree).includes('\n') && list.elements.length > 0;
  const comments = texts.some((text) => text.includes('//'));
  const around = unit.node.getText(tree).length - (list?.getText(tree).length ?? 0);
  if (!comments) return listText(texts, style, { broken, around });
  return `{${style.eol}${texts.map((text) => style.unit + commaBefore(text)).join(style.eol)}${style.eol}}`;
}

function keyOf(name: string): string {
  return name.toLowerCase();
}

/** The comma goes before a comment at the end of the line. */
function commaBefore(text: string): string {
  const at = /\s*\/\/[^\n]*$/.exec(text)?.index ?? text.length;
  return `${text.slice(0, at)},${text.slice(at)}`;
}

/** The element with the comments that stand before it and, on its line, behind it. */
function withComments(element: ts.Node, tree: ts.SourceFile): string {
  const { text } = tree;
  const lead = text.slice(element.pos, element.getStart(tree));
  const firstBreak = lead.indexOf('\n');
  const own = /\/[/*]/.test(firstBreak === -1 ? lead : lead.slice(firstBreak))
    ? lead.slice(firstBreak + 1).trimStart()
    : '';
  const tail = /^[ \t]*,?([ \t]*(?:\/\/[^\r\n]*|\/\*[^\n]*?\*\/))[ \t]*\r?\n/.exec(
    text.slice(element.end, element.end + 500),
  );
  return own + element.getText(tree) + (tail?.[1] ?? '');
}

function bindingText({ local, imported, typeOnly }: Binding, required: boolean, inTypes: boolean): string {
  const name = local === imported ? local : required ? `${imported}: ${local}` : `${imported} as ${local}`;
  return typeOnly && !inTypes ? `type ${name}` : name;
}

/** The whole statement, without a line break at its end. */
export function newImportText({ module, typeOnly, bindings }: NewImport, style: ImportStyle): string {
  const specifier = specifierText(module, style);
  const whole = bindings.find(({ imported }) => imported === '*' || imported === 'default');
  const sorted = bindings
    .filter((binding) => binding !== whole)
    .toSorted((a, b) => (keyOf(a.imported) < keyOf(b.imported) ? -1 : 1));
  if (style.form === 'require') {
    const names = sorted.map((binding) => bindingText(binding, true, false));
    const end = ` = require(${specifier})${style.semicolon}`;
    const list = `const ${listText(names, style, { broken: false, around: 6 + end.length })}${end}`;
    if (!whole) return list;
    return `const ${whole.local}${end}${names.length > 0 ? style.eol + list : ''}`;
  }
  const type = typeOnly ? 'type ' : '';
  const end = ` from ${specifier}${style.semicolon}`;
  const names = sorted.map((binding) => bindingText(binding, false, typeOnly));
  const around = 7 + type.length + end.length;
  if (!whole) return `import ${type}${listText(names, style, { broken: false, around })}${end}`;
  const asDefault = whole.imported === 'default' || (style.defaultBuiltins && isBuiltin(module));
  const name = asDefault ? whole.local : `* as ${whole.local}`;
  if (names.length === 0) return `import ${type}${name}${end}`;
  if (asDefault)
    return `import ${type}${name}, ${listText(names, style, { broken: false, around: around + name.length + 2 })}${end}`;
  return `import ${type}${name}${end}${style.eol}import ${type}${listText(names, style, { broken: false, around })}${end}`;
}
