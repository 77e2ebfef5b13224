import { nodeNet } from './node-net.ts';
import type { Row } from './row.ts';

const noPlace = 'the blocking handshake has no such option';
const options = Object.fromEntries(
  [
    'ALPNProtocols',
    'SNICallback',
    'checkServerIdentity',
    'ciphers',
    'ecdhCurve',
    'enableTrace',
    'honorCipherOrder',
    'lookup',
    'maxVersion',
    'minDHSize',
    'minVersion',
    'onread',
    'pfx',
    'pskCallback',
    'secureContext',
    'secureProtocol',
    'session',
    'sigalgs',
    'crl',
  ].map((name) => [name, noPlace]),
);
const connects: Omit<Row, 'api'> = {
  call: 'TlsStream.to($*)',
  yields: 'node:tls#TLSSocket',
  imports: { TlsStream: '@unawait/std/tls' },
  note: 'The connection is made by the wait for it, or by the first read or write, and its error is thrown there',
};
const refused = { ...options, socket: 'a connection that stands cannot be secured later' };
const member = (name: string, row: Omit<Row, 'api' | 'form'>): Row => ({
  api: `node:tls#TLSSocket.${name}`,
  form: 'member',
  ...row,
});

/** `tls.TLSSocket` becomes the `TlsStream` of `@unawait/std/tls`, a `TcpStream` that shakes hands. */
export const nodeTls: readonly Row[] = [
  { api: 'node:tls#TLSSocket', form: 'type', call: 'TlsStream', imports: { TlsStream: '@unawait/std/tls' } },
  {
    api: 'node:tls#connect',
    ...connects,
    when: { 1: '^\\{' },
    most: 1,
    options: { at: 1, refuse: refused },
    example: ['const socket = tls.connect({ port, host });', 'const socket = TlsStream.to({ port, host });'],
  },
  {
    api: 'node:tls#connect',
    ...connects,
    when: { 1: '^(number|\\d+)$', 2: '^\\{' },
    most: 2,
    options: { at: 2, refuse: refused },
  },
  {
    api: 'node:tls#connect',
    ...connects,
    when: { 1: '^(number|\\d+)$', 2: '^(string|".*")$', 3: '^\\{' },
    most: 3,
    options: { at: 3, refuse: refused },
  },
  {
    api: 'node:tls#TLSSocket.constructor',
    refuse: 'a connection that stands cannot be secured later',
    unlocks: 'Connect in one step with `tls.connect`',
  },
  {
    api: 'node:tls#TLSSocket.connect',
    refuse: 'a socket for TLS connects when it is made',
    unlocks: 'Connect in one step with `tls.connect`',
  },
  member('authorized', { same: true }),
  member('authorizationError', { same: true, note: 'It is the error, where Node gives its code' }),
  member('encrypted', { same: true }),
  { api: 'node:tls#TLSSocket.getProtocol', same: true },
  {
    api: 'node:tls#TLSSocket.getPeerCertificate',
    refuse: 'the blocking socket has `getPeerCertificateRaw`, for `new X509Certificate`',
  },
  ...[
    'disableRenegotiation',
    'enableTrace',
    'exportKeyingMaterial',
    'getCertificate',
    'getCipher',
    'getEphemeralKeyInfo',
    'getFinished',
    'getPeerFinished',
    'getPeerX509Certificate',
    'getSession',
    'getSharedSigalgs',
    'getTLSTicket',
    'getX509Certificate',
    'isSessionReused',
    'renegotiate',
    'setMaxSendFragment',
    'setServername',
  ].map((name): Row => ({ api: `node:tls#TLSSocket.${name}`, refuse: 'the blocking handshake does not give it' })),
  // What every socket has.
  ...nodeNet
    .filter(({ api }) => /^node:net#Socket\.(?!(constructor|connect)$)/.test(api))
    .map((row): Row => ({ ...row, api: row.api.replace('net#Socket', 'tls#TLSSocket') })),
  member('alpnProtocol', { refuse: 'the blocking handshake negotiates no protocol' }),
];
