import { ts } from 'ts-morph';
import type { Site } from '../model/facts.ts';
import type { Draft } from './draft.ts';
import { namesOnly } from './local-functions.ts';
import { doSame } from './same-arms.ts';
import { isFunctionLike, lineOf, skipParentheses, walk } from './syntax.ts';

/**
 * `x instanceof Promise ? await x : x`, `if (isPromise(x)) x = await x;` and `if (x instanceof Promise) return x.then(f); return f(x);`, where
 * the type says that `x` may be a promise: both ways do the same, once there are no promises any more. Ways that differ stay, and what they
 * test with them.
 */
export function collectPromiseTest(draft: Draft, node: ts.ConditionalExpression | ts.IfStatement): void {
  const tested = testedIn(draft, ts.isIfStatement(node) ? node.expression : node.condition);
  if (!tested || !/^(promise|mixed)$/.test(draft.checker.colour(draft.checker.typeOf(tested)))) return;
  if (ts.isConditionalExpression(node)) {
    if (doSame(draft, skipParentheses(node.whenTrue), skipParentheses(node.whenFalse), tested.text))
      draft.emit({ kind: 'idiom', idiom: 'promise-test' }, node, draft.enclosing(node), -1);
    return;
  }
  const kind = folded(draft, node, tested);
  const span = kind === 'promise-branch' ? lineOf(node) : undefined;
  if (!kind) return;
  draft.emit({ kind: 'idiom', idiom: kind }, node, draft.enclosing(node), -1, span);
  const made = kind === 'promise-branch' ? onlyFor(draft, tested, node) : undefined;
  if (made) draft.emit({ kind: 'idiom', idiom: 'unnamed' }, made, draft.enclosing(made), -3);
}

/** `const done = step();` that nothing names but the test: without it, it needs no name. */
function onlyFor(draft: Draft, tested: ts.Identifier, test: ts.IfStatement): ts.VariableStatement | undefined {
  const [declaration] = draft.checker.declarations(tested);
  const made = declaration && ts.isVariableDeclaration(declaration) ? declaration : undefined;
  const statement = made?.parent.parent;
  if (!made?.initializer || !statement || !ts.isVariableStatement(statement)) return undefined;
  if (statement.modifiers || statement.declarationList.declarations.length !== 1) return undefined;
  if (!ts.isCallExpression(skipParentheses(made.initializer))) return undefined;
  const named = [...walk(statement.parent)].filter(
    (node) => ts.isIdentifier(node) && node.text === tested.text && node !== made.name,
  );
  return named.every((node) => test.pos <= node.pos && node.end <= test.end) ? statement : undefined;
}

/** `function isPromise(x): x is Promise<unknown>` goes where all that asked it is folded. */
export function collectPromiseGuard(draft: Draft, node: ts.FunctionDeclaration | ts.VariableStatement): void {
  const made = ts.isVariableStatement(node) ? node.declarationList.declarations[0]?.initializer : node;
  if (!made || !(ts.isFunctionDeclaration(made) || ts.isArrowFunction(made)) || !isGuard(draft, made)) return;
  const uses = namesOnly(draft, node);
  if (!uses || uses.length === 0) return;
  const tests = uses.map((use) => testAround(draft, use));
  if (!tests.every((test) => test !== undefined)) return;
  const whole = draft.emitOptional({ kind: 'idiom', idiom: 'promise-guard' }, node, lineOf(node));
  for (const test of tests) {
    collectPromiseTest(draft, test);
    draft.require(whole.id, draft.enclosing(test), 'is asked in');
  }
}

/** Whether a node stands in what is folded away: what is asked and done there about a promise is a wait for it. */
export function isFolded(draft: Draft, sites: readonly Site[]): (node: ts.Node) => boolean {
  const gone = sites.flatMap((site): ts.Node[] => {
    if (site.kind !== 'idiom' || !/^promise-(test|branch|arms)$/.test(site.idiom)) return [];
    const node = draft.nodes.get(site.id)! as ts.ConditionalExpression | ts.IfStatement;
    return ts.isIfStatement(node) ? [node.expression, node.thenStatement] : [node.condition, node.whenTrue];
  });
  return (node) =>
    gone.some((each) => each.getSourceFile() === node.getSourceFile() && each.pos <= node.pos && node.end <= each.end);
}

/** The test that a guard is called for, where both of its ways do the same. */
function testAround(draft: Draft, guard: ts.Identifier): ts.ConditionalExpression | ts.IfStatement | undefined {
  let child: ts.Node = guard;
  for (let up: ts.Node = guard.parent; !ts.isSourceFile(up) && !isFunctionLike(up); child = up, up = up.parent) {
    if (ts.isIfStatement(up)) {
      const tested = child === up.expression ? testedIn(draft, up.expression) : undefined;
      return tested && folded(draft, up, tested) ? up : undefined;
    }
    if (ts.isConditionalExpression(up)) {
      const tested = child === up.condition ? testedIn(draft, up.condition) : undefined;
      const same = tested && doSame(draft, skipParentheses(up.whenTrue), skipParentheses(up.whenFalse), tested.text);
      return same ? up : undefined;
    }
  }
  return undefined;
}

