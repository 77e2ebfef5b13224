import { ts } from 'ts-morph';
import type { Facts, Twinnable } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { enclosingFunction, hasBody, skipParentheses } from './syntax.ts';
import { collectMentions, type Declared, type Mentioned } from './twin-mentions.ts';

/**
 * What the policy `emit-twin` may write twice, and every place that would have to know. Looked for only where a project's own code is
 * exported and asynchronous.
 */
export function collectTwinnables(draft: Draft, facts: Facts): Pick<Facts, 'twinnables' | 'mentions'> {
  const wanted = facts.units.some((u) => u.exported && u.asynchronous && u.kind === 'function' && !u.test);
  if (!wanted) return {};
  const declared = facts.units.flatMap((unit): Declared[] => {
    const node = draft.unitNodes.get(unit.id)!;
    if (!unit.asynchronous || unit.test || unit.kind !== 'function' || !hasBody(node)) return [];
    return declaredBy(draft, unit.id, node);
  });
  const bySymbol = new Map(declared.map((each) => [namedNode(draft, each), each]));
  const exports = new Set<UnitId>();
  const found = collectMentions(draft, bySymbol, exports);
  const problems = problemsOf(draft, facts, declared, found);
  return {
    twinnables: declared.map(({ twinnable }) => {
      const problem = twinnable.problem ?? problems.get(twinnable.unit);
      const needsExport = twinnable.needsExport && !exports.has(twinnable.unit);
      return { ...twinnable, needsExport, ...(problem !== undefined && { problem }) };
    }),
    mentions: found.map(({ mention }) => mention),
  };
}

function namedNode(draft: Draft, { twinnable }: Declared): ts.Node {
  const node = draft.unitNodes.get(twinnable.unit)!;
  return ts.isArrowFunction(node) || ts.isFunctionExpression(node) ? node.parent : node;
}

function declaredBy(draft: Draft, unit: UnitId, node: ts.SignatureDeclaration): Declared[] {
  const variable = ts.isVariableDeclaration(node.parent) ? node.parent : undefined;
  const member =
    ts.isPropertyDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) ? node.parent : undefined;
  const named = variable ?? member ?? (node as ts.FunctionDeclaration | ts.MethodDeclaration);
  const whole: ts.Node = variable ? variable.parent.parent : (member ?? node);
  const inObject = ts.isObjectLiteralExpression(whole.parent);
  if (inObject) return inObjectLiteral(draft, unit, named, whole);
  const inClass = (ts.isMethodDeclaration(node) || member !== undefined) && ts.isClassDeclaration(whole.parent);
  const statement = inClass ? whole.parent : whole;
  if (!ts.isSourceFile(statement.parent)) return [];
  if (!inClass && !ts.isFunctionDeclaration(node) && !(variable && ts.isVariableStatement(whole))) return [];
  const { name } = named as { name?: ts.Node };
  if (!name || !(ts.isIdentifier(name) || ts.isPrivateIdentifier(name))) return [];
  const source = node.getSourceFile();
  const start = whole.getStart(source);
  const modifiers = ts.canHaveModifiers(whole) ? (ts.getModifiers(whole) ?? []) : [];
  const fallback = modifiers.find((m) => m.kind === ts.SyntaxKind.DefaultKeyword);
  const isExported = modifiers.some((m) => m.kind === ts.SyntaxKind.ExportKeyword);
  const problem =
    ownProblem(draft, name, whole, variable) ??
    (member && ts.isPropertyDeclaration(member) ? memberProblem(member) : undefined);
  const doc = (whole as { jsDoc?: ts.JSDoc[] }).jsDoc?.at(-1);
  const twinnable: Twinnable = {
    unit,
    name: name.text,
    place: draft.place(whole),
    span: { start: doc?.getStart(source) ?? start, end: whole.end },
    start,
    nameSpan: { start: name.getStart(source), end: name.end },
    ...(fallback && { defaultSpan: { start: fallback.getStart(source), end: after(source.text, fallback.end) } }),
    needsExport: !inClass && !isExported,
    ...(problem !== undefined && { problem }),
  };
  return [{ twinnable, node: whole }];
}

/** What goes through the members of an object would meet a twin in it: none is written there. */
function inObjectLiteral(draft: Draft, unit: UnitId, named: ts.NamedDeclaration, whole: ts.Node): Declared[] {
  const { name } = named;
  // One inside of a function is written twice with that.
  if (!name || !ts.isIdentifier(name) || enclosingFunction(whole.parent)) return [];
  const source = whole.getSourceFile();
  const start = whole.getStart(source);
  const nameSpan = { start: name.getStart(source), end: name.end };
  const problem = `\`${name.text}\` is a member of an object, and what goes through its members would meet the twin`;
  const span = { start, end: whole.end };
  const twinnable: Twinnable = {
    unit,
    name: name.text,
    place: draft.place(whole),
    span,
    start,
    nameSpan,
    needsExport: false,
    problem,
  };
  return [{ twinnable, node: whole }];
}

