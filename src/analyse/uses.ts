import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import type { Consumer } from '../model/facts.ts';
import { copyOf, isCopy } from './copies.ts';
import { takesSubject } from './expectations.ts';
import {
  disposesAfter,
  enclosingFunction,
  isAssignmentOperator,
  isAsync,
  isAwaitUsing,
  isNamed,
  outermost,
} from './syntax.ts';

/** What becomes of a value: its consumer, the node that consumes it, and the declarations it is stored in. */
export interface Use {
  readonly consumer: Consumer;
  readonly at: ts.Node;
  readonly targets: readonly ts.Declaration[];
  readonly detail: string;
}

const combinators = new Set(['all', 'allSettled', 'race', 'any']);
const chainMembers = new Set(['then', 'catch', 'finally']);

export function isCombinatorCall(node: ts.Node): boolean {
  return promiseMember(node, combinators) !== undefined;
}

/** Name of the static member when `node` is `Promise.<one of names>(…)`. */
export function promiseMember(node: ts.Node, names?: ReadonlySet<string>): string | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression, name } = node.expression;
  if (!ts.isIdentifier(expression) || expression.text !== 'Promise') return undefined;
  return !names || names.has(name.text) ? name.text : undefined;
}

/** The call of a chain member on `expr`: `expr.then(…)`. */
export function chainCall(expr: ts.Expression): ts.CallExpression | undefined {
  const access = expr.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== expr || !chainMembers.has(access.name.text))
    return undefined;
  const call = access.parent;
  return ts.isCallExpression(call) && call.expression === access ? call : undefined;
}

/** `p.then(…)`, `p.catch(…)` or `p.finally(…)`, with whatever arguments. */
export function isChained(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    chainMembers.has(node.expression.name.text)
  );
}

/** `events().next()`: an async iterator is asked for its next value, or told to end. */
export function isStepped(value: ts.Node, checker: Checker): boolean {
  const access = value.parent;
  if (!(ts.isPropertyAccessExpression(access) || ts.isElementAccessExpression(access)) || access.expression !== value)
    return false;
  if (!ts.isCallExpression(access.parent) || access.parent.expression !== access) return false;
  if (ts.isElementAccessExpression(access)) return asksForIterator(access.parent);
  return (
    ['next', 'return', 'throw'].includes(access.name.text) && checker.bearing(checker.typeOf(value)) === 'iterable'
  );
}

/** `source[Symbol.asyncIterator]()` */
export function asksForIterator(call: ts.Node): call is ts.CallExpression {
  return (
    ts.isCallExpression(call) &&
    ts.isElementAccessExpression(call.expression) &&
    call.expression.argumentExpression.getText() === 'Symbol.asyncIterator'
  );
}

