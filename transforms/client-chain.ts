import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  defineTransform,
  imported,
  type Piece,
  refuse,
  type RefuseAnswer,
} from '../src/transform.ts';

interface Client {
  readonly module: string;
  readonly name: string;
  /** Options of the blocking client, and of its retries and time limits. */
  readonly options: ReadonlySet<string>;
  readonly inner: Readonly<Record<string, ReadonlySet<string>>>;
  readonly note?: string;
}

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '));
const clients: Readonly<Record<string, Client>> = {
  got: {
    module: '@unawait/std/got',
    name: 'gotSync',
    options: words(
      'method prefixUrl headers searchParams body json form responseType resolveBodyOnly encoding timeout retry throwHttpErrors followRedirect maxRedirects methodRewriting decompress username password allowGetBody signal https',
    ),
    inner: {
      timeout: words('request'),
      https: words('certificateAuthority certificate key passphrase rejectUnauthorized'),
      retry: words('limit methods statusCodes errorCodes maxRetryAfter backoffLimit noise'),
    },
  },
  ky: {
    module: '@unawait/std/ky',
    name: 'kySync',
    options: words(
      'method headers prefixUrl searchParams json body timeout retry throwHttpErrors redirect signal cache credentials keepalive mode referrer',
    ),
    inner: { retry: words('limit methods statusCodes afterStatusCodes maxRetryAfter backoffLimit retryOnTimeout') },
    note: 'The time limit covers the reading of the body too.',
  },
};

const drops = 'The request is sent by what it is asked for.';

export default defineTransform({
  id: 'client-chain',
  code: 'UA148',
  claims: 'api-call',
  applicability: 'noted',
  priority: 10,
  summary: 'Turn requests of `got` and `ky`, and what is asked of their promises, into blocking ones',
  docs:
    '`await got(url).json()` becomes `gotSync(url).json()`, and `await got(url)`, which gives the response, `gotSync(url).send()`. ' +
    'Each option that the blocking client does not know is refused by its name.',
  reasons: {
    option: {
      short: 'An option has no blocking counterpart.',
      extra: 'Hooks, streams, agents and caches of the client live on the event loop. Write the request without it.',
    },
    'hidden-options': {
      short: 'The options are not written out.',
      extra: 'Which options are given cannot be seen at the call. Write them out as an object.',
    },
    kept: {
      short: 'The request is kept before it is asked for its body.',
      extra: 'A request that is asked in several ways is sent once. Ask it where it is made: `got(url).json()`.',
    },
  },
  rewrite(site, node, context) {
    const [, pack, rest] = /^(got|ky)#(.+)$/.exec(site.api) ?? [];
    const client = clients[pack ?? ''];
    if (!client || !ts.isCallExpression(node)) return undefined;
    const asked = /^(?:CancelableRequest|ResponsePromise)\.(json|text|buffer|arrayBuffer|blob)$/.exec(rest!)?.[1];
    if (asked !== undefined) return chain(node, client, pack!, context);
    const verb =
      /^(?:(?:default|got|ky|Got|KyInstance)\.)?(get|post|put|patch|head|delete|default|got|ky|Got|KyInstance|extend|create)$/.exec(
        rest!,
      )?.[1];
    if (verb === undefined) return undefined;
    const call = request(node, client, pack!, context);
    if ('refuse' in call) return call;
    const making = verb === 'extend' || verb === 'create';
    return answer(client, making ? call : [...call, '.send()'], !making);
  },
});

/** `got(url).json()`: the request and the question in one. */
function chain(node: ts.CallExpression, client: Client, pack: string, context: Context): Answer {
  const access = node.expression;
  const made = ts.isPropertyAccessExpression(access) ? access.expression : undefined;
  if (!made || !ts.isCallExpression(made) || !context.types.api(made)?.startsWith(`${pack}#`))
    return refuse('kept', `\`${context.text(made ?? node)}\` is not a call of \`${pack}\`.`);
  const call = request(made, client, pack, context);
  return 'refuse' in call ? call : answer(client, [...call, { span: { start: made.end, end: node.end } }], true);
}

function answer(client: Client, pieces: readonly Piece[], sends: boolean): Answer {
  const noted = sends && client.note !== undefined;
  return { rewrite: { pieces }, drops, applicability: noted ? 'noted' : 'safe', ...(noted && { note: client.note }) };
}

