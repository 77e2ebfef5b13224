import { ts } from 'ts-morph';
import { siteId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { spanOf, walk } from './syntax.ts';

/**
 * `const run = promisify(execFile);`: goes when each call of it turned into the blocking form. Runs after the uses of the file are
 * known. A declaration that is exported, or used other than by calls, stays.
 */
export function collectAliases(draft: Draft, source: ts.SourceFile): void {
  if (!source.text.includes('promisify')) return;
  for (const node of walk(source)) {
    if (!ts.isVariableStatement(node) || node.declarationList.declarations.length !== 1) continue;
    const [declaration] = node.declarationList.declarations;
    if (!declaration || !ts.isIdentifier(declaration.name) || !isPromisified(draft, declaration) || ts.getModifiers(node)?.length) continue;
    const calls = callsOf(draft, source, declaration);
    if (!calls || calls.length === 0) continue;
    const { end } = node;
    const lineEnd = /^[ \t]*\r?\n/.exec(source.text.slice(end))?.[0].length ?? 0;
    const site = draft.emitOptional({ kind: 'idiom', idiom: 'promisified' }, node, { start: node.getStart(source), end: end + lineEnd });
    for (const call of calls) draft.require(site.id, call, 'is used by');
  }
}

function isPromisified(draft: Draft, { initializer }: ts.VariableDeclaration): boolean {
  return initializer !== undefined && ts.isCallExpression(initializer) && draft.checker.api(initializer) === 'node:util#promisify';
}

/** Sites of the calls that use the name; undefined where it is used otherwise. */
function callsOf(draft: Draft, source: ts.SourceFile, declaration: ts.VariableDeclaration): string[] | undefined {
  const { file } = draft.files.get(source)!;
  const name = (declaration.name as ts.Identifier).text;
  const calls: string[] = [];
  for (const node of walk(source)) {
    if (!ts.isIdentifier(node) || node.text !== name || node === declaration.name || !draft.checker.declarations(node).includes(declaration)) continue;
    const { parent } = node;
    const id = ts.isCallExpression(parent) && parent.expression === node ? siteId(file, spanOf(parent, source), 'api-call') : undefined;
    if (id === undefined || !draft.nodes.has(id)) return undefined;
    calls.push(id);
  }
  return calls;
}
