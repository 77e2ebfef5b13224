import type { Difference } from '../model/verdict.ts';
import { partingOfTexts, partingOfValues, show, type Parting } from './first-difference.ts';
import type { NormalRequest, NormalRun } from './normal-run.ts';

export type RunDifference = Omit<Difference, 'sourceIsUnstable' | 'about'>;

/** The first place at which two runs of a scenario part: requests first, then the end, files, standard output and error. */
export function compareRuns(before: NormalRun, after: NormalRun): RunDifference | null {
  return (
    compareRequests(before.requests, after.requests) ??
    compareWhole('exit', before.exit, after.exit) ??
    compareWhole('end of the scenario', before.end, after.end) ??
    compareFiles(before.files, after.files) ??
    compareLines('stdout', before.stdout, after.stdout) ??
    compareLines('stderr', before.stderr, after.stderr)
  );
}

/** Requests that the source had open at the same time may come in any order; all others keep theirs. */
function compareRequests(before: readonly NormalRequest[], after: readonly NormalRequest[]): RunDifference | null {
  for (let from = 0; from < before.length;) {
    let to = from + 1;
    while (to < before.length && before[to]?.group === before[from]?.group) to++;
    const open = before.slice(from, to);
    for (let at = from; at < to; at++) {
      const now = after[at];
      if (now === undefined) return missing(at, open[0]);
      const early = tooEarly(before, after, at);
      if (early !== null) return early;
      const same = open.findIndex((was) => partingOfRequests(was, now) === null);
      if (same < 0) return differing(at, open.find((was) => was.line === now.line) ?? open[0]!, now);
      open.splice(same, 1);
    }
    from = to;
  }
  const extra = after[before.length];
  if (extra === undefined) return null;
  return { event: extra.event, field: `request ${before.length + 1}`, before: 'nothing', after: show(extra.line) };
}

/** A request that now goes out while the one before is still open has lost its wait, even where the order is the same. */
function tooEarly(before: readonly NormalRequest[], after: readonly NormalRequest[], at: number): RunDifference | null {
  const together = (requests: readonly NormalRequest[]): boolean => requests[at]?.group === requests[at - 1]?.group;
  const now = after[at];
  if (at === 0 || now === undefined || !together(after) || together(before)) return null;
  const { event, line } = now;
  return {
    event,
    field: `request ${at + 1}`,
    before: `sent after the answer to request ${at}`,
    after: `${line} sent before the answer to request ${at}`,
  };
}

function missing(at: number, was: NormalRequest | undefined): RunDifference {
  return { event: was?.event ?? null, field: `request ${at + 1}`, before: show(was?.line), after: 'nothing' };
}

function differing(at: number, was: NormalRequest, now: NormalRequest): RunDifference {
  const parting = partingOfRequests(was, now) ?? { path: '', before: was.line, after: now.line };
  const field = `request ${at + 1}${parting.path === '' ? '' : ` ${parting.path}`}`;
  return { event: was.event, field, before: parting.before, after: parting.after };
}

function partingOfRequests(was: NormalRequest, now: NormalRequest): Parting | null {
  if (was.line !== now.line) return { path: '', before: show(was.line), after: show(now.line) };
  const body = partingOfTexts(was.body, now.body);
  if (body !== null) return { ...body, path: body.path === '' ? 'body' : `body.${body.path}` };
  const { line: _line, body: _body, group: _group, ...left } = was;
  const { line: _nowLine, body: _nowBody, group: _nowGroup, ...right } = now;
  return partingOfValues(left, right);
}

function compareWhole(field: string, before: string, after: string): RunDifference | null {
  return before === after ? null : { event: null, field, before: show(before), after: show(after) };
}

function compareFiles(before: NormalRun['files'], after: NormalRun['files']): RunDifference | null {
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    const [was, now] = [before[name], after[name]];
    if (was === now) continue;
    const parting = was === undefined || now === undefined ? null : partingOfTexts(was, now);
    const field = `file ${name}${parting === null || parting.path === '' ? '' : ` ${parting.path}`}`;
    return { event: null, field, before: parting?.before ?? show(was), after: parting?.after ?? show(now) };
  }
  return null;
}

function compareLines(stream: string, before: readonly string[], after: readonly string[]): RunDifference | null {
  for (let at = 0; at < Math.max(before.length, after.length); at++) {
    const [was, now] = [before[at], after[at]];
    if (was === now) continue;
    const parting = was === undefined || now === undefined ? null : partingOfTexts(was, now);
    const field = `${stream} line ${at + 1}${parting === null || parting.path === '' ? '' : ` ${parting.path}`}`;
    return { event: null, field, before: parting?.before ?? show(was), after: parting?.after ?? show(now) };
  }
  return null;
}
