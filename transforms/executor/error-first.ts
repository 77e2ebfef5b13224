import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import type { Out } from './layout.ts';
import { settleExpression, settleList } from './tails.ts';
import { boundNames, checkBody, claimNames, declaredNames, referencesTo, settler, shown, skipParentheses, statementsOf, Stop, type FunctionLiteral, type Work } from './shape.ts';
import { noteThrows } from './waits.ts';

/** An operation that comes back through `(error, result) => …`. */
export interface Operation {
  /** The blocking form of the call. */
  readonly call: readonly Piece[];
  readonly handler: FunctionLiteral;
  /** The callback has several results: properties of what the blocking form gives. */
  readonly results: readonly string[] | undefined;
  readonly errorFirst: boolean;
}

interface Split {
  /** What happens on an error; undefined: nothing looks at it. */
  readonly failure: readonly Out[] | undefined;
  readonly success: readonly Out[];
  /** Where the error and the results may be named. */
  readonly failed: readonly ts.Node[];
  readonly succeeded: readonly ts.Node[];
}

export function settleErrorFirst(work: Work, operation: Operation, tail: boolean): readonly Out[] {
  const { handler, errorFirst } = operation;
  checkBody(handler);
  const [first, ...others] = handler.parameters;
  const error = errorFirst ? first?.name : undefined;
  const results = errorFirst ? others : handler.parameters;
  if (error && !ts.isIdentifier(error)) throw new Stop('callback', 'The callback takes its error apart.');
  const split = error ? splitHandler(work, handler, error, tail) : { failure: undefined, success: bodyOf(work, handler, tail), failed: [], succeeded: [handler.body] };
  for (const result of results) if (referencesInPattern(work, result.name, split.failed).length > 0) throw new Stop('callback', `\`${work.context.text(result.name)}\` is used where the call failed.`);
  const value = bindResults(work, operation, results, split.succeeded);
  noteThrows(work, split.succeeded);
  const { failure } = split;
  if (!failure) {
    if (!errorFirst) return write(work, value, split.success);
    if (value.names.length > 0) throw new Stop('callback', 'The callback does not look at its error.');
    return [{ sections: [{ head: ['try'], body: [{ line: [...value.call, work.semi] }] }, { head: ['catch'], body: [] }], short: false }, ...split.success];
  }
  if (error && isRethrow(failure, error)) return write(work, value, split.success);
  return guard(work, value, split, error as ts.Identifier, failure);
}

function bodyOf(work: Work, handler: FunctionLiteral, tail: boolean): readonly Out[] {
  const list = statementsOf(handler);
  if (!list) return settleExpression(work, handler.body as ts.Expression, tail);
  claimNames(work, declaredNames(list));
  const { outs, settles } = settleList(work, list, tail);
  if (!settles) throw new Stop('never-settles', `The promise may stay pending after \`${shown(work, handler)}\`.`);
  return outs;
}

/** The two ways through `(error, result) => …`. */
function splitHandler(work: Work, handler: FunctionLiteral, error: ts.Identifier, tail: boolean): Split {
  const list = statementsOf(handler);
  const only = list?.length === 1 && ts.isExpressionStatement(list[0]!) ? list[0].expression : list ? undefined : (handler.body as ts.Expression);
  const expression = only && skipParentheses(ts.isVoidExpression(only) ? only.expression : only);
  if (referencesTo(work, error, handler.body).length === 0) {
    return { failure: undefined, success: bodyOf(work, handler, tail), failed: [], succeeded: [handler.body] };
  }
  if (expression && ts.isConditionalExpression(expression)) {
    const test = errorTest(work, expression.condition, error);
    if (test === undefined) throw unclear(work, handler);
    const [failed, succeeded] = test ? [expression.whenTrue, expression.whenFalse] : [expression.whenFalse, expression.whenTrue];
    refuseError(work, error, [succeeded]);
    return { failure: settleExpression(work, failed, tail), success: settleExpression(work, succeeded, tail), failed: [failed], succeeded: [succeeded] };
  }
  if (expression && ts.isCallExpression(expression) && settler(work, expression.expression) === 'resolve' && expression.arguments.length === 1) {
    const test = errorTest(work, expression.arguments[0]!, error);
    if (test === undefined || ts.isIdentifier(skipParentheses(expression.arguments[0]!))) throw unclear(work, handler);
    const answer = (value: boolean): Out => ({ resolve: [String(value)], effect: false, inert: true, tail });
    return { failure: [answer(test)], success: [answer(!test)], failed: [], succeeded: [] };
  }
  const [first, ...rest] = list ?? [];
  if (!first || !ts.isIfStatement(first)) throw unclear(work, handler);
  const test = errorTest(work, first.expression, error);
  if (test === undefined) throw unclear(work, handler);
  const branch = (one: ts.Statement): readonly ts.Statement[] => (ts.isBlock(one) ? one.statements : [one]);
  const then = branch(first.thenStatement);
  if (first.elseStatement && rest.length > 0) throw unclear(work, handler);
  const otherwise = first.elseStatement ? branch(first.elseStatement) : rest;
  const [failed, succeeded] = test ? [then, otherwise] : [otherwise, then];
  refuseError(work, error, succeeded);
  claimNames(work, declaredNames(succeeded));
  // Where the first branch does not return, what follows must do nothing but settle once more.
  const settle = (one: readonly ts.Statement[]) => settleList(work, one, one === then && rest.length > 0 && !rest.every((s) => isSettling(work, s)) ? false : tail);
  const failure = settle(failed);
  const success = settle(succeeded);
  if (!failure.settles || !success.settles) throw new Stop('never-settles', `The promise may stay pending after \`${shown(work, handler)}\`.`);
  return { failure: failure.outs, success: success.outs, failed, succeeded };
}

