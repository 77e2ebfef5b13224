import { isUnix } from './place.ts';
import type { Endpoint, IpAddress } from './table.ts';

interface Name {
  address?: string;
  port?: number;
  family?: 'IPv4' | 'IPv6';
}

/** What Node calls a handle: the object behind a `net.Socket`, here one of which only the descriptor is used. */
export interface Handle {
  fd: number;
  setBlocking(on: boolean): number;
  /** Unix domain sockets have none of the next two. */
  setNoDelay?(on: boolean): number;
  setKeepAlive?(on: boolean, seconds: number): number;
  getsockname(into: Name): number;
  getpeername(into: Name): number;
  bind(address: string, port: number): number;
  bind6(address: string, port: number, flags: number): number;
  connect(request: Request, address: string, port?: number): number | undefined;
  connect6(request: Request, address: string, port: number): number;
  unref(): void;
  close(): void;
}

interface Request {
  oncomplete: () => void;
}

type Binding = { constants: { SOCKET: number } } & Record<'TCP' | 'Pipe', new (kind: number) => Handle> &
  Record<'TCPConnectWrap' | 'PipeConnectWrap', new () => Request>;

/**
 * Starts a connection. `failed` is the error number of what went wrong at once, 0 for nothing yet.
 *
 * The binding behind `node:net` is asked first: `node:net` itself costs 3 ms to load. Where that way is closed (the
 * permission model) a `net.Socket` is made and its handle taken out of it.
 */
export function createHandle(to: Endpoint, local: IpAddress | undefined): { handle: Handle; failed: number } {
  const kind = isUnix(to) ? 'Pipe' : 'TCP';
  const binding = bindingOf(kind);
  if (binding === undefined) return { handle: takeFromSocket(to, local), failed: 0 };
  const handle = new binding[kind](binding.constants.SOCKET);
  const request = new binding[`${kind}ConnectWrap`]();
  request.oncomplete = () => undefined;
  let failed = 0;
  if (local !== undefined) {
    failed = local.family === 4 ? handle.bind(local.address, local.port) : handle.bind6(local.address, local.port, 0);
  }
  if (failed === 0) {
    if (isUnix(to)) failed = handle.connect(request, to.path) ?? 0;
    else if (to.family === 4) failed = handle.connect(request, to.address, to.port) ?? 0;
    else failed = handle.connect6(request, to.address, to.port);
  }
  handle.unref();
  return { handle, failed };
}

/** Node keeps what it gave: no need to do that here. */
function bindingOf(kind: 'TCP' | 'Pipe'): Binding | undefined {
  try {
    return (process as unknown as { binding?: (name: string) => Binding }).binding?.(`${kind.toLowerCase()}_wrap`);
  } catch {
    // Closed by the permission model.
    return undefined;
  }
}

/** `net.connect` issues connect(2) inside the call when no look-up has to be waited for. */
function takeFromSocket(to: Endpoint, local: IpAddress | undefined): Handle {
  const net = process.getBuiltinModule('node:net');
  const socket = isUnix(to)
    ? net.connect({ path: to.path })
    : net.connect({
        // An address would be connected to on the next tick; a name is as soon as it is looked up.
        host: 'localhost',
        port: to.port,
        autoSelectFamily: false,
        lookup: (_host, _options, done) => done(null, to.address, to.family),
        ...(local === undefined ? {} : { localAddress: local.address, localPort: local.port }),
      });
  socket.on('error', () => undefined);
  const owner = socket as unknown as { _handle: Handle | null };
  const wrap = owner._handle;
  if (wrap === null) throw new Error('This Node gives no access to the handle of a socket.');
  // The socket must not read, nor close the handle when it goes.
  owner._handle = null;
  socket.destroy();
  wrap.unref();
  return wrap;
}

/** Where a handle's own end is, or the other one. `to` is where it was connected. */
export function nameOf(handle: Handle, ask: 'getsockname' | 'getpeername', to: Endpoint): Endpoint | undefined {
  if (isUnix(to)) return ask === 'getpeername' ? to : { path: '' };
  const name: Name = {};
  if (handle[ask](name) !== 0 || name.address === undefined || name.port === undefined) return undefined;
  return { address: name.address, port: name.port, family: name.family === 'IPv6' ? 6 : 4 };
}
