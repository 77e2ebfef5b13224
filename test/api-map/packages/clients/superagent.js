import superagent from 'superagent';

const base = String(process.env['CASES_URL']);
const closed = String(process.env['CASES_CLOSED_URL']);

/** What a program sees of an error. */
const seen = (/** @type {unknown} */ error) => {
  const { name, message, code, errno, status, timeout, response, retries } =
    /** @type {Error & { code?: string, errno?: string, status?: number, timeout?: number, retries?: number, response?: { status: number, text: string, body: unknown } }} */ (
      error
    );
  return [name, message, code, errno, status, timeout, retries, response?.status, response?.text, response?.body];
};

export const text = async () => {
  const { text, body, type, charset, status, ok, header } = await superagent.get(`${base}/text`);
  return [text, body, type, charset, status, ok, header['content-type']];
};
export const json = async () => {
  const response = await superagent.get(`${base}/json`);
  return [response.body, response.text, response.type, response.get('Content-Type'), response.statusType];
};
export const bytes = async () => {
  const { body, text, type } = await superagent.get(`${base}/bytes`);
  return [body, text, type];
};
export const asBytes = async () => (await superagent.get(`${base}/text`).responseType('blob')).body;
export const buffered = async () =>
  (
    await superagent
      .get(`${base}/broken`)
      .ok(() => true)
      .buffer(true)
  ).text;
export const empty = async () => {
  const { status, noContent, body, text } = await superagent.get(`${base}/empty`);
  return [status, noContent, body, text];
};
export const packed = async () => (await superagent.get(`${base}/gzip`)).text;
export const head = async () => {
  const { status, text, body, header } = await superagent.head(`${base}/text`);
  return [status, text, body, header['content-length']];
};
export const called = async () => [
  (await superagent(`${base}/text`)).text,
  (await superagent('POST', `${base}/echo`).send({ a: 1 })).body,
];
export const posted = async () => (await superagent.post(`${base}/echo`).send({ a: [1, null], b: 'ü' })).body;
export const postedAtOnce = async () => (await superagent.post(`${base}/echo`, { a: 1 })).body;
export const postedList = async () => (await superagent.post(`${base}/echo`).send([1, { a: 2 }])).body;
export const postedTwice = async () => (await superagent.post(`${base}/echo`).send({ a: 1 }).send({ b: 2 })).body;
export const postedText = async () => (await superagent.post(`${base}/echo`).send('a=b c').send('d=1')).body;
export const postedPlain = async () => (await superagent.post(`${base}/echo`).type('text/plain').send('one ')).body;
export const postedForm = async () =>
  (
    await superagent
      .post(`${base}/echo`)
      .type('form')
      .send({ a: 'b c', list: [1, 2], o: { p: "x'(!)" }, n: null })
  ).body;
export const postedBytes = async () =>
  (
    await superagent
      .post(`${base}/echo`)
      .type('application/octet-stream')
      .send(Buffer.from([0, 255]))
  ).body;
export const postedNothing = async () => (await superagent.post(`${base}/echo`)).body;
export const put = async () => (await superagent.put(`${base}/echo`).set('X-One', 'two').send({ a: 1 })).body;
export const patched = async () => (await superagent.patch(`${base}/echo`).send({ a: 1 })).body;
export const deleted = async () => [
  (await superagent.delete(`${base}/echo`)).body,
  (await superagent.del(`${base}/echo`)).body,
];
export const options = async () => (await superagent.options(`${base}/echo`).withCredentials()).body;
export const headerAsked = async () => {
  const request = superagent.get(`${base}/text`).set('X-One', 'a');
  return [request.get('x-one'), (await request).status];
};
export const query = async () =>
  (
    await superagent
      .get(`${base}/query?old=1`)
      .query({ a: 'b c', n: [1, 2], u: undefined, o: { p: 1 } })
      .query('t=%20x')
  ).text;
export const queryAtOnce = async () => (await superagent.get(`${base}/query`, { a: "it's", d: new Date(0) })).text;
export const dots = async () => (await superagent.get(`${base}/query/../query?a`).ok(() => true)).text;
export const headersSent = async () => {
  const { body } = await superagent
    .get(`${base}/headers`)
    .set({ 'X-One': 'a', 'x-two': 'b' })
    .set('X-ONE', 'c')
    .accept('json')
    .auth('me', 'secret');
  return [
    body['x-one'],
    body['x-two'],
    body.accept,
    body.authorization,
    body['accept-encoding'],
    Object.keys(body).sort(),
  ];
};
export const bearer = async () =>
  (await superagent.get(`${base}/headers`).auth('token', { type: 'bearer' })).body.authorization;
