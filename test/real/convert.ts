import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { ts } from 'ts-morph';
import { onTestFinished } from 'vitest';
import { loadWorkspace } from '../../src/load/workspace.ts';
import { plan, type Planned } from '../../src/pipeline.ts';
import type { RealPackage, TwinPackage } from './packages.ts';

export interface Converted {
  /** Where the package is installed, and where its sources are converted. */
  readonly from: string;
  readonly to: string;
  readonly version: string;
  readonly planned: Planned;
}

/** Where a package is installed, looked for from this folder upwards. */
function installed(name: string): string {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', name);
    if (existsSync(found)) return found;
    if (folder === dirname(folder)) throw new Error(`\`${name}\` is not installed: run \`npm ci\`.`);
  }
}

/** Converts a copy of the package's sources in a temporary project, which sees the same dependencies; of twins, the asynchronous half. */
export function convertPackage({ name, sources, entry, twins = {} }: RealPackage & Partial<TwinPackage>): Converted {
  const from = installed(name);
  const around = realpathSync(mkdtempSync(join(tmpdir(), 'unawait-real-')));
  onTestFinished(() => rmSync(around, { recursive: true, force: true }));
  const to = join(around, 'package');
  for (const source of ['package.json', ...sources]) {
    mkdirSync(dirname(join(to, source)), { recursive: true });
    // Tools leave folders of machine code beside sources.
    cpSync(join(from, source), join(to, source), {
      recursive: true,
      filter: (path) => basename(path) !== 'node_modules',
    });
  }
  if (entry !== undefined) {
    const text = readFileSync(join(to, entry), 'utf8');
    writeFileSync(join(to, entry), without(text, new Set(Object.values(twins))));
  }
  // Dependencies of its own first, then those that it shares, as where it is installed.
  const own = join(from, 'node_modules');
  if (existsSync(own)) symlinkSync(realpathSync(own), join(to, 'node_modules'));
  symlinkSync(realpathSync(from.slice(0, -name.length - 1)), join(around, 'node_modules'));
  const planned = plan(loadWorkspace(to, {}), { onlySafe: false, policies: [], include: [], exclude: [] });
  for (const { file, after } of planned.changes) writeFileSync(join(to, file), after);
  const { version } = JSON.parse(readFileSync(join(from, 'package.json'), 'utf8')) as { version: string };
  return { from, to, version, planned };
}

/** The text without the top-level statements that declare or mention one of `names`. */
function without(text: string, names: ReadonlySet<string>): string {
  const source = ts.createSourceFile('package.js', text, ts.ScriptTarget.Latest, true);
  const mentions = (node: ts.Node): boolean =>
    (ts.isIdentifier(node) && names.has(node.text)) ||
    ts.forEachChild(node, (child) => mentions(child) || undefined) === true;
  const gone = source.statements.filter((each) => !ts.isImportDeclaration(each) && mentions(each));
  return gone.reduceRight((rest, each) => rest.slice(0, each.pos) + rest.slice(each.end), text);
}
