import { ts } from 'ts-morph';
import { defineTransform, keep, refuse } from '../src/transform.ts';

export default defineTransform({
  id: 'refuse-loop',
  code: 'UA191',
  claims: 'loop',
  applicability: 'safe',
  summary: 'Refuse timers, servers, listeners and streams that live on the event loop',
  reasons: {
    timer: {
      short: 'A timer needs the event loop.',
      extra: 'Timers do not fire while code blocks. A wait (`await sleep(n)`) converts, a callback does not.',
    },
    server: {
      short: 'A server lives on the event loop.',
      extra:
        'A server and a blocking client in one thread deadlock. In tests a server in a module of its own moves to a worker thread.',
    },
    listener: {
      short: 'A listener lives on the event loop.',
      extra:
        'Events are not delivered while code blocks. Whole-input idioms (read to the end, wait for one event) convert where an idiom is known.',
    },
    child: {
      short: 'A dialogue with a child process has no blocking form.',
      extra: '`execFile` and `exec` through `promisify`, or a wait for `exit`, convert.',
    },
    worker: {
      short: 'A worker answers on the event loop.',
      extra:
        'What a worker posts to its `parentPort` can only be heard by a listener. A port that it is given can be read with `receiveMessageOnPort`; ' +
        '`@unawait/std/thread` and `@unawait/std/bridge` do that.',
    },
    'lambda-answer': {
      short: 'The handler tells its runtime of work on the event loop.',
      extra:
        'A handler that answers by callback, streams its answer, or lets the runtime go on before the loop is empty, lives on the loop of the managed runtime.',
    },
    stream: {
      short: 'A stream lives on the event loop.',
      extra: 'Reading a whole file or iterating over its lines converts.',
    },
  },
  rewrite(site, node) {
    const name = site.api.slice(site.api.indexOf('#') + 1);
    if (/Process\.(on|once|addListener)$/.test(name))
      return keep('A signal handler runs only between events now: blocking code holds it up.');
    const member = name.slice(name.lastIndexOf('.') + 1);
    if (/^(setTimeout|setInterval|setImmediate|queueMicrotask|nextTick|requestAnimationFrame)$/.test(member))
      return refuse('timer', `\`${name}\` needs the event loop.`);
    if (/Server/.test(name)) return refuse('server', `\`${name}\` lives on the event loop.`);
    if (/^(on|once|addListener|prepend\w+|addEventListener|pipe)$/.test(member)) {
      const [first] = ts.isCallExpression(node) ? node.arguments : [];
      const event = first && ts.isStringLiteralLike(first) ? ` of the event \`${first.text}\`` : '';
      return refuse('listener', `\`${name}\`${event} lives on the event loop.`);
    }
    if (site.api.startsWith('aws-lambda#'))
      return refuse('lambda-answer', `\`${name}\` has to do with the event loop of the managed runtime.`);
    if (site.api === 'node:worker_threads#Worker.constructor')
      return refuse(
        'worker',
        'What the worker posts to its `parentPort` can only be heard on the event loop.',
        'Call its module through `@unawait/std/thread`, or let it answer on a port that `receiveMessageOnPort` reads.',
      );
    if (/child_process/.test(site.api)) return refuse('child', `\`${name}\` runs beside this code.`);
    return refuse('stream', `\`${name}\` lives on the event loop.`);
  },
});
