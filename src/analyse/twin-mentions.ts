import { ts } from 'ts-morph';
import type { Twinnable, TwinMention } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { walk } from './syntax.ts';

/** A declaration with its node: a statement, or a method of a class. */
export interface Declared {
  readonly twinnable: Twinnable;
  readonly node: ts.Node;
}

/** A mention with its node, the name itself. */
export interface Mentioned {
  readonly mention: TwinMention;
  readonly node: ts.Node;
}

/**
 * Every place that names one of the declarations (by the node that declares the name). Those that a list or an assignment exports under
 * a name of their own are added to `exported`.
 */
export function collectMentions(
  draft: Draft,
  declared: ReadonlyMap<ts.Node, Declared>,
  exported: Set<UnitId>,
): Mentioned[] {
  const names = new Set([...declared.values()].map(({ twinnable }) => twinnable.name));
  const byNode = new Map([...declared.values()].map((each) => [each.node, each]));
  const defaults = new Set<UnitId>();
  const found = [...draft.files].flatMap(([source, { test }]): Mentioned[] => {
    if (test) return [];
    const here = new Set([...names, ...aliases(source, draft, declared)]);
    return [...walk(source)].flatMap((node): Mentioned[] => {
      // `export { default as load } from './load'` names it otherwise.
      const specifier = ts.isExportSpecifier(node) ? (node.propertyName ?? node.name) : undefined;
      if (specifier) {
        const one = draft.checker.declarations(specifier).flatMap((d) => declared.get(d) ?? [])[0];
        return one && ts.isIdentifier(specifier) ? mentionAt(draft, specifier, one, byNode, source) : [];
      }
      if (!(ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) || !here.has(node.text)) return [];
      if (node.flags & ts.NodeFlags.JSDoc || isNameOfDeclaration(node)) return [];
      const one = draft.checker.declarations(node).flatMap((d) => declared.get(d) ?? [])[0];
      if (!one) return [];
      if (ts.isExportAssignment(node.parent)) defaults.add(one.twinnable.unit);
      return mentionAt(draft, node, one, byNode, source);
    });
  });
  for (const { mention } of found) if (mention.kind === 'export') exported.add(mention.to);
  // Only what is exported as the default alone needs the word `export`; what is exported nowhere stays so.
  for (const { twinnable } of declared.values()) if (!defaults.has(twinnable.unit)) exported.add(twinnable.unit);
  return found;
}

/** Local names of imports of what is declared. */
function aliases(source: ts.SourceFile, draft: Draft, declared: ReadonlyMap<ts.Node, Declared>): string[] {
  return source.statements.filter(isImporting).flatMap((statement) =>
    [...walk(statement)].flatMap((node) => {
      const name =
        ts.isImportSpecifier(node) || ts.isImportClause(node) || ts.isBindingElement(node) ? node.name : undefined;
      if (!name || !ts.isIdentifier(name)) return [];
      return draft.checker.declarations(name).some((d) => declared.has(d)) ? [name.text] : [];
    }),
  );
}

