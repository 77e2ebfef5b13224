import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import { isAsync, outermost } from './syntax.ts';
import type { Use } from './uses.ts';

/** What stands where the promise goes takes its value just as well, also in a function that stays async. */
export function unwrapsValues(checker: Checker, call: ts.Expression, use: Use, caller: ts.Node | undefined): boolean {
  switch (use.consumer) {
    case 'awaited':
    case 'disposed':
      return true;
    case 'iterated':
      // A loop that is none of `for await` hands the promises on as they are.
      return checker.bearing(checker.typeOf(call)) !== 'container' || isForAwait(use.at);
    case 'returned':
    case 'returned-in-try':
    case 'yielded':
      // In an array that is returned it stays a promise.
      return caller !== undefined && isAsync(caller) && !isKeptWithin(outermost(call).parent);
    default:
      return false;
  }
}

const isForAwait = (node: ts.Node): boolean => ts.isForOfStatement(node) && node.awaitModifier !== undefined;

const isKeptWithin = (node: ts.Node): boolean =>
  ts.isArrayLiteralExpression(node) || ts.isSpreadElement(node) || ts.isPropertyAssignment(node);

/** `[load(a), load(b)]`: what is made beside others, and not awaited there, runs beside them. */
export function isListed(call: ts.Node): boolean {
  return ts.isArrayLiteralExpression(outermost(call as ts.Expression).parent);
}
