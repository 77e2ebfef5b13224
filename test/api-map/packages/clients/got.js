import got, { HTTPError, MaxRedirectsError, ParseError, RequestError, TimeoutError } from 'got';

const base = String(process.env['CASES_URL']);
const closed = String(process.env['CASES_CLOSED_URL']);

/** What a program sees of an error. */
const seen = (/** @type {unknown} */ error) => {
  if (!(error instanceof RequestError)) return ['other', String(error)];
  const { name, message, code, response } = error;
  const cause = /** @type {{ code?: string } | undefined} */ (error.cause);
  return [
    ...[name, message, code, response?.statusCode, response?.body, response?.headers['content-type'], cause?.code],
    ...[error instanceof HTTPError, error instanceof TimeoutError, error instanceof ParseError],
    ...[error instanceof MaxRedirectsError, error.options.method],
  ];
};

export const text = async () => got(`${base}/text`).text();
export const json = async () => got(`${base}/json`).json();
export const bytes = async () => got.get(`${base}/bytes`).buffer();
export const whole = async () => {
  const response = await got(`${base}/json`, { responseType: 'json' });
  const { statusCode, statusMessage, headers, body, rawBody, url, requestUrl, redirectUrls, retryCount, ok } = response;
  return [
    ...[statusCode, statusMessage, headers['content-type'], body, rawBody.length, url === requestUrl.href],
    ...[redirectUrls, retryCount, ok, response.isFromCache, response.httpVersion, response.rawHeaders.length > 2],
  ];
};
export const bodyOnly = async () => got(`${base}/text`, { resolveBodyOnly: true });
export const asBuffer = async () => (await got(`${base}/bytes`, { responseType: 'buffer' })).body;
export const packed = async () => {
  const { body, headers } = await got(`${base}/gzip`);
  return [body, headers['content-encoding']];
};
export const empty = async () => (await got(`${base}/empty`)).body;
export const emptyJson = async () => got(`${base}/empty`).json();
export const head = async () => {
  const { body, headers } = await got.head(`${base}/text`);
  return [body, headers['content-length']];
};
export const chunked = async () => got(`${base}/chunked`).text();
export const posted = async () => got.post(`${base}/echo`, { json: { a: [1, null], b: 'ü' } }).json();
export const postedForm = async () => got.post(`${base}/echo`, { form: { a: 'b c', d: 1, e: true } }).json();
export const postedText = async () => got.post(`${base}/echo`, { body: 'plain words' }).json();
export const postedBytes = async () => got.post(`${base}/echo`, { body: Buffer.from([1, 2, 255]) }).json();
export const put = async () => got.put(`${base}/echo`, { json: 1, headers: { 'X-One': 'two' } }).json();
export const patched = async () => got.patch(`${base}/echo`, { body: '' }).json();
export const deleted = async () => got.delete(`${base}/echo`).json();
export const method = async () => got(`${base}/echo`, { method: 'OPTIONS' }).json();
export const query = async () =>
  got(`${base}/query?old=1`, { searchParams: { a: 'b c', n: 1, t: true, none: null, gone: undefined } }).text();
