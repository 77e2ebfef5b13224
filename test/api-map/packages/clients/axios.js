import axios, { AxiosError, isCancel } from 'axios';

const base = String(process.env['CASES_URL']);
const closed = String(process.env['CASES_CLOSED_URL']);

/** What a program sees of a response. */
const shown = (/** @type {import('axios').AxiosResponse} */ { data, status, statusText, headers }) => [
  data,
  status,
  statusText,
  headers['content-type'],
  headers['content-encoding'],
  headers['x-none'],
];

/** What a program sees of an error. */
const seen = (/** @type {unknown} */ error) => {
  if (!(error instanceof AxiosError)) return ['other', String(error)];
  const { name, message, code, status, response, config, isAxiosError } = error;
  const cause = /** @type {{ code?: string } | undefined} */ (error.cause);
  return [
    ...[name, message, code, status, isAxiosError, response && shown(response), error.request !== undefined],
    ...[config?.url, config?.method, config?.timeout, cause?.code, axios.isAxiosError(error), isCancel(error)],
  ];
};

export const json = async () => shown(await axios.get(`${base}/json`));
export const called = async () => shown(await axios(`${base}/json`));
export const calledWithConfig = async () => shown(await axios({ url: '/json', baseURL: `${base}/` }));
export const requested = async () => (await axios.request({ url: `${base}/echo`, method: 'delete' })).data;
export const text = async () => (await axios.get(`${base}/text`)).data;
export const asText = async () => (await axios.get(`${base}/json`, { responseType: 'text' })).data;
export const asJson = async () => (await axios.get(`${base}/text`, { responseType: 'json' })).data;
export const bytes = async () => (await axios.get(`${base}/bytes`, { responseType: 'arraybuffer' })).data;
export const packed = async () => shown(await axios.get(`${base}/gzip`));
export const packedKept = async () =>
  shown(await axios.get(`${base}/gzip`, { decompress: false, responseType: 'arraybuffer' }));
export const empty = async () => shown(await axios.get(`${base}/empty`));
export const head = async () => shown(await axios.head(`${base}/text`));
export const chunked = async () => (await axios.get(`${base}/chunked`)).data;
export const options = async () => (await axios.options(`${base}/echo`)).data;
export const posted = async () => (await axios.post(`${base}/echo`, { a: [1, null], b: 'ü' })).data;
export const postedText = async () => (await axios.post(`${base}/echo`, 'plain words')).data;
export const postedForm = async () => (await axios.post(`${base}/echo`, new URLSearchParams({ a: 'b c' }))).data;
export const postedBytes = async () => (await axios.post(`${base}/echo`, Buffer.from([1, 2, 255]))).data;
export const postedNothing = async () => (await axios.post(`${base}/echo`)).data;
export const postedAsForm = async () => {
  const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
  return (await axios.post(`${base}/echo`, { a: { b: [1, 2] }, c: 'd e' }, { headers })).data;
};
export const postedJsonText = async () => {
  const headers = { 'content-type': 'application/json' };
  return (await axios.post(`${base}/echo`, ' {"a":1} ', { headers })).data;
};
export const postedJsonWord = async () =>
  (await axios.post(`${base}/echo`, 'word', { headers: { 'Content-Type': 'application/json' } })).data;
export const put = async () => (await axios.put(`${base}/echo`, { a: 1 }, { headers: { 'X-One': 'two' } })).data;
export const patched = async () => (await axios.patch(`${base}/echo`, [1])).data;
export const deleted = async () => (await axios.delete(`${base}/echo`, { data: { a: 1 } })).data;
export const parameters = async () => {
  const when = new Date(Date.UTC(2020, 1, 2));
  const params = {
    a: 'b c',
    list: [1, 'x&y', null],
    deep: { e: { f: true } },
    none: null,
    gone: undefined,
    when,
    $: '!~:',
  };
  return (await axios.get(`${base}/query?first=1`, { params })).data;
};
export const searchParameters = async () =>
  (
    await axios.get(`${base}/query`, {
      params: new URLSearchParams([
        ['a', '1'],
        ['a', '2'],
      ]),
    })
  ).data;
export const authorized = async () =>
  (await axios.get(`${base}/headers`, { auth: { username: 'me', password: 'ü' } })).data.authorization;
