import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ts } from 'ts-morph';
import { loadWorkspace } from '../../src/load/workspace.ts';
import { plan, type Planned } from '../../src/pipeline.ts';
import { printProgram } from './print.ts';
import type { Program } from './program.ts';

export interface Outcome {
  readonly program: Program;
  readonly before: readonly string[];
  readonly after: readonly string[];
  /** The source itself gave the same trace twice: work that nobody waits for may end in any order. */
  readonly steady: boolean;
  /** Nothing in the program stays async. */
  readonly whole: boolean;
  /** Notes of the claims applied in the program: where it may differ. */
  readonly notes: readonly string[];
  /** Reasons of what keeps it async, `transform/reason`, each once. */
  readonly refusals: readonly string[];
  readonly text: string;
  readonly converted: string;
}

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const policies: readonly string[] = [];

/** Prints, converts, compiles and runs programs, all in one project: `p0`, `p1`, … */
export function runPrograms(programs: readonly Program[]): Outcome[] {
  const folder = mkdtempSync(join(tmpdir(), 'unawait-fuzz-'));
  try {
    const texts = new Map<string, string>();
    programs.forEach((program, i) => {
      for (const [file, text] of Object.entries(printProgram(program))) texts.set(`p${i}/${file}`, text);
    });
    const source = join(folder, 'source');
    mkdirSync(source);
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    write(source, texts);
    write(
      source,
      new Map([
        ['package.json', '{ "name": "fuzz", "type": "module" }'],
        ['tsconfig.json', tsconfig],
      ]),
    );
    const planned = plan(loadWorkspace(source), { onlySafe: false, policies, include: [], exclude: [] });
    if (planned.problems.length > 0)
      throw new Error(`A claim could not be written: ${JSON.stringify(planned.problems[0])}`);
    const after = new Map(texts);
    for (const change of planned.changes) after.set(change.file, change.after);
    const traces = {
      before: run(join(folder, 'before'), texts, programs.length),
      again: run(join(folder, 'again'), texts, programs.length),
      after: run(join(folder, 'after'), after, programs.length),
    };
    const facts = index(planned);
    return programs.map((program, i) => ({
      program,
      before: traces.before[i]!,
      after: traces.after[i]!,
      steady: same(traces.before[i]!, traces.again[i]!),
      whole: !facts.async.has(`p${i}`),
      notes: facts.notes.get(`p${i}`) ?? [],
      refusals: facts.refusals.get(`p${i}`) ?? [],
      text: `${texts.get(`p${i}/lib.ts`)!}\n// main.ts\n${texts.get(`p${i}/main.ts`)!}`,
      converted: `${after.get(`p${i}/lib.ts`)!}\n// main.ts\n${after.get(`p${i}/main.ts`)!}`,
    }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tsconfig = JSON.stringify({
  compilerOptions: {
    target: 'es2022',
    lib: ['es2023', 'esnext.disposable'],
    module: 'nodenext',
    strict: true,
    types: ['node'],
    skipLibCheck: true,
    noEmit: true,
  },
  include: ['.'],
});

function index(planned: Planned): Record<'notes' | 'refusals', Map<string, string[]>> & { async: Set<string> } {
  const folderOf = (file: string): string => file.slice(0, file.indexOf('/'));
  const notes = new Map<string, string[]>();
  const refusals = new Map<string, string[]>();
  const add = (to: Map<string, string[]>, site: string, text: string): void =>
    void to.set(folderOf(site), [...(to.get(folderOf(site)) ?? []), `${site}: ${text}`]);
  for (const claim of planned.plan.claims) if (claim.note !== undefined) add(notes, claim.site, claim.note);
  for (const { site, reason } of planned.plan.refusals)
    refusals.set(folderOf(site), [...new Set([...(refusals.get(folderOf(site)) ?? []), reason])]);
  return { async: new Set(planned.plan.staysAsync.map((s) => folderOf(s.unit))), notes, refusals };
}

function write(folder: string, texts: ReadonlyMap<string, string>): void {
  for (const [file, text] of texts) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), text);
  }
}

const runner = `
import { writeFileSync } from 'node:fs';
process.on('unhandledRejection', () => {});
const traces = [];
for (let i = 0; i < Number(process.argv[2]); i++) {
  try {
    const { main } = await import('./p' + i + '/main.js');
    const trace = await main();
    // Work that nobody waits for goes on: until nothing was written for a while.
    for (let seen = -1; seen !== trace.length; ) {
      seen = trace.length;
      await new Promise((resolve) => setTimeout(resolve, 12));
    }
    traces.push([...trace]);
  } catch (error) {
    traces.push(['crashed ' + (error && error.stack)]);
  }
}
writeFileSync('traces.json', JSON.stringify(traces));
process.exit(0);
`;

/** Runs one side in a process of its own; the traces by program. */
function run(folder: string, texts: ReadonlyMap<string, string>, count: number): string[][] {
  const compiled = new Map<string, string>([
    ['package.json', '{ "type": "module" }'],
    ['run.js', runner],
    ['some.txt', 'twelve bytes'],
  ]);
  for (const [file, text] of texts) {
    if (!file.endsWith('.ts')) continue;
    const { outputText } = ts.transpileModule(text, {
      compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: false },
    });
    compiled.set(file.replace(/\.ts$/, '.js'), outputText);
  }
  mkdirSync(folder);
  write(folder, compiled);
  execFileSync(process.execPath, ['run.js', String(count)], {
    cwd: folder,
    env: { ...process.env, FUZZ_FILE: join(folder, 'some.txt') },
    stdio: ['ignore', 'inherit', 'inherit'],
    timeout: 120_000,
  });
  return JSON.parse(readFileSync(join(folder, 'traces.json'), 'utf8')) as string[][];
}

/** The trace differs and nothing says that it may. */
export function differsSilently(outcome: Outcome): boolean {
  return outcome.steady && outcome.notes.length === 0 && !same(outcome.before, outcome.after);
}

export function same(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((line, i) => line === b[i]);
}
