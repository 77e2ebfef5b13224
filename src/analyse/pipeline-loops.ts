import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { spanOfStatement } from './settled-statements.ts';
import { isAsync, skipParentheses, walk } from './syntax.ts';

/** `await pipeline(…, async (chunks) => { for await (const chunk of chunks) … });`: a loop where the statement stands. */
export function collectPipelineLoop(draft: Draft, node: ts.Node): void {
  if (!ts.isExpressionStatement(node)) return;
  const awaited = skipParentheses(node.expression);
  const call = ts.isAwaitExpression(awaited) ? skipParentheses(awaited.expression) : undefined;
  const sink = call && ts.isCallExpression(call) ? call.arguments.at(-1) : undefined;
  if (
    !call ||
    !sink ||
    !ts.isArrowFunction(sink) ||
    !isAsync(sink) ||
    draft.checker.api(call) !== 'node:stream/promises#pipeline'
  )
    return;
  const [parameter, ...more] = sink.parameters;
  const [only, ...others] = ts.isBlock(sink.body) ? sink.body.statements : [];
  if (
    !parameter ||
    !ts.isIdentifier(parameter.name) ||
    more.length + others.length > 0 ||
    !only ||
    !ts.isForOfStatement(only) ||
    !only.awaitModifier
  )
    return;
  const { name } = parameter;
  if (!ts.isIdentifier(only.expression) || draft.checker.declarations(only.expression)[0] !== parameter) return;
  for (const inner of walk(only)) {
    if (ts.isReturnStatement(inner)) return;
    if (
      ts.isIdentifier(inner) &&
      inner !== only.expression &&
      inner.text === name.text &&
      draft.checker.declarations(inner)[0] === parameter
    )
      return;
  }
  const site = draft.emit(
    { kind: 'idiom', idiom: 'pipeline-loop' },
    node,
    draft.enclosing(node),
    -1,
    spanOfStatement(node),
  );
  draft.require(site.id, draft.functionUnit(sink), 'runs');
}
