import type { Row } from './row.ts';

const stream = 'a stream lives on the event loop; the one-shot functions have blocking forms';

/** `node:zlib`: the one-shot functions, promisified or inside of `new Promise`. */
export const nodeZlib: readonly Row[] = [
  { api: 'node:zlib#brotliCompress', form: 'callback', sync: 'node:zlib#brotliCompressSync' },
  { api: 'node:zlib#brotliDecompress', form: 'callback', sync: 'node:zlib#brotliDecompressSync' },
  { api: 'node:zlib#deflate', form: 'callback', sync: 'node:zlib#deflateSync' },
  { api: 'node:zlib#deflateRaw', form: 'callback', sync: 'node:zlib#deflateRawSync' },
  { api: 'node:zlib#gunzip', form: 'callback', sync: 'node:zlib#gunzipSync' },
  {
    api: 'node:zlib#gzip',
    form: 'callback',
    sync: 'node:zlib#gzipSync',
    example: ['await promisify(gzip)(data)', 'gzipSync(data)'],
  },
  { api: 'node:zlib#inflate', form: 'callback', sync: 'node:zlib#inflateSync' },
  { api: 'node:zlib#inflateRaw', form: 'callback', sync: 'node:zlib#inflateRawSync' },
  { api: 'node:zlib#unzip', form: 'callback', sync: 'node:zlib#unzipSync' },
  { api: 'node:zlib#zstdCompress', form: 'callback', sync: 'node:zlib#zstdCompressSync' },
  { api: 'node:zlib#zstdDecompress', form: 'callback', sync: 'node:zlib#zstdDecompressSync' },
  { api: 'node:zlib#createBrotliCompress', refuse: stream },
  { api: 'node:zlib#createBrotliDecompress', refuse: stream },
  { api: 'node:zlib#createDeflate', refuse: stream },
  { api: 'node:zlib#createGunzip', refuse: stream },
  { api: 'node:zlib#createGzip', refuse: stream },
  { api: 'node:zlib#createInflate', refuse: stream },
];
