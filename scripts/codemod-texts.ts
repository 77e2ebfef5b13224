import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { main } from '../src/cli/program.ts';
import type { Report } from '../src/model/report.ts';

/**
 * `node texts.mjs PROJECT [OPTION]…`: does what `unawait run PROJECT OPTION…` does, in a temporary folder, and prints the texts that
 * would be written as JSON, by project-relative path. Same exit codes.
 */
const [project = '.', ...options] = process.argv.slice(2);
const place = mkdtempSync(join(tmpdir(), 'unawait-preview-'));
try {
  const out = join(place, 'out');
  let printed = '';
  const stdout = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed += chunk.toString();
      done();
    },
  });
  const { stderr, env } = process;
  process.exitCode = await main(['run', project, '--out', out, '--json', ...options], { stdout, stderr, env });
  if (existsSync(out)) {
    const { files } = JSON.parse(printed) as Report;
    const texts = files.map(({ file }) => [file, readFileSync(join(out, file), 'utf8')]);
    process.stdout.write(JSON.stringify(Object.fromEntries(texts)));
  }
} finally {
  rmSync(place, { recursive: true, force: true });
}
