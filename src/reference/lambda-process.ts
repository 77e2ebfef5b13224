import { fork, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { LambdaScenario } from './scenario.ts';
import type { ScenarioEnd, Transcript } from './transcript.ts';

export type ToServer =
  | { readonly do: 'start'; readonly scenario: LambdaScenario; readonly paced: boolean }
  | { readonly do: 'watch'; readonly pid: number; readonly warmUp: number }
  | { readonly do: 'finish' };

export type FromServer =
  | { readonly is: 'listening'; readonly port: number }
  | { readonly is: 'end'; readonly end: ScenarioEnd }
  | { readonly is: 'transcript'; readonly transcript: Transcript };

/** One scenario being played in the server's process. */
interface PlayedScenario {
  /** For `AWS_LAMBDA_RUNTIME_API`. */
  readonly address: string;
  /** Resolves when nothing more is to come; never, where the runtime gives up first. */
  readonly ended: Promise<ScenarioEnd>;
  watch(pid: number, warmUp: number): void;
  finish(): Promise<Transcript>;
}

export interface LambdaApiProcess {
  /** Plays a scenario; one at a time. `paced`: for measuring, see `startPaceServer`. */
  play(scenario: LambdaScenario, paced?: boolean): Promise<PlayedScenario>;
  close(): void;
}

/** Starts the Runtime API in a process of its own. `prefix` stands before its command: see `onOneCpu`. */
export function startLambdaApi(prefix: readonly string[] = []): LambdaApiProcess {
  const [execPath = process.execPath, ...execArgv] = [...prefix, process.execPath, ...loaderArguments()];
  const child = fork(fileURLToPath(entryUrl()), [], {
    execPath,
    execArgv,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return {
    async play(scenario, paced = false) {
      const listening = reply(child, 'listening');
      const ended = reply(child, 'end').then((message) => message.end);
      // The scenario may be finished before it ended; nobody waits then.
      ended.catch(() => undefined);
      tell(child, { do: 'start', scenario, paced });
      const { port } = await listening;
      return {
        address: `127.0.0.1:${port}`,
        ended,
        watch: (pid, warmUp) => tell(child, { do: 'watch', pid, warmUp }),
        async finish() {
          const transcript = reply(child, 'transcript');
          tell(child, { do: 'finish' });
          return (await transcript).transcript;
        },
      };
    },
    close() {
      if (child.connected) child.disconnect();
      child.kill();
    },
  };
}

/** The built package holds JavaScript; out of the source tree the entry is TypeScript and needs tsx. */
function entryUrl(): URL {
  return new URL(runsFromSource() ? './lambda-main.ts' : './lambda-main.js', import.meta.url);
}

function loaderArguments(): string[] {
  return runsFromSource() ? ['--import', createRequire(import.meta.url).resolve('tsx')] : [];
}

function runsFromSource(): boolean {
  return import.meta.url.endsWith('.ts');
}

function tell(child: ChildProcess, message: ToServer): void {
  child.send(message);
}

type Reply<K extends FromServer['is']> = Extract<FromServer, { is: K }>;

function reply<K extends FromServer['is']>(child: ChildProcess, is: K): Promise<Reply<K>> {
  return new Promise((resolve, reject) => {
    const onMessage = (message: FromServer): void => {
      if (message.is !== is) return;
      settle();
      resolve(message as Reply<K>);
    };
    const onExit = (code: number | null): void => {
      settle();
      reject(new Error(`The reference runtime's process ended with code ${code ?? 'none'}.`));
    };
    const settle = (): void => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
  });
}
