import { Agent, Client, Headers, Pool, fetch, request } from 'undici';

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

const pool = new Pool(base, { connections: 4, keepAliveTimeout: 1000, headersTimeout: 5000, bodyTimeout: 5000 });
const agent = new Agent({ connections: 1 });

export const ofPool = async () => {
  const { statusCode, headers, body } = await pool.request({ path: '/json', method: 'GET' });
  return [statusCode, headers['content-type'], await body.json()];
};
export const ofPoolPosted = async () => {
  const headers = { 'x-one': 'two' };
  const { statusCode, body } = await pool.request({ path: '/echo', method: 'POST', headers, body: 'text' });
  return [statusCode, await body.json()];
};
export const ofPoolQuery = async () =>
  (await pool.request({ path: '/query', method: 'GET', query: { a: 'b c', n: 1 } })).body.text();
export const ofPoolSeveral = async () => {
  const [first, second] = await Promise.all([
    pool.request({ path: '/text', method: 'GET' }),
    pool.request({ path: '/json', method: 'GET' }),
  ]);
  return [await first.body.text(), await second.body.json()];
};
export const ofClient = async () => {
  const client = new Client(new URL(base));
  const { body } = await client.request({ path: '/chunked', method: 'GET' });
  const text = await body.text();
  const before = [client.closed, client.destroyed];
  const closing = await client.close();
  return [text, before, closing, client.closed, client.destroyed];
};
export const ofClientClosed = async () => {
  const client = new Client(base);
  await client.close();
  try {
    return (await client.request({ path: '/', method: 'GET' })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const ofClientClosedTwice = async () => {
  const client = new Client(base);
  await client.close();
  try {
    return await client.close();
  } catch (error) {
    return seen(error);
  }
};
export const ofPoolDestroyed = async () => {
  const own = new Pool(base);
  const destroyed = [await own.destroy(), await own.destroy(null)];
  try {
    return (await own.request({ path: '/', method: 'GET' })).statusCode;
  } catch (error) {
    return [destroyed, own.closed, own.destroyed, seen(error)];
  }
};
export const ofAgent = async () => {
  const { body } = await agent.request({ origin: base, path: '/text', method: 'GET' });
  return body.text();
};
export const ofAgentGiven = async () => (await request(`${base}/text`, { dispatcher: agent })).body.text();
export const ofPoolGiven = async () =>
  (await request('http://127.0.0.1:1/query?a=1', { dispatcher: pool, headersTimeout: 5000 })).body.text();
export const ofAgentClosed = async () => {
  const own = new Agent();
  await own.close();
  try {
    return (await own.request({ origin: base, path: '/text', method: 'GET' })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const slowHeaders = async () => {
  const client = new Client(base, { headersTimeout: 60 });
  try {
    return (await client.request({ path: '/never', method: 'GET' })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const slowHeadersOfOne = async () => {
  try {
    return (await pool.request({ path: '/never', method: 'GET', headersTimeout: 60 })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const slowBody = async () => {
  const { statusCode, body } = await pool.request({ path: '/half', method: 'GET', bodyTimeout: 60 });
  try {
    return await body.text();
  } catch (error) {
    return [statusCode, seen(error)];
  }
};
export const brokenOff = async () => {
  const { statusCode, body } = await pool.request({ path: '/cut', method: 'GET' });
  try {
    return await body.text();
  } catch (error) {
    return [statusCode, seen(error)];
  }
};
export const noAnswer = async () => {
  try {
    return (await pool.request({ path: '/hang-up', method: 'POST' })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const limitOfPool = async () => {
  try {
    return (await pool.request({ path: '/never', method: 'GET', signal: AbortSignal.timeout(60) })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const wrongPath = async () => {
  try {
    return (await pool.request({ path: 'text', method: 'GET' })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const wrongOrigin = async () => {
  try {
    return new Client(`${base}/path`).closed;
  } catch (error) {
    return seen(error);
  }
};
export const refusedOfPool = async () => {
  try {
    return (await new Pool(closed).request({ path: '/', method: 'GET' })).statusCode;
  } catch (error) {
    return seen(error);
  }
};
export const withoutMethod = async () => (await request(`${base}/echo`, { body: 'x' })).body.json();
export const flatHeaders = async () => {
  const headers = ['x-one', 'flat'];
  const { body } = await request(`${base}/headers`, { headers });
  return /** @type {Record<string, string>} */ (await body.json())['x-one'];
};
