import { ts } from 'ts-morph';
import type { SiteFacts } from '../model/facts.ts';
import type { Span } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { fileHas } from './file-has.ts';
import { namesOnly } from './local-functions.ts';
import { enclosingFunction, isAsync, lineOf, skipParentheses, walk } from './syntax.ts';
import { promiseMember } from './uses.ts';

/** The end of a race that only fails after a time, as text for the place of the race. */
export interface RaceLimit {
  /** Milliseconds. */
  readonly ms: string;
  /** What is thrown then. */
  readonly error: string;
  /** Which of the two elements it is. */
  readonly at: number;
}

/** What the names of parameters stand for, by their declaration; undefined where the timer is written at the race itself. */
type Given = ReadonlyMap<ts.Node, string> | undefined;

/**
 * `Promise.race([work(), timeout(ms)])` with a timer that fails: written out as a promise, or by a function of the same file that makes
 * nothing else. The site's `of` is a `RaceLimit` as JSON. `pTimeout(work(), …)` is a site too, which has all of it in its arguments.
 */
export function collectRaceLimit(draft: Draft, node: ts.Node): void {
  if (ts.isFunctionDeclaration(node) || ts.isVariableStatement(node)) collectTimer(draft, node);
  if (!ts.isCallExpression(node)) return;
  const inside = draft.enclosing(node);
  if (ts.isIdentifier(node.expression) && draft.checker.api(node) === 'p-timeout#default') {
    draft.emit({ kind: 'idiom', idiom: 'limited-call' }, node, inside, -1);
    return;
  }
  const site = raceSite(draft, node);
  if (site) draft.emit(site, node, inside, -1);
}

function raceSite(draft: Draft, race: ts.CallExpression): SiteFacts | undefined {
  const limit = raceLimit(draft, race);
  return limit && { kind: 'idiom', idiom: 'race-limit', of: JSON.stringify(limit) };
}

/** A function that only makes timers of races goes with them. */
function collectTimer(draft: Draft, node: ts.FunctionDeclaration | ts.VariableStatement): void {
  // Cheap questions first: what is named where is a question to the whole file.
  if (!fileHas(node, 'Promise.race(') || !/\b(setTimeout|throw)\b/.test(node.getText())) return;
  const uses = namesOnly(draft, node);
  if (!uses || uses.length === 0) return;
  const races = uses.flatMap(({ parent }) =>
    isRaceTimer(draft, parent) ? [parent.parent.parent as ts.CallExpression] : [],
  );
  if (races.length < uses.length) return;
  const whole = draft.emitOptional({ kind: 'idiom', idiom: 'race-timer' }, node, wholeLine(node));
  for (const race of races) {
    const site = draft.emit(raceSite(draft, race)!, race, draft.enclosing(race), -1);
    draft.require(whole.id, site.id, 'is called by');
    draft.require(whole.id, draft.enclosing(race), 'is called in');
  }
}

/** Its line, and at the top of a file the blank ones that follow. */
function wholeLine(node: ts.Statement): Span {
  const { start, end } = lineOf(node);
  return start > 0
    ? { start, end }
    : { start, end: end + /^\s*/.exec(node.getSourceFile().text.slice(end))![0].length };
}

/** The call makes the timer of a race: when the race is written anew nobody calls it there. */
export function isRaceTimer(draft: Draft, call: ts.Node): boolean {
  const list = call.parent;
  const race = ts.isArrayLiteralExpression(list) ? list.parent : undefined;
  const limit = race && ts.isCallExpression(race) ? raceLimit(draft, race) : undefined;
  return limit !== undefined && (list as ts.ArrayLiteralExpression).elements[limit.at] === call;
}

function raceLimit(draft: Draft, race: ts.CallExpression): RaceLimit | undefined {
  if (promiseMember(race) !== 'race' || race.arguments.length !== 1) return undefined;
  const target = (race.expression as ts.PropertyAccessExpression).expression;
  if (draft.checker.declarations(target).some((d) => draft.checker.isOwn(d))) return undefined;
  const list = skipParentheses(race.arguments[0]!);
  if (!ts.isArrayLiteralExpression(list) || list.elements.length !== 2) return undefined;
  for (const [at, element] of list.elements.entries()) {
    const found = timerOf(draft, skipParentheses(element), undefined, 2);
    if (found) return { ...found, at };
  }
  return undefined;
}

type Found = Omit<RaceLimit, 'at'>;

