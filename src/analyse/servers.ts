import { ts } from 'ts-morph';
import type { ServerName } from '../model/facts.ts';
import type { Draft } from './draft.ts';
import { isServerApi } from './loop.ts';
import { walk } from './syntax.ts';

/**
 * Modules of test code that start a server and hold no tests themselves. A blocking client in the same thread would deadlock with
 * such a server, so tests get it through a worker thread.
 */
export function findServerModules(draft: Draft): ts.SourceFile[] {
  return [...draft.files.values()]
    .filter((f) => f.test && startsServer(draft, f.source) && !holdsTests(draft, f.source))
    .map((f) => f.source);
}

function startsServer(draft: Draft, source: ts.SourceFile): boolean {
  if (!/createServer|createSecureServer|new (\w+\.)?Server\b/.test(source.text)) return false;
  for (const node of walk(source)) {
    if ((ts.isCallExpression(node) || ts.isNewExpression(node)) && isServerApi(draft.checker.api(node) ?? ''))
      return true;
  }
  return false;
}

function holdsTests(draft: Draft, source: ts.SourceFile): boolean {
  return source.statements.some(
    (s) =>
      ts.isExpressionStatement(s) &&
      ts.isCallExpression(s.expression) &&
      /^(vitest|node:test|mocha|ava|@jest\/globals)#|#(describe|it|test)\b/.test(draft.checker.api(s.expression) ?? ''),
  );
}

/** Sites at the imports of server modules from other test files; the threaded view of each function hangs on them. */
export function collectServerImports(draft: Draft): void {
  if (draft.servers.size === 0) return;
  for (const { source, test } of draft.files.values()) {
    if (!test || draft.servers.has(source)) continue;
    const imports = source.statements.filter(ts.isImportDeclaration);
    for (const statement of imports) {
      const bindings = statement.importClause?.namedBindings;
      const module = importedServer(draft, statement);
      if (
        !module ||
        !bindings ||
        !ts.isNamedImports(bindings) ||
        statement.importClause.phaseModifier === ts.SyntaxKind.TypeKeyword
      )
        continue;
      const names = bindings.elements
        .filter((e) => !e.isTypeOnly && isValue(draft, e))
        .map((e) => serverName(source, e));
      if (names.length === 0) continue;
      const site = draft.emit(
        { kind: 'server-import', module: (statement.moduleSpecifier as ts.StringLiteral).text, names },
        statement,
        draft.moduleUnit(source),
        0,
        { start: statement.getStart(source), end: imports.at(-1)!.end },
      );
      for (const unit of threadedUnits(draft, module))
        draft.require(unit, site.id, 'is reached through a worker thread by');
    }
  }
}

function isValue(draft: Draft, element: ts.ImportSpecifier): boolean {
  return draft.checker
    .declarations(element.name)
    .some((d) => !ts.isInterfaceDeclaration(d) && !ts.isTypeAliasDeclaration(d));
}

function serverName(source: ts.SourceFile, element: ts.ImportSpecifier): ServerName {
  const local = element.name.text;
  let usedAsType = false;
  for (const node of walk(source)) {
    if (ts.isTypeReferenceNode(node) && ts.isIdentifier(node.typeName) && node.typeName.text === local)
      usedAsType = true;
  }
  return { imported: (element.propertyName ?? element.name).text, local, usedAsType };
}

function importedServer(draft: Draft, statement: ts.ImportDeclaration): ts.SourceFile | undefined {
  const bindings = statement.importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return undefined;
  for (const element of bindings.elements) {
    const found = draft.checker
      .declarations(element.name)
      .map((d) => d.getSourceFile())
      .find((f) => draft.servers.has(f));
    if (found) return found;
  }
  return undefined;
}

function threadedUnits(draft: Draft, module: ts.SourceFile): string[] {
  return [...draft.unitNodes]
    .filter(
      ([id, node]) =>
        node.getSourceFile() === module && draft.unit(id).kind === 'function' && draft.unit(id).asynchronous,
    )
    .map(([id]) => draft.threadedUnit(id));
}