export function useOf(expr: ts.Expression, checker: Checker): Use {
  const value = outermost(expr);
  const parent = value.parent;
  const use = (
    consumer: Consumer,
    targets: readonly ts.Declaration[] = [],
    detail = '',
    at: ts.Node = parent,
  ): Use => ({ consumer, at, targets, detail });

  if (ts.isAwaitExpression(parent)) return use('awaited');
  if (ts.isReturnStatement(parent)) return use(returnConsumer(parent));
  if (ts.isArrowFunction(parent) && parent.body === value) return use('returned');
  if (ts.isYieldExpression(parent)) return use('yielded');
  if (ts.isForOfStatement(parent) && parent.expression === value) return use('iterated');
  if (chainCall(value)) return use('chained');
  if (ts.isSpreadElement(parent)) return spreadUse(parent, checker);
  if (ts.isArrayLiteralExpression(parent)) return elementUse(parent, checker);
  if ((ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== value)
    return argumentUse(parent, value, checker);
  if (ts.isVariableDeclaration(parent) && parent.initializer === value) {
    if (ts.isIdentifier(parent.name)) {
      const list = parent.parent;
      if (ts.isVariableDeclarationList(list) && isAwaitUsing(list)) return use('disposed');
      return use('stored', [parent]);
    }
    return use('stored', bindingTargets(parent.name));
  }
  if (
    (ts.isPropertyDeclaration(parent) || ts.isParameter(parent) || ts.isBindingElement(parent)) &&
    parent.initializer === value
  )
    return use('stored', [parent]);
  if (ts.isPropertyAssignment(parent) && parent.initializer === value)
    return isRecord(parent.parent, checker)
      ? elementUse(parent.parent, checker)
      : use('stored', propertyTargets(parent, checker));
  if (ts.isShorthandPropertyAssignment(parent)) return use('stored', propertyTargets(parent, checker));
  if (ts.isBinaryExpression(parent) && parent.right === value && isAssignmentOperator(parent.operatorToken.kind)) {
    return use(
      'stored',
      writtenTo(parent.left, checker)
        .filter((d) => checker.isOwn(d))
        .flatMap((d) => [d, ...givenBySetter(d)]),
    );
  }
  if (ts.isExpressionStatement(parent) || ts.isVoidExpression(parent)) return use('discarded');
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.CommaToken) return use('discarded');
  if (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
    return use('tested');
  if (ts.isForStatement(parent)) return use('discarded');
  if (ts.isExportAssignment(parent)) return use('exported');
  if (isStepped(value, checker)) return use('iterated');
  const copy = copyOf(value, checker);
  if (copy) return useOf(copy, checker);
  if (ts.isPropertyAccessExpression(parent) || ts.isElementAccessExpression(parent))
    return use('other', [], `its member \`${memberText(parent, value)}\` is used`);
  if (
    ts.isPrefixUnaryExpression(parent) ||
    ts.isTypeOfExpression(parent) ||
    ts.isBinaryExpression(parent) ||
    ts.isIfStatement(parent) ||
    ts.isWhileStatement(parent) ||
    ts.isConditionalExpression(parent)
  ) {
    return use('tested');
  }
  return use('other', [], `it stands in a ${ts.SyntaxKind[parent.kind]}`);
}

/** `jobs[name] = …` writes to the container, where nothing declares the member. */
function writtenTo(left: ts.Expression, checker: Checker): readonly ts.Declaration[] {
  const found = checker.declarations(left).filter((each) => !ts.isIndexSignatureDeclaration(each));
  return found.length === 0 && (ts.isElementAccessExpression(left) || ts.isPropertyAccessExpression(left))
    ? checker.declarations(left.expression)
    : found;
}

/** The parameter of the setter that an assignment calls; to JavaScript's checker `this.x = …` declares a property all the same. */
function givenBySetter(declaration: ts.Declaration): readonly ts.Declaration[] {
  if (ts.isSetAccessor(declaration)) return [declaration, ...declaration.parameters];
  if (!ts.isBinaryExpression(declaration) || !ts.isPropertyAccessExpression(declaration.left)) return [];
  const name = declaration.left.name.text;
  const members: readonly ts.ClassElement[] = ts.findAncestor(declaration, ts.isClassLike)?.members ?? [];
  const setter = members.filter((each) => ts.isSetAccessor(each)).find((each) => each.name.getText() === name);
  return setter ? [setter, ...setter.parameters] : [];
}

/** A promise returned from inside `try` is not caught there, and what its block uses is disposed of first; the blocking value comes before both. */
function returnConsumer(statement: ts.ReturnStatement): Consumer {
  const owner = enclosingFunction(statement);
  let child: ts.Node = statement;
  for (let up: ts.Node = statement.parent; up !== owner && !ts.isSourceFile(up); child = up, up = up.parent) {
    if (disposesAfter(up, child)) return 'returned-in-try';
    if (ts.isTryStatement(up) && (child === up.tryBlock || (child === up.catchClause && up.finallyBlock))) {
      return owner && (isAsync(owner) || up.finallyBlock || up.catchClause) ? 'returned-in-try' : 'returned';
    }
  }
  return 'returned';
}

/** A literal whose members are told apart by their keys alone: that of a `Record<string, Promise<T>>`. */
export function isRecord(literal: ts.ObjectLiteralExpression, checker: Checker): boolean {
  const wanted = checker.contextualType(literal);
  return wanted !== undefined && checker.bearing(wanted) === 'container';
}

function elementUse(array: ts.ArrayLiteralExpression | ts.ObjectLiteralExpression, checker: Checker): Use {
  const outer = outermost(array);
  const parent = outer.parent;
  if (isCombinatorCall(parent) && (parent as ts.CallExpression).arguments[0] === outer)
    return { consumer: 'combined', at: parent, targets: [], detail: '' };
  const whole = useOf(array, checker);
  return whole.consumer === 'stored' ||
    whole.consumer === 'iterated' ||
    whole.consumer === 'returned' ||
    whole.consumer === 'passed-project'
    ? whole
    : { consumer: 'other', at: array, targets: [], detail: 'it is an element of an array' };
}

function spreadUse(spread: ts.SpreadElement, checker: Checker): Use {
  const parent = spread.parent;
  return ts.isArrayLiteralExpression(parent)
    ? elementUse(parent, checker)
    : { consumer: 'other', at: spread, targets: [], detail: 'it is spread into arguments' };
}

function argumentUse(call: ts.CallExpression | ts.NewExpression, value: ts.Expression, checker: Checker): Use {
  const plain = (consumer: Consumer, detail = '', targets: readonly ts.Declaration[] = []): Use => ({
    consumer,
    at: call,
    targets,
    detail,
  });
  if (isCombinatorCall(call)) return plain('combined');
  if (promiseMember(call, new Set(['resolve']))) return plain('combined');
  if (isCopy(call, checker)) return useOf(call, checker);
  const args = call.arguments ?? ([] as unknown as ts.NodeArray<ts.Expression>);
  const index = args.indexOf(value);
  const { declarations } = checker.callee(call);
  // What a reduction starts with is what its callback is given.
  if (index === 1 && /^global#(Readonly)?Array\.reduce(Right)?$/.test(checker.api(call) ?? ''))
    return plain('combined');
  const targets = declarations.filter((d) => checker.isOwn(d)).flatMap((d) => parameterAt(d, index));
  if (targets.length > 0 && declarations.every((d) => checker.isOwn(d))) {
    return plain('passed-project', `it is passed to \`${call.expression.getText()}\``, targets);
  }
  if (isExpect(call) || (index === 0 && takesSubject(call, checker))) return plain('matched');
  // `tasks.push(f())` puts the promise into the container that `tasks` names.
  if (ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression)) {
    const receiver = call.expression;
    if (
      ['push', 'unshift', 'set', 'add'].includes(receiver.name.text) &&
      checker.bearing(checker.typeOf(receiver.expression)) === 'container'
    ) {
      return {
        consumer: 'stored',
        at: call,
        targets: checker.declarations(receiver.expression).filter((d) => checker.isOwn(d)),
        detail: '',
      };
    }
  }
  const parameter = checker.contextualType(value);
  const unknown = declarations.length === 0 || (parameter !== undefined && checker.isAnyLike(parameter));
  return plain(unknown ? 'passed-unknown' : 'passed-library', `it is passed to \`${call.expression.getText()}\``);
}

export function isExpect(call: ts.Node): boolean {
  if (!ts.isCallExpression(call)) return false;
  const callee = call.expression;
  if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'soft')
    return callee.expression.getText() === 'expect';
  return ts.isIdentifier(callee) && callee.text === 'expect';
}

