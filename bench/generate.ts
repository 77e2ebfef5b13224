import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { areaText, moduleText } from './sources.ts';

/** Modules in one folder, with its `types.ts` one more file. */
const AREA = 24;

const TSCONFIG = {
  compilerOptions: {
    target: 'ES2022',
    lib: ['ES2023'],
    module: 'NodeNext',
    moduleResolution: 'NodeNext',
    types: ['node'],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['src'],
};

/** Writes a project of `files` modules that call one another, always the same for the same number, to `folder` (emptied first). */
export function generateProject(folder: string, files: number): void {
  start(folder, `dense-${files}`);
  const chance = numbers(files);
  for (let number = 0, written = 0; written < files; number++, written++) {
    const area = Math.floor(number / AREA);
    const place = join(folder, 'src', `area${area}`);
    if (number % AREA === 0) {
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, 'types.ts'), areaText(area));
      if (++written >= files) break;
    }
    writeFileSync(join(place, `m${number}.ts`), moduleText(number, pick(number, chance)));
  }
}

/** Writes a project of one module of `parts` × the text of four modules. */
export function generateLongFile(folder: string, parts: number): void {
  start(folder, `long-${parts}`);
  writeFileSync(join(folder, 'src/types.ts'), areaText(0));
  const heads = new Set<string>();
  const bodies: string[] = [];
  for (let number = 0; number < parts * 4; number++) {
    const others = number === 0 ? [] : [{ number: number - 1, from: SELF }];
    const lines = moduleText(number, others).split('\n');
    for (const line of lines) if (line.startsWith('import ') && !line.includes(SELF)) heads.add(line);
    bodies.push(lines.filter((line) => !line.startsWith('import ')).join('\n'));
  }
  writeFileSync(join(folder, 'src/long.ts'), `${mergeImports(heads)}\n${bodies.join('\n')}`);
}

const SELF = '(this file)';

function start(folder: string, name: string): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify({ name, private: true, type: 'module' }, null, 2)}\n`);
  writeFileSync(join(folder, 'tsconfig.json'), `${JSON.stringify(TSCONFIG, null, 2)}\n`);
}

/** Up to three modules before this one: two near by, one anywhere. */
function pick(number: number, chance: () => number): { number: number; from: string }[] {
  const near = [1, 2].map(() => number - 1 - Math.floor(chance() * 8));
  const far = Math.floor(chance() * number);
  const area = Math.floor(number / AREA);
  return [...new Set([...near, far])]
    .filter((other) => other >= 0 && other < number)
    .map((other) => {
      const otherArea = Math.floor(other / AREA);
      const from = otherArea === area ? `./m${other}.js` : `../area${otherArea}/m${other}.js`;
      return { number: other, from };
    });
}

/** One import a module, of all names that `heads` import from it. */
function mergeImports(heads: Iterable<string>): string {
  const names = new Map<string, Set<string>>();
  for (const head of heads) {
    const [, typeOnly, list, from] = /^import (type )?\{ (.*) \} from '(.*)';$/.exec(head) ?? [];
    if (list === undefined || from === undefined) throw new Error(`Not understood: ${head}`);
    const known = names.get(from) ?? new Set();
    for (const name of list.split(', '))
      known.add(typeOnly === undefined || name.startsWith('type ') ? name : `type ${name}`);
    names.set(from, known);
  }
  return [...names].map(([from, list]) => `import { ${[...list].join(', ')} } from '${from}';\n`).join('');
}

/** Numbers from 0 to 1, the same ones for the same seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
