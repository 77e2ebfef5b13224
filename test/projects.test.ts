import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../src/index.ts';

const projects = join(import.meta.dirname, '../fixtures/projects');

/** Every file below a folder, by its path; what tools leave behind is not the project's. */
function read(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  const texts = files.map((e) => {
    const path = join(e.parentPath, e.name);
    return [relative(folder, path), readFileSync(path, 'latin1')] as const;
  });
  return Object.fromEntries(
    texts.filter(([path]) => !path.startsWith('node_modules')).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}

/** Converts into a folder of its own; `UPDATE_FIXTURES=1` makes that the new `after/`. */
async function convert(name: string): Promise<Record<string, string>> {
  const out = mkdtempSync(join(tmpdir(), 'unawait-project-'));
  try {
    await run({ project: join(projects, name, 'before'), out, force: true });
    if (process.env['UPDATE_FIXTURES'] === '1') {
      rmSync(join(projects, name, 'after'), { recursive: true, force: true });
      cpSync(out, join(projects, name, 'after'), { recursive: true });
    }
    return read(out);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
}

describe.each(readdirSync(projects).filter((name) => existsSync(join(projects, name, 'before'))))('%s', (name) => {
  it('becomes exactly what is committed', async () => {
    const converted = await convert(name);
    expect(converted).toEqual(read(join(projects, name, 'after')));
    // Half of nothing equals nothing: the project must have turned into something else.
    expect(converted).not.toEqual(read(join(projects, name, 'before')));
  });
});

it.each(['lambda-runtime', 'lambda-runtime-fetch'])(
  'not one async, await or Promise is left in the sources of %s',
  (name) => {
    const sources = Object.entries(read(join(projects, name, 'after'))).filter(([path]) => path.startsWith('src/'));
    expect(sources.length).toBeGreaterThan(5);
    // Comments may speak of promises; code may not.
    const left = sources.flatMap(([path, text]) =>
      [...text.matchAll(/\b(async|await|Promise)\b/g)].map((m) => `${path}: ${m[0]}`),
    );
    expect(left).toEqual([]);
  },
);