/** The call that makes the request; an instance's callee stays, the package's becomes the blocking client. */
function request(
  node: ts.CallExpression,
  client: Client,
  pack: string,
  context: Context,
): readonly Piece[] | RefuseAnswer {
  const wrong = checkArguments(node, client, pack, context);
  if (wrong) return wrong;
  const callee = node.expression;
  const args: Piece = { span: { start: callee.end, end: node.end } };
  const [, name] = /^(?:got#got|got#default|ky#default|ky#ky)(?:\.(\w+))?$/.exec(context.types.api(node) ?? '') ?? [];
  if (!/^(?:got#got|got#default|ky#default|ky#ky)/.test(context.types.api(node) ?? ''))
    return [{ span: { start: callee.getStart(context.source), end: callee.end } }, args];
  return [imported(client.module, client.name), name === undefined ? '' : `.${name}`, args];
}

function checkArguments(
  node: ts.CallExpression,
  client: Client,
  pack: string,
  context: Context,
): RefuseAnswer | undefined {
  const making = /\.(extend|create)$/.test(context.types.api(node) ?? '');
  const given = making ? node.arguments : node.arguments.slice(1);
  const [first] = node.arguments;
  if (
    !making &&
    (!first || !/^(string|URL|"[^]*"|`[^]*`|(string|URL) \| (string|URL))$/.test(context.types.text(first)))
  )
    return refuse('hidden-options', `\`${pack}\` is called with other than a text or \`URL\`.`);
  for (const argument of given) {
    if (!ts.isObjectLiteralExpression(argument))
      return refuse('hidden-options', `Which options \`${context.text(argument)}\` has cannot be seen here.`);
    const wrong = checkLiteral(argument, client.options, client, pack, context);
    if (wrong) return wrong;
  }
  return undefined;
}

function checkLiteral(
  literal: ts.ObjectLiteralExpression,
  known: ReadonlySet<string>,
  client: Client,
  pack: string,
  context: Context,
  prefix = '',
): RefuseAnswer | undefined {
  for (const property of literal.properties) {
    const { name } = property;
    if (!name || !(ts.isIdentifier(name) || ts.isStringLiteral(name)))
      return refuse('hidden-options', `Which options \`${context.text(property)}\` stands for cannot be seen here.`);
    if (!known.has(name.text))
      return refuse('option', `The blocking form of \`${pack}\` has no option \`${prefix}${name.text}\`.`);
    const value = ts.isPropertyAssignment(property)
      ? property.initializer
      : ts.isShorthandPropertyAssignment(property)
        ? property.name
        : undefined;
    if (!value) return refuse('option', `The option \`${name.text}\` of \`${pack}\` is no plain value.`);
    const wrong = checkValue(name.text, value, client, pack, context);
    if (wrong) return wrong;
  }
  return undefined;
}

function checkValue(
  name: string,
  value: ts.Expression,
  client: Client,
  pack: string,
  context: Context,
): RefuseAnswer | undefined {
  const type = context.types.text(value);
  const inner = client.inner[name];
  if (inner && ts.isObjectLiteralExpression(value))
    return checkLiteral(value, inner, client, pack, context, `${name}.`);
  if (inner && !/^(number|false|\d+)$/.test(type))
    return refuse('hidden-options', `What \`${name}\` has in \`${context.text(value)}\` cannot be seen here.`);
  if (name === 'signal' && /AbortSignal\./.test(context.text(value)))
    return refuse('option', `\`${context.text(value)}\` cannot fire while the thread blocks.`);
  if (
    name === 'body' &&
    /\b(FormData|Blob|File|Readable|ReadStream|ReadableStream|Stream|any|unknown)\b|\bAsync\w+/.test(type)
  )
    return refuse('option', `The body of \`${pack}\` is text or bytes in its blocking form, not \`${type}\`.`);
  if (/^(throwHttpErrors|followRedirect)$/.test(name) && !/^(boolean|true|false)( \| undefined)?$/.test(type))
    return refuse('option', `The option \`${name}\` of \`${pack}\` is a \`${type}\`.`);
  if (name === 'headers' && /\bHeaders\b/.test(type) && pack === 'got')
    return refuse('option', `The headers of \`${pack}\` are a plain object.`);
  return undefined;
}
