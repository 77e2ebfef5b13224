/**
 * The Runtime API as a process of its own. Under a parent (IPC) it plays one scenario after the other as told; started by hand with the
 * path of a scenario it prints the address to use and, on Ctrl-C or at the scenario's end, the transcript as JSON.
 */
import { readFileSync } from 'node:fs';
import { startLambdaServer } from './lambda-server.ts';
import type { LambdaServer } from './local-server.ts';
import type { FromServer, ToServer } from './lambda-process.ts';
import { startPaceServer } from './pace-server.ts';
import { parseScenario } from './parse-scenario.ts';

let server: LambdaServer | null = null;

function tell(message: FromServer): void {
  process.send?.(message);
}

async function obey(message: ToServer): Promise<void> {
  if (message.do === 'start') {
    const start = message.paced ? startPaceServer : startLambdaServer;
    server = await start(message.scenario, (end) => tell({ is: 'end', end }));
    tell({ is: 'listening', port: server.port });
  } else if (message.do === 'watch') {
    server?.watch(message.pid, message.warmUp);
  } else if (server !== null) {
    tell({ is: 'transcript', transcript: server.finish() });
    server = null;
  }
}

async function playFile(path: string): Promise<void> {
  const scenario = parseScenario(JSON.parse(readFileSync(path, 'utf8')), path);
  if (scenario.runtime !== 'lambda') throw new Error(`${path} is no scenario of the Lambda runtime.`);
  const finish = (): void => {
    if (server !== null) console.log(JSON.stringify(server.finish(), null, 2));
    process.exit(0);
  };
  process.once('SIGINT', finish);
  server = await startLambdaServer(scenario, finish);
  console.error(`AWS_LAMBDA_RUNTIME_API=127.0.0.1:${server.port}`);
}

if (process.send === undefined) {
  const path = process.argv[2];
  if (path === undefined) throw new Error('Give the path of a scenario.');
  await playFile(path);
} else {
  process.on('message', (message: ToServer) => {
    obey(message).catch((error: unknown) => {
      console.error(error);
      process.exit(1);
    });
  });
  process.once('disconnect', () => process.exit(0));
}
