import { ts } from 'ts-morph';
import { settleChild } from './child.ts';
import { settleClosing } from './closing.ts';
import { settleConnect } from './connect.ts';
import { settleExchange } from './exchange.ts';
import { settleFileWriter } from './file-writer.ts';
import type { Out } from './layout.ts';
import { settlePipes } from './pipes.ts';
import { settlePolling } from './polling.ts';
import { settleRequest, settleRequestIn } from './request.ts';
import { settleStream } from './streams.ts';
import { settleWriting } from './writing.ts';
import { statementsOf, Stop, type Work } from './shape.ts';

/** An executor that waits for events of one emitter; undefined where it is none that is known. */
export function settleEvents(work: Work): readonly Out[] | undefined {
  const list = statementsOf(work.executor);
  const { body } = work.executor;
  if (!list) return ts.isBlock(body) ? undefined : settleRequestIn(work, body);
  return (
    settleClosing(work, list) ??
    settleExchange(work, list) ??
    settleConnect(work, list) ??
    settleWriting(work, list) ??
    settleRequest(work, list) ??
    settleFileWriter(work, list) ??
    settleChild(work, list) ??
    settlePipes(work, list) ??
    settleStream(work, list) ??
    settlePolling(work, list)
  );
}

/** An executor that waits for the end of a child which the statements in front of it start. */
export function settleChildOf(work: Work, around: readonly ts.Statement[]): readonly Out[] {
  const { body } = work.executor;
  const outs = ts.isBlock(body) ? settleChild(work, [...around, ...body.statements]) : settleChild(work, around, body);
  if (!outs) throw new Stop('event', 'The wait for the child is not known.');
  return outs;
}
