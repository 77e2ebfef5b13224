import ky, { HTTPError, TimeoutError } from 'ky';

const base = String(process.env['CASES_URL']);
const closed = String(process.env['CASES_CLOSED_URL']);

/** What a program sees of an error. */
const seen = (/** @type {unknown} */ error) => {
  if (error instanceof HTTPError) {
    const { name, message, response, request } = error;
    return [name, message, response.status, response.headers.get('content-type'), request.method, request.url];
  }
  const { name, message, cause } = /** @type {Error & { cause?: { code?: string } }} */ (error);
  return [name, message, error instanceof TimeoutError, cause?.code];
};

export const text = async () => ky(`${base}/text`).text();
export const json = async () => ky.get(`${base}/json`).json();
export const bytes = async () => new Uint8Array(await ky(`${base}/bytes`).arrayBuffer());
export const blob = async () => (await ky(`${base}/bytes`).blob()).size;
export const whole = async () => {
  const response = await ky(`${base}/json`);
  return [response.status, response.ok, response.headers.get('content-type'), await response.json()];
};
export const empty = async () => [await ky(`${base}/empty`).json(), await ky(`${base}/empty`).text()];
export const packed = async () => ky(`${base}/gzip`).text();
export const posted = async () => ky.post(`${base}/echo`, { json: { a: [1, null], b: 'ü' } }).json();
export const postedText = async () => ky.post(`${base}/echo`, { body: 'plain words' }).json();
export const postedForm = async () => ky.post(`${base}/echo`, { body: new URLSearchParams({ a: 'b c' }) }).json();
export const put = async () => ky.put(`${base}/echo`, { json: 1, headers: { 'X-One': 'two' } }).json();
export const patched = async () => ky.patch(`${base}/echo`, { json: 'x' }).json();
export const deleted = async () => ky.delete(`${base}/echo`).json();
export const head = async () => (await ky.head(`${base}/text`)).headers.get('content-length');
export const query = async () =>
  ky(`${base}/query?old=1`, { searchParams: { a: 'b c', n: 1, t: true, gone: undefined } }).text();
export const queryText = async () => ky(`${base}/query`, { searchParams: '?a=1&b=%20' }).text();
export const headersSent = async () => {
  const sent = /** @type {Record<string, string>} */ (
    await ky(`${base}/headers`, { headers: { 'X-One': 'a' } }).json()
  );
  return [sent['x-one'], sent['accept'], sent['accept-encoding'], Object.keys(sent).sort()];
};
export const headersOfText = async () => JSON.parse(await ky(`${base}/headers`).text()).accept;
export const missing = async () => {
  try {
    return await ky(`${base}/missing`).text();
  } catch (error) {
    return seen(error);
  }
};
export const missingBody = async () => {
  try {
    return await ky(`${base}/missing`).text();
  } catch (error) {
    return error instanceof HTTPError ? await error.response.text() : 'other';
  }
};
export const missingTaken = async () => (await ky(`${base}/missing`, { throwHttpErrors: false })).status;
export const failed = async () => {
  try {
    return await ky.post(`${base}/broken`, { json: {} }).json();
  } catch (error) {
    return seen(error);
  }
};
export const retried = async () => ky(`${base}/later?${process.pid}`, { retry: 1 }).text();
export const retriedInVain = async () => {
  try {
    return await ky(`${base}/broken`, { retry: { limit: 1, backoffLimit: 10 } }).text();
  } catch (error) {
    return seen(error);
  }
};
export const notJson = async () => {
  try {
    return await ky(`${base}/text`).json();
  } catch (error) {
    return seen(error)[0];
  }
};
export const redirected = async () => {
  const response = await ky(`${base}/redirect`);
  return [response.redirected, new URL(response.url).pathname, await response.text()];
};
export const redirectError = async () => {
  try {
    return await ky(`${base}/redirect`, { redirect: 'error', retry: 0 }).text();
  } catch (error) {
    return seen(error);
  }
};
export const refused = async () => {
  try {
    return await ky(closed, { retry: 0 }).text();
  } catch (error) {
    return seen(error);
  }
};
export const tooSlow = async () => {
  try {
    return await ky(`${base}/never`, { timeout: 60 }).text();
  } catch (error) {
    return seen(error);
  }
};
export const wrongUrl = async () => {
  try {
    return await ky('no url').text();
  } catch (error) {
    return /** @type {Error} */ (error).name;
  }
};

const api = ky.create({ prefixUrl: base, headers: { 'x-one': 'mine' }, retry: 0 });

export const ofInstance = async () => {
  const sent = /** @type {Record<string, string>} */ (await api.get('headers', { headers: { 'x-two': 'b' } }).json());
  return [sent['x-one'], sent['x-two']];
};
export const ofInstanceCalled = async () => api('text').text();
export const ofInstanceOfInstance = async () => {
  const inner = api.extend({ headers: { 'x-two': 'inner' }, searchParams: { key: 'k' } });
  return inner('query', { searchParams: { a: 1 } }).text();
};
export const ofInstanceAll = async () => [
  await api.post('echo', { json: 1 }).json(),
  await api.put('echo', { json: 1 }).json(),
  await api.patch('echo', { json: 1 }).json(),
  await api.delete('echo').json(),
  (await api.head('text')).status,
];
export const extended = async () => {
  const inner = ky.extend({ prefixUrl: base });
  const other = inner.create({ headers: { 'x-one': 'other' } });
  const sent = /** @type {Record<string, string>} */ (await other(`${base}/headers`).json());
  return [await inner('text').text(), sent['x-one']];
};
