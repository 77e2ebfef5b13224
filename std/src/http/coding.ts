import { codeOf } from '../sockets/system-error.ts';
import { tooLarge } from './parse-error.ts';

/** Undoes the content codings of a body, the last one first, to at most `max` bytes. Codings that are not known stay. */
export function decode(bytes: Buffer, codings: string, max = Infinity): Buffer {
  try {
    return undo(bytes, codings, max === Infinity ? {} : { maxOutputLength: Math.max(1, max) });
  } catch (error) {
    throw codeOf(error) === 'ERR_BUFFER_TOO_LARGE' ? tooLarge(max) : error;
  }
}

function undo(bytes: Buffer, codings: string, limit: { maxOutputLength?: number }): Buffer {
  const zlib = process.getBuiltinModule('node:zlib');
  // A body that was cut off by a server's hurry still gives what it has, as browsers and fetch do.
  const gzip = { ...limit, flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  const brotli = {
    ...limit,
    flush: zlib.constants.BROTLI_OPERATION_FLUSH,
    finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH,
  };
  let plain = bytes;
  for (const coding of codings.toLowerCase().split(',').reverse()) {
    const name = coding.trim();
    if (plain.length === 0) return plain;
    if (name === 'gzip' || name === 'x-gzip') plain = zlib.gunzipSync(plain, gzip);
    // Some servers send raw deflate under this name. A zlib stream begins with a compression method of 8.
    else if (name === 'deflate')
      plain = (plain[0]! & 15) === 8 ? zlib.inflateSync(plain, gzip) : zlib.inflateRawSync(plain, gzip);
    else if (name === 'br') plain = zlib.brotliDecompressSync(plain, brotli);
    else return plain;
  }
  return plain;
}
