import { ts } from 'ts-morph';
import {
  defineTransform,
  template,
  type Answer,
  type ClaimAnswer,
  type Context,
  type Piece,
} from '../src/transform.ts';
import { recipes, tasks } from './packages/calls.ts';
import { Stop } from './packages/mapper.ts';

const inPlace = 'The task runs here now, and its failure is thrown here.';
const drops = 'The task runs where it was handed to the limiter.';

export default defineTransform({
  id: 'drop-limiter',
  code: 'UA161',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Call the tasks of `p-limit` and `p-queue` where they were handed over',
  docs:
    'A limiter that is only called, and a queue that is only given tasks and waited for, has no work left when each task blocks: the tasks are ' +
    'called in their order, and the limiter goes. One that is handed on, asked for its state, paused or given priorities stays, and so does a ' +
    'queue whose tasks add more tasks.',
  reasons: {},
  rewrite(site, node, context) {
    switch (site.idiom) {
      case 'limiter-of-one':
        return { rewrite: template``, drops: 'One task at a time is all that blocking code can do.' };
      case 'limiter':
        return {
          rewrite: template``,
          drops: 'Nothing runs side by side that a limit could hold back.',
          applicability: 'noted',
          note: 'The tasks run one after the other now; after a failure the rest does not run.',
        };
      case 'queue-wait':
        return { rewrite: template``, drops: 'The tasks are done when they were called.' };
      case 'queued-task':
        return queued(node as ts.ExpressionStatement, context);
      case 'limited-task':
        return { rewrite: { pieces: called(node as ts.CallExpression) }, drops };
      case 'queued-block':
        return { ...block(node as ts.ExpressionStatement, context), applicability: 'noted', note: inPlace };
      case 'limited-block':
        return block(node as ts.ExpressionStatement | ts.ReturnStatement, context);
      case 'limited-body':
        return body(node as ts.ArrowFunction, context);
      case 'limited-map':
      case 'limited-list':
        return list(node as ts.CallExpression, site.idiom === 'limited-map', context);
      default:
        return undefined;
    }
  },
});

/** `limit(f, a)` → `f(a)`, `limit(() => f(a))` → `f(a)`, `limit(async () => {…})` → `(() => {…})()` */
function called(call: ts.CallExpression): readonly Piece[] {
  const [task, ...given] = call.arguments;
  if (ts.isArrowFunction(task!) && task.parameters.length === 0 && given.length === 0 && !ts.isBlock(task.body))
    return [task.body];
  const list = given.flatMap((argument, i): Piece[] => (i === 0 ? [argument] : [', ', argument]));
  const callee: Piece = ts.isFunctionLike(task) ? ['(', task, ')'] : task!;
  return [callee, '(', list, ')'];
}

function queued(statement: ts.ExpressionStatement, { source }: Context): Answer {
  let call: ts.Node = statement.expression;
  while (!ts.isCallExpression(call)) call = (call as ts.VoidExpression | ts.ParenthesizedExpression).expression;
  const end = source.text[statement.end - 1] === ';' ? ';' : '';
  return { rewrite: { pieces: [called(call), end] }, drops, applicability: 'noted', note: inPlace };
}

/** `await limit(async () => {…});` → `…` */
function block(statement: ts.ExpressionStatement | ts.ReturnStatement, { source }: Context): ClaimAnswer {
  let call: ts.Node = statement.expression!;
  while (!ts.isCallExpression(call)) call = (call as ts.AwaitExpression | ts.ParenthesizedExpression).expression;
  const { body: inner } = call.arguments[0] as ts.ArrowFunction;
  if (!ts.isBlock(statement.parent)) return { rewrite: { pieces: [inner] }, drops };
  const [from, to] = [inner.getStart(source) + 1, inner.end - 1];
  const text = source.text.slice(from, to);
  const start = from + (text.length - text.trimStart().length);
  return { rewrite: { pieces: [{ span: { start, end: start + text.trim().length } }] }, drops };
}

/** `(x) => limit(async () => {…})` → `(x) => {…}` */
function body(arrow: ts.ArrowFunction, { source }: Context): Answer {
  let call: ts.Node = arrow.body;
  while (!ts.isCallExpression(call)) call = (call as ts.ParenthesizedExpression).expression;
  const [task] = call.arguments as unknown as readonly [ts.ArrowFunction];
  const word = arrow.modifiers?.find((m) => m.kind === ts.SyntaxKind.AsyncKeyword);
  const start = word ? word.end + /^\s*/.exec(source.text.slice(word.end))![0].length : arrow.getStart(source);
  const head: Piece = { span: { start, end: arrow.equalsGreaterThanToken.end } };
  return { rewrite: { pieces: [head, ' ', task.body] }, drops };
}

function list(call: ts.CallExpression, mapped: boolean, context: Context): Answer {
  try {
    const pieces = mapped ? recipes['p-map#default']!(call, context).pieces : tasks(call, context);
    return { rewrite: { pieces }, drops };
  } catch (error) {
    if (error instanceof Stop) return undefined;
    throw error;
  }
}
