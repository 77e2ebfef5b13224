import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { spanOfStatement } from './settled-statements.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';

const streams = /^node:(fs#create(Read|Write)Stream|zlib#create\w+)$/;

/**
 * `const gzip = createGzip(); const out = createWriteStream(to); await pipeline(createReadStream(from), gzip, out);`: constants right in
 * front of the pipeline that nothing else uses. And `await pipeline(createReadStream(from), hash);`, where a hash is only asked for its
 * digest.
 */
export function collectPipelineNames(draft: Draft, node: ts.Node): void {
  if (!ts.isBlock(node) && !ts.isSourceFile(node)) return;
  const source = node.getSourceFile();
  for (const [i, statement] of node.statements.entries()) {
    const call = pipelineOf(draft, statement);
    if (!call) continue;
    let first = i;
    while (first > 0 && isPart(draft, node.statements[first - 1]!, call)) first--;
    const hash = call.arguments.at(-1);
    const idiom = hash && isHash(draft, hash) ? 'pipeline-hash' : 'pipeline-names';
    if (first === i && idiom === 'pipeline-names') continue;
    draft.emit({ kind: 'idiom', idiom }, node, draft.enclosing(statement), -1, {
      start: node.statements[first]!.getStart(source),
      end: spanOfStatement(statement).end,
    });
  }
}

function pipelineOf(draft: Draft, statement: ts.Statement): ts.CallExpression | undefined {
  if (!ts.isExpressionStatement(statement)) return undefined;
  const awaited = skipParentheses(statement.expression);
  const call = ts.isAwaitExpression(awaited) ? skipParentheses(awaited.expression) : undefined;
  if (!call || !ts.isCallExpression(call)) return undefined;
  const api = draft.checker.api(call) ?? '';
  return /^node:(stream\/promises#pipeline|util#promisify\(node:stream#pipeline\))$/.test(api) ? call : undefined;
}

/** `const gzip = createGzip();`, which the pipeline alone uses. */
function isPart(draft: Draft, statement: ts.Statement, call: ts.CallExpression): boolean {
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return false;
  const [declaration] = statement.declarationList.declarations;
  const made = declaration!.initializer && skipParentheses(declaration!.initializer);
  if (!made || !ts.isCallExpression(made) || !ts.isIdentifier(declaration!.name) || declaration!.type) return false;
  if (!streams.test(draft.checker.api(made) ?? '')) return false;
  const uses = usesOf(draft, declaration!.name);
  return uses.length === 1 && call.arguments.includes(uses[0]!);
}

/** A constant made by `createHash` or `createHmac`, of which only `update` and `digest` are called. */
function isHash(draft: Draft, node: ts.Expression): boolean {
  const [declaration] = ts.isIdentifier(node) ? draft.checker.declarations(node) : [];
  if (!declaration || !ts.isVariableDeclaration(declaration) || !ts.isIdentifier(declaration.name)) return false;
  const made = declaration.initializer && skipParentheses(declaration.initializer);
  if (!made || !ts.isCallExpression(made)) return false;
  if (!/^node:crypto#create(Hash|Hmac)$/.test(draft.checker.api(made) ?? '')) return false;
  return usesOf(draft, declaration.name).every((use) => {
    if (use === node) return true;
    const access = use.parent;
    return (
      ts.isPropertyAccessExpression(access) && access.expression === use && /^(update|digest)$/.test(access.name.text)
    );
  });
}

function usesOf(draft: Draft, name: ts.Identifier): ts.Identifier[] {
  const scope = enclosingFunction(name) ?? name.getSourceFile();
  return [...walk(scope)].filter(
    (node): node is ts.Identifier =>
      ts.isIdentifier(node) &&
      node !== name &&
      node.text === name.text &&
      draft.checker.declarations(node)[0] === name.parent,
  );
}