export const queryText = async () => got(`${base}/query`, { searchParams: 'a=1&b=%20' }).text();
export const queryPairs = async () => got(`${base}/query`, { searchParams: new URLSearchParams({ a: 'ü' }) }).text();
export const headersSent = async () => {
  const sent = /** @type {Record<string, string>} */ (
    await got(`${base}/headers`, { headers: { 'X-One': 'a' } }).json()
  );
  return [sent['x-one'], sent['accept'], sent['accept-encoding'], sent['user-agent'], Object.keys(sent).sort()];
};
export const headersOfText = async () => {
  const sent = JSON.parse(await got(`${base}/headers`, { username: 'me', password: 'you' }).text());
  return [sent['accept'], sent['authorization']];
};
export const missing = async () => {
  try {
    return await got(`${base}/missing`).text();
  } catch (error) {
    return seen(error);
  }
};
export const missingTaken = async () => {
  const { statusCode, body, ok } = await got(`${base}/missing`, { throwHttpErrors: false });
  return [statusCode, body, ok];
};
export const failed = async () => {
  try {
    return await got.post(`${base}/broken`, { json: {} }).json();
  } catch (error) {
    return seen(error);
  }
};
export const failedJson = async () => {
  try {
    return (await got.post(`${base}/broken`, { json: {}, responseType: 'json' })).body;
  } catch (error) {
    return seen(error);
  }
};
export const retried = async () => {
  const { body, retryCount } = await got(`${base}/later?${process.pid}`, { retry: { limit: 1 } });
  return [body, retryCount];
};
export const notRetried = async () => {
  try {
    return await got(`${base}/broken`, { retry: { limit: 0 } }).text();
  } catch (error) {
    return seen(error);
  }
};
export const retriedInVain = async () => {
  try {
    return await got(`${base}/broken`, { retry: { limit: 1, backoffLimit: 10, noise: 0 } }).text();
  } catch (error) {
    return seen(error);
  }
};
export const notJson = async () => {
  try {
    return await got(`${base}/text`).json();
  } catch (error) {
    return seen(error)[0];
  }
};
export const redirected = async () => {
  const { body, url, redirectUrls } = await got(`${base}/redirect`);
  return [body, new URL(url).pathname, redirectUrls.map((each) => each.pathname)];
};
export const notRedirected = async () => {
  const { statusCode, body } = await got(`${base}/redirect`, { followRedirect: false });
  return [statusCode, body];
};
export const redirectedForEver = async () => {
  try {
    return await got(`${base}/loop`, { maxRedirects: 3 }).text();
  } catch (error) {
    return seen(error).slice(0, 3);
  }
};
export const redirectedPost = async () => {
  const { method, body } = /** @type {Record<string, string>} */ (
    await got.post(`${base}/moved/303`, { body: 'x' }).json()
  );
  return [method, body];
};
export const redirectedSamePost = async () => got.post(`${base}/moved/307`, { body: 'x' }).json();
export const refused = async () => {
  try {
    return await got(closed, { retry: { limit: 0 } }).text();
  } catch (error) {
    return seen(error);
  }
};
export const tooSlow = async () => {
  try {
    return await got(`${base}/never`, { timeout: { request: 60 }, retry: { limit: 0 } }).text();
  } catch (error) {
    return seen(error);
  }
};
export const wrongUrl = async () => {
  try {
    return await got('no url').text();
  } catch (error) {
    return seen(error);
  }
};
export const slash = async () => {
  try {
    return await got('/a', { prefixUrl: base }).text();
  } catch (error) {
    return seen(error);
  }
};
export const bodyOfGet = async () => {
  try {
    return await got(`${base}/echo`, { body: 'x' }).text();
  } catch (error) {
    return seen(error);
  }
};

const api = got.extend({ prefixUrl: base, headers: { 'x-one': 'mine' }, retry: { limit: 0 } });

export const ofInstance = async () => {
  const sent = /** @type {Record<string, string>} */ (await api.get('headers', { headers: { 'x-two': 'b' } }).json());
  return [sent['x-one'], sent['x-two']];
};
export const ofInstanceCalled = async () => api('text').text();
export const ofInstancePost = async () => (await api.post('echo', { json: { a: 1 } })).body;
export const ofInstanceMissing = async () => {
  try {
    return await api('missing').text();
  } catch (error) {
    return seen(error);
  }
};
export const ofInstanceOfInstance = async () => {
  const inner = api.extend({ headers: { 'x-two': 'inner' } });
  const sent = /** @type {Record<string, string>} */ (await inner('headers').json());
  return [sent['x-one'], sent['x-two']];
};
export const ofInstanceAll = async () => [
  (await api.put('echo', { body: 'a' })).body,
  (await api.patch('echo', { body: 'a' })).body,
  (await api.delete('echo')).body,
  (await api.head('text')).statusCode,
];
