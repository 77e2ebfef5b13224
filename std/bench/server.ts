import net from 'node:net';

/** The other end of every measurement: an echo and a bare HTTP server, in a process of their own. */
const event = JSON.stringify({ detail: 'y'.repeat(200) });
const next = Buffer.from(
  'HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n' +
    'Lambda-Runtime-Deadline-Ms: 1542409706888\r\n' +
    'Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-2:123456789012:function:custom-runtime\r\n' +
    `Content-Type: application/json\r\nContent-Length: ${event.length}\r\n\r\n${event}`,
);
const accepted = Buffer.from('HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n');
const bigSize = 64 * 1024 * 1024;
const bigHead = Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${bigSize}\r\n\r\n`);
const megabyte = Buffer.alloc(1024 * 1024, 'x');

function sendBig(socket: net.Socket): void {
  socket.write(bigHead);
  let left = bigSize / megabyte.length;
  const more = (): void => {
    while (left > 0 && !socket.destroyed) {
      left--;
      if (!socket.write(megabyte)) return void socket.once('drain', more);
    }
  };
  more();
}

const echo = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => socket.write(bytes));
});
const http = net.createServer({ noDelay: true }, (socket) => {
  socket.on('error', () => undefined);
  socket.on('data', (bytes) => {
    const path = bytes.toString('latin1', 0, 12);
    if (path.startsWith('GET /big')) sendBig(socket);
    else if (path.startsWith('GET')) socket.write(next);
    // A client that sends head and body apart has one answer coming, for the head.
    else if (path.startsWith('POST')) socket.write(accepted);
  });
});
echo.listen(0, '127.0.0.1', () => {
  http.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify([(echo.address() as net.AddressInfo).port, (http.address() as net.AddressInfo).port]));
  });
});