export const headersSent = async () => {
  const headers = { Accept: 'text/plain', 'X-Number': 5, 'X-None': null };
  const { accept, ...sent } = (await axios.get(`${base}/headers`, { headers })).data;
  return [accept, sent['x-number'], sent['x-none'], sent['accept-encoding'], Object.keys(sent).sort()];
};
export const missing = async () => {
  try {
    return shown(await axios.get(`${base}/missing`));
  } catch (error) {
    return seen(error);
  }
};
export const missingTaken = async () => shown(await axios.get(`${base}/missing`, { validateStatus: () => true }));
export const missingNull = async () => shown(await axios.get(`${base}/missing`, { validateStatus: null }));
export const failed = async () => {
  try {
    return shown(await axios.post(`${base}/broken`, { a: 1 }));
  } catch (error) {
    return seen(error);
  }
};
export const redirected = async () => shown(await axios.get(`${base}/redirect`));
export const notRedirected = async () => {
  try {
    return shown(await axios.get(`${base}/redirect`, { maxRedirects: 0 }));
  } catch (error) {
    return seen(error);
  }
};
export const redirectedPost = async () => (await axios.post(`${base}/moved/303`, { a: 1 })).data;
export const redirectedFoundPost = async () => (await axios.post(`${base}/moved/302`, { a: 1 })).data;
export const redirectedSamePost = async () => (await axios.post(`${base}/moved/307`, { a: 1 })).data;
export const redirectedForEver = async () => {
  try {
    return shown(await axios.get(`${base}/loop`, { maxRedirects: 3 }));
  } catch (error) {
    return seen(error);
  }
};
export const refused = async () => {
  try {
    return shown(await axios.get(closed));
  } catch (error) {
    return seen(error);
  }
};
export const tooSlow = async () => {
  try {
    return shown(await axios.get(`${base}/never`, { timeout: 60 }));
  } catch (error) {
    return seen(error);
  }
};
export const tooSlowSaid = async () => {
  try {
    return shown(await axios.get(`${base}/never`, { timeout: 60, timeoutErrorMessage: 'slow' }));
  } catch (error) {
    return seen(error);
  }
};
export const tooLong = async () => {
  try {
    return shown(await axios.get(`${base}/json`, { maxContentLength: 5 }));
  } catch (error) {
    return seen(error);
  }
};
export const tooLongUnpacked = async () => {
  try {
    return shown(await axios.get(`${base}/bomb`, { maxContentLength: 5000 }));
  } catch (error) {
    return seen(error);
  }
};
export const endless = async () => {
  try {
    return shown(await axios.get(`${base}/endless`, { maxContentLength: 5000 }));
  } catch (error) {
    return seen(error);
  }
};
export const tooMuch = async () => {
  try {
    return shown(await axios.post(`${base}/echo`, 'many words', { maxBodyLength: 5 }));
  } catch (error) {
    return seen(error);
  }
};
export const aborted = async () => {
  const signal = AbortSignal.abort();
  try {
    return shown(await axios.get(`${base}/json`, { signal }));
  } catch (error) {
    return seen(error);
  }
};
export const wrongUrl = async () => {
  try {
    return shown(await axios.get('no url'));
  } catch (error) {
    return seen(error);
  }
};
export const wrongProtocol = async () => {
  try {
    return shown(await axios.get('ftp://127.0.0.1/'));
  } catch (error) {
    return seen(error);
  }
};
export const uri = async () => {
  const { data } = await axios.get(`${base}/json`);
  return [data, axios.getUri({ url: '/a', baseURL: 'http://host/b/', params: { c: 1 } })];
};
export const thrownAsIs = async () => {
  const error = new AxiosError('made', 'CODE');
  return [error.name, error.message, error.code, error.isAxiosError, (await axios.get(`${base}/json`)).status];
};

const api = axios.create({ baseURL: base, timeout: 5000, headers: { 'X-One': 'mine' }, params: { key: 'k' } });
api.defaults.headers.common['authorization'] = 'Bearer token';

export const ofInstance = async () => {
  const { data } = await api.get('/headers');
  return [data['x-one'], data['authorization']];
};
export const ofInstanceOver = async () => (await api.get('/headers', { headers: { 'x-one': 'other' } })).data['x-one'];
export const ofInstanceParams = async () => (await api.get('/query', { params: { a: 1 } })).data;
export const ofInstancePost = async () => (await api.post('/echo', { a: 1 })).data;
export const ofInstanceAll = async () => [
  (await api.request({ url: '/echo', method: 'PUT', data: 'x' })).data,
  (await api.put('/echo', { a: 1 })).data,
  (await api.patch('/echo', { a: 1 })).data,
  (await api.delete('/echo')).data,
  (await api.options('/echo')).data,
  (await api.head('/text')).status,
  api.getUri({ url: '/a' }) === `${base}/a?key=k`,
];
export const ofInstanceCalled = async () => [
  (await api('/text')).data,
  (await api({ url: '/text', timeout: 9000 })).data,
];
export const ofInstanceElsewhere = async () => (await api.get(`${base}/text`)).data;
export const ofInstanceOfInstance = async () => {
  const inner = api.create({ headers: { 'X-Two': 'inner' } });
  const { data } = await inner.get('/headers');
  return [data['x-one'], data['x-two']];
};
