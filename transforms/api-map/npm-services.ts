import type { Row } from './row.ts';

const bcrypt = (name: string, most: number): Row => ({ api: `bcryptjs#${name}`, sync: `bcryptjs#${name}Sync`, most });
const driver = 'the driver speaks to its server over the event loop';
const unlocks = 'Policy `bridge`';

/** Hashing, tokens, and drivers without a blocking form. */
export const npmServices: readonly Row[] = [
  bcrypt('hash', 2),
  bcrypt('compare', 2),
  bcrypt('genSalt', 1),
  { api: 'bcrypt#hash', sync: 'bcrypt#hashSync', most: 2 },
  { api: 'bcrypt#compare', sync: 'bcrypt#compareSync', most: 2 },
  { api: 'bcrypt#genSalt', sync: 'bcrypt#genSaltSync', most: 2, callbackFrom: 2 },
  { api: 'jsonwebtoken#sign', form: 'callback', sync: 'jsonwebtoken#sign', callback: 4 },
  { api: 'jsonwebtoken#verify', form: 'callback', sync: 'jsonwebtoken#verify', callback: 4 },
  ...['pg#Client.connect', 'pg#Client.query', 'pg#Client.end', 'pg#Pool.connect', 'pg#Pool.query', 'pg#Pool.end'].map(
    (api): Row => ({ api, refuse: driver, unlocks }),
  ),
  ...[
    'mysql2/promise#createConnection',
    'mysql2/promise#createPool',
    'mongodb#MongoClient.connect',
    'redis#createClient',
    'ioredis#Redis.get',
    'ioredis#Redis.set',
  ].map((api): Row => ({ api, refuse: driver, unlocks })),
  { api: 'sharp#Sharp.toBuffer', refuse: 'images are worked on in a pool of threads', unlocks },
  { api: 'sharp#Sharp.toFile', refuse: 'images are worked on in a pool of threads', unlocks },
];