function isSettling(work: Work, statement: ts.Statement): boolean {
  if (!ts.isExpressionStatement(statement)) return false;
  const call = skipParentheses(statement.expression);
  return ts.isCallExpression(call) && settler(work, call.expression) !== undefined;
}

const unclear = (work: Work, handler: FunctionLiteral): Stop => new Stop('callback', `\`${shown(work, handler)}\` does not begin with a look at its error.`);

function refuseError(work: Work, error: ts.Identifier, where: readonly ts.Node[]): void {
  if (referencesTo(work, error, where).length > 0) throw new Stop('callback', `\`${error.text}\` is used where the call succeeded.`);
}

/** True: there is an error · false: there is none · undefined: it asks something else. */
function errorTest(work: Work, node: ts.Expression, error: ts.Identifier): boolean | undefined {
  const expression = skipParentheses(node);
  const isError = (e: ts.Expression): boolean => ts.isIdentifier(skipParentheses(e)) && work.context.types.same(error, skipParentheses(e));
  if (isError(expression)) return true;
  if (ts.isPrefixUnaryExpression(expression) && expression.operator === ts.SyntaxKind.ExclamationToken) {
    const inner = errorTest(work, expression.operand, error);
    return inner === undefined ? undefined : !inner;
  }
  if (!ts.isBinaryExpression(expression) || !isError(expression.left)) return undefined;
  const nothing = /^(null|undefined)$/.test(work.context.text(expression.right));
  switch (expression.operatorToken.kind) {
    case ts.SyntaxKind.ExclamationEqualsToken:
    case ts.SyntaxKind.ExclamationEqualsEqualsToken:
      return nothing ? true : undefined;
    case ts.SyntaxKind.EqualsEqualsToken:
    case ts.SyntaxKind.EqualsEqualsEqualsToken:
      return nothing ? false : undefined;
    case ts.SyntaxKind.InstanceOfKeyword:
      return work.context.text(expression.right) === 'Error' ? true : undefined;
    default:
      return undefined;
  }
}

export function isRethrow(outs: readonly Out[], error: ts.Identifier): boolean {
  const [only, ...more] = outs;
  if (!only || more.length > 0 || !('reject' in only)) return false;
  const [value] = only.reject;
  return typeof value === 'object' && 'kind' in value && ts.isIdentifier(value as ts.Node) && (value as ts.Identifier).text === error.text;
}

/** The blocking call with what its results are named. */
interface Value {
  readonly call: readonly Piece[];
  /** References to the results, none where nobody looks at them. */
  readonly names: readonly ts.Identifier[];
  /** Text in front of ` = call`, without `const`. */
  readonly pattern: readonly Piece[];
  readonly assigned: boolean;
}

function bindResults(work: Work, { call, results }: Operation, parameters: readonly ts.ParameterDeclaration[], where: readonly ts.Node[]): Value {
  const used = parameters.filter((p) => !ts.isIdentifier(p.name) || referencesTo(work, p.name, where).length > 0);
  if (used.some((p) => p.dotDotDotToken || p.initializer)) throw new Stop('callback', 'A parameter of the callback has a default, or takes the rest.');
  const [first] = parameters;
  if (!results && used.some((p) => p !== first)) throw new Stop('callback', `\`${work.context.text(used.at(-1)!.name)}\` is a result that the blocking form does not give.`);
  if (used.length === 0) return { call, names: [], pattern: [], assigned: false };
  const bindings = used.flatMap((p) => boundNames(p.name));
  claimNames(work, bindings);
  const names = used.flatMap((p) => referencesInPattern(work, p.name, where));
  const assigned = names.some((name) => isAssigned(name));
  if (!results) return { call, names, pattern: [first!.name], assigned };
  if (used.length === 1 && ts.isIdentifier(used[0]!.name)) {
    return { call: [...call, `.${results[parameters.indexOf(used[0]!)]!}`], names, pattern: [used[0]!.name], assigned };
  }
  const members = used.map((p) => {
    const property = results[parameters.indexOf(p)];
    if (property === undefined || !ts.isIdentifier(p.name)) throw new Stop('callback', `\`${work.context.text(p.name)}\` is a result that the blocking form does not give.`);
    return p.name.text === property ? property : `${property}: ${p.name.text}`;
  });
  return { call, names, pattern: [`{ ${members.join(', ')} }`], assigned };
}

