import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Input } from './contenders.ts';
import { generateLongFile, generateProject } from './generate.ts';

/** Generated projects of so many files. They lie inside the repository, where the types of Node are found. */
export function generatedInput(place: string, files: number): Input {
  const folder = join(place, `dense-${files}`);
  generateProject(folder, files);
  return { name: `${files} generated files`, folder, real: false, files };
}

/** A project with one long file, and one with a file ten times as long. */
export function longInputs(place: string): Input[] {
  return [8, 80].map((parts) => {
    const folder = join(place, `long-${parts}`);
    generateLongFile(folder, parts);
    return { name: `one file of ${parts * 240} lines`, folder, real: false, files: 2 };
  });
}

/** Code that people wrote: the projects of the fixtures, and unawait itself. */
export function realInputs(root: string, place: string): Input[] {
  const projects = join(root, 'fixtures/projects');
  const fixtures = readdirSync(projects).flatMap((name): Input[] => {
    const tracked = list(root, [`fixtures/projects/${name}/before`]);
    if (!tracked.some((file) => file.endsWith('tsconfig.json'))) return [];
    return [copied(root, tracked, join(place, name), name, `fixtures/projects/${name}/before`)];
  });
  const own = list(root, ['src', 'transforms', 'std/src', 'scripts', 'package.json', 'tsconfig.json']);
  const itself = copied(root, own, join(place, 'unawait'), 'unawait itself', '');
  // Its tsconfig names folders that were not copied; what it includes is the same.
  const config = { extends: './tsconfig.base.json', include: ['src', 'transforms', 'std/src', 'scripts'] };
  cpSync(join(root, 'tsconfig.json'), join(itself.folder, 'tsconfig.base.json'));
  writeFileSync(join(itself.folder, 'tsconfig.json'), `${JSON.stringify(config)}\n`);
  return [...fixtures, itself];
}

function copied(root: string, files: readonly string[], folder: string, name: string, below: string): Input {
  rmSync(folder, { recursive: true, force: true });
  for (const file of files) {
    const to = join(folder, file.slice(below.length));
    mkdirSync(dirname(to), { recursive: true });
    cpSync(join(root, file), to);
  }
  const sources = files.filter((file) => /\.[cm]?[jt]sx?$/.test(file)).length;
  return { name, folder, real: true, files: sources };
}

function list(root: string, paths: readonly string[]): string[] {
  const listed = execFileSync('git', ['ls-files', '-z', '--', ...paths], { cwd: root, encoding: 'utf8' });
  return listed.split('\0').filter((file) => file !== '' && existsSync(join(root, file)));
}
