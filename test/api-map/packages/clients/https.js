import axios, { isAxiosError } from 'axios';
import got, { RequestError } from 'got';
import https from 'node:https';
import ky from 'ky';
import nodeFetch from 'node-fetch';
import superagent from 'superagent';
import { Agent, Client, Pool, fetch as undiciFetch, request } from 'undici';

const base = String(process.env['CASES_HTTPS_URL']);
const other = String(process.env['CASES_OTHER_HTTPS_URL']);
const ca = String(process.env['CASES_OTHER_CA']);

const seen = (/** @type {unknown} */ error) => {
  const { name, message, code, cause } =
    /** @type {Error & { code?: unknown, cause?: { code?: string, message?: string } }} */ (error);
  return [name, message, code, cause?.code];
};

export const byAxios = async () => (await axios.get(`${base}/json`)).data;
export const byGot = async () => got(`${base}/json`).json();
export const byKy = async () => ky(`${base}/json`).json();
export const byNodeFetch = async () => (await nodeFetch(`${base}/json`)).json();
export const bySuperagent = async () => (await superagent.get(`${base}/json`)).body;
export const byUndici = async () => (await request(`${base}/json`)).body.json();
export const byUndiciFetch = async () => (await undiciFetch(`${base}/json`)).json();
export const byFetch = async () => (await fetch(`${base}/json`)).json();

export const strangeAxios = async () => {
  try {
    return (await axios.get(`${other}/text`)).data;
  } catch (error) {
    return [isAxiosError(error), seen(error)];
  }
};
export const strangeGot = async () => {
  try {
    return await got(`${other}/text`, { retry: { limit: 0 } }).text();
  } catch (error) {
    return [error instanceof RequestError, seen(error)];
  }
};
export const strangeKy = async () => {
  try {
    return await ky(`${other}/text`, { retry: 0 }).text();
  } catch (error) {
    return seen(error);
  }
};
export const strangeNodeFetch = async () => {
  try {
    return await (await nodeFetch(`${other}/text`)).text();
  } catch (error) {
    return seen(error);
  }
};
export const strangeSuperagent = async () => {
  try {
    return (await superagent.get(`${other}/text`)).text;
  } catch (error) {
    return seen(error);
  }
};
export const strangeUndici = async () => {
  try {
    return await (await request(`${other}/text`)).body.text();
  } catch (error) {
    return seen(error);
  }
};
export const strangeFetch = async () => {
  try {
    return await (await fetch(`${other}/text`)).text();
  } catch (error) {
    return seen(error);
  }
};

export const toldAxios = async () =>
  (await axios.get(`${other}/text`, { httpsAgent: new https.Agent({ ca, keepAlive: true }) })).data;
export const toldAxiosAll = async () => {
  const api = axios.create({ baseURL: other, httpsAgent: new https.Agent({ rejectUnauthorized: false }) });
  return (await api.get('/text')).data;
};
export const toldGot = async () => got(`${other}/text`, { https: { certificateAuthority: ca } }).text();
export const toldGotAll = async () => {
  const api = got.extend({ https: { rejectUnauthorized: false } });
  return api(`${other}/text`).text();
};
export const toldSuperagent = async () => (await superagent.get(`${other}/text`).ca(ca)).text;
export const toldSuperagentAll = async () => (await superagent.get(`${other}/text`).disableTLSCerts()).text;
export const toldUndici = async () => {
  const agent = new Agent({ connect: { ca } });
  const { body } = await request(`${other}/text`, { dispatcher: agent });
  const text = await body.text();
  await agent.close();
  return text;
};
export const toldUndiciAll = async () => {
  const client = new Client(other, { connect: { rejectUnauthorized: false } });
  const text = await (await client.request({ path: '/text', method: 'GET' })).body.text();
  await client.destroy();
  return [text, client.closed, client.destroyed];
};
export const toldUndiciName = async () => {
  const pool = new Pool(other, { connect: { ca, servername: 'elsewhere.example' } });
  try {
    return await (await pool.request({ path: '/text', method: 'GET' })).body.text();
  } catch (error) {
    return seen(error);
  }
};
