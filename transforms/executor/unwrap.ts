import type { ts } from 'ts-morph';
import type { Context, Piece } from '../../src/transform.ts';
import type { RowMap } from '../api-map/index.ts';
import { settleChildOf, settleEvents } from './events.ts';
import { layout, withReplacements, type Finish, type Out } from './layout.ts';
import { ignoreSignals } from './signals.ts';
import { claimNames, declaredNames, startWork, statementsOf, Stop, type StopReason, type Work } from './shape.ts';
import { settleFunction } from './tails.ts';

/** An executor as plain code, not yet tied to the place where its promise stood. */
export interface Unwrapped {
  readonly work: Work;
  readonly outs: readonly Out[];
  /** The value as one expression, where there is one. */
  readonly expression: readonly Piece[] | undefined;
}

export interface Stopped {
  readonly stop: StopReason;
  readonly detail: string;
  readonly unlocks: string | undefined;
}

/** `around`: statements in front of the promise that belong to the wait. */
export function unwrap(
  node: ts.NewExpression,
  context: Context,
  rows: RowMap,
  around?: readonly ts.Statement[],
  response?: Work['response'],
): Unwrapped | Stopped {
  try {
    const work = startWork(node, context, rows, around?.[0]?.parent, response);
    ignoreSignals(work);
    claimNames(work, declaredNames(statementsOf(work.executor) ?? []));
    const known = around ? settleChildOf(work, around) : settleEvents(work);
    const { outs, settles } = known ? { outs: known, settles: true } : settleFunction(work, work.executor, true);
    if (!settles)
      throw new Stop('never-settles', 'There is a way through the executor on which the promise stays pending.');
    const [only, ...more] = outs;
    const expression =
      only && more.length === 0 && 'resolve' in only
        ? withReplacements(work, only.resolve ?? ['undefined'])
        : undefined;
    return { work, outs, expression };
  } catch (error) {
    if (error instanceof Stop) return { stop: error.reason, detail: error.message, unlocks: error.unlocks };
    throw error;
  }
}

/** The code as statements; undefined where this finish cannot be written. */
export function statements({ work, outs }: Unwrapped, finish: Finish, level: number): readonly Piece[] | undefined {
  const pieces = layout(work, outs, finish, level);
  return pieces && withReplacements(work, pieces);
}
