/** Undoes the content codings of a body, the last one first. Codings that are not known stay. */
export function decode(bytes: Buffer, codings: string): Buffer {
  const zlib = process.getBuiltinModule('node:zlib');
  // A body that was cut off by a server's hurry still gives what it has, as browsers and fetch do.
  const gzip = { flush: zlib.constants.Z_SYNC_FLUSH, finishFlush: zlib.constants.Z_SYNC_FLUSH };
  const brotli = {
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
