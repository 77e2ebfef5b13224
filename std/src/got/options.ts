import type { HeaderLines } from '../clients/follow.ts';
import type { RetryRules } from '../clients/retry.ts';

/** Names and values of a query or a form; undefined leaves one out. */
export type Pairs = Readonly<Record<string, string | number | boolean | null | undefined>>;

type Pem = string | Uint8Array;

export interface GotSyncHttps {
  rejectUnauthorized?: boolean | undefined;
  certificateAuthority?: Pem | readonly Pem[] | undefined;
  certificate?: Pem | undefined;
  key?: Pem | undefined;
  passphrase?: string | undefined;
}

/** The options of `got` that have a meaning here. Others throw a TypeError. */
export interface GotSyncOptions {
  method?: string | undefined;
  /** Put in front of a relative address. */
  prefixUrl?: string | URL | undefined;
  headers?: Readonly<Record<string, string | readonly string[] | undefined>> | undefined;
  searchParams?: string | URLSearchParams | Pairs | undefined;
  body?: string | Uint8Array | undefined;
  json?: unknown;
  form?: Pairs | undefined;
  responseType?: 'text' | 'json' | 'buffer' | undefined;
  resolveBodyOnly?: boolean | undefined;
  encoding?: BufferEncoding | undefined;
  /** Milliseconds for one try, the reading of the body included. */
  timeout?: { request?: number | undefined } | undefined;
  retry?: (Partial<RetryRules> & { errorCodes?: readonly string[]; noise?: number }) | undefined;
  throwHttpErrors?: boolean | undefined;
  followRedirect?: boolean | undefined;
  maxRedirects?: number | undefined;
  methodRewriting?: boolean | undefined;
  decompress?: boolean | undefined;
  username?: string | undefined;
  password?: string | undefined;
  allowGetBody?: boolean | undefined;
  /** Whom to trust, and who asks; certificates and keys are PEM. */
  https?: GotSyncHttps | undefined;
  /** Only looked at before the request: nobody can fire it while the thread blocks. */
  signal?: AbortSignal | undefined;
}

const known = new Set(
  (
    'method prefixUrl headers searchParams body json form responseType resolveBodyOnly encoding timeout retry ' +
    'throwHttpErrors followRedirect maxRedirects methodRewriting decompress username password allowGetBody signal https'
  ).split(' '),
);
const httpsNames = new Set('rejectUnauthorized certificateAuthority certificate key passphrase'.split(' '));
const retryRules = new Set('limit methods statusCodes errorCodes maxRetryAfter backoffLimit noise'.split(' '));

/** Throws for an option that nobody here knows. */
export function checkOptions(options: GotSyncOptions): void {
  const check = (all: object | undefined, names: ReadonlySet<string>, prefix: string): void => {
    for (const [name, value] of Object.entries(all ?? {}))
      if (value !== undefined && !names.has(name))
        throw new TypeError(`The option ${prefix}${name} has no blocking form`);
  };
  check(options, known, '');
  check(options.timeout, new Set(['request']), 'timeout.');
  check(options.retry, retryRules, 'retry.');
  check(options.https, httpsNames, 'https.');
}

/** Options as one request uses them. */
export interface Settled extends GotSyncOptions {
  readonly method: string;
  readonly lines: HeaderLines;
  readonly rules: RetryRules & { readonly errorCodes: readonly string[]; readonly noise: number };
}

const rules: Settled['rules'] = {
  limit: 2,
  methods: ['GET', 'PUT', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE'],
  statusCodes: [408, 413, 429, 500, 502, 503, 504, 521, 522, 524],
  errorCodes: 'ETIMEDOUT ECONNRESET EADDRINUSE ECONNREFUSED EPIPE ENOTFOUND ENETUNREACH EAI_AGAIN'.split(' '),
  maxRetryAfter: undefined,
  backoffLimit: Infinity,
  noise: 100,
};

/** The defaults of an instance, then the options of a call. */
export function settle(all: readonly GotSyncOptions[]): Settled {
  const lines: HeaderLines = { 'user-agent': 'got (https://github.com/sindresorhus/got)' };
  for (const { headers } of all)
    for (const [name, value] of Object.entries(headers ?? {})) lines[name.toLowerCase()] = value;
  const given = all.map((options) => Object.entries(options).filter(([, value]) => value !== undefined));
  const merged = Object.fromEntries(given.flat()) as GotSyncOptions;
  return {
    ...merged,
    lines,
    method: (merged.method ?? 'GET').toUpperCase(),
    timeout: Object.assign({}, ...all.map(({ timeout }) => timeout)) as { request?: number },
    https: Object.assign({}, ...all.map(({ https }) => https)) as GotSyncHttps,
    rules: Object.assign({}, rules, ...all.map(({ retry }) => retry)) as Settled['rules'],
  };
}

/** The address of a request, its query included. */
export function addressOf(input: string | URL, { prefixUrl, searchParams }: GotSyncOptions): URL {
  const text = input.toString();
  if (typeof input === 'string' && text.startsWith('/')) throw new Error('`url` must not start with a slash');
  const prefix = prefixUrl === undefined || prefixUrl === '' ? '' : prefixUrl.toString().replace(/\/?$/, '/');
  const url = new URL(/^[a-z][\d+\-.a-z]*:\/\//i.test(text) ? text : prefix + text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw Object.assign(new Error(`Unsupported protocol: ${url.protocol}`), { code: 'ERR_UNSUPPORTED_PROTOCOL' });
  if (searchParams !== undefined) url.search = queryOf(searchParams);
  return url;
}

/** Pairs as `a=1&b=2`. */
export function queryOf(pairs: string | URLSearchParams | Pairs): string {
  if (typeof pairs === 'string' || pairs instanceof URLSearchParams) return new URLSearchParams(pairs).toString();
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(pairs))
    if (value !== undefined) query.append(name, value === null ? '' : String(value));
  return query.toString();
}
