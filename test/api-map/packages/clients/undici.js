import { Headers, fetch, request } from 'undici';

const base = String(process.env['CASES_URL']);
const closed = String(process.env['CASES_CLOSED_URL']);

const seen = (/** @type {unknown} */ error) => {
  const { name, message, code, cause } = /** @type {Error & { code?: unknown, cause?: { code?: string } }} */ (error);
  return [name, message, code, cause?.code];
};

export const json = async () => {
  const { statusCode, headers, body, trailers } = await request(`${base}/json`);
  return [statusCode, headers['content-type'], trailers, body.bodyUsed, await body.json(), body.bodyUsed];
};
export const text = async () => {
  const response = await request(new URL('/text', base));
  return [response.statusCode, await response.body.text()];
};
export const bytes = async () => (await (await request(`${base}/bytes`)).body.bytes()).length;
export const arrayBuffer = async () => (await (await request(`${base}/bytes`)).body.arrayBuffer()).byteLength;
export const blob = async () => (await (await request(`${base}/bytes`)).body.blob()).size;
export const dumped = async () => {
  const { statusCode, body } = await request(`${base}/missing`);
  await body.dump();
  return statusCode;
};
export const posted = async () => {
  const headers = { 'content-type': 'application/json', 'x-one': 'two' };
  const { body } = await request(`${base}/echo`, { method: 'POST', headers, body: JSON.stringify({ a: 1 }) });
  return body.json();
};
export const query = async () =>
  (await request(`${base}/query`, { query: { a: 'b c', n: [1, 2], u: 'ü' } })).body.text();
export const headersSent = async () => {
  const sent = /** @type {Record<string, string>} */ (await (await request(`${base}/headers`)).body.json());
  return [sent['accept'], sent['user-agent'], sent['accept-encoding']];
};
export const redirect = async () => {
  const { statusCode, headers, body } = await request(`${base}/redirect`);
  return [statusCode, headers['location'], await body.text()];
};
export const packed = async () => (await (await request(`${base}/gzip`)).body.bytes()).length;
export const twice = async () => {
  const { body } = await request(`${base}/text`);
  await body.text();
  try {
    return await body.text();
  } catch (error) {
    return [/** @type {Error} */ (error).name];
  }
};
export const refused = async () => {
  try {
    return (await request(closed)).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const tooSlow = async () => {
  try {
    return (await request(`${base}/never`, { signal: AbortSignal.timeout(60) })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const aborted = async () => {
  const signal = AbortSignal.abort(new RangeError('stop'));
  try {
    return (await request(`${base}/text`, { signal })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const fetched = async () => {
  const headers = new Headers({ 'x-one': 'a' });
  headers.append('x-one', 'b');
  const response = await fetch(`${base}/echo`, { method: 'POST', headers, body: 'x' });
  return [response.status, await response.json()];
};
