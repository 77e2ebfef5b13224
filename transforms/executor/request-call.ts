import { ts } from 'ts-morph';
import { imported, type Piece } from '../../src/transform.ts';
import { argumentsSpan } from '../api-map/call-arguments.ts';

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
]);

export interface Request {
  readonly call: ts.CallExpression;
  /** The name of `const request = http.request(…)`. */
  readonly name: ts.Identifier | undefined;
  readonly handlers: Map<string, Handler>;
  body: ts.Expression | undefined;
  ended: boolean;
  /** `request.setTimeout(ms, callback)`. */
  limit: { readonly ms: ts.Expression; readonly callback: ts.Expression | undefined } | undefined;
}

/** The call that sends and receives, with its body as the last argument. */
export function requestCall(work: Work, { call, body, limit }: Request): readonly Piece[] {
  const { context } = work;
  const last = call.arguments.at(-1);
  const args = last && handlerOf(work, last) ? call.arguments.slice(0, -1) : [...call.arguments];
  const [target] = args;
  if (!target || args.length > 2 || args.some((a) => ts.isSpreadElement(a)))
    throw new Stop('event', `\`${shown(work, call)}\` has other arguments than a URL or options.`);
  const secure = /^node:https#/.test(context.types.api(call)!);
  const url = isUrl(work, target);
  const options = url ? args[1] : target;
  if (options) checkOptions(work, options);
  const given: Piece[] = [];
  if (url) given.push({ span: argumentsSpan(context.source, call, 0, 0) });
  if (url && (options || limit)) given.push(', ');
  if (options)
    given.push(
      optionsWith(
        work,
        skipParentheses(options) as ts.ObjectLiteralExpression,
        !url && secure ? "protocol: 'https:', " : '',
        limit?.ms,
      ),
    );
  else if (limit) given.push('{ timeout: ', limit.ms, ' }');
  if (body) given.push(', ', body);
  return [imported('@unawait/std/http', 'requestSync'), '(', ...given, ')'];
}

/** The options as written, with something in front or a time limit behind. */
function optionsWith(
  work: Work,
  literal: ts.ObjectLiteralExpression,
  before: string,
  ms: ts.Expression | undefined,
): Piece {
  if (before === '' && !ms) return literal;
  const { source } = work.context;
  const [first, last] = [literal.properties[0]!, literal.properties.at(-1)!];
  const written = { start: first.getStart(source), end: last.end };
  return [`{ ${before}`, { span: written }, ...(ms ? [', timeout: ', ms] : []), ' }'];
}

function isUrl(work: Work, node: ts.Expression): boolean {
  return (
    ts.isStringLiteralLike(node) ||
    ts.isTemplateExpression(node) ||
    /^(string|URL|string \| URL)$/.test(work.context.types.text(node))
  );
}

function checkOptions(work: Work, node: ts.Expression): void {
  const options = skipParentheses(node);
  if (!ts.isObjectLiteralExpression(options) || options.properties.length === 0)
    throw new Stop('event', `What \`${shown(work, node)}\` holds cannot be seen here: write the options out.`);
  for (const property of options.properties) {
    const name =
      property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) ? property.name.text : '';
    if (!known.has(name))
      throw new Stop('event', `The option \`${shown(work, property)}\` of the request has no blocking form.`);
  }
}
