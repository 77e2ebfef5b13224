import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import type { Draft } from './draft.ts';
import { isFunctionLike, skipParentheses } from './syntax.ts';

/** They look at an object and call nothing of it. */
const onlyLooks =
  /^global#(Console|JSON|ObjectConstructor|Array|Set|Map|WeakMap|WeakSet)\b|^node:(util#(inspect|format)|console#)/;

/**
 * `lib.register({ load: async () => … })`, where nothing says what the library does with it: it may wait for what `load` gives by `.then`. So
 * with an object that is a constant here, `const hooks = { load }; lib.register(hooks)`.
 */
export function collectUntypedObject(draft: Draft, call: ts.CallExpression | ts.NewExpression): void {
  const { checker } = draft;
  if (checker.callee(call).declarations.some((d) => checker.isOwn(d))) return;
  for (const argument of call.arguments ?? []) {
    const literal = literalOf(argument, checker);
    if (!literal || isTyped(argument, checker)) continue;
    if (onlyLooks.test(checker.api(call) ?? '')) return;
    for (const value of functionsIn(literal, checker)) handOver(draft, call, value);
  }
}

function literalOf(argument: ts.Expression, checker: Checker): Literal | undefined {
  const plain = skipParentheses(argument);
  if (isLiteral(plain)) return plain;
  const [only, ...others] = ts.isIdentifier(plain) ? checker.declarations(plain) : [];
  if (!only || others.length > 0 || !ts.isVariableDeclaration(only) || !only.initializer) return undefined;
  const value = skipParentheses(only.initializer);
  return isLiteral(value) ? value : undefined;
}

type Literal = ts.ObjectLiteralExpression | ts.ArrayLiteralExpression;

const isLiteral = (node: ts.Node): node is Literal =>
  ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node);

function isTyped(argument: ts.Expression, checker: Checker): boolean {
  const wanted = checker.contextualType(argument);
  return wanted !== undefined && !checker.isAnyLike(wanted);
}

/** Values and methods of the object or array, and of those in it, that are functions of the project's own. */
function functionsIn(literal: Literal, checker: Checker): ts.Node[] {
  const found: ts.Node[] = [];
  const literals = [literal];
  for (const each of literals) {
    for (const part of ts.isArrayLiteralExpression(each) ? each.elements : each.properties) {
      const value = valueOf(part);
      if (value && isLiteral(value)) literals.push(value);
      else if (value) found.push(value);
    }
  }
  return found.filter((node) => checker.signatures(checker.typeOf(node)).length > 0);
}

function valueOf(part: ts.Expression | ts.ObjectLiteralElementLike): ts.Node | undefined {
  if (ts.isMethodDeclaration(part)) return part;
  if (ts.isShorthandPropertyAssignment(part)) return part.name;
  if (ts.isPropertyAssignment(part)) return skipParentheses(part.initializer);
  if (ts.isSpreadElement(part)) return skipParentheses(part.expression);
  return ts.isExpression(part) ? skipParentheses(part) : undefined;
}

function handOver(draft: Draft, call: ts.CallExpression | ts.NewExpression, value: ts.Node): void {
  const { checker } = draft;
  const units = checker
    .signatures(checker.typeOf(value))
    .filter((d) => checker.isOwn(d) && isFunctionLike(d))
    .map((d) => draft.functionUnit(d))
    .filter((unit) => draft.unit(unit).asynchronous);
  if (units.length === 0) return;
  const [line = ''] = call.expression.getText().split('\n', 1);
  const api = checker.api(call) ?? `unknown#${line.slice(0, 60)}`;
  const site = draft.emit(
    { kind: 'callback', api, accepts: 'unknown', loop: false, given: 'other', parameters: [] },
    value,
    units[0],
    0,
  );
  for (const unit of units) draft.require(unit, site.id, 'is handed to a library in');
}
