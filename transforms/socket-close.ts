import { ts } from 'ts-morph';
import { defineTransform, semicolon, type Piece } from '../src/transform.ts';

export default defineTransform({
  id: 'socket-close',
  code: 'UA151',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Close, connect or end a socket without a wait for the event, and end a time limit without its listener',
  docs:
    'A blocking socket is closed when `destroy` returns: `const closed = once(socket, "close"); socket.destroy(); await closed` is ' +
    '`socket.destroy()`; so it is with `connect(…)` and its event, and with `end()` and `finish`. Its time limit has one callback, which nothing calls after `setTimeout(0)`, so the listener need not be taken away.',
  reasons: {},
  rewrite(site, node, { source, text }) {
    if (!/^(socket-close|socket-end|timeout-off)$/.test(site.idiom) || !(ts.isBlock(node) || ts.isSourceFile(node)))
      return undefined;
    const inside = node.statements.filter((s) => s.getStart() < site.span.end && s.getStart() >= site.span.start);
    const [first] = inside;
    // The declaration and the wait go, or the last statement alone.
    const kept = ts.isVariableStatement(first!) ? inside.slice(1, -1) : inside.slice(0, -1);
    const pieces = kept.flatMap((statement, i): Piece[] => (i === 0 ? [statement] : ['\n', statement]));
    if (site.idiom === 'socket-end') {
      const socket = endedSocket(kept, text);
      return {
        rewrite: { pieces: [...pieces, '\n', socket, '.readToEnd()', semicolon(source)] },
        drops: 'The wait for the end of the other side reads until then.',
        applicability: 'noted',
        note: 'It reads until the other side ends; what still comes is dropped, where it kept the socket open before.',
      };
    }
    return {
      rewrite: { pieces },
      drops:
        site.idiom === 'socket-close'
          ? 'The blocking call returns when it has happened.'
          : 'Without a time limit nothing calls the listener.',
    };
  },
});

/** `socket` of the last `socket.end(…)`. */
function endedSocket(list: readonly ts.Statement[], text: (node: ts.Node) => string): string {
  for (const statement of list.toReversed()) {
    if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) continue;
    const { expression } = statement.expression;
    if (ts.isPropertyAccessExpression(expression) && expression.name.text === 'end') return text(expression.expression);
  }
  throw new Error('The idiom has a call of `end`.');
}