export const credentials = async () =>
  (await superagent.get(`${base.replace('://', '://me:pass@')}/headers`)).body.authorization;
export const unset = async () =>
  Object.keys(
    (await superagent.get(`${base}/headers`).set('X-One', 'a').unset('x-one').unset('Accept-Encoding')).body,
  ).sort();
export const missing = async () => {
  try {
    return (await superagent.get(`${base}/missing`)).text;
  } catch (error) {
    return seen(error);
  }
};
export const broken = async () => {
  try {
    return (await superagent.post(`${base}/broken`).send({})).body;
  } catch (error) {
    return seen(error);
  }
};
export const accepted = async () => {
  const { status, error, notFound } = await superagent.get(`${base}/missing`).ok(({ status }) => status < 500);
  return [status, notFound, error ? [error.message, error.status, error.text, error.method, error.path] : error];
};
export const okThrows = async () => {
  try {
    return (
      await superagent.get(`${base}/text`).ok(() => {
        throw new RangeError('no');
      })
    ).text;
  } catch (error) {
    return seen(error);
  }
};
export const redirected = async () => {
  const { text, redirects } = await superagent.get(`${base}/redirect`);
  return [text, redirects.map((each) => new URL(each).pathname)];
};
export const redirectsNot = async () => {
  try {
    return (await superagent.get(`${base}/redirect`).redirects(0)).text;
  } catch (error) {
    return seen(error);
  }
};
export const redirectedForEver = async () => {
  try {
    return (await superagent.get(`${base}/loop`)).text;
  } catch (error) {
    return seen(error);
  }
};
export const redirectedPost = async () => [
  (await superagent.post(`${base}/moved/302`).send({ a: 1 })).body,
  (await superagent.post(`${base}/moved/303`).send({ a: 1 })).body,
  (await superagent.post(`${base}/moved/307`).send({ a: 1 })).body,
];
export const refused = async () => {
  try {
    return (await superagent.get(closed)).text;
  } catch (error) {
    return seen(error);
  }
};
export const tooSlow = async () => {
  try {
    return (await superagent.get(`${base}/never`).timeout(60)).text;
  } catch (error) {
    return seen(error);
  }
};
export const tooSlowToBegin = async () => {
  try {
    return (await superagent.get(`${base}/never`).timeout({ response: 60, deadline: 5000 })).text;
  } catch (error) {
    return seen(error);
  }
};
export const soonEnough = async () => (await superagent.get(`${base}/chunked`).timeout({ response: 5000 })).body;
export const retried = async () => (await superagent.get(`${base}/later?superagent${process.pid}`).retry(2)).body;
export const retriedInVain = async () => {
  try {
    return (await superagent.get(`${base}/broken`).retry(1)).body;
  } catch (error) {
    return seen(error);
  }
};
export const notJson = async () => {
  try {
    return (await superagent.get(`${base}/false-json`)).body;
  } catch (error) {
    const { rawResponse, statusCode } = /** @type {{ rawResponse?: string, statusCode?: number }} */ (error);
    return [...seen(error), rawResponse, statusCode];
  }
};
export const tooLarge = async () => {
  try {
    return (await superagent.get(`${base}/json`).maxResponseSize(3)).body;
  } catch (error) {
    return seen(error);
  }
};
export const tooLargeUnpacked = async () => {
  try {
    return (await superagent.get(`${base}/bomb`).buffer(true).maxResponseSize(5000)).body;
  } catch (error) {
    return seen(error);
  }
};
export const kept = async () => {
  const request = superagent.get(`${base}/headers`);
  if (base) request.set('x-one', 'kept').query({ a: 1 });
  const first = await request;
  const again = await request;
  return [first.body['x-one'], first === again];
};
export const wrongType = async () => {
  try {
    return (await superagent.get(`${base}/text`).set('x-one', 'a\nb')).text;
  } catch (error) {
    return seen(error).slice(0, 3);
  }
};

const asked = (/** @type {string} */ path) => {
  return superagent.get(base + path).set('x-one', 'own');
};

export const ofFunction = async () => (await asked('/headers').query({ a: 1 })).body['x-one'];
export const ofFunctionAlone = async () => (await asked('/headers')).body['x-one'];
export const chained = async () => superagent.get(`${base}/json`).then((response) => response.body);
export const several = async () => {
  const [first, second] = await Promise.all([superagent.get(`${base}/text`), superagent.get(`${base}/json`)]);
  return [first.text, second.body];
};