/** `promise-branch`: the statement goes · `promise-arms`: its `else` takes its place. */
function folded(draft: Draft, node: ts.IfStatement, tested: ts.Identifier): string | undefined {
  const promised = onlyStatement(node.thenStatement);
  if (!promised) return undefined;
  if (node.elseStatement) {
    const plain = onlyStatement(node.elseStatement);
    return plain && sameStatements(draft, promised, plain, tested.text) ? 'promise-arms' : undefined;
  }
  if (ts.isExpressionStatement(promised)) {
    const done = skipParentheses(promised.expression);
    if (isAwaitOf(done, tested.text)) return 'promise-branch';
    const assigns = ts.isBinaryExpression(done) && done.operatorToken.kind === ts.SyntaxKind.EqualsToken;
    return assigns && done.left.getText() === tested.text && isAwaitOf(withoutCast(done.right), tested.text)
      ? 'promise-branch'
      : undefined;
  }
  const list = ts.isBlock(node.parent) || ts.isSourceFile(node.parent) ? node.parent.statements : undefined;
  const next = list?.[list.indexOf(node) + 1];
  return next && ts.isReturnStatement(promised) && sameStatements(draft, promised, next, tested.text)
    ? 'promise-branch'
    : undefined;
}

function onlyStatement(node: ts.Statement): ts.Statement | undefined {
  if (!ts.isBlock(node)) return ts.isIfStatement(node) ? undefined : node;
  return node.statements.length === 1 ? node.statements[0] : undefined;
}

/** `return …` and `return …`, `v = …` and `v = …`, or two calls. */
function sameStatements(draft: Draft, promised: ts.Statement, plain: ts.Statement, name: string): boolean {
  if (ts.isReturnStatement(promised))
    return (
      ts.isReturnStatement(plain) &&
      promised.expression !== undefined &&
      plain.expression !== undefined &&
      doSame(draft, skipParentheses(promised.expression), skipParentheses(plain.expression), name)
    );
  if (!ts.isExpressionStatement(promised) || !ts.isExpressionStatement(plain)) return false;
  const [one, other] = [skipParentheses(promised.expression), skipParentheses(plain.expression)];
  if (ts.isBinaryExpression(one) && ts.isBinaryExpression(other))
    return (
      one.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      other.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isIdentifier(one.left) &&
      one.left.text === other.left.getText() &&
      doSame(draft, skipParentheses(one.right), skipParentheses(other.right), name)
    );
  return ts.isAwaitExpression(one) && doSame(draft, skipParentheses(one.expression), other, name);
}

function isAwaitOf(node: ts.Expression, name: string): boolean {
  return ts.isAwaitExpression(node) && skipParentheses(node.expression).getText() === name;
}

/** `x` of `x instanceof Promise`, of `typeof x?.then === 'function'`, and of a guard that is asked about it. */
function testedIn(draft: Draft, condition: ts.Expression): ts.Identifier | undefined {
  const test = skipParentheses(condition);
  if (ts.isCallExpression(test)) return askedOf(draft, test);
  if (!ts.isBinaryExpression(test)) return undefined;
  const { left, right, operatorToken } = test;
  if (operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken) {
    const tested = testedIn(draft, right);
    return tested && isPresence(skipParentheses(left), tested.text) ? tested : undefined;
  }
  if (operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
    return ts.isIdentifier(left) && right.getText() === 'Promise' ? left : undefined;
  if (operatorToken.kind !== ts.SyntaxKind.EqualsEqualsEqualsToken || !ts.isTypeOfExpression(left)) return undefined;
  const member = skipParentheses(left.expression);
  if (!/^(['"`])function\1$/.test(right.getText()) || !ts.isPropertyAccessExpression(member)) return undefined;
  const value = withoutCast(member.expression);
  return member.name.text === 'then' && ts.isIdentifier(value) ? value : undefined;
}

/** `x`, `x !== null`, `typeof x === 'object'` in front of the test itself. */
function isPresence(node: ts.Expression, name: string): boolean {
  if (ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.AmpersandAmpersandToken)
    return isPresence(skipParentheses(node.left), name) && isPresence(skipParentheses(node.right), name);
  const text = node.getText().replaceAll(/\s+/g, ' ');
  return new RegExp(String.raw`^(!!)?${name}( !==? (null|undefined))?$|^typeof ${name} === ['"]object['"]$`).test(text);
}

function withoutCast(node: ts.Expression): ts.Expression {
  let inner = skipParentheses(node);
  while (ts.isAsExpression(inner) || ts.isNonNullExpression(inner)) inner = skipParentheses(inner.expression);
  return inner;
}

const guards =
  /^(node:util#types\.isPromise|node:util\/types#isPromise|(p-is-promise|is-promise)#(default|isPromise))$/;

/** `x` of `isPromise(x)`: a guard of a library, or a function that only looks whether its argument is a promise. */
function askedOf(draft: Draft, call: ts.CallExpression): ts.Identifier | undefined {
  const [value, ...more] = call.arguments;
  if (!value || more.length > 0 || call.questionDotToken || !ts.isIdentifier(value)) return undefined;
  if (guards.test(draft.checker.api(call) ?? '')) return value;
  const { declarations } = draft.checker.callee(call);
  return declarations.length > 0 && declarations.every((d) => isGuard(draft, d)) ? value : undefined;
}

/** It has one parameter, and gives nothing but whether that is a promise. */
function isGuard(draft: Draft, declaration: ts.SignatureDeclaration): boolean {
  if (!draft.checker.isOwn(declaration) || !('body' in declaration) || !declaration.body) return false;
  const [parameter, ...more] = declaration.parameters;
  if (!parameter || more.length > 0 || !ts.isIdentifier(parameter.name)) return false;
  const { body } = declaration;
  const [only, ...rest] = ts.isBlock(body) ? body.statements : [];
  const value = ts.isBlock(body) ? (only && ts.isReturnStatement(only) ? only.expression : undefined) : body;
  if (!value || rest.length > 0 || !ts.isExpression(value)) return false;
  const works = [...walk(value)].some(
    (node) => ts.isNewExpression(node) || ts.isAwaitExpression(node) || isFunctionLike(node),
  );
  return !works && testedIn(draft, value)?.text === parameter.name.text;
}
