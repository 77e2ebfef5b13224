import { promisify } from 'node:util';
import * as zlib from 'node:zlib';

const text = 'the same words, the same words, '.repeat(100);
const packed = zlib.gzipSync(text);

export const gzip = async () => promisify(zlib.gzip)(text);
export const gzipOptions = async () =>
  promisify(zlib.gzip as (b: string, o: zlib.ZlibOptions, done: (e: Error | null, r: Buffer) => void) => void)(text, {
    level: 9,
  });
export const gunzip = async () => (await promisify(zlib.gunzip)(packed)).toString();
export const gunzipBroken = async () => promisify(zlib.gunzip)(Buffer.from('not packed'));
export const gunzipCut = async () => promisify(zlib.gunzip)(packed.subarray(0, 20));
export const unzip = async () => (await promisify(zlib.unzip)(packed)).length;
export const deflate = async () => promisify(zlib.deflate)(text);
export const deflateRaw = async () => promisify(zlib.deflateRaw)(text);
export const inflate = async () => promisify(zlib.inflate)(zlib.deflateSync(text));
export const inflateBroken = async () => promisify(zlib.inflate)(Buffer.from('nothing'));
export const inflateRaw = async () => promisify(zlib.inflateRaw)(zlib.deflateRawSync(text));
export const brotli = async () => promisify(zlib.brotliCompress)(text);
export const unbrotli = async () => promisify(zlib.brotliDecompress)(zlib.brotliCompressSync(text));
export const unbrotliBroken = async () => promisify(zlib.brotliDecompress)(Buffer.from('nothing'));
export const wrongInput = async () => promisify(zlib.gzip)(5 as unknown as string);
