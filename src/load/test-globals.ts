import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ts } from 'ts-morph';

/** What jest, mocha, jasmine and vitest put into every test file, by what is given to it. */
const KINDS = {
  Group: ['describe', 'context', 'suite', 'fdescribe', 'xdescribe', 'xcontext'],
  Test: ['it', 'test', 'specify', 'fit', 'xit', 'xtest', 'xspecify'],
  Hook: [
    ...['before', 'after', 'beforeEach', 'afterEach', 'beforeAll', 'afterAll'],
    ...['setup', 'teardown', 'suiteSetup', 'suiteTeardown'],
  ],
} as const;

const kinds = new Map(
  Object.entries(KINDS).flatMap(([kind, names]) => names.map((name): [string, string] => [name, kind])),
);

const CALL = new RegExp(`(?<![\\w$.])(?:${[...kinds.keys()].join('|')})\\s*[.(]`);

/** Every runner waits for what a test gives, and takes a plain value as well; only a group has nothing to wait for. */
const TYPES = `declare namespace TestGlobals {
  interface DoneCallback {
    (error?: unknown): void;
    fail(error?: unknown): void;
  }
  type Body = (this: any, done: DoneCallback) => unknown;
  interface Table<Given> {
    (...rows: any[]): (name: any, body: (this: any, ...row: any[]) => Given, timeout?: number) => any;
  }
  interface Group {
    (name: any, body?: (this: any) => void): any;
    (name: any, options: object, body: (this: any) => void): any;
    each: Table<void>;
    only: Group;
    skip: Group;
    concurrent: Group;
  }
  interface Test {
    (name: any, body?: Body, options?: any): any;
    (name: any, options: object, body: Body): any;
    (body: Body): any;
    each: Table<unknown>;
    only: Test;
    skip: Test;
    concurrent: Test;
    failing: Test;
    fails: Test;
    todo(name: any, body?: Body): any;
    retries(times: number): void;
  }
  interface Hook {
    (body: Body, timeout?: number): any;
    (name: string, body: Body): any;
  }
}
`;

/** Whether package.json or a file of settings beside it names a runner that puts its functions into every test file. */
export function namesRunner(root: string, packageJsons: ReadonlyMap<string, string>): boolean {
  if ([...packageJsons.values()].some((text) => /\b(jest|mocha|jasmine|vitest)\b/.test(text))) return true;
  const settings = [
    ...['.mocharc.js', '.mocharc.cjs', '.mocharc.mjs', '.mocharc.json', '.mocharc.jsonc', '.mocharc.yml'],
    ...['.mocharc.yaml', 'test/mocha.opts', 'spec/support/jasmine.json', 'spec/support/jasmine.mjs'],
    ...['js', 'ts', 'cjs', 'mjs', 'json'].map((ending) => `jest.config.${ending}`),
  ];
  const folders = new Set(['.', ...[...packageJsons.keys()].map((file) => dirname(file))]);
  return [...folders].some((folder) => settings.some((file) => existsSync(join(root, folder, file))));
}

/** Names of a test runner that `files` call and nobody declares: neither types that are installed, nor the project. */
export function undeclaredTestGlobals(program: ts.Program, files: readonly ts.SourceFile[]): string[] {
  const found = new Set<string>();
  for (const file of files) {
    if (!CALL.test(file.text)) continue;
    const bound = boundAtTop(file);
    for (const name of calledNames(file)) {
      if (bound.has(name.text) || found.has(name.text)) continue;
      if (program.getTypeChecker().getSymbolAtLocation(name) === undefined) found.add(name.text);
    }
  }
  return [...found].sort();
}

/** The text of a declaration file for `names`, as the runners' own types would have it. */
export function testGlobals(names: readonly string[]): string {
  return TYPES + names.map((name) => `declare var ${name}: TestGlobals.${kinds.get(name)!};\n`).join('');
}

/** One use of each name that is called, itself or a member of it: `it.only(…)`. */
function calledNames(file: ts.SourceFile): ts.Identifier[] {
  const found = new Map<string, ts.Identifier>();
  const stack: ts.Node[] = [file];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (ts.isCallExpression(node)) {
      let root: ts.Expression = node.expression;
      while (ts.isPropertyAccessExpression(root)) root = root.expression;
      if (ts.isIdentifier(root) && kinds.has(root.text) && !found.has(root.text)) found.set(root.text, root);
    }
    ts.forEachChild(node, (child) => {
      stack.push(child);
    });
  }
  return [...found.values()];
}

/** Names that a file imports: no checker has to be asked for those. */
function boundAtTop(file: ts.SourceFile): ReadonlySet<string> {
  return new Set(
    file.statements.flatMap((each) => {
      const bindings = ts.isImportDeclaration(each) ? each.importClause?.namedBindings : undefined;
      return bindings && ts.isNamedImports(bindings) ? bindings.elements.map(({ name }) => name.text) : [];
    }),
  );
}
