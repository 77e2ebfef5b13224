import type { Row } from './row.ts';

const stream = 'a file stream lives on the event loop';

/** `node:fs` with callbacks; promisified, or as all that a `new Promise` does, they have a blocking twin. */
export const nodeFsCallbacks: readonly Row[] = [
  ...[
    ...[
      'access',
      'appendFile',
      'chmod',
      'chown',
      'close',
      'copyFile',
      'cp',
      'exists',
      'fchmod',
      'fchown',
      'fdatasync',
      'fstat',
    ],
    ...[
      'fsync',
      'ftruncate',
      'futimes',
      'glob',
      'lchmod',
      'lchown',
      'link',
      'lstat',
      'lutimes',
      'mkdir',
      'mkdtemp',
      'open',
    ],
    ...['readFile', 'readdir', 'readlink', 'rename', 'rm', 'rmdir', 'stat', 'statfs', 'symlink', 'truncate'],
    ...['unlink', 'utimes', 'writeFile'],
  ].map((name): Row => ({ api: `node:fs#${name}`, form: 'callback', sync: `node:fs#${name}Sync` })),
  { api: 'node:fs#opendir', form: 'callback', sync: '@unawait/std/fs#opendirSync', yields: 'node:fs#Dir' },
  { api: 'node:fs#realpath', form: 'callback', sync: 'node:fs#realpathSync' },
  { api: 'node:fs#realpath.native', form: 'callback', sync: 'node:fs#realpathSync.native' },
  ...['read', 'readv', 'write', 'writev'].flatMap((name): Row[] => [
    { api: `node:fs#${name}`, form: 'callback', sync: `node:fs#${name}Sync` },
    {
      api: `node:util#promisify(node:fs#${name})`,
      refuse: `it gives the count and the buffer, \`${name}Sync\` the count alone`,
      unlocks: `Call \`fs.${name}Sync\`, or use a \`FileHandle\``,
    },
  ]),
  { api: 'node:fs#openAsBlob', refuse: 'a `Blob` over a file is read asynchronously only' },
  { api: 'node:fs#watch', refuse: 'file events arrive on the event loop' },
  { api: 'node:fs#watchFile', refuse: 'file events arrive on the event loop' },
  {
    api: 'node:fs#createReadStream',
    refuse: stream,
    unlocks: '`readFileSync`, or the line and chunk readers of `@unawait/std/fs`',
  },
  { api: 'node:fs#createWriteStream', refuse: stream, unlocks: '`openSync` and `writeSync`' },
];
