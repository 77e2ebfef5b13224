import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isLoopApi } from './loop.ts';
import { hasBody, isAsync, isFunctionLike, skipParentheses, walk } from './syntax.ts';

/**
 * Why a listener of a socket does more than to keep state and to settle what is pending: it tells somebody else, at a time of the other
 * side's choice. Undefined where it does no more.
 */
export function pushes(draft: Draft, listener: ts.Expression, settlers: Settlers): string | undefined {
  const seen = new Set<ts.Node>();
  const rest: ts.Node[] = [];
  const visit = (node: ts.Node): void => {
    if (!seen.has(node)) rest.push(node);
    seen.add(node);
  };
  const start = skipParentheses(listener);
  if (ts.isArrowFunction(start) || ts.isFunctionExpression(start)) visit(start);
  else {
    // `this.onData`, `this.onData.bind(this)`
    const named =
      ts.isCallExpression(start) &&
      ts.isPropertyAccessExpression(start.expression) &&
      start.expression.name.text === 'bind'
        ? start.expression.expression
        : start;
    const bodies = functionsOf(draft, named);
    if (bodies.length === 0) return `\`${listener.getText()}\` is not written here`;
    for (const body of bodies) visit(body);
  }
  for (let root = rest.pop(); root; root = rest.pop()) {
    if (isFunctionLike(root) && isAsync(root)) return 'The listener is async';
    for (const node of walk(root)) {
      if (ts.isAwaitExpression(node)) return 'The listener waits';
      if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) continue;
      const why = callee(draft, node, settlers, visit);
      if (why !== undefined) return why;
    }
  }
  return undefined;
}

/** Under which names the pending promise is settled, and where several of them are kept. */
interface Settlers {
  readonly names: ReadonlySet<string>;
  readonly places: ReadonlySet<string>;
}

/** `done` of `const done = this.pending.get(id)`, `this.queue.shift()` itself. */
function isTaken(draft: Draft, node: ts.Expression, places: ReadonlySet<string>): boolean {
  const [declaration] = ts.isIdentifier(node) ? draft.checker.declarations(node) : [];
  const made = declaration && ts.isVariableDeclaration(declaration) ? declaration.initializer : node;
  const call = made && skipParentheses(made);
  return (
    call !== undefined &&
    ts.isCallExpression(call) &&
    ts.isPropertyAccessExpression(call.expression) &&
    /^(get|shift|pop|at)$/.test(call.expression.name.text) &&
    places.has(call.expression.expression.getText())
  );
}

function callee(
  draft: Draft,
  call: ts.CallExpression | ts.NewExpression,
  { names, places }: Settlers,
  visit: (node: ts.Node) => void,
): string | undefined {
  const expression = skipParentheses(call.expression);
  const told = `It calls \`${expression.getText().split('\n', 1)[0]!}\``;
  const own = functionsOf(draft, expression);
  if (own.length > 0) {
    for (const one of own) visit(one);
    return undefined;
  }
  if (names.has(memberName(expression)) || isTaken(draft, expression, places)) return undefined;
  const api = draft.checker.api(call) ?? draft.checker.api(expression);
  if (api !== undefined) return isLoopApi(api) || /\.emit$/.test(api) || /#process\./.test(api) ? told : undefined;
  if (ts.isNewExpression(call) || expression.kind === ts.SyntaxKind.SuperKeyword) {
    for (const d of draft.checker.declarations(expression)) if (draft.checker.isOwn(d)) visit(d);
    return undefined;
  }
  if (names.has(origin(draft, expression))) return undefined;
  return told;
}

/** Functions of the project with a body that a name stands for. */
function functionsOf(draft: Draft, node: ts.Expression): ts.Node[] {
  return draft.checker.declarations(node).flatMap((d): ts.Node[] => {
    if (!draft.checker.isOwn(d)) return [];
    if (isFunctionLike(d)) return hasBody(d) ? [d] : [];
    const value =
      (ts.isVariableDeclaration(d) || ts.isPropertyDeclaration(d)) && d.initializer
        ? skipParentheses(d.initializer)
        : undefined;
    return value && (ts.isArrowFunction(value) || ts.isFunctionExpression(value)) ? [value] : [];
  });
}

function memberName(node: ts.Expression): string {
  if (ts.isIdentifier(node)) return node.text;
  return ts.isPropertyAccessExpression(node) ? node.name.text : '';
}

/** `settle` of `const done = this.settle; done(…)`, `resolve` of `const { resolve: done } = this.pending`. */
function origin(draft: Draft, node: ts.Expression): string {
  const [declaration] = ts.isIdentifier(node) ? draft.checker.declarations(node) : [];
  if (declaration && ts.isBindingElement(declaration)) return (declaration.propertyName ?? declaration.name).getText();
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return '';
  return memberName(skipParentheses(declaration.initializer));
}
