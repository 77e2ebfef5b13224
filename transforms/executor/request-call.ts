import { ts } from 'ts-morph';
import { imported, type Piece } from '../../src/transform.ts';
import { argumentsSpan } from '../api-map/call-arguments.ts';

import { bodyPieces, type Written } from './request-body.ts';
import { handlerOf, type Handler } from './scene.ts';
import { shown, skipParentheses, Stop, type Work } from './shape.ts';

/** What `requestSync` takes with the meaning that `http.request` gives it. */
const known = new Set([
  'protocol',
  'hostname',
  'host',
  'port',
  'path',
  'method',
  'headers',
  'auth',
  'family',
  'localAddress',
  'socketPath',
  'ca',
  'cert',
  'key',
  'passphrase',
  'rejectUnauthorized',
  'servername',
  'setHost',
  'maxHeaderSize',
  'timeout',
  'agent',
]);

export interface Request {
  readonly call: ts.CallExpression;
  /** The name of `const request = http.request(…)`. */
  readonly name: ts.Identifier | undefined;
  readonly handlers: Map<string, Handler>;
  readonly writes: Written[];
  ended: boolean;
  /** `request.setTimeout(ms, callback)`, or a timer beside the request; `until` is what a timer limits. */
  limit:
    | {
        readonly ms: ts.Expression;
        readonly callback: ts.Expression | undefined;
        readonly until?: 'head' | 'end';
      }
    | undefined;
}

/** The call that sends and receives, with its body as the last argument. */
export function requestCall(work: Work, { call, writes, limit }: Request): readonly Piece[] {
  const { context } = work;
  const last = call.arguments.at(-1);
  const args = last && handlerOf(work, last) ? call.arguments.slice(0, -1) : [...call.arguments];
  const [target] = args;
  if (!target || args.length > 2 || args.some((a) => ts.isSpreadElement(a)))
    throw new Stop('event', `\`${shown(work, call)}\` has other arguments than a URL or options.`);
  const secure = /^node:https#/.test(context.types.api(call)!);
  const url = isUrl(work, target);
  const options = url ? args[1] : target;
  const given: Piece[] = [];
  const limited = limit && [`${limit.until === 'head' ? 'headersTimeout' : 'timeout'}: `, limit.ms];
  const time = work.response === 'stream' ? [...(limited ? [...limited, ', '] : []), 'stream: true'] : limited;
  if (url) given.push({ span: argumentsSpan(context.source, call, 0, 0) });
  if (url && (options || time)) given.push(', ');
  if (options) given.push(...optionsWith(work, options, !url && secure ? "protocol: 'https:'" : undefined, time));
  else if (time) given.push('{ ', ...time, ' }');
  const body = bodyPieces(work, writes);
  if (body) given.push(', ', ...body);
  return [imported('@unawait/std/http', 'requestSync'), '(', ...given, ')'];
}

/** The options as written, with something in front or a time limit behind. */
function optionsWith(
  work: Work,
  options: ts.Expression,
  before: string | undefined,
  time: readonly Piece[] | undefined,
): readonly Piece[] {
  checkOptions(work, options);
  const plain = skipParentheses(options);
  if (before === undefined && !time) return [options];
  const { source } = work.context;
  const written: Piece[] = ts.isObjectLiteralExpression(plain)
    ? [{ span: { start: plain.properties[0]!.getStart(source), end: plain.properties.at(-1)!.end } }]
    : ['...', options];
  return ['{ ', ...(before === undefined ? [] : [`${before}, `]), ...written, ...(time ? [', ', ...time] : []), ' }'];
}

function isUrl(work: Work, node: ts.Expression): boolean {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    /^(string|URL|string \| URL)$/.test(work.context.types.text(node))
  );
}

/** Options that cannot be seen here are looked at by the blocking call, which throws where it has no form for one. */
function checkOptions(work: Work, node: ts.Expression): void {
  const options = skipParentheses(node);
  if (!ts.isObjectLiteralExpression(options)) {
    const type = work.context.types.text(options);
    if (!/\b(RequestOptions|ClientRequestArgs)\b/.test(type) && !hasOnlyKnown(work, options))
      throw new Stop('event', `What \`${shown(work, node)}\` holds cannot be seen here: write the options out.`);
    if (/\b(RequestOptions|ClientRequestArgs)\b/.test(type))
      work.notes.add(
        `An option in \`${shown(work, node)}\` without a blocking form is an error, and a \`timeout\` ends the request.`,
      );
    return;
  }
  if (options.properties.length === 0)
    throw new Stop('event', `What \`${shown(work, node)}\` holds cannot be seen here: write the options out.`);
  for (const property of options.properties) {
    const name =
      property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) ? property.name.text : '';
    if (!known.has(name) || (name === 'agent' && !isAgentOfNode(work, property)))
      throw new Stop('event', `The option \`${shown(work, property)}\` of the request has no blocking form.`);
  }
}

/** The type names nothing that the blocking call does not take. */
function hasOnlyKnown(work: Work, options: ts.Expression): boolean {
  const names = work.context.types.properties(options);
  return names.length > 0 && names.every((name) => known.has(name));
}

/** Agents of other packages connect in ways of their own: over a proxy, say. */
function isAgentOfNode({ context }: Work, property: ts.ObjectLiteralElementLike): boolean {
  const value = ts.isPropertyAssignment(property) ? property.initializer : property.name;
  if (!value) return false;
  const type = context.types.text(value as ts.Expression).replace(/ \| undefined\b/, '');
  return /^(true|false|boolean|(https?\.|import\("node:https?"\)\.)?Agent( \| (true|false|boolean))*)$/.test(type);
}
