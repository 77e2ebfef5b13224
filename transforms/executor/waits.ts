import { ts } from 'ts-morph';
import { imported, type Piece } from '../../src/transform.ts';
import { settleCallback } from './callbacks.ts';
import type { Out } from './layout.ts';
import { settleFunction } from './tails.ts';
import {
  claimNames,
  declaredNames,
  isFunctionLiteral,
  mentionsSettler,
  nodesOf,
  settler,
  shown,
  skipParentheses,
  statementsOf,
  Stop,
  type Work,
} from './shape.ts';

/** Gives the code that waits and goes on, once it is asked where it stands. */
export type Wait = (tail: boolean) => readonly Out[];

/** A call that comes back later through a callback: a timer, or an API with a blocking twin. */
export function waitOf(work: Work, node: ts.Expression): Wait | undefined {
  const call = skipParentheses(node);
  if (!ts.isCallExpression(call)) return undefined;
  if (
    ts.isPropertyAccessExpression(call.expression) &&
    /^(un)?ref$/.test(call.expression.name.text) &&
    call.arguments.length === 0
  ) {
    const inner = skipParentheses(call.expression.expression);
    const api = ts.isCallExpression(inner) ? work.context.types.api(inner) : undefined;
    if (!api || !ts.isCallExpression(inner) || !isTimer(api)) return undefined;
    if (call.expression.name.text === 'unref') work.notes.add('The timer kept nothing alive; the wait does now.');
    return (tail) => settleTimer(work, inner, tail);
  }
  const api = work.context.types.api(call);
  if (api === undefined) return undefined;
  if (isTimer(api)) return (tail) => settleTimer(work, call, tail);
  if (/^(global|node:timers)#(setImmediate|queueMicrotask)$|Process\.nextTick$/.test(api))
    return (tail) => settleTurn(work, call, tail);
  return settleCallback(work, call, api);
}

const isTimer = (api: string): boolean => /^(global|node:timers)#setTimeout$/.test(api);

/** `setTimeout(callback, ms, …values)`. */
function settleTimer(work: Work, call: ts.CallExpression, tail: boolean): readonly Out[] {
  work.waits++;
  const [callback, ms, value, ...more] = call.arguments;
  if (!callback || more.length > 0 || call.arguments.some((a) => ts.isSpreadElement(a)))
    throw new Stop('callback', `\`${shown(work, call)}\` has arguments that are not followed.`);
  const sleep: Piece[] = [imported('@unawait/std/time', 'sleepSync'), '(', ...(ms ? [ms] : [])];
  const handler = skipParentheses(callback);
  if (settler(work, handler) === 'resolve') {
    return value
      ? [{ resolve: [...sleep, ', ', value, ')'], effect: false, inert: false, tail }]
      : [{ resolve: [...sleep, ')'], effect: true, inert: false, tail }];
  }
  if (!isFunctionLiteral(handler) || value || handler.parameters.length > 0)
    throw new Stop('callback', `\`${shown(work, callback)}\` is called by a timer.`);
  return after(work, [...sleep, ')'], settleLater(work, handler, tail), sleep);
}

/** `setImmediate(callback)`: only lets other work run. */
function settleTurn(work: Work, call: ts.CallExpression, tail: boolean): readonly Out[] {
  work.waits++;
  const [callback, ...more] = call.arguments;
  if (!callback || more.length > 0)
    throw new Stop('callback', `\`${shown(work, call)}\` has arguments that are not followed.`);
  work.notes.add('The place where other events could run is gone.');
  const handler = skipParentheses(callback);
  if (settler(work, handler) === 'resolve') return [{ resolve: undefined, effect: true, inert: true, tail }];
  if (!isFunctionLiteral(handler) || handler.parameters.length > 0)
    throw new Stop('callback', `\`${shown(work, callback)}\` is called from the event loop.`);
  return settleLater(work, handler, tail);
}

/** The body of a callback that is called once, now that what it waited for is done. */
export function settleLater(
  work: Work,
  handler: ts.ArrowFunction | ts.FunctionExpression,
  tail: boolean,
): readonly Out[] {
  claimNames(work, declaredNames(statementsOf(handler) ?? []));
  noteThrows(work, [handler.body]);
  const { outs, settles } = settleFunction(work, handler, tail);
  if (!settles) throw new Stop('never-settles', `The promise may stay pending after \`${shown(work, handler)}\`.`);
  return outs;
}

/** An error of a callback was nobody's: now it goes to the caller. */
export function noteThrows(work: Work, bodies: readonly ts.Node[]): void {
  for (const body of bodies) {
    for (const node of nodesOf(body)) {
      const throws =
        ts.isThrowStatement(node) ||
        ts.isNewExpression(node) ||
        (ts.isCallExpression(node) && !settler(work, node.expression));
      const rejected = throws && ts.isCallExpression(node.parent) && settler(work, node.parent.expression) === 'reject';
      if (
        !throws ||
        rejected ||
        work.ignored.has(node.parent) ||
        (ts.isCallExpression(node) && mentionsSettler(work, node))
      )
        continue;
      work.notes.add('What is thrown after the wait goes to the caller now; in the callback it ended the process.');
      return;
    }
  }
}

/** First the wait, then what follows; `open`, the wait up to its closing parenthesis, takes a value that is all there is. */
function after(work: Work, wait: readonly Piece[], outs: readonly Out[], open: readonly Piece[]): readonly Out[] {
  const [only, ...more] = outs;
  if (only && more.length === 0 && 'resolve' in only && !only.effect) {
    if (!only.resolve) return [{ ...only, resolve: wait, effect: true, inert: false }];
    const [value] = only.resolve;
    if (only.inert && value && only.resolve.length === 1 && !isUndefined(value))
      return [{ ...only, resolve: [...open, ', ', value, ')'], inert: false }];
  }
  return [{ line: [...wait, work.semi] }, ...outs];
}

function isUndefined(value: Piece): boolean {
  return typeof value === 'object' && 'kind' in value && ts.isIdentifier(value) && value.text === 'undefined';
}
