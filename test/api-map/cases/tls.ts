import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';

const port = Number(process.env['CASES_TLS_PORT']);
const rejectUnauthorized = false;

const open = async (): Promise<TLSSocket> => {
  const socket = connect({ port, host: 'localhost', rejectUnauthorized });
  await once(socket, 'secureConnect');
  return socket;
};

async function drained(socket: TLSSocket): Promise<string> {
  let all = '';
  for await (const chunk of socket) all += String(chunk);
  return all;
}

export const byOptions = async () => {
  const socket = await open();
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 1000);
  socket.setTimeout(5000);
  socket.write('zwölf', 'utf8');
  socket.end('.');
  return drained(socket);
};
export const byPort = async () => {
  const socket = connect(port, { rejectUnauthorized });
  await once(socket, 'secureConnect');
  socket.end('two');
  return drained(socket);
};
export const byHost = async () => {
  const socket = connect(port, 'localhost', { rejectUnauthorized });
  await once(socket, 'secureConnect');
  socket.setEncoding('utf8');
  socket.end('three');
  const text = await drained(socket);
  socket.destroySoon();
  return [text, socket.closed];
};
export const facts = async () => {
  const socket = await open();
  const seen = [
    socket.authorized,
    Boolean(socket.authorizationError),
    socket.encrypted,
    socket.getProtocol(),
    socket.remoteAddress,
    socket.remotePort === port,
    socket.remoteFamily,
    socket.localAddress,
    socket.destroyed,
  ];
  seen.push(typeof socket.localPort, socket.connecting, socket.pending, socket.readable, socket.writable);
  seen.push(typeof socket.bytesRead, typeof socket.bytesWritten);
  socket.destroy();
  return [...seen, socket.destroyed];
};
export const untrusted = async () => {
  const socket = connect({ port, host: 'localhost' });
  await once(socket, 'secureConnect');
};
