import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  defineTransform,
  imported,
  type Piece,
  refuse,
  type SiteNodes,
  type Transform,
} from '../src/transform.ts';
import { blockingCall, type CallNode, reference } from './api-map/blocking-call.ts';
import { argumentsOf } from './api-map/call-arguments.ts';
import { findRow, type Row, type RowMap, rowsByApi } from './api-map/index.ts';
import { parseRowText } from './api-map/row-text.ts';

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
        short: 'No row in the API map',
        extra: 'The library function has no row. Add one in `unawait.config.ts`, or ask for the policy `bridge`.',
      },
      'no-blocking-form': {
        short: 'The API has no blocking form',
        extra: 'The row says why. What lives on the event loop has to be written anew, or stays async.',
      },
      'spread-arguments': {
        short: 'Spread arguments hide the positions',
        extra: 'The blocking form takes its arguments at other places. Write the arguments out.',
      },
      'extra-argument': {
        short: 'An argument has no place in the blocking form',
        extra: 'The row does not say what becomes of this argument. Remove it, or add a row for this arity.',
      },
      'abort-signal': {
        short: 'The call can be aborted by a signal',
        extra:
          'Nothing can fire a signal while the thread blocks, and this one can neither be checked before the call nor become a time limit.',
      },
      option: {
        short: 'An option has no blocking counterpart',
        extra: 'The row names the option and why it cannot be kept.',
      },
      'callback-argument': {
        short: 'The result comes by callback',
        extra:
          'Only a callback that settles a `new Promise`, or a promisified function, is turned into the blocking call.',
      },
      'passed-on': {
        short: 'The function is passed on, not called',
        extra: 'The blocking form is not one function with the same arguments. Wrap it in a function of your own.',
      },
      injected: {
        short: 'The function is reached through a value',
        extra:
          'Another function may stand there, a fake for example. Call the imported function, or pass the blocking one.',
      },
      'optional-call': {
        short: 'The function may be missing',
        extra: 'A call with `?.` of a function that may be missing cannot become an import of another function.',
      },
    },
    rewrite(site, node, context) {
      const { api } = site;
      if (api === null) return undefined;
      if (site.kind === 'api-call') return rewriteCall(rows, api, node as CallNode, context);
      if (site.kind === 'api-value') return rewriteValue(rows, api, node as ts.Expression, context);
      if (site.kind === 'api-member') return rewriteMember(rows, api, node as SiteNodes['api-member'], context);
      return rewriteType(rows, api, node as SiteNodes['type-reference'], context);
    },
  });
}

export default swapApi(rowsByApi());

function rewriteCall(rows: RowMap, api: string, node: CallNode, context: Context): Answer {
  const row = findRow(rows, api, 'call');
  if (!row) return noRow(api);
  if (row.refuse !== undefined) return noBlockingForm(row);
  const given = argumentsOf(node);
  if (row.form === 'callback' && !api.startsWith('node:util#promisify(')) {
    const comesBack = row.callback === undefined || given.length >= row.callback || given.some(ts.isFunctionLike);
    if (!comesBack) return { rewrite: { pieces: [whole(node, context)] } };
    const twin =
      row.sync === undefined ? undefined : `Call \`${row.sync.split('#')[1]!}\`, or wrap the call in \`new Promise\``;
    return refuse('callback-argument', `\`${api}\` hands its result to a callback`, twin);
  }
  if (row.most !== undefined && given.length > row.most) {
    return refuse('extra-argument', `\`${row.api}\` has a blocking form for at most ${row.most} arguments`);
  }
  const call = blockingCall(row, node, context);
  return 'refuse' in call ? call : claim(row, call.pieces, call.notes);
}

function rewriteValue(rows: RowMap, api: string, node: ts.Expression, context: Context): Answer {
  const row = findRow(rows, api, 'value');
  if (!row) return noRow(api);
  if (row.refuse !== undefined) return noBlockingForm(row);
  if (row.same && row.form === 'value') return claim(row, [whole(node, context)]);
  if (row.form === 'callback' && !api.startsWith('node:util#promisify(')) {
    return refuse('callback-argument', `\`${api}\` hands its result to a callback`);
  }
  if (row.sync !== undefined) {
    // `promisify(f)` is a call, but nothing of it stays.
    const name = reference(row.sync, node, context);
    return 'refuse' in name ? name : claim(row, [name]);
  }
  const plain = row.form === 'value' ? row.call : /^(\w+)\(\$\*\)$/.exec(row.call ?? '')?.[1];
  if (plain === undefined) return refuse('passed-on', `\`${context.text(node)}\` is passed on, not called`);
  return claim(row, namesIn(row, plain));
}

function rewriteMember(rows: RowMap, api: string, node: SiteNodes['api-member'], context: Context): Answer {
  const row = findRow(rows, api, 'member');
  if (!row) {
    const method = findRow(rows, api, 'call');
    if (method?.refuse !== undefined) return noBlockingForm(method);
    return method ? refuse('passed-on', `\`${context.text(node)}\` is taken from its receiver`) : noRow(api);
  }
  if (row.refuse !== undefined) return noBlockingForm(row);
  if (row.same) return claim(row, [whole(node, context)]);
  if (ts.isBindingElement(node))
    return refuse('passed-on', `\`${context.text(node)}\` is taken apart; \`${row.call!}\` is its blocking form`);
  return claim(
    row,
    parseRowText(row.call!, []).map((part) => (typeof part === 'string' ? part : node.expression)),
  );
}

function rewriteType(rows: RowMap, api: string, node: SiteNodes['type-reference'], context: Context): Answer {
  const row = findRow(rows, api, 'type');
  if (!row) return noRow(api);
  if (row.refuse !== undefined) return noBlockingForm(row);
  return claim(row, row.same ? [whole(node, context)] : namesIn(row, row.call!, 'type'));
}

function namesIn(row: Row, text: string, kind: 'value' | 'type' = 'value'): readonly Piece[] {
  return parseRowText(text, Object.keys(row.imports ?? {})).map((part) => {
    if (typeof part === 'string') return part;
    return 'imported' in part ? imported(row.imports![part.imported]!, part.imported, { kind }) : '';
  });
}

function whole(node: ts.Node, context: Context): Piece {
  return { span: { start: node.getStart(context.source), end: node.end } };
}

function claim(row: Row, pieces: readonly Piece[], notes: readonly string[] = []): Answer {
  const all = [...(row.note === undefined ? [] : [row.note]), ...notes];
  const drops = Object.values(row.drops ?? {})[0];
  return {
    rewrite: { pieces },
    applicability: row.applicability ?? (all.length > 0 ? 'noted' : 'safe'),
    ...(all.length > 0 && { note: [...new Set(all)].join('. ') }),
    ...(drops !== undefined && { drops }),
  };
}

function noRow(api: string): Answer {
  return refuse('no-row', `\`${api}\` has no row in the API map`, `A row for \`${api}\` in \`unawait.config.ts\``);
}

function noBlockingForm(row: Row): Answer {
  return refuse('no-blocking-form', `\`${row.api}\`: ${row.refuse!}`, row.unlocks);
}