/** `readonly load = async () => …` is as good as a method. */
function memberProblem(member: ts.PropertyDeclaration): string | undefined {
  const name = member.name.getText();
  if (member.type) return `\`${name}\` has the type of other functions`;
  const isFixed = ts.getCombinedModifierFlags(member) & ts.ModifierFlags.Readonly;
  return isFixed ? undefined : `\`${name}\` may be set to another function: it is not \`readonly\``;
}

function after(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}

function ownProblem(
  draft: Draft,
  name: ts.Identifier | ts.PrivateIdentifier,
  whole: ts.Node,
  variable: ts.VariableDeclaration | undefined,
): string | undefined {
  const twin = `${name.text}Sync`;
  const { text } = name.getSourceFile();
  for (let at = text.indexOf(twin); at >= 0; at = text.indexOf(twin, at + 1)) {
    if (!/[\w$#]/.test(text[at - 1] ?? '') && !/[\w$]/.test(text[at + twin.length] ?? ''))
      return `the name \`${twin}\` is taken in this file`;
  }
  if (draft.checker.declarations(name).length > 1) return `\`${name.text}\` is declared more than once`;
  if (!variable) return undefined;
  const { declarations, flags } = (whole as ts.VariableStatement).declarationList;
  if (declarations.length > 1) return `\`${name.text}\` shares its statement with another name`;
  return flags & ts.NodeFlags.Const ? undefined : `\`${name.text}\` may be set to another function`;
}

/** Members that stand or fall together: a twin of one would need twins of all. */
const family = /^(overrides( or implements)?|must fit the same type as|is an overload of|uses)$/;

/** What a twin would share with the function that stays: types, members and values outside of all that can stand twice. */
function problemsOf(
  draft: Draft,
  facts: Facts,
  declared: readonly Declared[],
  found: readonly Mentioned[],
): Map<UnitId, string> {
  const problems = new Map<UnitId, string>();
  const byNode = new Map(declared.map((each) => [each.node, each]));
  const around = (node: ts.Node | undefined): Declared | undefined => {
    for (let up = node; up; up = up.parent as ts.Node | undefined) {
      const one = byNode.get(up);
      if (one) return one;
    }
    return undefined;
  };
  const units = new Map(facts.units.map((u) => [u.id, u]));
  for (const { from, to, why } of facts.requirements) {
    const [user, used] = [units.get(from), units.get(to)];
    if (!user || !used || used.kind === 'module') continue;
    const one = around(draft.unitNodes.get(from));
    const other = draft.unitNodes.get(to);
    if (!one || !other || around(other) === one || problems.has(one.twinnable.unit)) continue;
    // Who uses its promise goes on doing so.
    if (used.kind === 'function' && /^is .* (in|by)$|^is (passed on|stored|chained on)/.test(why)) continue;
    const isMember = ts.isClassElement(one.node) && one.twinnable.unit === from;
    const shared = isMember && family.test(why);
    if (!shared && (around(other) ?? ts.isArrowFunction(other)) && used.kind === 'function') continue;
    if (!shared && ts.isFunctionExpression(other)) continue;
    problems.set(one.twinnable.unit, `\`${used.name}\` would have to be there twice`);
  }
  const mentioned = new Set(found.map(({ node }) => node));
  for (const site of facts.sites) {
    if (site.kind !== 'call') continue;
    const node = draft.nodes.get(site.id)!;
    const one = around(node);
    const callee = draft.unitNodes.get(site.callee);
    if (!one || !callee || around(callee) === one || problems.has(one.twinnable.unit)) continue;
    const name = calledName(node);
    if (!name || !mentioned.has(name))
      problems.set(one.twinnable.unit, `\`${units.get(site.callee)!.name}\` is reached through a value`);
  }
  return problems;
}

/** `load` of `load()`, `this.load()`, `ns.load()` */
function calledName(call: ts.Node): ts.Node | undefined {
  if (ts.isPropertyAccessExpression(call)) return call.name;
  if (!ts.isCallExpression(call)) return undefined;
  const callee = skipParentheses(call.expression);
  return ts.isPropertyAccessExpression(callee) ? callee.name : callee;
}
