import { ts } from 'ts-morph';
import { defineTransform, imported, refuse, type Answer, type Context, type Piece } from '../src/transform.ts';
import { rowsByApi } from './api-map/index.ts';
import { unwrap } from './executor/unwrap.ts';

const rows = rowsByApi();
const drops = 'The listeners are told by the wait for them.';

export default defineTransform({
  id: 'settle-socket',
  code: 'UA154',
  claims: 'idiom',
  applicability: 'noted',
  summary: 'Read from a socket, and tell its listeners, until they have settled what is waited for',
  docs:
    'A client that writes a request and waits in `new Promise` for its `data` listener to find the whole answer becomes ' +
    '`socket.settle((resolve, reject) => …)`: it runs the executor, then reads and calls the listeners until one of them has called ' +
    '`resolve` or `reject`. The listeners may stand in the executor, or elsewhere in the class that owns the socket, where one answer is ' +
    'pending at a time (a queue or a map may keep it, if who waits has written to the socket) and they do nothing but keep state and settle it. A `setTimeout` beside them, or one that only destroys the socket, ' +
    'becomes a timer of the socket: `socket.setTimer(…)`.',
  reasons: {
    push: {
      short: 'A listener of the socket tells more than the answer.',
      extra:
        'What the other side sends whenever it likes has no blocking form. Keep one answer pending at a time, and let the listener do nothing but collect it.',
    },
  },
  rewrite(site, node, context) {
    if (site.idiom === 'socket-push') return refuse('push', site.of);
    if (site.idiom === 'socket-settle') return settle(node as ts.NewExpression, site.of!, context);
    if (site.idiom === 'socket-listener' || site.idiom === 'socket-unlisten')
      return listen(node as ts.CallExpression, context);
    if (site.idiom === 'socket-timer-type') return timerType(node, context);
    if (site.idiom === 'socket-timer' || site.idiom === 'socket-timer-end')
      return timer(
        node as ts.CallExpression,
        site.of!,
        site.idiom === 'socket-timer' ? 'setTimer' : 'clearTimer',
        context,
      );
    return undefined;
  },
});

/** `NodeJS.Timeout | undefined` of a timer of a socket. */
function timerType(node: ts.Node, { text }: Context): Answer {
  const rest = text(node).replace(/^(NodeJS\.Timeout|ReturnType<typeof setTimeout>)/, '');
  const pieces = [imported('@unawait/std/net', 'StreamTimer', { kind: 'type' }), rest];
  return { rewrite: { pieces }, drops, applicability: 'safe' };
}

/** `setTimeout(…)` and `clearTimeout(…)` beside a socket. */
function timer(call: ts.CallExpression, socket: string, member: string, { source }: Context): Answer {
  const [first] = call.arguments;
  const args = { span: { start: first!.getStart(source), end: call.arguments.at(-1)!.end } };
  const rewrite = { pieces: [`${socket}.${member}(`, args, ')'] };
  if (member === 'clearTimer') return { rewrite, drops, applicability: 'safe' };
  return { rewrite, drops, note: 'The timer is looked at while something waits on the socket, and at no other time.' };
}

function settle(node: ts.NewExpression, socket: string, context: Context): Answer {
  if (!('stop' in unwrap(node, context, rows))) return { keep: true };
  const [executor] = node.arguments!;
  const note = 'Listeners are called while something waits: what comes at other times is read by the next wait.';
  const pieces = [socket, '.settle', typeOf(node, context), '(', ...typed(executor!, node, context), ')'];
  return { rewrite: { pieces }, drops, note };
}

/** Untyped JavaScript has a promise of `any`; what settles it here says of what it is, or the checker would take it for `void`. */
function typed(executor: ts.Expression, node: ts.NewExpression, { types, source }: Context): readonly Piece[] {
  if (!ts.isArrowFunction(executor) || !/^(any|unknown)$/.test(types.text(node, true))) return [executor];
  const [resolve] = executor.parameters;
  if (!(executor.flags & ts.NodeFlags.JavaScriptFile) || !resolve || !ts.isIdentifier(resolve.name)) return [executor];
  const given = resolvedWith(executor, resolve.name.text).map((each) => types.text(each));
  if (given.length === 0) return [executor];
  const [first, ...others] = new Set(given);
  const type = others.length === 0 && /^(string|number|boolean|Buffer(<\w+>)?)(\[\])?$/.test(first!) ? first! : 'any';
  const start = executor.getStart(source);
  const at = resolve.getStart(source);
  // `resolve => …` has no parentheses to put a comment in.
  const isBare = source.text.slice(start, at).indexOf('(') < 0;
  if (isBare) return [executor];
  const [before, after] = [{ span: { start, end: at } }, { span: { start: at, end: executor.end } }];
  return [before, `/** @type {(value: ${type}) => void} */ `, after];
}

function resolvedWith(executor: ts.ArrowFunction, name: string): ts.Expression[] {
  const found: ts.Expression[] = [];
  const stack: ts.Node[] = [executor.body];
  for (let inner = stack.pop(); inner; inner = stack.pop()) {
    if (ts.isCallExpression(inner) && ts.isIdentifier(inner.expression) && inner.expression.text === name)
      found.push(...inner.arguments.slice(0, 1));
    ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return found;
}

function typeOf(node: ts.NewExpression, { types, text }: Context): readonly Piece[] {
  const [type] = node.typeArguments ?? [];
  if (type) return text(type) === 'void' ? [] : ['<', type, '>'];
  const isTyped = /\.[cm]?tsx?$/.test(node.getSourceFile().fileName);
  return isTyped && types.text(node, true) === 'unknown' ? ['<unknown>'] : [];
}

const renamed: Readonly<Record<string, string>> = { addListener: 'on', removeListener: 'off' };

function listen(call: ts.CallExpression, { source }: Context): Answer {
  const { expression, name } = call.expression as ts.PropertyAccessExpression;
  const last = call.arguments.at(-1);
  const args: Piece[] = last ? [{ span: { start: call.arguments[0]!.getStart(source), end: last.end } }] : [];
  const pieces = [expression, `.${renamed[name.text] ?? name.text}(`, ...args, ')'];
  return { rewrite: { pieces }, drops, applicability: 'safe' };
}
