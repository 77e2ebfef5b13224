import { ts } from 'ts-morph';
import { isHandlerDeclaration, methodCall } from './scene.ts';
import { declaredNames, nodesOf, referencesTo, type Work } from './shape.ts';

/**
 * Takes out what waits for a signal to abort: nobody can fire one while this thread blocks. A check of `signal.aborted` is code like any
 * other and stays.
 */
export function ignoreSignals(work: Work): void {
  for (const node of nodesOf(work.executor.body)) {
    const method = ts.isExpressionStatement(node) ? methodCall(node) : undefined;
    if (!method || !/^(add|remove)EventListener$/.test(method.name)) continue;
    const [event] = method.call.arguments;
    if (!event || !ts.isStringLiteralLike(event) || event.text !== 'abort') continue;
    if (!/^AbortSignal\b/.test(work.context.types.text(method.receiver))) continue;
    work.ignored.add(node);
    work.notes.add('Nobody can abort the wait while it blocks.');
  }
  if (work.ignored.size === 0) return;
  for (const node of nodesOf(work.executor.body)) {
    if (ts.isIfStatement(node) && !node.elseStatement && branch(node.thenStatement).every((s) => work.ignored.has(s)))
      work.ignored.add(node);
    if (
      ts.isStatement(node) &&
      isHandlerDeclaration(node) &&
      declaredNames([node]).every((name) =>
        referencesTo(work, name, work.executor.body).every((use) => isIgnored(work, use)),
      )
    ) {
      work.ignored.add(node);
    }
    if (
      ts.isExpressionStatement(node) &&
      ts.isCallExpression(node.expression) &&
      work.context.text(node.expression.expression) === 'clearTimeout'
    )
      work.ignored.add(node);
  }
}

const branch = (node: ts.Statement): readonly ts.Statement[] => (ts.isBlock(node) ? node.statements : [node]);

function isIgnored(work: Work, node: ts.Node): boolean {
  for (let up = node; up !== work.executor; up = up.parent) if (work.ignored.has(up)) return true;
  return false;
}
