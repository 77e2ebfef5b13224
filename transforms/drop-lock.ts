import { ts } from 'ts-morph';
import { type Answer, type Context, defineTransform, type Piece, semicolon } from '../src/transform.ts';

const note =
  'The lock is gone: among code that blocks it is always free. Code that took it twice at once waited for ever, and goes on now.';

export default defineTransform({
  id: 'drop-lock',
  code: 'UA164',
  claims: 'idiom',
  applicability: 'noted',
  priority: 1,
  summary: 'Leave out locks that are written by hand as a chain of promises',
  docs:
    'Each task waits for the promise of the one before it: by `tail.then(() => task())`, or by a promise that is resolved in a `finally`. Where ' +
    'all that is done with the promise is to wait for one’s turn, it is only a lock, and the task is called where it stands. A chain that skips ' +
    'what follows a failure is more than a lock and stays. In a class that keeps waiting callers in a list, the wait becomes an error: nobody ' +
    'else is there to release it.',
  reasons: {},
  rewrite(site, node, context) {
    switch (site.idiom) {
      case 'lock-tail':
        return { rewrite: { pieces: [] }, drops: 'Nobody waits for a turn any more.', applicability: 'safe' };
      case 'lock-held':
        return {
          rewrite: {
            pieces: [
              `throw new Error('The lock is held, and nobody else is there to release it')${semicolon(context.source)}`,
            ],
          },
          drops: 'The wait would never end.',
          note: 'Where the lock is held this throws now: nothing else runs that could release it.',
        };
      case 'lock-chain':
        return chain(statementsIn(node.parent as ts.Block, site.span), context);
      case 'lock-turn':
      case 'lock-block':
        return turn(statementsIn(node.parent as ts.Block, site.span), site.idiom === 'lock-block', context);
      default:
        return undefined;
    }
  },
});

function statementsIn(
  block: ts.Block,
  { start, end }: { readonly start: number; readonly end: number },
): ts.Statement[] {
  return block.statements.filter((s) => s.getStart() >= start && s.end <= end);
}

/** The task is called, and what it gives is returned. */
function chain(list: readonly ts.Statement[], context: Context): Answer {
  const [first] = list;
  let value: ts.Expression | undefined = ts.isVariableStatement(first!)
    ? first.declarationList.declarations[0]!.initializer
    : ((first as ts.ExpressionStatement).expression as ts.BinaryExpression).right;
  while (value && !ts.isCallExpression(value))
    value = (value as ts.AsExpression | ts.ParenthesizedExpression).expression;
  const [task] = value!.arguments;
  const called: Piece = !ts.isArrowFunction(task!)
    ? [task!, '()']
    : ts.isBlock(task.body)
      ? ['(', task, ')()']
      : task.body;
  return {
    rewrite: { pieces: ['return ', called, semicolon(context.source)] },
    drops: 'What only waited for a turn goes.',
    note,
  };
}

/** What stood in the `try`, without the wait in front of it and the release behind. */
function turn(list: readonly ts.Statement[], asBlock: boolean, context: Context): Answer {
  const attempt = list.at(-1) as ts.TryStatement;
  const [first, last] = [attempt.tryBlock.statements[0], attempt.tryBlock.statements.at(-1)];
  const others = attempt.finallyBlock!.statements.length > 1;
  const drops = 'What only waited for a turn goes.';
  if (others) {
    const released = attempt.finallyBlock!.statements.find((s) => /^\w+\(\);?$/.test(context.text(s)))!;
    const head = { span: { start: attempt.getStart(context.source), end: released.pos } };
    return { rewrite: { pieces: [head, { span: { start: released.end, end: attempt.end } }] }, drops, note };
  }
  if (asBlock) return { rewrite: { pieces: [attempt.tryBlock] }, drops, note };
  if (!first || !last) return { rewrite: { pieces: [] }, drops, note };
  const comments = ts.getLeadingCommentRanges(context.source.text, first.pos) ?? [];
  const span = { start: comments[0]?.pos ?? first.getStart(context.source), end: last.end };
  return { rewrite: { pieces: [{ span }] }, drops, note };
}
