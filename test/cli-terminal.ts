import { Writable } from 'node:stream';
import { main } from '../src/cli/program.ts';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the command line in this process, its streams caught. `tty` makes both streams terminals. */
export async function unawait(args: readonly string[], { tty = false, env = {} } = {}): Promise<Outcome> {
  const out = caught(tty);
  const err = caught(tty);
  const code = await main(args, { stdout: out.stream, stderr: err.stream, env });
  return { code, out: out.text(), err: err.text() };
}

function caught(isTTY: boolean): { stream: NodeJS.WritableStream & { isTTY: boolean }; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream: Object.assign(stream, { isTTY }), text: () => text };
}
