import { serveBridge } from './bridge-worker.ts';
import { systemError, timeoutError } from './system-error.ts';
import { now } from '../time/clock.ts';
import type { BridgeReply, BridgeRequest } from './bridge-worker.ts';
import type { Endpoint, IpAddress, FullSockets } from './table.ts';

/** Asks the worker for one operation and waits for its reply. */
type Ask = (operation: string, ...values: unknown[]) => unknown;

let asking: Ask | undefined;
/** FullSockets get numbers above this one: those of a worker that has died name nothing in the next. */
let highest = 0;

/** How long one wait for a reply lasts before the worker is asked whether it lives, in milliseconds. */
const lookAfter = 500;
/** How many such looks a worker may leave unanswered before its first sign of life, and between two of them. */
const patience = { start: 20, later: 10 };

/** Starts the worker on first use, one for each thread that asks. */
function ask(operation: string, ...values: unknown[]): unknown {
  asking ??= startWorker();
  return asking(operation, ...values);
}

function startWorker(): Ask {
  const { MessageChannel, Worker, receiveMessageOnPort } = process.getBuiltinModule('node:worker_threads');
  const { port1, port2 } = new MessageChannel();
  const flags = new Int32Array(new SharedArrayBuffer(16));
  const [replied, pulse, ended, last] = [0, 1, 2, 3];
  flags[last] = highest;
  // A transpiler may have wrapped the functions inside in `__name`.
  const source =
    `const __name = (target) => target; const { workerData } = process.getBuiltinModule('node:worker_threads');` +
    `(${serveBridge.toString()})(workerData.port, workerData.flags);`;
  const worker = new Worker(source, {
    eval: true,
    execArgv: [],
    workerData: { port: port2, flags },
    transferList: [port2],
  });
  worker.unref();
  port1.unref();
  // The call during which it died, or the next, throws it.
  worker.on('error', () => undefined);

  const receive = (): BridgeReply | undefined =>
    (receiveMessageOnPort(port1) as { message: BridgeReply } | undefined)?.message;
  const forget = (): void => {
    asking = undefined;
    highest = Atomics.load(flags, last);
    void worker.terminate();
    port1.close();
  };
  const giveUp = (operation: string, why: string): never => {
    forget();
    const message = `The worker behind the sockets ${why} during \`${operation}\`; its connections are lost`;
    throw Object.assign(new Error(message), { code: 'ERR_BRIDGE_ENDED', syscall: operation });
  };

  return (operation, ...values) => {
    // One that ended while nobody asked is replaced; its sockets are not, so they are found reset.
    if (Atomics.load(flags, ended) !== 0) {
      forget();
      return ask(operation, ...values);
    }
    Atomics.store(flags, replied, 0);
    port1.postMessage({ operation, values } satisfies BridgeRequest);
    let [seen, unanswered] = [Atomics.load(flags, pulse), 0];
    // The notification of the reply before may come this late: the flag decides, not the waking.
    while (Atomics.load(flags, replied) === 0) {
      if (Atomics.load(flags, ended) !== 0) {
        const reply = receive();
        giveUp(operation, reply !== undefined && 'ended' in reply ? reply.ended : 'ended');
      }
      if (Atomics.wait(flags, replied, 0, lookAfter) !== 'timed-out') continue;
      // It may have run out of memory, of which it cannot tell. Looks are counted, since clocks go on in a stopped process.
      const beat = Atomics.load(flags, pulse);
      if (beat !== seen) [seen, unanswered] = [beat, 0];
      else unanswered += 1;
      if (unanswered >= (beat === 0 ? patience.start : patience.later)) {
        giveUp(operation, beat === 0 ? 'did not start' : 'ended without a word, or hangs,');
      }
      port1.postMessage({ operation: 'pulse', values: [] } satisfies BridgeRequest);
    }
    const reply = receive()!;
    if ('value' in reply) return reply.value;
    if ('ended' in reply) return giveUp(operation, reply.ended);
    const { message, name, facts } = reply.failure;
    const error = Object.assign(new Error(message), facts);
    if (error.name !== name) error.name = name;
    throw error;
  };
}

