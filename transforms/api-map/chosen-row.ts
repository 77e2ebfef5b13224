import { ts } from 'ts-morph';
import type { Context } from '../../src/transform.ts';
import { type CallNode } from './blocking-call.ts';
import { calleeOf } from './call-arguments.ts';
import { promisified, type Row } from './index.ts';

/** The id for `promisify(f)(…)`. */
export function promisifiedHere(node: CallNode, context: Context): string | undefined {
  const callee = calleeOf(node);
  if (!ts.isCallExpression(callee) || context.types.api(callee.expression) !== 'node:util#promisify') return undefined;
  let inner = callee.arguments[0];
  while (inner && (ts.isAsExpression(inner) || ts.isParenthesizedExpression(inner))) inner = inner.expression;
  const api = inner && context.types.api(inner);
  return api === undefined ? undefined : promisified(api);
}

/** The arguments have the types that the row asks for. */
export function holds(row: Row, given: readonly ts.Expression[], context: Context): boolean {
  return Object.entries(row.when ?? {}).every(([position, pattern]) => {
    const argument = given[Number(position) - 1];
    if (argument === undefined) return true;
    return !ts.isSpreadElement(argument) && new RegExp(pattern).test(context.types.text(argument));
  });
}
