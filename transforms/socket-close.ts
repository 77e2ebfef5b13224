import { ts } from 'ts-morph';
import { defineTransform, type Piece } from '../src/transform.ts';

export default defineTransform({
  id: 'socket-close',
  code: 'UA151',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Close a socket without a wait for its event, and end a time limit without its listener',
  docs:
    'A blocking socket is closed when `destroy` returns: `const closed = once(socket, "close"); socket.destroy(); await closed` is ' +
    '`socket.destroy()`. Its time limit has one callback, which nothing calls after `setTimeout(0)`, so the listener need not be taken away.',
  reasons: {},
  rewrite(site, node) {
    if ((site.idiom !== 'socket-close' && site.idiom !== 'timeout-off') || !(ts.isBlock(node) || ts.isSourceFile(node)))
      return undefined;
    const inside = node.statements.filter((s) => s.getStart() < site.span.end && s.getStart() >= site.span.start);
    const [first] = inside;
    // The declaration and the wait go, or the last statement alone.
    const kept = ts.isVariableStatement(first!) ? inside.slice(1, -1) : inside.slice(0, -1);
    const pieces = kept.flatMap((statement, i): Piece[] => (i === 0 ? [statement] : ['\n', statement]));
    return {
      rewrite: { pieces },
      drops:
        site.idiom === 'socket-close'
          ? 'A blocking socket is closed when `destroy` returns.'
          : 'Without a time limit nothing calls the listener.',
    };
  },
});
