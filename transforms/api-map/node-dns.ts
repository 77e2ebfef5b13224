import type { Row } from './row.ts';

const resolver = 'queries to a name server run on the event loop; `lookup` has a blocking form';

/** Options of `lookup` that the blocking form does not know. */
const lookupOptions = {
  at: 2,
  refuse: { hints: 'there is no blocking form of it', verbatim: 'write `order`' },
} as const;

/** `node:dns` and `node:dns/promises`. */
export const nodeDns: readonly Row[] = [
  {
    api: 'node:dns/promises#lookup',
    sync: '@unawait/std/net#lookupSync',
    options: lookupOptions,
    example: ["await lookup('localhost')", "lookupSync('localhost')"],
  },
  { api: 'node:dns#lookup', form: 'callback', sync: '@unawait/std/net#lookupSync', options: lookupOptions },
  { api: 'node:dns/promises#lookupService', refuse: 'the reverse look-up has no blocking form' },
  ...[
    ...['resolve', 'resolve4', 'resolve6', 'resolveAny', 'resolveCaa', 'resolveCname', 'resolveMx', 'resolveNaptr'],
    ...['resolveNs', 'resolvePtr', 'resolveSoa', 'resolveSrv', 'resolveTlsa', 'resolveTxt', 'reverse'],
  ].map((name): Row => ({ api: `node:dns/promises#${name}`, refuse: resolver })),
  ...['resolve', 'resolve4', 'resolve6', 'resolveMx', 'resolveTxt', 'resolveSrv', 'reverse'].map((name): Row => ({
    api: `node:dns/promises#Resolver.${name}`,
    refuse: resolver,
  })),
];
