import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';
import { isChained } from './uses.ts';

/**
 * `return load().catch(() => [])`, `const rows = await load().catch(() => [])` and arrow functions that give such a chain: what a person would
 * write with `try`. `of` is the type that the variable has to be declared with, as text; empty where it has one, or needs none.
 */
export function collectCaughtValue(draft: Draft, node: ts.Node): void {
  const chain = chainOf(node);
  if (!chain || !isHandled(draft, node, chain)) return;
  const unit = ts.isArrowFunction(node) ? draft.functionUnit(node) : draft.enclosing(node);
  if (!ts.isVariableStatement(node)) {
    draft.emit({ kind: 'idiom', idiom: 'caught-value' }, node, unit, -1);
    return;
  }
  const type = typeFor(draft, node, chain);
  if (type !== undefined) draft.emit({ kind: 'idiom', idiom: 'caught-value', of: type }, node, unit, -1);
}

interface Chain {
  readonly call: ts.CallExpression;
  readonly handler: ts.ArrowFunction;
  readonly root: ts.Expression;
  /** `.then(f)` in front of the `.catch`. */
  readonly first?: { readonly root: ts.Expression; readonly then: ts.Expression };
}

function chainOf(node: ts.Node): Chain | undefined {
  let value: ts.Expression | undefined;
  let waits = false;
  if (ts.isReturnStatement(node) && isListed(node)) value = node.expression;
  else if (ts.isArrowFunction(node) && !ts.isBlock(node.body) && !isHandler(node)) value = node.body;
  else if (ts.isVariableStatement(node) && isListed(node) && !node.modifiers) {
    const [declaration, ...others] = node.declarationList.declarations;
    const flags: number = node.declarationList.flags & ts.NodeFlags.BlockScoped;
    if (flags !== ts.NodeFlags.Const.valueOf() && flags !== ts.NodeFlags.Let.valueOf()) return undefined;
    if (others.length > 0 || !declaration || !ts.isIdentifier(declaration.name)) return undefined;
    value = declaration.initializer;
    waits = true;
  }
  if (!value) return undefined;
  const inner = skipParentheses(value);
  const awaited = ts.isAwaitExpression(inner);
  if (waits && !awaited) return undefined;
  // A promise that is returned from inside `try` is not caught there.
  if (ts.isReturnStatement(node) && !awaited && isInTry(node)) return undefined;
  const call = awaited ? skipParentheses(inner.expression) : inner;
  const last = linkOf(call, 'catch');
  if (!last || !ts.isArrowFunction(last.handler)) return undefined;
  const first = linkOf(last.root, 'then');
  return {
    call: call as ts.CallExpression,
    handler: last.handler,
    root: last.root,
    ...(first && { first: { root: first.root, then: first.handler } }),
  };
}

/** It is given to a chain, which goes on. */
function isHandler({ parent }: ts.ArrowFunction): boolean {
  return ts.isCallExpression(parent) && /\.\s*(then|catch|finally)$/.test(parent.expression.getText());
}

function linkOf(node: ts.Expression, name: string): { root: ts.Expression; handler: ts.Expression } | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression: root, name: member, questionDotToken } = node.expression;
  const [handler, ...more] = node.arguments;
  if (member.text !== name || questionDotToken || node.questionDotToken || node.typeArguments) return undefined;
  return handler && more.length === 0 ? { root, handler } : undefined;
}

const isListed = ({ parent }: ts.Statement): boolean =>
  ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent);

function isInTry(node: ts.Node): boolean {
  const owner = enclosingFunction(node);
  for (let up = node.parent; up !== owner && !ts.isSourceFile(up); up = up.parent)
    if (ts.isTryStatement(up)) return true;
  return false;
}

function isHandled({ checker, files }: Draft, node: ts.Node, { call, handler, root, first }: Chain): boolean {
  const start = first?.root ?? root;
  if (checker.colour(checker.typeOf(start)) !== 'promise' || isChained(start) || holdsWait(call)) return false;
  const [parameter] = handler.parameters;
  if (handler.modifiers || handler.type || handler.parameters.length > 1) return false;
  if (parameter && (!ts.isIdentifier(parameter.name) || parameter.initializer || parameter.dotDotDotToken))
    return false;
  if (first && !isStep(first.then, first.root)) return false;
  const { source, test } = files.get(node.getSourceFile())!;
  if (test && parameter && ts.isIdentifier(handler.body)) return false;
  return !isCommentedAround(source.text, [start, handler, first?.then], call) && endsWell(node, handler);
}

