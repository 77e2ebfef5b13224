import { ts } from 'ts-morph';
import type { Consumer } from '../src/model/facts.ts';
import {
  type Answer,
  type Context,
  defineTransform,
  imported,
  keep,
  type Piece,
  refuse,
  type RefuseAnswer,
  type SiteNodes,
  type Transform,
} from '../src/transform.ts';
import { blockingCall, type CallNode, reference } from './api-map/blocking-call.ts';
import { bridged } from './api-map/bridged.ts';
import { argumentsOf, calleeOf, isInert } from './api-map/call-arguments.ts';
import { findRows, type Row, type RowMap, rowsByApi } from './api-map/index.ts';
import { holds, promisifiedHere } from './api-map/chosen-row.ts';
import { parseRowText } from './api-map/row-text.ts';

/** What an API begins with whose declaration belongs to neither the project nor a package. */
const OUTSIDE = '(outside)#';

type Kind = 'api-call' | 'api-member' | 'api-value' | 'type-reference';

/** The transform over one project's rows; the default export has ours alone. */
export function swapApi(rows: RowMap): Transform<Kind> {
  return defineTransform({
    id: 'swap-api',
    code: 'UA110',
    claims: ['api-call', 'api-member', 'api-value', 'type-reference'],
    applicability: 'safe',
    summary: 'Replace a library call by its blocking form, as the API map says',
    docs: 'The rows are listed in the API map. A row that is missing can be given in `unawait.config.ts`, in the same form.',
    priority: -10,
    reasons: {
      'no-row': {
        short: 'No row in the API map.',
        extra: 'The library function has no row. Add one in `unawait.config.ts`, or ask for the policy `bridge`.',
      },
      'not-converted': {
        short: 'The function is declared outside of what is converted.',
        extra: 'Build output, or another package of the workspace. Convert it along with this, or import its source.',
      },
      'unknown-callee': {
        short: 'The function comes from a value.',
        extra:
          'Something of a library is called through a variable or property. Call the imported function by its name.',
      },
      'no-blocking-form': {
        short: 'The API has no blocking form.',
        extra: 'The row says why. What lives on the event loop has to be written anew, or stays async.',
      },
      'spread-arguments': {
        short: 'Spread arguments hide the positions.',
        extra: 'The blocking form takes its arguments at other places. Write the arguments out.',
      },
      'extra-argument': {
        short: 'An argument has no place in the blocking form.',
        extra: 'The row does not say what becomes of this argument. Remove it, or add a row for this arity.',
      },
      'abort-signal': {
        short: 'The call can be aborted by a signal.',
        extra:
          'Nothing can fire a signal while the thread blocks, and this one can neither be checked before the call nor become a time limit.',
      },
      option: {
        short: 'An option has no blocking counterpart.',
        extra: 'The row names the option and why it cannot be kept.',
      },
      'callback-argument': {
        short: 'The result comes by callback.',
        extra:
          'Only a callback that settles a `new Promise`, or a promisified function, is turned into the blocking call.',
      },
      'passed-on': {
        short: 'The function is passed on, not called.',
        extra: 'The blocking form is not one function with the same arguments. Wrap it in a function of your own.',
      },
      injected: {
        short: 'The function is reached through a value.',
        extra:
          'Another function may stand there, a fake for example. Call the imported function, or pass the blocking one.',
      },
      'other-arguments': {
        short: 'The blocking form is for other arguments.',
        extra: 'The API has a blocking form only for some types of arguments. Write the call for those, or add a row.',
      },
      'result-used': {
        short: 'The result of the call is used.',
        extra: 'The blocking form returns nothing. Use the call as a statement.',
      },
      'optional-call': {
        short: 'The function may be missing.',
        extra: 'A call with `?.` of a function that may be missing cannot become an import of another function.',
      },
    },
    rewrite(site, node, context) {
      const { api } = site;
      if (api === null) return undefined;
      if (site.kind === 'api-call') return rewriteCall(rows, api, node as CallNode, context, site.consumer);
      if (site.kind === 'api-value') return rewriteValue(rows, api, node as ts.Expression, context);
      if (site.kind === 'api-member') return rewriteMember(rows, api, node as SiteNodes['api-member'], context);
      return rewriteType(rows, api, context, node as SiteNodes['type-reference']);
    },
  });
}

export default swapApi(rowsByApi());