/** A promise that fails after a time and does nothing else. */
function timerOf(draft: Draft, value: ts.Expression, given: Given, depth: number): Found | undefined {
  if (ts.isNewExpression(value)) return executorTimer(draft, value, given);
  if (!ts.isCallExpression(value)) return undefined;
  return sleepThenThrow(draft, value, given) ?? (depth > 0 ? calledTimer(draft, value, given, depth) : undefined);
}

/** `new Promise((_, reject) => setTimeout(() => reject(new Error('Too late')), ms))` */
function executorTimer(draft: Draft, made: ts.NewExpression, given: Given): Found | undefined {
  if (made.expression.getText() !== 'Promise' || made.arguments?.length !== 1) return undefined;
  const executor = skipParentheses(made.arguments[0]!);
  if (!ts.isArrowFunction(executor) || isAsync(executor)) return undefined;
  const reject = executor.parameters[1];
  const timer = withoutUnref(onlyExpression(executor.body));
  if (!reject || !timer || !ts.isCallExpression(timer)) return undefined;
  if (!/^(global|node:timers)#setTimeout$/.test(draft.checker.api(timer) ?? '')) return undefined;
  const [callback, ms, ...values] = timer.arguments;
  if (!callback || !ms || values.length > 1) return undefined;
  let error = values[0];
  if (ts.isIdentifier(callback)) {
    if (!draft.checker.declarations(callback).includes(reject)) return undefined;
  } else {
    const call = ts.isArrowFunction(callback) && values.length === 0 ? onlyExpression(callback.body) : undefined;
    if (!call || !ts.isCallExpression(call) || call.arguments.length !== 1) return undefined;
    if (!draft.checker.declarations(call.expression).includes(reject)) return undefined;
    error = call.arguments[0];
  }
  return error && found(draft, ms, error, given);
}

/** `setTimeout(…)` of `setTimeout(…).unref()`: a limit keeps nothing alive by itself. */
function withoutUnref(node: ts.Expression | undefined): ts.Expression | undefined {
  const access = node && ts.isCallExpression(node) && node.arguments.length === 0 ? node.expression : undefined;
  return access && ts.isPropertyAccessExpression(access) && access.name.text === 'unref'
    ? skipParentheses(access.expression)
    : node;
}

/** `sleep(ms).then(() => { throw new Error('Too late'); })` of `node:timers/promises` */
function sleepThenThrow(draft: Draft, call: ts.CallExpression, given: Given): Found | undefined {
  const access = call.expression;
  if (!ts.isPropertyAccessExpression(access) || access.name.text !== 'then' || call.arguments.length !== 1)
    return undefined;
  const ms = sleepOf(draft, access.expression);
  const handler = skipParentheses(call.arguments[0]!);
  if (!ms || !ts.isArrowFunction(handler) || !ts.isBlock(handler.body)) return undefined;
  const [only, ...more] = handler.body.statements;
  return only && more.length === 0 && ts.isThrowStatement(only) ? found(draft, ms, only.expression, given) : undefined;
}

/** `ms` of `setTimeout(ms)` of `node:timers/promises`. */
function sleepOf(draft: Draft, node: ts.Expression): ts.Expression | undefined {
  const call = skipParentheses(node);
  return ts.isCallExpression(call) &&
    call.arguments.length === 1 &&
    draft.checker.api(call) === 'node:timers/promises#setTimeout'
    ? call.arguments[0]
    : undefined;
}

/** `timeout(ms)` with a function of this file whose body is such a promise, or a sleep and a `throw`. */
function calledTimer(draft: Draft, call: ts.CallExpression, given: Given, depth: number): Found | undefined {
  const { declarations } = draft.checker.callee(call);
  const [declaration, ...more] = declarations;
  if (!declaration || more.length > 0 || declaration.getSourceFile() !== call.getSourceFile()) return undefined;
  if (call.arguments.some(ts.isSpreadElement) || call.questionDotToken) return undefined;
  const of = functionOf(declaration);
  if (!of?.body || of.asteriskToken) return undefined;
  const inner = new Map<ts.Node, string>();
  for (const [i, parameter] of of.parameters.entries()) {
    const value = call.arguments[i] ?? parameter.initializer;
    if (!ts.isIdentifier(parameter.name) || parameter.dotDotDotToken) return undefined;
    const text = value ? textOf(draft, value, given, true) : 'undefined';
    if (text === undefined) return undefined;
    inner.set(parameter, text);
  }
  if (call.arguments.length > of.parameters.length) return undefined;
  const value = onlyExpression(of.body);
  if (value)
    return timerOf(draft, ts.isAwaitExpression(value) ? skipParentheses(value.expression) : value, inner, depth - 1);
  const [first, second, ...rest] = ts.isBlock(of.body) ? of.body.statements : [];
  if (!first || !second || rest.length > 0 || !ts.isExpressionStatement(first) || !ts.isThrowStatement(second))
    return undefined;
  const waited = skipParentheses(first.expression);
  const ms = ts.isAwaitExpression(waited) ? sleepOf(draft, waited.expression) : undefined;
  return ms && found(draft, ms, second.expression, inner);
}

function functionOf(node: ts.Node): ts.FunctionDeclaration | ts.FunctionExpression | ts.ArrowFunction | undefined {
  return ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isArrowFunction(node) ? node : undefined;
}

/** The one expression of a body: `=> e`, `=> { e; }` and `=> { return e; }`. */
function onlyExpression(body: ts.ConciseBody): ts.Expression | undefined {
  if (!ts.isBlock(body)) return skipParentheses(body);
  const [only, ...more] = body.statements;
  if (!only || more.length > 0) return undefined;
  const value = ts.isReturnStatement(only) || ts.isExpressionStatement(only) ? only.expression : undefined;
  return value && skipParentheses(value);
}

function found(draft: Draft, ms: ts.Expression, error: ts.Expression, given: Given): Found | undefined {
  const [limit, thrown] = [textOf(draft, ms, given, true), textOf(draft, error, given, false)];
  return limit !== undefined && thrown !== undefined ? { ms: limit, error: thrown } : undefined;
}

/** The text with the names of parameters filled in; undefined where it means something else at another place, or `plain` is asked and it does something. */
function textOf(draft: Draft, node: ts.Expression, given: Given, plain: boolean): string | undefined {
  if (plain && [...walk(node)].some(doesSomething)) return undefined;
  const cuts: { start: number; end: number; text: string }[] = [];
  for (const inner of walk(node)) {
    if (ts.isAwaitExpression(inner) || ts.isYieldExpression(inner)) return undefined;
    if (given && inner.kind === ts.SyntaxKind.ThisKeyword) return undefined;
    if (!ts.isIdentifier(inner)) continue;
    const [declaration] = draft.checker.declarations(inner);
    if (!declaration || (ts.isPropertyAccessExpression(inner.parent) && inner.parent.name === inner)) continue;
    const text = given?.get(declaration);
    if (text !== undefined) {
      const shorthand = ts.isShorthandPropertyAssignment(inner.parent) ? `${inner.text}: ` : '';
      const span = inner.parent;
      // `${ms}` with a literal for `ms` is part of the text.
      const literal = /^(?:[\d_.]+|'[^'\\`$]*')$/.test(text) && ts.isTemplateSpan(span) && span.expression === inner;
      if (literal && node.getSourceFile().text.slice(inner.getStart() - 2, inner.getStart()) === '${') {
        cuts.push({
          start: inner.getStart() - 2,
          end: span.literal.getStart() + 1,
          text: text.replaceAll(/['_]/g, ''),
        });
        continue;
      }
      const simple =
        /^[\w.]+$|^(['"`])[^'"`]*\1$/.test(text) ||
        ts.isTemplateSpan(span) ||
        inner === node ||
        (ts.isPropertyAssignment(span) && span.initializer === inner) ||
        ((ts.isCallExpression(span) || ts.isNewExpression(span)) && span.expression !== inner) ||
        shorthand !== '';
      cuts.push({ start: inner.getStart(), end: inner.end, text: shorthand + (simple ? text : `(${text})`) });
    } else if (given && isOfFunction(draft, declaration, inner)) return undefined;
  }
  const offset = node.getStart();
  let out = node.getText();
  for (const { start, end, text } of cuts.toSorted((a, b) => b.start - a.start))
    out = out.slice(0, start - offset) + text + out.slice(end - offset);
  return out;
}

/** It is declared in the function that makes the timer: at the place of the race there is no such name. */
function isOfFunction(draft: Draft, declaration: ts.Node, name: ts.Node): boolean {
  return (
    draft.checker.isOwn(declaration) &&
    enclosingFunction(declaration) !== undefined &&
    enclosingFunction(name) !== undefined
  );
}

function doesSomething(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isFunctionLike(node) ||
    ts.isPostfixUnaryExpression(node) ||
    (ts.isPrefixUnaryExpression(node) && /^(\+\+|--)/.test(node.getText())) ||
    (ts.isBinaryExpression(node) &&
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment)
  );
}
