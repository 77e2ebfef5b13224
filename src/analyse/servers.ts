import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isServerApi } from './loop.ts';
import { walk } from './syntax.ts';

/**
 * Modules of test code that start a server and hold no tests themselves. A blocking client in the same thread would deadlock with
 * such a server, so tests get it through a worker thread.
 */
export function findServerModules(draft: Draft): ts.SourceFile[] {
  return [...draft.files.values()].filter((f) => f.test && startsServer(draft, f.source) && !holdsTests(draft, f.source)).map((f) => f.source);
}

function startsServer(draft: Draft, source: ts.SourceFile): boolean {
  if (!/createServer|createSecureServer|new (\w+\.)?Server\b/.test(source.text)) return false;
  for (const node of walk(source)) {
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && isServerApi(draft.checker.api(node) ?? '')) return true;
  }
  return false;
}

function holdsTests(draft: Draft, source: ts.SourceFile): boolean {
  return source.statements.some(
    (s) => ts.isExpressionStatement(s) && ts.isCallExpression(s.expression) && /^(vitest|node:test|mocha|ava|@jest\/globals)#|#(describe|it|test)\b/.test(draft.checker.api(s.expression) ?? ''),
  );
}

/** Sites at the imports of server modules from other test files; the threaded view of each function hangs on them. */
export function collectServerImports(draft: Draft): void {
  if (draft.servers.size === 0) return;
  for (const { source, test } of draft.files.values()) {
    if (!test || draft.servers.has(source)) continue;
    for (const statement of source.statements) {
      if (!ts.isImportDeclaration(statement) || statement.importClause?.isTypeOnly) continue;
      const module = importedServer(draft, statement);
      const bindings = statement.importClause?.namedBindings;
      if (!module || !bindings || !ts.isNamedImports(bindings)) continue;
      const names = bindings.elements.filter((e) => !e.isTypeOnly).map((e) => e.name.text);
      const site = draft.emit({ kind: 'server-import', module: (statement.moduleSpecifier as ts.StringLiteral).text, names }, statement, draft.moduleUnit(source), 0);
      for (const [node, id] of threadedUnits(draft, module)) {
        void node;
        draft.require(id, site.id, 'is reached through a worker thread by');
      }
    }
  }
}

function importedServer(draft: Draft, statement: ts.ImportDeclaration): ts.SourceFile | undefined {
  const bindings = statement.importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return undefined;
  for (const element of bindings.elements) {
    const found = draft.checker.declarations(element.name).map((d) => d.getSourceFile()).find((f) => draft.servers.has(f));
    if (found) return found;
  }
  return undefined;
}

function threadedUnits(draft: Draft, module: ts.SourceFile): [ts.Node, string][] {
  const found: [ts.Node, string][] = [];
  for (const [id, node] of draft.unitNodes) {
    if (node.getSourceFile() !== module || draft.unit(id).kind !== 'function' || !draft.unit(id).asynchronous) continue;
    found.push([node, draft.threadedUnit(id)]);
  }
  return found;
}
