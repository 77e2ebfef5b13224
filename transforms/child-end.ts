import { ts } from 'ts-morph';
import { defineTransform, type Answer, type Context } from '../src/transform.ts';
import { rowsByApi } from './api-map/index.ts';
import { steps } from './child/steps.ts';
import type { Finish } from './executor/layout.ts';
import { statements, unwrap } from './executor/unwrap.ts';

const rows = rowsByApi();
const drops = 'The child runs and ends in one call.';

export default defineTransform({
  id: 'child-end',
  code: 'UA155',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Run a child and wait for its end in one call',
  docs:
    '`const child = spawn(…)` with `await once(child, "exit")` or a `new Promise` around `exit` or `close`, and the output that is ' +
    'collected on the way by listeners, `for await`, `readline` or `node:stream/consumers`, becomes `runSync(…)`. A child that cannot ' +
    'start throws the error that `spawn` emits. Who writes to the child after reading from it stays async.',
  reasons: {},
  rewrite(site, node, context) {
    if (site.idiom !== 'child-end' || !(ts.isBlock(node) || ts.isSourceFile(node))) return undefined;
    const { source } = context;
    const inside = node.statements.filter(
      (s) => s.getStart(source) >= site.span.start && s.getStart(source) < site.span.end,
    );
    const last = inside.at(-1)!;
    const answer = promiseOf(last) ? waited(inside, promiseOf(last)!, context) : steps(node, inside, context);
    // The statements stay as they are, and their own sites say why.
    return answer ?? { rewrite: { pieces: [{ span: site.span }] }, drops };
  },
});

/** `const code = await new Promise((resolve) => child.on('close', resolve))`. */
function waited(inside: readonly ts.Statement[], promise: ts.NewExpression, context: Context): Answer {
  const unwrapped = unwrap(promise, context, rows, inside.slice(0, -1));
  const last = inside.at(-1)!;
  if ('stop' in unwrapped) return undefined;
  const finish = finishOf(last, context);
  const pieces = finish && statements(unwrapped, finish, 0);
  if (!pieces || pieces.length === 0) return undefined;
  const note = [...unwrapped.work.notes].join(' ');
  return { rewrite: { pieces }, drops, ...(note !== '' && { applicability: 'noted', note }) };
}

function finishOf(node: ts.Statement, { source }: Context): Finish | undefined {
  if (ts.isReturnStatement(node)) {
    const block = node.parent;
    return {
      kind: 'return',
      last: ts.isBlock(block) && ts.isFunctionLike(block.parent) && block.statements.at(-1) === node,
    };
  }
  if (ts.isExpressionStatement(node)) return { kind: 'discard' };
  if (!ts.isVariableStatement(node)) return undefined;
  const [declaration] = node.declarationList.declarations;
  const end = declaration!.type?.end ?? declaration!.name.end;
  return { kind: 'assign', head: [{ span: { start: node.getStart(source), end } }, ' = '] };
}

function promiseOf(statement: ts.Statement): ts.NewExpression | undefined {
  let value: ts.Expression | undefined;
  if (ts.isExpressionStatement(statement) || ts.isReturnStatement(statement)) value = statement.expression;
  else if (ts.isVariableStatement(statement)) value = statement.declarationList.declarations[0]!.initializer;
  while (value && (ts.isParenthesizedExpression(value) || ts.isAwaitExpression(value))) value = value.expression;
  return value && ts.isNewExpression(value) ? value : undefined;
}
