import { settleChild } from './child.ts';
import { settleConnect } from './connect.ts';
import type { Out } from './layout.ts';
import { settleRequest } from './request.ts';
import { settleStream } from './streams.ts';
import { statementsOf, type Work } from './shape.ts';

/** An executor that waits for events of one emitter; undefined where it is none that is known. */
export function settleEvents(work: Work): readonly Out[] | undefined {
  const list = statementsOf(work.executor);
  if (!list) return undefined;
  return settleConnect(work, list) ?? settleRequest(work, list) ?? settleChild(work, list) ?? settleStream(work, list);
}
