import { spawn } from 'node:child_process';
import { whenEnded } from './left-behind.ts';

export interface ChildOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin?: Buffer;
  readonly timeoutMs: number;
}

/** How a process ended. `by`: by itself, stopped by us once its work was done, or cut off by the watchdog. */
export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly by: 'itself' | 'stop' | 'watchdog';
}

export interface ChildRun {
  readonly exit: Exit;
  readonly stdout: string;
  readonly stderr: string;
  /** Milliseconds from start to end. */
  readonly ms: number;
}

export interface RunningChild {
  readonly pid: number | undefined;
  readonly finished: Promise<ChildRun>;
  /** Ends the process: SIGTERM, and SIGKILL two seconds later. */
  stop(): void;
}

const OUTPUT_LIMIT = 32 * 1024 * 1024;
const GRACE_MS = 2_000;

/** Runs a program in a process group of its own; after `timeoutMs` the whole group is killed, at the end what is left of it too. */
export function startChild(options: ChildOptions): RunningChild {
  const startedAt = performance.now();
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: { ...options.env },
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const killGroup = (signal: NodeJS.Signals): void => {
    if (child.pid === undefined) return;
    try {
      process.kill(-child.pid, signal);
    } catch {
      // The group has ended already.
    }
  };
  const release = whenEnded(() => killGroup('SIGKILL'));
  let by: Exit['by'] = 'itself';
  let grace: NodeJS.Timeout | undefined;
  const watchdog = setTimeout(() => {
    by = 'watchdog';
    killGroup('SIGKILL');
  }, options.timeoutMs);

  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  child.stdin.on('error', () => undefined);
  child.stdin.end(options.stdin ?? '');

  const finished = new Promise<ChildRun>((resolve) => {
    let failure = '';
    const settle = (code: number | null, signal: string | null): void => {
      clearTimeout(watchdog);
      clearTimeout(grace);
      release();
      const ms = performance.now() - startedAt;
      resolve({ exit: { code, signal, by }, stdout: stdout(), stderr: stderr() + failure, ms });
    };
    child.once('error', (error) => {
      failure = error.message;
      if (child.pid === undefined) settle(null, null);
    });
    // Grandchildren may hold the pipes open: they go with the process that we started.
    child.once('exit', () => killGroup('SIGKILL'));
    child.once('close', settle);
  });

  return {
    pid: child.pid,
    finished,
    stop() {
      if (child.exitCode !== null || child.signalCode !== null || by !== 'itself') return;
      by = 'stop';
      killGroup('SIGTERM');
      grace = setTimeout(() => killGroup('SIGKILL'), GRACE_MS);
    },
  };
}

function collect(stream: NodeJS.ReadableStream): () => string {
  const chunks: Buffer[] = [];
  let size = 0;
  stream.on('data', (chunk: Buffer) => {
    if (size < OUTPUT_LIMIT) chunks.push(chunk);
    size += chunk.length;
  });
  return () => Buffer.concat(chunks).toString('utf8');
}
