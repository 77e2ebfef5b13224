import { ts } from 'ts-morph';
import { fresh, type Piece } from '../../src/transform.ts';

import type { Out } from './layout.ts';
import type { failureOuts } from './reader.ts';
import type { Request } from './request-call.ts';
import { handlerOf } from './scene.ts';
import { nodesOf, skipParentheses, Stop, type Work } from './shape.ts';
import { settleExpression } from './tails.ts';
import { ignoreTimer, limitOf, type Limit, type Timer } from './time-limit.ts';

type Failure = NonNullable<ReturnType<typeof failureOuts>>;

/** A timer beside a request limits the whole of it, or what comes before the response where that ends the timer. */
export function limitBy(work: Work, request: Request, timer: Timer): void {
  if (request.limit || request.handlers.has('timeout')) throw new Stop('event', 'The request has two time limits.');
  const response = request.handlers.get('response');
  const body = response && 'literal' in response ? response.literal.body : undefined;
  const endings = ignoreTimer(work, timer);
  const early = body && ts.isBlock(body) && body.statements.some((s) => endings.includes(s));
  request.limit = { ms: timer.ms, callback: timer.callback, until: early ? 'head' : 'end' };
}

/** What is caught of a request: its failure, and the end of its time. */
export function withLimit(work: Work, request: Request, failure: Failure | undefined): Failure | undefined {
  const { call, name, handlers, limit } = request;
  const callback = limit?.callback ? handlerOf(work, limit.callback) : handlers.get('timeout');
  const options = call.arguments.map((a) => skipParentheses(a));
  const inOptions = options.some(
    (a) => ts.isObjectLiteralExpression(a) && a.properties.some((p) => p.name?.getText() === 'timeout'),
  );
  const unseen = options.some(
    (a) => !ts.isObjectLiteralExpression(a) && work.context.types.properties(a).includes('timeout'),
  );
  if (!callback && !limit && !inOptions) return failure;
  if (!callback || !name || (limit && inOptions) || (!limit && !inOptions && !unseen))
    throw new Stop('event', 'The event `timeout` and the time limit do not belong together.');
  if (limit?.until === undefined)
    work.notes.add('The time limit is one for the whole exchange now, not for each silence.');
  const end = limitOf(work, name, callback);
  if (!end.error && end.settling.length === 0) {
    work.notes.add('Its error has the code `ETIMEDOUT`.');
    return failure;
  }
  return limited(work, end, failure);
}

/** `catch (error) { if (error.code === 'ETIMEDOUT') …; … }` */
function limited(work: Work, { error, settling }: Limit, failure: Failure | undefined): Failure {
  const [settled] = settling;
  const outs: readonly Out[] = settled ? settleExpression(work, settled, true) : [{ reject: [error!] }];
  const named = failure?.head.find((piece) => typeof piece === 'object' && 'kind' in piece) as
    ts.Identifier | undefined;
  // Both end alike, and neither looks at the error.
  if (failure && !named && settled && sameOuts(work, outs, failure.outs)) return failure;
  if (failure && !settled && !named) return failure;
  const used = settled ?? error!;
  const text: Piece = named
    ? named.text
    : [...nodesOf(used)].some((n) => ts.isIdentifier(n) && n.text === 'error')
      ? fresh('error')
      : 'error';
  const code: Piece[] = work.typescript ? ['(', text, ' as NodeJS.ErrnoException).code'] : [text, '.code'];
  const head: Piece[] = ['if (', ...code, " === 'ETIMEDOUT')"];
  // The event `error` is given the error that the request was destroyed with.
  const body: readonly Out[] = failure && !settled ? [{ line: [text, ' = ', error!, work.semi] }] : outs;
  const check: Out = { sections: [{ head, body }], short: true };
  return { head: ['catch (', named ?? text, ')'], outs: [check, ...(failure?.outs ?? [{ reject: [text] }])] };
}

function sameOuts(work: Work, a: readonly Out[], b: readonly Out[]): boolean {
  const [x, y] = [a[0], b[0]];
  if (a.length !== 1 || b.length !== 1 || !x || !y) return false;
  const value = (out: Out): readonly Piece[] | undefined =>
    'resolve' in out ? (out.resolve ?? []) : 'reject' in out ? out.reject : undefined;
  const kind = (out: Out): boolean => 'resolve' in out;
  const written = (pieces: readonly Piece[]): string =>
    pieces.map((p) => (typeof p === 'object' && 'kind' in p ? work.context.text(p) : JSON.stringify(p))).join('');
  const [v, w] = [value(x), value(y)];
  return v !== undefined && w !== undefined && kind(x) === kind(y) && written(v) === written(w);
}
