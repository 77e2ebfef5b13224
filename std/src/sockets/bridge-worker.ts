import type { Socket as UdpSocket } from 'node:dgram';
import type { AddressInfo, Server, Socket } from 'node:net';
import type { MessagePort } from 'node:worker_threads';
import type { Endpoint, IpAddress, ListenOptions } from './table.ts';

/** A request to the worker: the name of an operation and its arguments. */
export interface BridgeRequest {
  operation: string;
  values: unknown[];
}

export type BridgeReply =
  | { value: unknown }
  | { failure: BridgeFailure }
  /** The last word of a worker that ends: how, as the end of a sentence. */
  | { ended: string };

/** An error on its way between threads: Node's errors lose their `code` when they are cloned. */
export interface BridgeFailure {
  message: string;
  name: string;
  facts: Record<string, unknown>;
}

/**
 * The bridge's worker, whole in one function: its source text is what the worker runs, so that it needs no file beside
 * a bundle. It may therefore use nothing from outside but types. One request is answered by one reply, a `pulse` by a
 * count. `flags` holds whether the reply has come, that count, whether the worker has ended, and the last socket's number.
 */
export function serveBridge(port: MessagePort, flags: Int32Array): void {
  const [replied, pulse, ended, last] = [0, 1, 2, 3];
  let fatal: unknown;
  process.on('uncaughtExceptionMonitor', (error) => {
    fatal = error;
  });
  process.on('exit', (code) => {
    const why = fatal instanceof Error ? ` (${fatal.message})` : '';
    port.postMessage({ ended: `ended with exit code ${code}${why}` } satisfies BridgeReply);
    Atomics.store(flags, ended, 1);
    Atomics.notify(flags, replied);
  });
  Atomics.add(flags, pulse, 1);
  const net = process.getBuiltinModule('node:net');
  const dns = process.getBuiltinModule('node:dns');

  interface Stream {
    kind: 'stream';
    socket: Socket;
    chunks: Buffer[];
    held: number;
    flows: boolean;
    ended: boolean;
    failure: Error | undefined;
    wake: () => void;
  }
  interface Listening {
    kind: 'server';
    server: Server;
    waiting: Socket[];
    wake: () => void;
  }
  interface Datagrams {
    kind: 'udp';
    socket: UdpSocket;
    waiting: { data: Buffer; from: IpAddress }[];
    failure: Error | undefined;
    wake: () => void;
  }
  const open = new Map<number, Stream | Listening | Datagrams>();
  const before = Atomics.load(flags, last);
  const add = (entry: Stream | Listening | Datagrams): number => {
    const id = Atomics.add(flags, last, 1) + 1;
    open.set(id, entry);
    return id;
  };
  const timedOut = process.platform === 'linux' ? 110 : process.platform === 'win32' ? 4039 : 60;
  const timeout = (syscall: string): Error =>
    Object.assign(new Error(`${syscall} ETIMEDOUT`), { errno: -timedOut, code: 'ETIMEDOUT', syscall });
  const nothing = (): void => undefined;

  /** Runs `start` and waits for one of its callbacks, at most `ms`. */
  const within = <Value>(
    ms: number,
    syscall: string,
    start: (resolve: (value: Value) => void, reject: (error: unknown) => void) => void,
  ): Promise<Value> =>
    new Promise((resolve, reject) => {
      const timer =
        ms === Infinity ? undefined : setTimeout(() => reject(timeout(syscall)), Math.min(Math.ceil(ms), 2 ** 31 - 1));
      const settle =
        <Input>(act: (value: Input) => void) =>
        (value: Input): void => {
          clearTimeout(timer);
          act(value);
        };
      start(settle(resolve), settle(reject));
    });

  const known = <Kind extends 'stream' | 'server' | 'udp'>(id: number, kind: Kind) => {
    const found = open.get(id);
    if (found?.kind === kind) return found as Extract<Stream | Listening | Datagrams, { kind: Kind }>;
    // A socket of a worker that has died went with it.
    if (id <= before) throw Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET', syscall: 'read' });
    throw Object.assign(new Error('read EBADF'), { errno: -9, code: 'EBADF', syscall: 'read' });
  };

  const watch = (socket: Socket): Stream => {
    const stream: Stream = {
      kind: 'stream',
      socket,
      chunks: [],
      held: 0,
      flows: false,
      ended: false,
      failure: undefined,
      wake: nothing,
    };
    socket.on('error', (error) => {
      stream.failure ??= error;
      stream.wake();
    });
    // The end may come before anybody reads, and is told only once.
    for (const event of ['end', 'close']) {
      socket.on(event, () => {
        stream.ended = true;
        stream.wake();
      });
    }
    return stream;
  };

  /** Begins to read, at the first need: what comes before a handshake belongs to it. */
  const flowing = (id: number): Stream => {
    const stream = known(id, 'stream');
    const { socket } = stream;
    if (stream.flows) return stream;
    stream.flows = true;
    socket.on('data', (chunk: Buffer) => {
      stream.chunks.push(chunk);
      stream.held += chunk.length;
      if (stream.held > 1 << 20) socket.pause();
      stream.wake();
    });
    return stream;
  };

  const endpoint = ({ address, port, family }: AddressInfo): IpAddress => ({
    address,
    port,
    family: family === 'IPv6' ? 6 : 4,
  });

  const operations: Record<string, (...values: never[]) => unknown> = {
    async connect(to: Endpoint, ms: number, local: IpAddress | undefined) {
      const socket = net.connect({
        ...('path' in to ? { path: to.path } : { host: to.address, port: to.port, autoSelectFamily: false }),
        ...(local && { localAddress: local.address, localPort: local.port }),
        allowHalfOpen: true,
      } as Parameters<typeof net.connect>[0] & object);
      try {
        await within<undefined>(ms, 'connect', (resolve, reject) => {
          socket.once('error', reject);
          socket.once('connect', () => {
            socket.off('error', reject);
            resolve(undefined);
          });
        });
      } catch (error) {
        socket.on('error', nothing);
        socket.destroy();
        throw error;
      }
      return add(watch(socket));
    },
    async secure(id: number, options: object, ms: number) {
      const tls = process.getBuiltinModule('node:tls');
      const { socket } = known(id, 'stream');
      const early = 'Client network socket disconnected before secure TLS connection was established';
      const gone = Object.assign(new Error(early), { code: 'ECONNRESET' });
      if (socket.destroyed || socket.readableEnded) throw gone;
      socket.removeAllListeners('error');
      socket.on('error', nothing);
      const secured = tls.connect({ ...options, socket, ALPNProtocols: ['http/1.1'] });
      try {
        await within<undefined>(ms, 'connect', (resolve, reject) => {
          secured.once('error', reject);
          // What was said before the end is judged first: it may be no TLS at all.
          const hangUp = (): void => void setTimeout(reject, 30, gone);
          socket.once('end', hangUp);
          socket.once('close', hangUp);
          secured.once('end', hangUp);
          secured.once('close', hangUp);
          secured.once('secureConnect', () => {
            secured.off('error', reject).off('end', hangUp).off('close', hangUp);
            resolve(undefined);
          });
        });
      } catch (error) {
        secured.on('error', nothing);
        secured.destroy();
        throw error;
      }
      const stream = watch(secured);
      open.set(id, stream);
      return {
        authorized: secured.authorized,
        authorizationError: (secured.authorizationError as unknown as string | null) ?? undefined,
        protocol: secured.getProtocol(),
        raw: secured.getPeerCertificate().raw,
      };
    },
    async receive(id: number, length: number, ms: number) {
      const stream = flowing(id);
      while (stream.chunks.length === 0) {
        if (stream.failure !== undefined) throw stream.failure;
        if (stream.ended) return new Uint8Array(0);
        await within<undefined>(ms, 'read', (resolve) => (stream.wake = () => resolve(undefined)));
      }
      const chunk = stream.chunks[0]!;
      const taken = chunk.subarray(0, length);
      if (taken.length < chunk.length) stream.chunks[0] = chunk.subarray(length);
      else stream.chunks.shift();
      stream.held -= taken.length;
      if (stream.socket.isPaused() && stream.held < 1 << 19) stream.socket.resume();
      // A copy: a view would take the whole buffer behind it along.
      return new Uint8Array(taken);
    },
    async send(id: number, bytes: Uint8Array, ms: number) {
      const entry = open.get(id);
      if (entry?.kind === 'udp')
        return operations['sendTo']!(id as never, bytes as never, undefined as never, ms as never);
      const stream = known(id, 'stream');
      if (stream.failure !== undefined) throw stream.failure;
      return within<number>(ms, 'write', (resolve, reject) => {
        stream.socket.write(bytes, (error) => (error ? reject(error) : resolve(bytes.length)));
      });
    },
    shutdown: (id: number) =>
      within<undefined>(Infinity, 'shutdown', (resolve) => known(id, 'stream').socket.end(() => resolve(undefined))),
    close(id: number) {
      const entry = open.get(id);
      open.delete(id);
      if (entry?.kind === 'stream') entry.socket.on('error', nothing).destroy();
      else if (entry?.kind === 'server') entry.server.close();
      else if (entry?.kind === 'udp') entry.socket.close();
    },
    readable(id: number) {
      if (id <= before) return true;
      const stream = flowing(id);
      // What has come meanwhile is seen when the loop turns once more.
      return new Promise((resolve) =>
        setTimeout(() => resolve(stream.chunks.length > 0 || stream.ended || stream.failure !== undefined), 1),
      );
    },
    setNoDelay: (id: number, on: boolean) => void known(id, 'stream').socket.setNoDelay(on),
    setKeepAlive: (id: number, on: boolean, seconds: number) =>
      void known(id, 'stream').socket.setKeepAlive(on, seconds * 1000),
    local(id: number): Endpoint | undefined {
      const entry = open.get(id);
      if (entry === undefined) return undefined;
      const address = entry.kind === 'server' ? entry.server.address() : entry.socket.address();
      if (typeof address === 'string') return { path: address };
      return address !== null && 'address' in address ? endpoint(address as AddressInfo) : { path: '' };
    },
    remote(id: number): Endpoint | undefined {
      const { remoteAddress, remotePort, remoteFamily } = known(id, 'stream').socket;
      if (remoteAddress === undefined || remotePort === undefined) return { path: '' };
      return { address: remoteAddress, port: remotePort, family: remoteFamily === 'IPv6' ? 6 : 4 };
    },
    async lookup(host: string, family: 0 | 4 | 6) {
      const found = await dns.promises.lookup(host, { all: true, family, order: 'verbatim' } as { all: true });
      return found.map(({ address, family }) => ({ address, family, port: 0 }));
    },
    async listen(at: Endpoint, options: ListenOptions) {
      const server = net.createServer({ allowHalfOpen: true });
      const entry: Listening = { kind: 'server', server, waiting: [], wake: nothing };
      server.on('connection', (socket) => {
        socket.on('error', nothing);
        entry.waiting.push(socket);
        entry.wake();
      });
      await within<undefined>(Infinity, 'listen', (resolve, reject) => {
        server.once('error', reject);
        const place = 'path' in at ? { path: at.path } : { host: at.address, port: at.port };
        server.listen({ ...place, ...options }, () => resolve(undefined));
      });
      return add(entry);
    },
    async accept(id: number, ms: number) {
      const entry = known(id, 'server');
      if (entry.waiting.length === 0) {
        await within<undefined>(ms, 'accept', (resolve) => (entry.wake = () => resolve(undefined)));
      }
      return add(watch(entry.waiting.shift()!));
    },
    async bindUdp(at: IpAddress, { reuseAddress, ipv6Only }: { reuseAddress: boolean; ipv6Only: boolean }) {
      const dgram = process.getBuiltinModule('node:dgram');
      const type = at.family === 6 ? 'udp6' : 'udp4';
      const socket = dgram.createSocket({ type, reuseAddr: reuseAddress, ipv6Only });
      const entry: Datagrams = { kind: 'udp', socket, waiting: [], failure: undefined, wake: nothing };
      socket.on('message', (data, from) => {
        entry.waiting.push({ data, from: endpoint(from) });
        entry.wake();
      });
      await within<undefined>(Infinity, 'bind', (resolve, reject) => {
        socket.once('error', reject);
        socket.bind(at.port, at.address, () => {
          socket.off('error', reject);
          resolve(undefined);
        });
      });
      socket.on('error', (error) => {
        entry.failure = error;
        entry.wake();
      });
      return add(entry);
    },
    connectUdp: (id: number, to: IpAddress) =>
      within<undefined>(Infinity, 'connect', (resolve, reject) => {
        known(id, 'udp').socket.connect(to.port, to.address, (error?: Error) =>
          error ? reject(error) : resolve(undefined),
        );
      }),
    sendTo: (id: number, bytes: Uint8Array, to: IpAddress | undefined, ms: number) =>
      within<number>(ms, 'send', (resolve, reject) => {
        const { socket } = known(id, 'udp');
        const done = (error: Error | null, count: number): void => (error ? reject(error) : resolve(count));
        if (to === undefined) socket.send(bytes, done);
        else socket.send(bytes, to.port, to.address, done);
      }),
    async receiveFrom(id: number, ms: number) {
      const entry = known(id, 'udp');
      while (entry.waiting.length === 0) {
        if (entry.failure !== undefined) throw entry.failure;
        await within<undefined>(ms, 'recv', (resolve) => (entry.wake = () => resolve(undefined)));
      }
      return entry.waiting.shift();
    },
    setBroadcast(id: number, on: boolean) {
      known(id, 'udp').socket.setBroadcast(on);
    },
    /** Ends the writing half of a descriptor that another thread reads and writes. */
    shutdownDescriptor(fd: number, kind: 'tcp' | 'pipe') {
      const { binding } = process as unknown as { binding: (name: string) => never };
      const { TCP, Pipe } = (kind === 'tcp' ? binding('tcp_wrap') : binding('pipe_wrap')) as Record<
        string,
        new (type: number) => never
      >;
      const { ShutdownWrap } = binding('stream_wrap') as {
        ShutdownWrap: new () => { oncomplete: (status: number) => void };
      };
      // The handle stays open for good: closing it would close the descriptor under the other thread.
      const handle = new (kind === 'tcp' ? TCP! : Pipe!)(0) as {
        open(fd: number): number;
        shutdown(request: unknown): number;
      };
      return within<number>(Infinity, 'shutdown', (resolve) => {
        const request = new ShutdownWrap();
        request.oncomplete = resolve;
        const failed = handle.open(fd) || handle.shutdown(request);
        if (failed !== 0) resolve(failed);
      });
    },
  };

  port.on('message', ({ operation, values }: BridgeRequest) => {
    if (operation === 'pulse') return void Atomics.add(flags, pulse, 1);
    const answer = (reply: BridgeReply): void => {
      port.postMessage(reply);
      Atomics.store(flags, replied, 1);
      Atomics.notify(flags, replied);
    };
    void (async () => {
      try {
        answer({ value: await operations[operation]!(...(values as never[])) });
      } catch (error) {
        const { message, name } = error as Error;
        const facts: Record<string, unknown> = {};
        for (const [key, value] of Object.entries(error as object))
          if (!['object', 'function', 'symbol'].includes(typeof value)) facts[key] = value;
        answer({ failure: { message, name, facts } });
      }
    })();
  });
}
