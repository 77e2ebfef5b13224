import { ts } from 'ts-morph';
import { defineTransform, refuse, template } from '../src/transform.ts';

export default defineTransform({
  id: 'socket-event',
  code: 'UA140',
  claims: 'api-call',
  applicability: 'safe',
  priority: 10,
  summary: 'Wait for a socket’s event with the blocking call that does the same',
  docs: '`await once(socket, "connect")` becomes `socket.connect()`. Events that the other side sends whenever it likes have no such call.',
  reasons: {
    event: {
      short: 'The event has no blocking form.',
      extra:
        'Waiting for `connect` converts; reading to the end or by chunks says what `end`, `data` and `close` stand for.',
    },
  },
  rewrite(site, node, { types, text }) {
    if (site.api !== 'node:events#once' || !ts.isCallExpression(node)) return undefined;
    const [emitter, event] = node.arguments;
    if (!emitter || !event || !/^node:(net|tls)#/.test(types.api(emitter) ?? socketApi(types.text(emitter))))
      return undefined;
    if (!ts.isStringLiteralLike(event)) return refuse('event', `The event \`${text(event)}\` is not known here.`);
    if (event.text !== 'connect' && event.text !== 'secureConnect')
      return refuse('event', `The event \`${event.text}\` has no blocking form.`);
    if (node.arguments.length > 2) return refuse('event', 'The wait can be aborted by a signal.');
    return template`${emitter}.connect()`;
  },
});

function socketApi(type: string): string {
  return /^(net\.|tls\.)?(TLS)?Socket$/.test(type) ? 'node:net#Socket' : '';
}