/** `() => true`, `(info) => info.size`, `parse` */
function isStep(then: ts.Expression, root: ts.Expression): boolean {
  if (!ts.isArrowFunction(then)) return false;
  const [parameter, ...others] = then.parameters;
  if (then.modifiers || then.type || others.length > 0 || ts.isBlock(then.body)) return false;
  if (!parameter) return true;
  if (!ts.isIdentifier(parameter.name) || parameter.initializer || parameter.dotDotDotToken) return false;
  const { text } = parameter.name;
  return ![...walk(root)].some((inner) => ts.isIdentifier(inner) && inner.text === text);
}

/** The handler can stand as the block of a `catch`: each way through it gives a value or throws. */
function endsWell(node: ts.Node, { body, parameters }: ts.ArrowFunction): boolean {
  const isVariable = ts.isVariableStatement(node);
  if (isVariable) {
    const name = node.declarationList.declarations[0]!.name.getText();
    if (parameters.some((each) => each.name.getText() === name)) return false;
  }
  if (!ts.isBlock(body)) return true;
  const last = body.statements.at(-1);
  const inside = [...walk(body)].filter((inner) => enclosingFunction(inner) === body.parent);
  if (inside.some((inner) => ts.isVariableDeclarationList(inner) && !(inner.flags & ts.NodeFlags.BlockScoped)))
    return false;
  if (!last || !(ts.isThrowStatement(last) || (ts.isReturnStatement(last) && last.expression))) return false;
  const returns = inside.filter(ts.isReturnStatement);
  return isVariable ? returns.every((each) => each === last) : returns.every((each) => each.expression);
}

function holdsWait(call: ts.Node): boolean {
  return [...walk(call)].some((inner) => ts.isAwaitExpression(inner) || ts.isYieldExpression(inner));
}

/** A comment between the parts of the chain, which would have no place. */
function isCommentedAround(text: string, parts: readonly (ts.Node | undefined)[], call: ts.Node): boolean {
  const spans = parts.filter((each) => each !== undefined).sort((a, b) => a.pos - b.pos);
  const gaps: string[] = [];
  let at = call.getStart();
  for (const part of spans) {
    gaps.push(text.slice(at, part.getStart()));
    if (ts.isArrowFunction(part)) gaps.push(text.slice(part.equalsGreaterThanToken.end, part.body.getStart()));
    at = part.end;
  }
  gaps.push(text.slice(at, call.end));
  return gaps.some((gap) => /\/[/*]/.test(gap));
}

const PLAIN =
  /^(string|number|boolean|bigint|null|undefined|true|false|unknown|Buffer|Date|'[^']*'|"[^"]*"|\d+)(\[\])*$/;

/** How the variable is declared before its value is known; undefined where that cannot be said in short. */
function typeFor({ checker }: Draft, statement: ts.VariableStatement, { handler }: Chain): string | undefined {
  const declaration = statement.declarationList.declarations[0]!;
  if (/\.[cm]?jsx?$/.test(statement.getSourceFile().fileName) || declaration.type) return '';
  // To a function in which it is named, a variable is not known to be what it was tested to be.
  const named = [...walk(statement.parent)].some(
    (inner) =>
      ts.isIdentifier(inner) &&
      inner.text === declaration.name.getText() &&
      enclosingFunction(inner) !== enclosingFunction(statement),
  );
  if (named) return undefined;
  const text = checker.text(checker.typeOf(declaration), declaration);
  // `[]` beside an array of something says nothing.
  const parts = text.split(' | ').filter((part, _, all) => part !== 'never[]' || all.length === 1);
  if (parts.every((part) => PLAIN.test(part))) return parts.join(' | ');
  const { body } = handler;
  const given = ts.isBlock(body) ? (body.statements.at(-1) as ts.ReturnStatement).expression : skipParentheses(body);
  const isLiteral = given && (ts.isArrayLiteralExpression(given) || ts.isObjectLiteralExpression(given));
  return isLiteral || /\bany\b/.test(text) ? undefined : '';
}
