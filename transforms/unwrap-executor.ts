import { ts } from 'ts-morph';
import { defineTransform, refuse, type Answer, type Context, type Piece } from '../src/transform.ts';
import { rowsByApi } from './api-map/index.ts';
import type { Finish } from './executor/layout.ts';
import { statements, unwrap, type Unwrapped } from './executor/unwrap.ts';

const rows = rowsByApi();
const drops = 'The callbacks run where they stand, one after the other.';

export default defineTransform({
  id: 'unwrap-executor',
  code: 'UA150',
  claims: ['executor', 'idiom'],
  applicability: 'safe',
  summary: 'Turn `new Promise` around a timer, a callback or plain code into blocking code',
  docs:
    'A promise that is resolved at once, by a timer, or by the callback of an API with a blocking twin becomes the value itself; one that looks again and again by `setInterval` becomes a loop. Where the ' +
    'promise is returned or awaited by a statement of its own, the code stands there as statements; elsewhere it is a function that is called at once.',
  reasons: {
    escapes: {
      short: 'What settles the promise is handed on.',
      extra: 'Somebody else calls `resolve` or `reject`, at a time of their own: a deferred. Return the value instead.',
    },
    'never-settles': {
      short: 'The promise may stay pending.',
      extra: 'Blocking code cannot wait for ever in one branch. Settle the promise on every way through the executor.',
    },
    'goes-on': {
      short: 'Work goes on after the promise is settled.',
      extra: 'Blocking code ends where the promise is settled. Settle it last.',
    },
    event: {
      short: 'The promise waits for an event.',
      extra:
        'Events are delivered by the event loop. Waits that are known (connect, read to the end, the end of a child) convert.',
    },
    callback: {
      short: 'A callback has no blocking twin.',
      extra:
        'An API of Node with a synchronous twin converts; other functions with callbacks have to be turned into functions that return their result.',
    },
    'maybe-thenable': {
      short: 'The promise is resolved with what may be a thenable.',
      extra: 'The value is `any`, `unknown` or an unconstrained type parameter. Give it a type.',
    },
    scope: {
      short: 'The code cannot be moved out of its function.',
      extra: 'It has a `this` or `arguments` of its own, or declares a name twice.',
    },
  },
  rewrite(site, node, context) {
    if (site.kind === 'executor') return expressionOf(node as ts.NewExpression, context);
    return site.idiom === 'settled-statement' ? statementOf(node, context) : undefined;
  },
});

function expressionOf(node: ts.NewExpression, context: Context): Answer {
  const unwrapped = unwrap(node, context, rows);
  if ('stop' in unwrapped) return refuse(unwrapped.stop, unwrapped.detail, unwrapped.unlocks);
  if (unwrapped.expression) return claim(unwrapped, unwrapped.expression);
  const body = statements(unwrapped, { kind: 'return', last: true }, 1)!;
  const type = node.typeArguments?.[0];
  const typed: Piece[] = type && unwrapped.work.typescript && context.text(type) !== 'void' ? [': ', type] : [];
  return claim(unwrapped, ['(()', typed, ' => {\n  ', body, '\n})()']);
}

/** `return new Promise(…)`, `await new Promise(…);`, `const x = await new Promise(…);` or `() => new Promise(…)` as statements. */
function statementOf(node: ts.Node, context: Context): Answer {
  const promise = promiseOf(node);
  if (!promise) return undefined;
  const unwrapped = unwrap(promise, context, rows);
  const keep = { keep: true } as const;
  if ('stop' in unwrapped) return keep;
  const [only] = unwrapped.outs;
  if (unwrapped.expression && !(ts.isReturnStatement(node) && 'resolve' in only! && only.effect)) return keep;
  if (ts.isArrowFunction(node)) {
    const body = statements(unwrapped, { kind: 'return', last: true }, 1)!;
    return claim(unwrapped, [
      { span: { start: afterAsync(node, context), end: node.equalsGreaterThanToken.end } },
      ' {\n  ',
      body,
      '\n}',
    ]);
  }
  // What `return` hands out of a `try` was not caught there: the expression keeps the note about it.
  if (ts.isReturnStatement(node) && !ts.isAwaitExpression(node.expression!) && isInTry(node)) return keep;
  const finish = finishOf(node, context);
  const body = finish && statements(unwrapped, finish, 0);
  return body && body.length > 0 ? claim(unwrapped, body) : keep;
}

function isInTry(node: ts.Node): boolean {
  for (let up: ts.Node = node.parent; !ts.isFunctionLike(up) && !ts.isSourceFile(up); up = up.parent)
    if (ts.isTryStatement(up)) return true;
  return false;
}

function finishOf(node: ts.Node, { source }: Context): Finish | undefined {
  if (ts.isReturnStatement(node)) {
    const block = node.parent;
    return {
      kind: 'return',
      last: ts.isBlock(block) && ts.isFunctionLike(block.parent) && block.statements.at(-1) === node,
    };
  }
  if (ts.isExpressionStatement(node)) {
    const target = assignment(node)?.left;
    return target ? { kind: 'assign', head: [target, ' = '] } : { kind: 'discard' };
  }
  if (!ts.isVariableStatement(node)) return undefined;
  const [declaration] = node.declarationList.declarations;
  return {
    kind: 'assign',
    head: [{ span: { start: node.getStart(source), end: declaration!.type?.end ?? declaration!.name.end } }, ' = '],
  };
}

/** The promise that a statement awaits or returns. */
function promiseOf(node: ts.Node): ts.NewExpression | undefined {
  let inner: ts.Node | undefined = ts.isArrowFunction(node) ? node.body : undefined;
  if (ts.isReturnStatement(node)) inner = node.expression;
  if (ts.isExpressionStatement(node)) inner = assignment(node)?.right ?? node.expression;
  if (ts.isVariableStatement(node)) inner = node.declarationList.declarations[0]?.initializer;
  while (inner && (ts.isParenthesizedExpression(inner) || ts.isAwaitExpression(inner))) inner = inner.expression;
  return inner && ts.isNewExpression(inner) ? inner : undefined;
}

/** `target = await …` */
function assignment(node: ts.ExpressionStatement): ts.BinaryExpression | undefined {
  const expression = node.expression;
  return ts.isBinaryExpression(expression) && expression.operatorToken.kind === ts.SyntaxKind.EqualsToken
    ? expression
    : undefined;
}

function afterAsync(node: ts.ArrowFunction, { source }: Context): number {
  const word = node.modifiers?.find((m) => m.kind === ts.SyntaxKind.AsyncKeyword);
  if (!word) return node.getStart(source);
  let at = word.end;
  while (/\s/.test(source.text[at]!)) at++;
  return at;
}

function claim({ work }: Unwrapped, pieces: readonly Piece[]): Answer {
  const note = [...work.notes].join(' ');
  return { rewrite: { pieces }, drops, ...(note !== '' && { applicability: 'noted', note }) };
}
