import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { enclosingFunction, skipParentheses, walk } from './syntax.ts';

const requests = /^node:https?#(get|request)$/;
const consumers = /^node:stream\/consumers#(text|json|buffer)$/;
const members = /^(statusCode|statusMessage|headers|rawHeaders|httpVersion)$/;

/**
 * `const response = await new Promise((resolve, reject) => http.get(url, resolve).on('error', reject))`, whose head is looked at and whose
 * body is read by `for await` or by a function of `node:stream/consumers`. Emits the idiom over the promise, and over the latter's call.
 */
export function collectResponseHead(draft: Draft, node: ts.Node): void {
  if (!ts.isNewExpression(node) || !isHandedOn(draft, node)) return;
  const name = nameOf(node);
  const reads = name && readsOf(draft, name);
  if (!reads) return;
  const of = reads.length > 0 ? 'stream' : 'whole';
  draft.emit({ kind: 'idiom', idiom: 'response-head', of }, node, draft.enclosing(node), -1);
  for (const read of reads)
    if (ts.isCallExpression(read))
      draft.emit({ kind: 'idiom', idiom: 'response-body' }, read, draft.enclosing(read), -1);
}

/** `response` of `for await (const chunk of response)`. */
export function isResponse(draft: Draft, node: ts.Expression): boolean {
  const [declaration] = ts.isIdentifier(node) ? draft.checker.declarations(node) : [];
  if (!declaration || !ts.isVariableDeclaration(declaration) || !declaration.initializer) return false;
  const awaited = skipParentheses(declaration.initializer);
  const made = ts.isAwaitExpression(awaited) ? skipParentheses(awaited.expression) : undefined;
  if (!made || !ts.isNewExpression(made) || !isHandedOn(draft, made)) return false;
  const name = nameOf(made);
  return name === declaration.name && readsOf(draft, name) !== undefined;
}

/** The constant that the promise is awaited into. */
function nameOf(node: ts.NewExpression): ts.Identifier | undefined {
  let at: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(at) || ts.isAwaitExpression(at)) at = at.parent;
  if (!ts.isVariableDeclaration(at) || !ts.isIdentifier(at.name) || at.type || at.initializer === node)
    return undefined;
  return at.parent.flags & ts.NodeFlags.Const ? at.name : undefined;
}

/** A request is given the `resolve` of the promise to call with the response. */
function isHandedOn({ checker }: Draft, node: ts.NewExpression): boolean {
  const [given] = node.arguments ?? [];
  const executor = given && skipParentheses(given);
  if (node.expression.getText() !== 'Promise' || !executor) return false;
  if (!ts.isArrowFunction(executor) && !ts.isFunctionExpression(executor)) return false;
  const [resolve] = executor.parameters;
  return [...walk(executor.body)].some((call) => {
    if (!ts.isCallExpression(call)) return false;
    const last = call.arguments.at(-1);
    if (!last || !ts.isIdentifier(last) || checker.declarations(last)[0] !== resolve) return false;
    return requests.test(checker.api(call) ?? '') || isListener(call);
  });
}

/** `request.on('response', resolve)` */
function isListener({ expression, arguments: [event] }: ts.CallExpression): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    /^(on|once)$/.test(expression.name.text) &&
    event !== undefined &&
    ts.isStringLiteralLike(event) &&
    event.text === 'response'
  );
}

/** What reads the body; undefined where the response is used in any way that has no blocking form. */
function readsOf(draft: Draft, name: ts.Identifier): (ts.ForOfStatement | ts.CallExpression)[] | undefined {
  const owner = enclosingFunction(name);
  const reads: (ts.ForOfStatement | ts.CallExpression)[] = [];
  for (const use of walk(owner ?? name.getSourceFile())) {
    if (!ts.isIdentifier(use) || use === name || use.text !== name.text) continue;
    if (draft.checker.declarations(use)[0] !== name.parent) continue;
    const { parent } = use;
    if (ts.isPropertyAccessExpression(parent) && parent.expression === use && members.test(parent.name.text)) continue;
    if (enclosingFunction(use) !== owner) return undefined;
    const isRead =
      (ts.isForOfStatement(parent) && parent.awaitModifier !== undefined && parent.expression === use) ||
      (ts.isCallExpression(parent) &&
        parent.arguments.length === 1 &&
        parent.arguments[0] === use &&
        consumers.test(draft.checker.api(parent) ?? ''));
    if (!isRead) return undefined;
    reads.push(parent);
  }
  return reads;
}