function referencesInPattern(work: Work, name: ts.BindingName, where: readonly ts.Node[]): ts.Identifier[] {
  return boundNames(name).flatMap((n) => referencesTo(work, n, where));
}

function isAssigned(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPostfixUnaryExpression(parent) || ts.isPrefixUnaryExpression(parent)) return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  return ts.isBinaryExpression(parent) && parent.left === name && parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment && parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment;
}

/** The call, then what follows; a result that is used once, at once, takes no name. */
function write(work: Work, value: Value, success: readonly Out[]): readonly Out[] {
  const inlined = inline(work, value, success);
  if (inlined) return inlined;
  if (value.names.length > 0) return [{ line: [value.assigned ? 'let ' : 'const ', ...value.pattern, ' = ', ...value.call, work.semi] }, ...success];
  const [only, ...more] = success;
  if (only && more.length === 0 && 'resolve' in only && !only.resolve) return [{ ...only, resolve: value.call, effect: true, inert: false }];
  return [{ line: [...value.call, work.semi] }, ...success];
}

/** `resolve(f(data))` with the call in the place of `data`, where nothing is evaluated before it. */
function inline(work: Work, value: Value, success: readonly Out[]): readonly Out[] | undefined {
  const [only, ...more] = success;
  const [name, ...others] = value.names;
  if (!only || more.length > 0 || !('resolve' in only) || !name || others.length > 0) return undefined;
  const [piece] = only.resolve ?? [];
  if (!piece || typeof piece !== 'object' || !('kind' in piece)) return undefined;
  const node = piece as ts.Expression;
  if (node === name) return [{ ...only, resolve: value.call, inert: false }];
  if (!(ts.isIdentifier(value.pattern[0] as ts.Node)) || !isFirst(node, name)) return undefined;
  work.replaced.set(name, value.call);
  return [{ ...only, inert: false }];
}

/** Nothing with an effect is evaluated in `node` before `name`. */
function isFirst(node: ts.Expression, name: ts.Identifier): boolean {
  for (let at: ts.Expression = node; ;) {
    if (at === name) return true;
    const holds = (e: ts.Expression): boolean => name.pos >= e.pos && name.end <= e.end;
    if (ts.isParenthesizedExpression(at) || ts.isAsExpression(at) || ts.isNonNullExpression(at) || ts.isPropertyAccessExpression(at)) at = at.expression;
    else if (ts.isCallExpression(at) || ts.isNewExpression(at)) {
      if (holds(at.expression)) at = at.expression;
      else {
        const [first] = at.arguments ?? [];
        if (!first || !holds(first) || !/^[\w$.]+$/.test(at.expression.getText())) return false;
        at = first;
      }
    } else return false;
  }
}

/** `try { … } catch (error) { … }` around the call, where its error becomes something else. */
function guard(work: Work, value: Value, split: Split, error: ts.Identifier, failure: readonly Out[]): readonly Out[] {
  const { success } = split;
  castError(work, error, split.failed);
  const caught = { head: referencesTo(work, error, split.failed).length > 0 ? ['catch (', error, ')'] : ['catch'], body: failure };
  const guarded = (body: readonly Out[]): Out => ({ sections: [{ head: ['try'], body }, caught], short: false });
  const [only, ...more] = success;
  if (only && more.length === 0 && 'resolve' in only) {
    const [name] = value.names;
    if (name && only.resolve?.[0] === name && value.names.length === 1) return [guarded([{ ...only, resolve: value.call, inert: false }])];
    if (value.names.length === 0 && only.inert) return [guarded([{ line: [...value.call, work.semi] }, only])];
  }
  if (value.names.length === 0) return [guarded([{ line: [...value.call, work.semi] }]), ...success];
  if (!ts.isIdentifier(value.pattern[0] as ts.Node)) throw new Stop('callback', 'The results are taken apart, and the error is another one.');
  const { text } = value.pattern[0] as ts.Identifier;
  return [{ line: [`let ${text}`, work.semi] }, guarded([{ line: [`${text} = `, ...value.call, work.semi] }]), ...success];
}

/** What is caught has the type `unknown`; where more is asked of it, it gets the type it had. */
export function castError(work: Work, error: ts.Identifier, failed: readonly ts.Node[]): void {
  if (!work.typescript) return;
  const type = work.context.types.text(error).replace(/ \| (null|undefined)\b/g, '');
  if (/^(any|unknown)$/.test(type)) return;
  for (const name of referencesTo(work, error, failed)) {
    if (!needsType(work, name)) continue;
    if (ts.isShorthandPropertyAssignment(name.parent)) work.replaced.set(name, [name, `: ${error.text} as ${type}`]);
    else work.replaced.set(name, ts.isPropertyAccessExpression(name.parent) || ts.isElementAccessExpression(name.parent) ? ['(', name, ` as ${type})`] : [name, ` as ${type}`]);
  }
}

function needsType(work: Work, name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() !== 'cause';
  if (ts.isTemplateSpan(parent) || ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isCallExpression(parent)) return !settler(work, parent.expression) && !/^(String|console\.\w+)$/.test(parent.expression.getText());
  return !(ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword);
}
