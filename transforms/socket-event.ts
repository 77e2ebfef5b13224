import { ts } from 'ts-morph';
import { defineTransform, imported, refuse, template } from '../src/transform.ts';

export default defineTransform({
  id: 'socket-event',
  code: 'UA140',
  claims: 'api-call',
  applicability: 'safe',
  priority: 10,
  summary: 'Wait for a socket’s event with the blocking call that does the same',
  docs:
    '`await once(socket, "connect")` becomes `socket.connect()`, and `await once(socket, "data")` reads the next chunk: `onceSync(socket, "data")`. ' +
    'Other events that the other side sends whenever it likes have no such call.',
  reasons: {
    event: {
      short: 'The event has no blocking form.',
      extra:
        'Waiting for `connect` converts; reading to the end or by chunks says what `end`, `data` and `close` stand for.',
    },
  },
  rewrite(site, node, { types, text }) {
    if (!/^node:events#(once|EventEmitter\.once|default\.once)$/.test(site.api) || !ts.isCallExpression(node))
      return undefined;
    const [emitter, event] = node.arguments;
    if (!emitter || !event || !/^node:(net|tls)#/.test(types.api(emitter) ?? socketApi(types.text(emitter))))
      return undefined;
    if (!ts.isStringLiteralLike(event)) return refuse('event', `The event \`${text(event)}\` is not known here.`);
    if (node.arguments.length > 2) return refuse('event', 'The wait can be aborted by a signal.');
    if (event.text === 'data')
      return {
        rewrite: template`${imported('@unawait/std/net', 'onceSync')}(${emitter}, ${event})`,
        applicability: 'noted',
        note: 'What arrives while nothing waits is kept for the next read; where the other side ends before, it throws.',
      };
    if (event.text !== 'connect' && event.text !== 'secureConnect')
      return refuse('event', `The event \`${event.text}\` has no blocking form.`);
    return template`${emitter}.connect()`;
  },
});

function socketApi(type: string): string {
  return /^(net\.|tls\.)?(TLS)?Socket$/.test(type) ? 'node:net#Socket' : '';
}
