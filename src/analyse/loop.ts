/** Constructs of the event loop that yield no promise; each call of one is a `loop` site and makes its function concurrent. */
const loopApis = new Set([
  ...['setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'].flatMap((name) => [
    `global#${name}`,
    `node:timers#${name}`,
  ]),
  'global#requestAnimationFrame',
  'global#addEventListener',
  'global#NodeJS.Process.nextTick',
  'global#Process.nextTick',
  'node:http#createServer',
  'node:https#createServer',
  'node:http2#createServer',
  'node:http2#createSecureServer',
  'node:net#createServer',
  'node:tls#createServer',
  'node:dgram#createSocket',
  'node:http#request',
  'node:http#get',
  'node:https#request',
  'node:https#get',
  'node:child_process#spawn',
  'node:child_process#fork',
  'node:child_process#exec',
  'node:child_process#execFile',
  'node:worker_threads#Worker.constructor',
  'node:fs#watch',
  'node:fs#watchFile',
  'node:fs#createReadStream',
  'node:fs#createWriteStream',
  'node:readline#createInterface',
  'node:http#Server.constructor',
  'node:net#Server.constructor',
]);

const listenerMembers = new Set([
  'on',
  'once',
  'addListener',
  'prependListener',
  'prependOnceListener',
  'addEventListener',
  'pipe',
]);

const serverApis = new Set([
  'node:http#createServer',
  'node:https#createServer',
  'node:http2#createServer',
  'node:http2#createSecureServer',
  'node:net#createServer',
  'node:tls#createServer',
  'node:http#Server.constructor',
  'node:net#Server.constructor',
]);

export function isLoopApi(api: string): boolean {
  return (
    loopApis.has(api) ||
    (/^(node:|global#)/.test(api) && api.includes('.') && listenerMembers.has(api.slice(api.lastIndexOf('.') + 1)))
  );
}

/** It starts a server in this thread: a blocking client beside it deadlocks. */
export function isServerApi(api: string): boolean {
  return serverApis.has(api);
}

/** Library code that calls its callback from the event loop, later or again and again. */
export function callsFromLoop(api: string): boolean {
  return isLoopApi(api) || /^node:(http|https|http2|net|tls|dgram|fs|stream|events|child_process)#/.test(api);
}

/** Packages that schedule functions: once they are written out, a function that they are given runs in its caller. */
export function callsAtOnce(module: string): boolean {
  return /^(p-(map|filter|locate|reduce|each-series|times|series|all|limit|queue|retry|wait-for)|async-retry|async-mutex)$/.test(
    module,
  );
}
