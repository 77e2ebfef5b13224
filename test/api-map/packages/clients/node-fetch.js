import fetch, { AbortError, FetchError, Headers } from 'node-fetch';

const base = String(process.env['CASES_URL']);
const closed = String(process.env['CASES_CLOSED_URL']);

const seen = (/** @type {unknown} */ error) => {
  const { name, message } = /** @type {Error} */ (error);
  if (error instanceof FetchError)
    return [name, message, error.type, error.code, error.errno, error instanceof AbortError];
  return [name, message, error instanceof AbortError];
};

export const json = async () => (await fetch(`${base}/json`)).json();
export const text = async () => (await fetch(new URL('/text', base))).text();
export const buffer = async () => {
  const response = await fetch(`${base}/bytes`);
  return response.buffer();
};
export const posted = async () => {
  const headers = new Headers({ 'x-one': 'two' });
  headers.set('content-type', 'application/json');
  const init = { method: 'POST', body: JSON.stringify({ a: 1 }), headers };
  const response = await fetch(`${base}/echo`, { ...init, method: 'PUT' });
  return [response.status, await response.json()];
};
export const form = async () =>
  (await fetch(`${base}/echo`, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })).json();
export const headersSent = async () => {
  const sent = /** @type {Record<string, string>} */ (await (await fetch(`${base}/headers`)).json());
  return [sent['accept'], sent['user-agent'], sent['accept-encoding']];
};
export const missing = async () => {
  const response = await fetch(`${base}/missing`);
  return [response.ok, response.status, response.statusText, await response.text()];
};
export const packed = async () => (await fetch(`${base}/gzip`)).text();
export const redirected = async () => {
  const { redirected, url } = await fetch(`${base}/redirect`);
  return [redirected, new URL(url).pathname];
};
export const manual = async () => (await fetch(`${base}/redirect`, { redirect: 'manual' })).status;
export const redirectError = async () => {
  try {
    return (await fetch(`${base}/redirect`, { redirect: 'error' })).status;
  } catch (error) {
    return seen(error);
  }
};
export const redirectedForEver = async () => {
  try {
    return (await fetch(`${base}/loop`)).status;
  } catch (error) {
    return seen(error);
  }
};
export const refused = async () => {
  try {
    return (await fetch(closed)).status;
  } catch (error) {
    return seen(error);
  }
};
export const tooSlow = async () => {
  try {
    return (await fetch(`${base}/never`, { signal: AbortSignal.timeout(60) })).status;
  } catch (error) {
    return seen(error);
  }
};
export const wrongUrl = async () => {
  try {
    return (await fetch('no url')).status;
  } catch (error) {
    return seen(error)[0];
  }
};
export const wrongScheme = async () => {
  try {
    return (await fetch('ftp://127.0.0.1/')).status;
  } catch (error) {
    return seen(error);
  }
};
export const notJson = async () => {
  try {
    return await (await fetch(`${base}/text`)).json();
  } catch (error) {
    return seen(error)[0];
  }
};
