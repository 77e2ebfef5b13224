import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { temporaryProject } from './temporary-project.ts';

const cli = resolve(import.meta.dirname, '../src/cli.ts');
const tsx = createRequire(import.meta.url).resolve('tsx');

test.each(['SIGINT', 'SIGTERM'] as const)(
  '%s during verify leaves no temporary folder and no process behind',
  { timeout: 120_000 },
  async (signal) => {
    const place = temporaryProject({ 'tmp/.keep': '', 'mark/.keep': '' });
    const [temporary, marks] = [join(place, 'tmp'), join(place, 'mark')];
    const root = temporaryProject({
      'package.json': '{ "name": "p", "type": "module", "main": "main.js" }',
      'main.js':
        "import { writeFileSync } from 'node:fs';\nsetInterval(() => writeFileSync(process.env.MARK, String(performance.now())), 20);\n",
      'scenario.json': JSON.stringify({
        runtime: 'program',
        name: 'never ends',
        // A port for each side.
        env: { MARK: `${marks}/{peers.a}` },
        peers: { a: { speaks: 'nothing' } },
        timeoutMs: 60_000,
      }),
    });
    const args = [
      '--import',
      tsx,
      cli,
      'verify',
      root,
      '--scenario',
      'scenario.json',
      '--skip',
      'types',
      'second-run',
      'tests',
      'measure',
    ];
    const child = spawn(process.execPath, args, { env: { ...process.env, TMPDIR: temporary }, stdio: 'ignore' });
    const ended = new Promise<NodeJS.Signals | null>((done) => child.once('exit', (_code, by) => done(by)));
    const running = (): string[] => readdirSync(marks).filter((name) => name !== '.keep');
    for (let tries = 0; running().length < 2 && tries < 600; tries++) await sleep(100);
    expect(running()).toHaveLength(2);
    expect(readdirSync(temporary).some((name) => name.startsWith('unawait-'))).toBe(true);

    child.kill(signal);
    expect(await ended).toBe(signal);
    expect(readdirSync(temporary).filter((name) => name.startsWith('unawait-'))).toEqual([]);
    const beats = (): string[] => running().map((name) => readFileSync(join(marks, name), 'utf8'));
    const last = beats();
    await sleep(500);
    expect(beats()).toEqual(last);
  },
);