function isImporting(statement: ts.Statement): boolean {
  return (
    ts.isImportDeclaration(statement) ||
    (ts.isVariableStatement(statement) && /\brequire\s*\(/.test(statement.getText()))
  );
}

function isNameOfDeclaration(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isImportSpecifier(parent) || ts.isImportClause(parent)) return true;
  if (ts.isExportSpecifier(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.name === node || parent.propertyName === node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isPropertyAccessExpression(parent) || ts.isQualifiedName(parent)) return false;
  return (parent as ts.NamedDeclaration).name === node;
}

function mentionAt(
  draft: Draft,
  node: ts.Identifier | ts.PrivateIdentifier,
  { twinnable }: Declared,
  byNode: ReadonlyMap<ts.Node, Declared>,
  source: ts.SourceFile,
): Mentioned[] {
  const to = twinnable.unit;
  const own = `${twinnable.name}Sync`;
  const make = (kind: TwinMention['kind'], at: ts.Node, text: string, module?: string): Mentioned[] => {
    const inside = enclosing(node, byNode)?.twinnable.unit;
    const span = { start: at.getStart(source), end: at.end };
    const place = draft.place(at);
    return [
      {
        node,
        mention: {
          kind,
          to,
          place,
          span,
          text,
          ...(module !== undefined && { module }),
          ...(inside !== undefined && { inside }),
        },
      },
    ];
  };
  const { parent } = node;
  if (ts.isExportSpecifier(parent)) {
    if (parent.isTypeOnly || parent.parent.parent.isTypeOnly) return [];
    const from = (parent.propertyName ?? parent.name).text;
    const source = parent.parent.parent.moduleSpecifier ? (from === 'default' ? own : `${from}Sync`) : own;
    const name = parent.name.text === 'default' ? own : `${parent.name.text}Sync`;
    return make('export', parent, source === name ? `, ${name}` : `, ${source} as ${name}`);
  }
  const handed = commonJs(node, own);
  if (handed) return make('export', handed.at, handed.text);
  if (ts.isPropertyAccessExpression(parent) && parent.name === node)
    return make('name', node, node.text === 'default' ? own : `${node.text}Sync`);
  if (source === draft.unitNodes.get(to)!.getSourceFile()) return make('name', node, own);
  const imported = importOf(source, node.text);
  if (!imported) return [];
  return make('import', node, imported.name === 'default' ? own : `${imported.name}Sync`, imported.module);
}

function enclosing(node: ts.Node, byNode: ReadonlyMap<ts.Node, Declared>): Declared | undefined {
  for (let up: ts.Node | undefined = node; up; up = up.parent as ts.Node | undefined) {
    const found = byNode.get(up);
    if (found) return found;
  }
  return undefined;
}

/** `module.exports = { load }`, `exports.load = load`, `module.exports = load` at the top level. */
function commonJs(node: ts.Node, own: string): { at: ts.Node; text: string } | undefined {
  let value = node;
  const property = ts.isShorthandPropertyAssignment(node.parent)
    ? node.parent
    : ts.isPropertyAssignment(node.parent) && node.parent.initializer === node
      ? node.parent
      : undefined;
  if (property) value = property.parent;
  const assignment = value.parent;
  if (!ts.isBinaryExpression(assignment) || assignment.right !== value) return undefined;
  if (!ts.isExpressionStatement(assignment.parent) || !ts.isSourceFile(assignment.parent.parent)) return undefined;
  const left = assignment.left.getText();
  if (!/^(module\.)?exports(\.[\w$]+)?$/.test(left)) return undefined;
  if (property) {
    const name = property.name.getText();
    const isSame = name === own.slice(0, -'Sync'.length);
    return {
      at: property,
      text: ts.isShorthandPropertyAssignment(property) || isSame ? `, ${own}` : `, ${name}Sync: ${own}`,
    };
  }
  const end = assignment.parent.getText().endsWith(';') ? ';' : '';
  const target = left === 'module.exports' || left === 'exports' ? `module.exports.${own}` : `${left}Sync`;
  return { at: assignment.parent, text: `\n${target} = ${own}${end}` };
}

function importOf(source: ts.SourceFile, local: string): { module: string; name: string } | undefined {
  for (const statement of source.statements) {
    if (ts.isImportDeclaration(statement) && ts.isStringLiteral(statement.moduleSpecifier)) {
      const module = statement.moduleSpecifier.text;
      const clause = statement.importClause;
      if (clause?.name?.text === local) return { module, name: 'default' };
      const list = clause?.namedBindings;
      for (const each of list && ts.isNamedImports(list) ? list.elements : [])
        if (each.name.text === local) return { module, name: (each.propertyName ?? each.name).text };
    } else if (ts.isVariableStatement(statement)) {
      for (const { name, initializer } of statement.declarationList.declarations) {
        const module = /^require\(\s*(['"])(.+)\1\s*\)$/.exec(initializer?.getText() ?? '')?.[2];
        if (module === undefined || !ts.isObjectBindingPattern(name)) continue;
        for (const each of name.elements)
          if (each.name.getText() === local) return { module, name: (each.propertyName ?? each.name).getText() };
      }
    }
  }
  return undefined;
}
