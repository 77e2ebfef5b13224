import { ts } from 'ts-morph';
import { functionValues } from './calls.ts';
import type { Draft } from './draft.ts';
import { isReached, stateOf } from './loop-state.ts';
import { outermost } from './syntax.ts';

/** `await pWaitFor(condition, { interval: 50 });` as a statement: a loop with a sleep, unless only other code can make the condition true. */
export function collectWaitFor(draft: Draft, node: ts.Node): void {
  if (!ts.isCallExpression(node) || !ts.isIdentifier(node.expression)) return;
  if (draft.checker.api(node) !== 'p-wait-for#default') return;
  const [condition, options, ...more] = node.arguments;
  if (!condition || more.length > 0) return;
  const inside = draft.enclosing(node);
  const body = ts.isArrowFunction(condition) ? condition.body : undefined;
  const state = body && stateOf(draft, body as ts.Expression, node);
  if (state && state.length > 0 && !state.some((each) => isReached(draft, each, node))) {
    const site = draft.emit({ kind: 'idiom', idiom: 'wait-loop' }, condition, inside, -2);
    draft.concurrent(site, 'what `pWaitFor` waits for');
    return;
  }
  const up = outermost(node).parent;
  const statement = ts.isAwaitExpression(up) ? outermost(up).parent : undefined;
  const called = body
    ? !ts.isBlock(body) && (condition as ts.ArrowFunction).parameters.length === 0
    : ts.isIdentifier(condition);
  if (!statement || !ts.isExpressionStatement(statement) || !called || !isInterval(options)) return;
  const site = draft.emit({ kind: 'idiom', idiom: 'wait-for' }, statement, inside, -3);
  for (const unit of functionValues(draft, condition)) draft.require(site.id, unit, 'runs');
}

/** No options, or `{ interval: n }`. */
function isInterval(options: ts.Expression | undefined): boolean {
  if (!options) return true;
  if (!ts.isObjectLiteralExpression(options)) return false;
  const [only, ...more] = options.properties;
  if (!only) return true;
  return (
    more.length === 0 &&
    ts.isPropertyAssignment(only) &&
    only.name.getText() === 'interval' &&
    (ts.isIdentifier(only.initializer) ||
      ts.isNumericLiteral(only.initializer) ||
      ts.isPropertyAccessExpression(only.initializer))
  );
}