function rewriteCall(rows: RowMap, called: string, node: CallNode, context: Context, consumer: Consumer): Answer {
  const tag = ts.isTaggedTemplateExpression(node) ? context.types.api(node.tag) : undefined;
  const api = promisifiedHere(node, context) ?? tag ?? called;
  if (api === 'unknown') {
    const callee = context.text(calleeOf(node)).split('\n', 1)[0]!.slice(0, 60);
    return refuse(
      'unknown-callee',
      `\`${callee}\` is a value of a library's type, and which function it holds cannot be seen here.`,
      'Call the imported function by its name, or wrap it in a function of your own and pass that.',
    );
  }
  const given = argumentsOf(node);
  const candidates = findRows(rows, api, 'call');
  const row = candidates.find((candidate) => holds(candidate, given, context));
  if (!row) {
    if (candidates.length === 0) return bridged(node, context, noRow(api));
    return refuse('other-arguments', `\`${api}\` has a blocking form for other arguments than these.`);
  }
  if (row.refuse !== undefined) {
    const refusal = noBlockingForm(row, eventOf(api, given));
    return /`bridge`/.test(row.unlocks ?? '') ? bridged(node, context, refusal) : refusal;
  }
  const callback = given.find((argument, i) => i === given.length - 1 && isFunction(argument, context));
  if (row.form === 'callback' && !api.startsWith('node:util#promisify(')) {
    if (row.callback !== undefined && given.length < row.callback && !callback) return keep();
    const twin =
      row.sync === undefined ? undefined : `Call \`${row.sync.split('#')[1]!}\`, or wrap the call in \`new Promise\`.`;
    return refuse('callback-argument', `\`${api}\` hands its result to a callback.`, twin);
  }
  if (callback && row.functions !== 'kept') {
    return refuse(
      'callback-argument',
      `\`${context.text(callback).split('\n')[0]!}\` would be called from the event loop.`,
    );
  }
  if (mayTakeCallback(row, given, context) && !waitsFor(consumer, node)) {
    const last = context.text(given.at(-1)!).split('\n')[0]!;
    return refuse('callback-argument', `\`${last}\` may be a callback: its type does not say.`, 'a type for it');
  }
  if (row.most !== undefined && given.length > row.most) {
    return refuse('extra-argument', `\`${row.api}\` has a blocking form for at most ${row.most} arguments.`);
  }
  if (row.returnsNothing && !isStatement(node)) {
    return refuse(
      'result-used',
      `The result of \`${context.text(node.kind === ts.SyntaxKind.TaggedTemplateExpression ? node : calleeOf(node))}\` is used.`,
    );
  }
  const call = blockingCall(row, node, context);
  if ('refuse' in call) return call;
  return call.pieces ? claim(row, call.pieces, call.notes, call.drops) : kept(row);
}

function isFunction(argument: ts.Expression, context: Context): boolean {
  if (ts.isFunctionLike(argument)) return true;
  return (
    (ts.isIdentifier(argument) || ts.isPropertyAccessExpression(argument)) &&
    /^\(.*\) => /s.test(context.types.text(argument))
  );
}

function mayTakeCallback(row: Row, given: readonly ts.Expression[], { types }: Context): boolean {
  const last = given.at(-1);
  if (row.callbackFrom === undefined || given.length < row.callbackFrom || !last) return false;
  return /^(any|unknown|Function)$/.test(types.text(last));
}

/** Who waits for the result gives no callback. */
function waitsFor(consumer: Consumer, node: ts.Node): boolean {
  if (consumer !== 'returned') return consumer !== 'discarded' && consumer !== 'other';
  const around = ts.findAncestor(node, ts.isFunctionLike);
  return (
    ts.canHaveModifiers(around!) && ts.getModifiers(around)?.some((m) => m.kind === ts.SyntaxKind.AsyncKeyword) === true
  );
}

function isStatement(node: ts.Node): boolean {
  if (ts.isExpressionStatement(node.parent) || ts.isVoidExpression(node.parent)) return true;
  // `socket.on('connect', () => socket.write(…))`: nobody looks at what a listener returns.
  const listener = node.parent;
  return (
    ts.isArrowFunction(listener) &&
    ts.isCallExpression(listener.parent) &&
    /(^|\.)(on|once|addListener|connect|createConnection)$/.test(listener.parent.expression.getText())
  );
}

