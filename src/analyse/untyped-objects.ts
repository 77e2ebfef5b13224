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

function literalOf(argument: ts.Expression, checker: Checker): ts.ObjectLiteralExpression | undefined {
  const plain = skipParentheses(argument);
  if (ts.isObjectLiteralExpression(plain)) return plain;
  const [only, ...others] = ts.isIdentifier(plain) ? checker.declarations(plain) : [];
  if (!only || others.length > 0 || !ts.isVariableDeclaration(only) || !only.initializer) return undefined;
  const value = skipParentheses(only.initializer);
  return ts.isObjectLiteralExpression(value) ? value : undefined;
}

function isTyped(argument: ts.Expression, checker: Checker): boolean {
  const wanted = checker.contextualType(argument);
  return wanted !== undefined && !checker.isAnyLike(wanted);
}

/** Values and methods of the object, and of objects in it, that are functions of the project's own. */
function functionsIn(literal: ts.ObjectLiteralExpression, checker: Checker): ts.Node[] {
  const found: ts.Node[] = [];
  const objects = [literal];
  for (const object of objects) {
    for (const each of object.properties) {
      if (ts.isMethodDeclaration(each)) found.push(each);
      if (ts.isShorthandPropertyAssignment(each)) found.push(each.name);
      const value = ts.isPropertyAssignment(each) ? skipParentheses(each.initializer) : undefined;
      if (value && ts.isObjectLiteralExpression(value)) objects.push(value);
      else if (value) found.push(value);
    }
  }
  return found.filter((node) => checker.signatures(checker.typeOf(node)).length > 0);
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