/** The worker's clock is another one: it is told what is left. */
const left = (deadline: number, syscall: string): number => {
  const ms = deadline - now();
  if (ms <= 0) throw timeoutError(syscall);
  return ms;
};

/**
 * The table over a worker that runs Node's own asynchronous sockets. It works wherever Node does and speaks TLS, at
 * the price of a thread and of two hops for each operation.
 */
export function bridgeSockets(): FullSockets {
  return {
    name: 'bridge',
    connect: (to, deadline, local) => {
      try {
        return ask('connect', to, left(deadline, 'connect'), local) as number;
      } catch (error) {
        // Node names the place of every failure but of our own deadline.
        if (!(error instanceof Error) || !error.message.endsWith('connect ETIMEDOUT')) throw error;
        throw timeoutError('connect', to);
      }
    },
    receive(socket, into, offset, length, deadline) {
      const bytes = ask('receive', socket, length, left(deadline, 'read')) as Uint8Array;
      into.set(bytes, offset);
      return bytes.length;
    },
    send(socket, from, offset, length, deadline) {
      const bytes = new Uint8Array(from.subarray(offset, offset + Math.min(length, 1 << 20)));
      return ask('send', socket, bytes, left(deadline, 'write')) as number;
    },
    shutdown: (socket) => void ask('shutdown', socket),
    close: (socket) => void ask('close', socket),
    readableIsCheap: false,
    readable: (socket) => ask('readable', socket) as boolean,
    setNoDelay: (socket, on) => void ask('setNoDelay', socket, on),
    setKeepAlive: (socket, on, seconds) => void ask('setKeepAlive', socket, on, seconds),
    local: (socket) => ask('local', socket) as Endpoint | undefined,
    remote: (socket) => ask('remote', socket) as Endpoint | undefined,
    lookup,
    listen: (at, options) => ask('listen', at, options) as number,
    accept(socket, deadline, stopped) {
      while (!stopped()) {
        try {
          return ask('accept', socket, Math.min(100, left(deadline, 'accept'))) as number;
        } catch (error) {
          if (now() >= deadline || (error as { code?: string }).code !== 'ETIMEDOUT') throw error;
        }
      }
      return undefined;
    },
    bindUdp: (at, options) => ask('bindUdp', at, options) as number,
    connectUdp: (socket, to) => void ask('connectUdp', socket, to),
    sendTo: (socket, from, to, deadline) =>
      ask('sendTo', socket, new Uint8Array(from), to, left(deadline, 'send')) as number,
    receiveFrom(socket, into, deadline) {
      const { data, from } = ask('receiveFrom', socket, left(deadline, 'recv')) as {
        data: Uint8Array;
        from: IpAddress;
      };
      into.set(data.subarray(0, into.length));
      return { size: Math.min(data.length, into.length), from };
    },
    setBroadcast: (socket, on) => void ask('setBroadcast', socket, on),
    foreign: undefined,
  };
}

/** What TLS over a socket of the bridge found out. */
export interface BridgeSecured {
  authorized: boolean;
  authorizationError: string | undefined;
  protocol: string | null;
  raw: Uint8Array | undefined;
}

/** Turns a connected socket of the bridge into a TLS one, under the same number. */
export function secureSocket(socket: number, options: object, deadline: number): BridgeSecured {
  return ask('secure', socket, options, left(deadline, 'connect')) as BridgeSecured;
}

export function lookup(host: string, family: 0 | 4 | 6): IpAddress[] {
  return ask('lookup', host, family) as IpAddress[];
}

/** Ends the writing half of a descriptor of this process. Node has no call for that which blocks. */
export function shutdownDescriptor(fd: number, kind: 'tcp' | 'pipe'): void {
  const failed = ask('shutdownDescriptor', fd, kind) as number;
  if (failed !== 0) throw systemError('shutdown', failed);
}