/** `data` of `socket.on('data', …)`. */
function eventOf(api: string, given: readonly ts.Expression[]): string | undefined {
  if (!/[.#](on|once|off|\w+Listeners?)$/.test(api)) return undefined;
  const first = given.find((argument) => ts.isStringLiteralLike(argument));
  return first && ts.isStringLiteralLike(first) ? first.text : undefined;
}

function rewriteValue(rows: RowMap, api: string, node: ts.Expression, context: Context): Answer {
  const [row] = findRows(rows, api, 'value');
  if (!row) return noRow(api);
  if (row.refuse !== undefined) return noBlockingForm(row);
  if (row.same && row.form === 'value') return kept(row);
  if (row.form === 'callback' && !api.startsWith('node:util#promisify(')) {
    return refuse('callback-argument', `\`${api}\` hands its result to a callback.`);
  }
  if (row.when || row.byArity) return refuse('passed-on', `\`${context.text(node)}\` is passed on, not called.`);
  if (row.sync !== undefined) {
    const name = reference(row.sync, node, context);
    return 'refuse' in name ? name : claim(row, [name]);
  }
  const plain = row.form === 'value' ? row.call : /^(\w+)\(\$(?:\*|1, \$2|1)\)$/.exec(row.call ?? '')?.[1];
  if (plain === undefined) return refuse('passed-on', `\`${context.text(node)}\` is passed on, not called.`);
  return claim(row, namesIn(row, plain));
}

function rewriteMember(rows: RowMap, api: string, node: SiteNodes['api-member'], context: Context): Answer {
  const [row] = findRows(rows, api, 'member');
  if (!row) {
    const [method] = findRows(rows, api, 'call');
    if (method?.refuse !== undefined) return noBlockingForm(method);
    return method ? refuse('passed-on', `\`${context.text(node)}\` is taken from its receiver.`) : noRow(api);
  }
  if (row.refuse !== undefined) return noBlockingForm(row);
  if (row.same) return kept(row);
  if (ts.isBindingElement(node) || ts.isObjectLiteralElementLike(node)) {
    return refuse('passed-on', `\`${context.text(node)}\` is taken apart; its blocking form is \`${row.call!}\`.`);
  }
  const parts = parseRowText(row.call!, []);
  if (parts.every((part) => typeof part === 'string') && !isInert(node.expression)) {
    return refuse('result-used', `\`${context.text(node.expression)}\` would not be evaluated.`);
  }
  return claim(
    row,
    parts.map((part) => (typeof part === 'string' ? part : node.expression)),
  );
}

function rewriteType(rows: RowMap, api: string, context: Context, node: SiteNodes['type-reference']): Answer {
  const [row] = findRows(rows, api, 'type');
  if (!row) return undefined;
  if (row.refuse !== undefined) return noBlockingForm(row);
  if (row.same) return kept(row);
  return claim(row, [...namesIn(row, row.call!, 'type'), typeArguments(row, node, context)]);
}

/** Type arguments stay where the row's text does not bring its own. */
function typeArguments(row: Row, node: SiteNodes['type-reference'], context: Context): Piece {
  const list = node.typeArguments;
  if (!list || row.call!.includes('<')) return '';
  return { span: { start: context.source.text.lastIndexOf('<', list.pos), end: node.end } };
}

function namesIn(row: Row, text: string, kind: 'value' | 'type' = 'value'): readonly Piece[] {
  return parseRowText(text, Object.keys(row.imports ?? {})).map((part) => {
    if (typeof part === 'string') return part;
    return 'imported' in part ? imported(row.imports![part.imported]!, part.imported, { kind }) : '';
  });
}

function claim(row: Row, pieces: readonly Piece[], notes: readonly string[] = [], drops?: string): Answer {
  const all = notesOf(row, notes);
  return {
    rewrite: { pieces },
    applicability: row.applicability ?? (all === undefined ? 'safe' : 'noted'),
    ...(all !== undefined && { note: all }),
    ...(drops !== undefined && { drops }),
  };
}

function kept(row: Row): Answer {
  const note = notesOf(row, []);
  return note === undefined ? keep() : { keep: true, applicability: row.applicability ?? 'noted', note };
}

function notesOf(row: Row, notes: readonly string[]): string | undefined {
  const all = new Set([...(row.note === undefined ? [] : [`${row.note}.`]), ...notes]);
  return all.size > 0 ? [...all].join(' ') : undefined;
}

function noRow(api: string): RefuseAnswer {
  if (api.startsWith(OUTSIDE))
    return refuse(
      'not-converted',
      `\`${api.slice(OUTSIDE.length)}\` is declared outside of what is converted here.`,
      'Convert what declares it along with this, or import it from its source.',
    );
  return refuse(
    'no-row',
    `\`${api}\` has no row in the API map.`,
    `Add a row for \`${api}\` in \`unawait.config.ts\`.`,
  );
}

function noBlockingForm(row: Row, event?: string): RefuseAnswer {
  const what = event === undefined ? `\`${row.api}\`` : `\`${row.api}\` of the event \`${event}\``;
  return refuse(
    'no-blocking-form',
    `${what}: ${row.refuse!}.`,
    row.unlocks === undefined ? undefined : `${row.unlocks}.`,
  );
}