/** `.then`, `[0]`: what stands behind the value, in one short line. */
function memberText(access: ts.Node, value: ts.Node): string {
  const text = access.getText().slice(value.getText().length).replace(/\s+/g, ' ').trim();
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

export function parameterAt(declaration: ts.SignatureDeclaration, index: number): ts.ParameterDeclaration[] {
  const parameters = declaration.parameters.filter((p) => !(isNamed(p) && p.name.getText() === 'this'));
  const found = parameters[index] ?? (parameters.at(-1)?.dotDotDotToken ? parameters.at(-1) : undefined);
  return found ? [found] : [];
}

/** The property that a literal's member fills: of the contextual type where it is the project's, and the literal's own. */
export function propertyTargets(
  property: ts.PropertyAssignment | ts.ShorthandPropertyAssignment,
  checker: Checker,
): readonly ts.Declaration[] {
  const context = checker.contextualType(property.parent);
  const name = ts.isIdentifier(property.name) || ts.isStringLiteralLike(property.name) ? property.name.text : undefined;
  const declared = context && name !== undefined ? (checker.property(context, name)?.declarations ?? []) : [];
  return [property, ...declared.filter((d) => checker.isOwn(d))];
}

export function bindingTargets(pattern: ts.BindingPattern): ts.Declaration[] {
  const elements: readonly ts.ArrayBindingElement[] = pattern.elements;
  return elements.flatMap((e) =>
    !ts.isBindingElement(e) ? [] : ts.isIdentifier(e.name) ? [e] : bindingTargets(e.name),
  );
}
