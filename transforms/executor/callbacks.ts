import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import { reference } from '../api-map/blocking-call.ts';
import { argumentsSpan } from '../api-map/call-arguments.ts';
import { findRows, promisified, type Row } from '../api-map/index.ts';
import { rewriteOptions } from '../api-map/options-object.ts';
import { settleErrorFirst } from './error-first.ts';
import type { Out } from './layout.ts';
import { isFunctionLiteral, mentionsSettler, settler, shown, skipParentheses, Stop, type Work } from './shape.ts';
import { pipelineWritten } from './pipes.ts';
import { givenFunction, keeps, kept } from './unsettled.ts';
import { settleLater, type Wait } from './waits.ts';

/** Functions whose callback gets several results; the blocking form gives them as properties. */
const severalResults: Readonly<Record<string, readonly string[]>> = {
  'node:child_process#execFile': ['stdout', 'stderr'],
  'node:child_process#exec': ['stdout', 'stderr'],
  'node:crypto#generateKeyPair': ['publicKey', 'privateKey'],
  'node:dns#lookup': ['address', 'family'],
};

/** Calls of a socket whose callback gets no error. */
const socketCall = /^node:(net#|tls#TLS)Socket\.(end|connect)$/;

/** Functions whose callback gets the result and no error. */
const resultOnly = /^node:(fs#exists|readline#Interface\.(question|once))$/;

const nextLine = 'node:readline#Interface.once';

/** `lines.once('line', resolve)` */
function isLine({ context }: Work, { arguments: [event, , ...more] }: ts.CallExpression): boolean {
  return event !== undefined && more.length === 0 && /^(['"`])line\1$/.test(context.text(event));
}

/** A call with a callback as its last argument, which settles the promise. */
export function settleCallback(work: Work, call: ts.CallExpression, api: string): Wait | undefined {
  const last = call.arguments.at(-1);
  if (!last || !mentionsSettler(work, last)) return undefined;
  const handler = skipParentheses(last);
  const plain = settler(work, handler) === 'resolve';
  if (api === nextLine && !isLine(work, call)) return undefined;
  if (!isFunctionLiteral(handler) && !plain) return undefined;
  const blocking = (): readonly Piece[] => blockingForm(work, call, api);
  if (socketCall.test(api) || resultOnly.test(api)) {
    return (tail) => {
      const form = blocking();
      if (plain) return [{ resolve: form, effect: !resultOnly.test(api), inert: false, tail }];
      const literal = handler as ts.ArrowFunction;
      if (literal.parameters.length > 0)
        return settleErrorFirst(
          work,
          { call: form, handler: literal, results: undefined, errorFirst: !resultOnly.test(api) },
          tail,
        );
      return [{ line: [...form, work.semi] }, ...settleLater(work, literal, tail)];
    };
  }
  const member = ts.isPropertyAccessExpression(call.expression) ? call.expression.name.text : '';
  if (/^(on|once|addListener|prependListener|prependOnceListener|addEventListener)$/.test(member)) return undefined;
  return (tail): readonly Out[] => {
    const form = blocking();
    if (plain) throw new Stop('callback', `\`${shown(work, call)}\` resolves with an error where it fails.`);
    return settleErrorFirst(
      work,
      { call: form, handler: handler as ts.ArrowFunction, results: severalResults[api], errorFirst: true },
      tail,
    );
  };
}

/** The call without its callback, in its blocking form. */
function blockingForm(work: Work, call: ts.CallExpression, api: string): readonly Piece[] {
  const { context } = work;
  work.waits++;
  if (api === 'node:stream#pipeline') return pipelineWritten(work, call.arguments.slice(0, -1));
  if (api === nextLine) {
    work.notes.add('A line that came before it was waited for is not lost, and where the input ends the wait throws.');
    return [(call.expression as ts.PropertyAccessExpression).expression, ".question('')"];
  }
  const args = argumentsBefore(work, call);
  if (socketCall.test(api) || /^node:(net#|tls#TLS)Socket\.write$/.test(api)) {
    const member = api.endsWith('write') ? 'writeAll' : api.slice(api.lastIndexOf('.') + 1);
    const receiver = (call.expression as ts.PropertyAccessExpression).expression;
    return [receiver, `.${member}(`, ...args, ')'];
  }
  if (api === 'node:readline#Interface.question') return [call.expression, '(', ...args, ')'];
  const row = rowOf(work, api);
  if (!row && keeps(work, call)) throw kept(work, call);
  if (!row)
    throw (
      givenFunction(work, call) ??
      new Stop(
        'callback',
        `\`${shown(work, call.expression)}\` hands its result to a callback, and has no blocking twin.`,
      )
    );
  for (const argument of call.arguments.slice(0, -1)) {
    if (!ts.isObjectLiteralExpression(argument)) continue;
    const options = rewriteOptions(
      argument,
      row,
      row.options?.at === call.arguments.indexOf(argument) + 1 ? row.options : undefined,
      context,
    );
    if ('refuse' in options) throw new Stop('callback', options.detail ?? options.refuse);
    if (options.pieces || options.before)
      throw new Stop('callback', `\`${shown(work, argument)}\` has options that the blocking form does not take.`);
  }
  if (call.questionDotToken) throw new Stop('callback', `\`${shown(work, call.expression)}\` may be missing.`);
  const name = reference(row.sync!, call.expression, context);
  if ('refuse' in name)
    throw new Stop('callback', (name as { detail?: string }).detail ?? 'The function is reached through a value.');
  // For the type checker the flags of `openSync` are not optional.
  const rest = api === 'node:fs#open' && call.arguments.length === 2 ? [", 'r'"] : [];
  return [...name, '(', ...args, ...rest, ')'];
}

function rowOf(work: Work, api: string): Row | undefined {
  const direct = findRows(work.rows, api, 'call').find((row) => row.form === 'callback' && row.sync !== undefined);
  return (
    direct ??
    (api in severalResults
      ? findRows(work.rows, promisified(api), 'call').find((row) => row.sync !== undefined)
      : undefined)
  );
}

/** The arguments in front of the callback, with their comments. */
function argumentsBefore(work: Work, call: ts.CallExpression): readonly Piece[] {
  const count = call.arguments.length - 1;
  if (count === 0) return [];
  if (call.arguments.some((a) => ts.isSpreadElement(a)))
    throw new Stop('callback', `\`${shown(work, call)}\` has spread arguments.`);
  for (const argument of call.arguments.slice(0, -1)) {
    if (mentionsSettler(work, argument))
      throw new Stop('escapes', `\`${shown(work, call)}\` hands on what settles the promise.`);
  }
  return [{ span: argumentsSpan(work.context.source, call, 0, count - 1) }];
}
