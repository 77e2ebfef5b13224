import bcrypt from 'bcryptjs';
import delay from 'delay';
import { $, execa, execaCommand } from 'execa';
import jwt from 'jsonwebtoken';
import fetch from 'node-fetch';
import { promisify } from 'node:util';
import { exec, x } from 'tinyexec';
import { fetch as undiciFetch } from 'undici';

const base = String(process.env['CASES_URL']);

export const hashed = async () => bcrypt.hash('secret', '$2b$04$abcdefghijklmnopqrstuu');
export const hashedWrong = async () => bcrypt.hash('secret', 'not a salt');
export const compared = async () => bcrypt.compare('secret', bcrypt.hashSync('secret', 4));
export const salt = async () => (await bcrypt.genSalt(4)).length;
export const verified = async () =>
  promisify(
    /** @type {(token: string, secret: string, done: (error: Error | null, value: unknown) => void) => void} */ (
      jwt.verify
    ),
  )(jwt.sign({ a: 1 }, 'secret', { noTimestamp: true }), 'secret');
export const verifiedWrong = async () =>
  promisify(
    /** @type {(token: string, secret: string, done: (error: Error | null, value: unknown) => void) => void} */ (
      jwt.verify
    ),
  )('a.b.c', 'secret');
export const slept = async () => delay(5);
export const ran = async () => {
  const { stdout, exitCode, failed } = await execa('node', ['-p', '1 + 1']);
  return [stdout, exitCode, failed];
};
export const ranInput = async () => (await execa('cat', { input: 'words' })).stdout;
export const ranLines = async () => (await execa('printf', ['a\\nb'], { lines: true })).stdout;
export const ranFailing = async () => {
  try {
    await execa('node', ['-e', 'console.error("bad"); process.exit(3)']);
  } catch (error) {
    const { exitCode, stderr, shortMessage } = /** @type {import('execa').ExecaError} */ (error);
    return [exitCode, stderr, shortMessage];
  }
  return 'no error';
};
export const ranQuietly = async () => (await execa('no-such-program', { reject: false })).code;
export const command = async () => (await execaCommand('node -p 3')).stdout;
export const template = async () => (await $`node -p ${'4'}`).stdout;
export const tiny = async () => {
  const { stdout, exitCode } = await x('node', ['-p', '5']);
  return [stdout, exitCode];
};
export const tinyFailing = async () => (await exec('node', ['-e', 'process.exit(2)'])).exitCode;
export const fetched = async () => {
  const response = await fetch(`${base}/json`);
  const facts = [
    response.status,
    response.statusText,
    response.ok,
    response.url.endsWith('/json'),
    response.redirected,
  ];
  const copy = response.clone();
  return [...facts, response.headers.get('content-type'), await response.json(), response.bodyUsed, await copy.text()];
};
export const fetchedBytes = async () => (await (await fetch(`${base}/bytes`)).arrayBuffer()).byteLength;
export const fetchedBlob = async () => (await (await fetch(`${base}/text`)).blob()).size;
export const fetchedMissing = async () => (await fetch(`${base}/missing`)).statusText;
export const undiciFetched = async () => {
  const response = await undiciFetch(`${base}/json`);
  const facts = [
    response.status,
    response.statusText,
    response.ok,
    response.url.endsWith('/json'),
    response.redirected,
  ];
  const copy = response.clone();
  return [
    ...facts,
    response.type,
    response.headers.get('content-type'),
    await response.json(),
    response.bodyUsed,
    await copy.text(),
  ];
};
export const undiciBytes = async () => (await (await undiciFetch(`${base}/bytes`)).arrayBuffer()).byteLength;
export const undiciRawBytes = async () => (await undiciFetch(`${base}/bytes`)).bytes();
export const undiciBlob = async () => (await (await undiciFetch(`${base}/text`)).blob()).size;
export const undiciChunks = async () => {
  let size = 0;
  const response = await undiciFetch(`${base}/chunked`);
  if (response.body) for await (const chunk of response.body) size += chunk.length;
  return size;
};
export const undiciAborted = async () => {
  const signal = AbortSignal.abort(new RangeError('stop'));
  try {
    await undiciFetch(`${base}/text`, { signal });
  } catch (error) {
    return [/** @type {Error} */ (error).name, /** @type {Error} */ (error).message];
  }
  return 'answered';
};
export const undiciTooSlow = async () => {
  try {
    await undiciFetch(`${base}/never`, { signal: AbortSignal.timeout(50) });
  } catch (error) {
    return /** @type {Error} */ (error).name;
  }
  return 'answered';
};
