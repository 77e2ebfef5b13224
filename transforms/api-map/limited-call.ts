import { ts } from 'ts-morph';
import type { Context, Piece } from '../../src/transform.ts';
import { blockingCall } from './blocking-call.ts';
import { holds, promisifiedHere } from './chosen-row.ts';
import { findRows, rowsByApi } from './index.ts';
import { takesLimit } from './limited-options.ts';

const rows = rowsByApi();

/** The blocking form of a call that is given the time limit `name`, in milliseconds. */
export interface LimitedCall {
  readonly name: string;
  readonly pieces: readonly Piece[];
  readonly notes: readonly string[];
}

/** Why work cannot be given a time limit, and what would help; sentences. */
export interface Unlimited {
  readonly why: string;
  readonly next: string;
}

/** The blocking form of work that raced with a timer: one call of an API whose row names a time limit. */
export function limitedCall(work: ts.Expression, context: Context): LimitedCall | Unlimited {
  let call = work;
  while (ts.isParenthesizedExpression(call)) call = call.expression;
  const shown = context.text(call).split('\n', 1)[0]!.slice(0, 60);
  if (!ts.isCallExpression(call)) {
    const why = `\`${shown}\` is no call: what it waits for began before.`;
    return { why, next: 'Race the call itself against the timer, or give that call a time limit of its own.' };
  }
  if (isChain(call))
    return {
      why: `\`${shown}\` is more than one call.`,
      next: 'Race the first call alone against the timer, and go on with its result.',
    };
  const api = promisifiedHere(call, context) ?? context.types.api(call);
  const given = [...call.arguments];
  const row = api === undefined ? undefined : findRows(rows, api, 'call').find((each) => holds(each, given, context));
  if (!row || row.refuse !== undefined || !takesLimit(row) || holdsYield(call)) {
    const why = `\`${context.text(call.expression).slice(0, 60)}\` takes no time limit, and nothing can give it up from outside.`;
    return {
      why,
      next: 'Give what it waits for a time limit: `signal: AbortSignal.timeout(ms)` of `fetch`, or an option `timeout`.',
    };
  }
  const words = context.text(call);
  const name = ['timeout', 'limit', 'timeLimit'].find((each) => !new RegExp(String.raw`\b${each}\b`).test(words));
  const blocking = blockingCall(row, call, context, name ?? 'timeout');
  if ('refuse' in blocking || !blocking.pieces || name === undefined) {
    const why =
      'refuse' in blocking && blocking.detail !== undefined
        ? blocking.detail
        : `\`${shown}\` has a time limit already.`;
    return { why, next: 'Write the options out at the call, with the time limit as one of them.' };
  }
  const notes = [...(row.note === undefined ? [] : [`${row.note}.`]), ...blocking.notes];
  return { name, pieces: blocking.pieces, notes };
}

function isChain({ expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && /^(then|catch|finally)$/.test(expression.name.text);
}

function holdsYield(root: ts.Node): boolean {
  const stack: ts.Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (ts.isYieldExpression(node)) return true;
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, (child) => void stack.push(child));
  }
  return false;
}
