const base = process.env['CASES_URL']!;

export const text = async () => (await fetch(`${base}/text`)).text();
export const json = async () => {
  const response = await fetch(new URL('/json', base), { headers: { accept: 'application/json' } });
  return [response.status, response.ok, response.headers.get('content-type'), await response.json()];
};
export const bytes = async () => new Uint8Array(await (await fetch(`${base}/bytes`)).arrayBuffer());
export const blob = async () => {
  const blob = await (await fetch(`${base}/text`)).blob();
  return [blob.size, blob.type];
};
export const missing = async () => {
  const response = await fetch(`${base}/missing`);
  return [
    response.ok,
    response.status,
    response.statusText,
    response.url.endsWith('/missing'),
    response.redirected,
    response.type,
  ];
};
export const post = async () =>
  (await fetch(`${base}/echo`, { method: 'POST', body: 'words', headers: { 'x-one': '1' } })).text();
export const put = async () =>
  (await fetch(`${base}/echo`, { method: 'put', body: new Uint8Array([1, 2, 255]) })).text();
export const form = async () =>
  (await fetch(`${base}/echo`, { method: 'POST', body: new URLSearchParams({ a: 'b c' }) })).text();
export const formData = async () => {
  const form = new FormData();
  form.append('name', 'größe');
  form.append('a "quoted"\nname', 'one\ntwo\r\n');
  form.append('name', 'again');
  const response = await fetch(`${base}/echo`, { method: 'POST', body: form });
  const { type, body } = (await response.json()) as { type: string; body: string };
  const [, boundary = ''] = /boundary=(.*)$/.exec(type)!;
  const text = Buffer.from(body, 'hex').toString();
  return [text.replaceAll(boundary, '<boundary>'), boundary.replace(/\d+$/, ''), boundary.length];
};
export const madeRequest = async () => {
  const headers = { 'x-one': 'made' };
  const response = await fetch(new Request(`${base}/echo`, { method: 'put', body: 'words', headers }));
  return [response.url.endsWith('/echo'), await response.text()];
};
export const head = async () => {
  const response = await fetch(`${base}/text`, { method: 'HEAD' });
  return [response.headers.get('content-length'), await response.text()];
};
export const redirected = async () => {
  const response = await fetch(`${base}/redirect`);
  return [response.redirected, new URL(response.url).pathname, await response.text()];
};
export const notRedirected = async () => (await fetch(`${base}/redirect`, { redirect: 'manual' })).status;
export const redirectError = async () => (await fetch(`${base}/redirect`, { redirect: 'error' })).status;
export const chunks = async () => {
  const response = await fetch(`${base}/chunked`);
  const parts: Uint8Array[] = [];
  for await (const chunk of response.body!) parts.push(chunk as Uint8Array);
  return Buffer.concat(parts).toString();
};
export const reader = async () => {
  const response = await fetch(`${base}/chunked`);
  const reader = response.body!.getReader();
  const parts: Uint8Array[] = [];
  for (;;) {
    const read = (await reader.read()) as { done: boolean; value?: Uint8Array };
    if (read.done) break;
    parts.push(read.value!);
  }
  return Buffer.concat(parts).toString();
};
export const abortedBefore = async () => {
  const signal = AbortSignal.abort(new RangeError('stop'));
  try {
    await fetch(`${base}/text`, { signal });
  } catch (error) {
    return [(error as Error).name, (error as Error).message];
  }
  return 'answered';
};
export const stoppedByTimer = async () => {
  const controller = new AbortController();
  const timer = setTimeout(() => controller.abort(), 5000);
  try {
    const response = await fetch(`${base}/text`, { signal: controller.signal });
    return await response.text();
  } finally {
    clearTimeout(timer);
  }
};
export const packed = async () => (await fetch(`${base}/gzip`)).text();
export const empty = async () => {
  const response = await fetch(`${base}/empty`);
  return [response.status, response.body === null, await response.text()];
};
export const clone = async () => {
  const response = await fetch(`${base}/text`);
  const copy = response.clone();
  return [await response.text(), await copy.text(), response.bodyUsed];
};
export const notJson = async () => {
  const response = await fetch(`${base}/text`);
  return response.json();
};
export const readTwice = async () => {
  const response = await fetch(`${base}/text`);
  await response.text();
  try {
    await response.text();
  } catch (error) {
    return (error as Error).name;
  }
  return 'read twice';
};
export const refused = async () => {
  try {
    await fetch(process.env['CASES_CLOSED_URL']!);
  } catch (error) {
    const { name, message, cause } = error as Error & { cause: { code: string } };
    return [name, message, cause.code];
  }
  return 'connected';
};
export const blockedPort = async () => {
  try {
    await fetch('http://127.0.0.1:1/');
  } catch (error) {
    return ((error as Error).cause as Error).message;
  }
  return 'connected';
};
export const wrongUrl = async () => {
  try {
    await fetch('no url');
  } catch (error) {
    return [(error as Error).name, (error as Error).message];
  }
  return 'fetched';
};
export const tooSlow = async () => {
  try {
    await fetch(`${base}/never`, { signal: AbortSignal.timeout(50) });
  } catch (error) {
    return (error as Error).name;
  }
  return 'answered';
};
export const headers = async () => {
  const given: Headers = new Headers({ 'x-one': 'a' });
  given.append('x-one', 'b');
  given.set('x-two', 'c');
  given.delete('x-none');
  const response = await fetch(`${base}/echo`, { method: 'POST', headers: given, body: '' });
  const seen: string[] = [];
  response.headers.forEach((value, name) => seen.push(`${name}=${value}`));
  return [
    await response.text(),
    given.has('X-ONE'),
    given.get('x-none'),
    given.getSetCookie(),
    [...given.entries()],
    [...given.keys()],
    [...given.values()],
    seen.filter((line) => line.startsWith('content-type')),
  ];
};
async function statusOf(response: Response): Promise<number> {
  await response.arrayBuffer();
  return response.status;
}
export const typed = async () => statusOf(await fetch(`${base}/text`));
