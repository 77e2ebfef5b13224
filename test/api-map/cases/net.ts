import { connect, createConnection, Socket } from 'node:net';
import { once } from 'node:events';
import { buffer, json, text } from 'node:stream/consumers';

const port = Number(process.env['CASES_PORT']);

async function ask(socket: Socket, question: string): Promise<string> {
  await once(socket, 'connect');
  socket.setNoDelay(true);
  socket.setKeepAlive(true, 1000);
  socket.write(question, 'utf8');
  socket.end();
  return text(socket);
}

export const askPort = async () => ask(connect(port, '127.0.0.1'), 'one');
export const askOptions = async () => ask(createConnection({ port, host: '127.0.0.1' }), 'zwölf');
export const askBytes = async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end(Buffer.from([1, 2, 3]));
  return buffer(socket);
};
export const askJson = async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end('{"a":[1]}');
  return json(socket);
};
export const facts = async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  const seen = [
    socket.remoteAddress,
    socket.remotePort === port,
    socket.remoteFamily,
    socket.localAddress,
    socket.destroyed,
  ];
  seen.push(typeof socket.localPort, socket.connecting, socket.pending, socket.readable, socket.writable);
  socket.destroy();
  return [...seen, socket.destroyed];
};
export const counted = async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end('12345');
  const back = await text(socket);
  return [back.length, socket.bytesRead, socket.bytesWritten];
};
export const chunks = async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.end('words');
  let all = '';
  for await (const chunk of socket) all += String(chunk);
  return all;
};
export const decoded = async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.setTimeout(5000);
  socket.setEncoding('utf8');
  socket.end('größe');
  let all = '';
  for await (const chunk of socket) all += String(chunk);
  socket.destroySoon();
  return [all, socket.closed];
};
export const marked = async () => ask(connect(port, '127.0.0.1'), '\uFEFFmarked');
export const inTwoSteps = async () => {
  const socket = new Socket();
  socket.connect({ port, host: '127.0.0.1' });
  await once(socket, 'connect');
  socket.end('two');
  return text(socket);
};
