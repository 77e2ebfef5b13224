import axios from 'axios';
import got from 'got';
import https from 'node:https';
import ky from 'ky';
import nodeFetch from 'node-fetch';
import superagent from 'superagent';
import { fetch as undiciFetch, request } from 'undici';

const base = String(process.env['CASES_URL']);
const secure = String(process.env['CASES_HTTPS_URL']);
process.env['HTTP_PROXY'] = process.env['CASES_PROXY_URL'];
process.env['HTTPS_PROXY'] = process.env['CASES_PROXY_URL'];

/** Of all the clients only `axios` asks the environment. */
export const byAxios = async () => [(await axios.get(`${base}/text`)).data, (await axios.get(`${secure}/text`)).data];
export const byAxiosDirect = async () => [
  (await axios.get(`${base}/text`, { proxy: false })).data,
  (await axios.get(`${secure}/text`, { proxy: false })).data,
];
export const byAxiosOwnAgent = async () =>
  (await axios.get(`${secure}/text`, { httpsAgent: new https.Agent({ keepAlive: false }) })).data;
export const byAxiosExcept = async () => {
  process.env['NO_PROXY'] = 'elsewhere.example,127.0.0.1';
  const { data } = await axios.get(`${base}/text`);
  delete process.env['NO_PROXY'];
  return data;
};
export const byAxiosExceptPort = async () => {
  process.env['no_proxy'] = `localhost:${new URL(secure).port}`;
  const { data } = await axios.get(`${secure}/text`);
  delete process.env['no_proxy'];
  return data;
};
export const byGot = async () => [await got(`${base}/text`).text(), await got(`${secure}/text`).text()];
export const byKy = async () => [await ky(`${base}/text`).text(), await ky(`${secure}/text`).text()];
export const byNodeFetch = async () => [
  await (await nodeFetch(`${base}/text`)).text(),
  await (await nodeFetch(`${secure}/text`)).text(),
];
export const bySuperagent = async () => [
  (await superagent.get(`${base}/text`)).text,
  (await superagent.get(`${secure}/text`)).text,
];
export const byUndici = async () => [
  await (await request(`${base}/text`)).body.text(),
  await (await request(`${secure}/text`)).body.text(),
];
export const byUndiciFetch = async () => [
  await (await undiciFetch(`${base}/text`)).text(),
  await (await undiciFetch(`${secure}/text`)).text(),
];
export const byFetch = async () => [
  await (await fetch(`${base}/text`)).text(),
  await (await fetch(`${secure}/text`)).text(),
];
