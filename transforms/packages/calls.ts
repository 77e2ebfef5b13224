import { ts } from 'ts-morph';
import { fresh, imported, type Context, type Piece } from '../../src/transform.ts';
import { asArray, checkInput, handedOn, isArray, isUnused, readLimit, shown, Stop } from './mapper.ts';

/** A call as plain code, and what a reader has to know about it. */
export interface Rewritten {
  readonly pieces: readonly Piece[];
  readonly note?: string;
}

type Recipe = (call: ts.CallExpression, context: Context) => Rewritten;

const sequential = 'These run one after the other now; after a failure the rest does not run.';
const noteOf = ({ single }: { readonly single: boolean }): { note?: string } => (single ? {} : { note: sequential });

/** Calls of packages that schedule promises, by API id. */
export const recipes: Readonly<Record<string, Recipe>> = {
  'p-map#default': (call, context) => {
    const [input, mapper, options] = three(call, context);
    const limit = readLimit(context, options);
    checkControl(context, mapper);
    const callback = handedOn(context, mapper, ['item', 'index']);
    if (isUnused(call)) return { pieces: [asArray(context, input), '.forEach(', callback, ')'], ...noteOf(limit) };
    const pieces = isArray(context, input)
      ? [input, '.map(', callback, ')']
      : ['Array.from(', input, ', ', callback, ')'];
    return { pieces, ...noteOf(limit) };
  },
  'p-filter#default': (call, context) => {
    const [input, filterer, options] = three(call, context);
    const limit = readLimit(context, options);
    return {
      pieces: [asArray(context, input), '.filter(', handedOn(context, filterer, ['item', 'index']), ')'],
      ...noteOf(limit),
    };
  },
  'p-locate#default': (call, context) => {
    const [input, tester, options] = three(call, context);
    const limit = readLimit(context, options);
    const pieces = [asArray(context, input), '.find(', handedOn(context, tester, ['item']), ')'];
    return limit.single ? { pieces } : { pieces, note: 'What stands behind the first match is not tested any more.' };
  },
  'p-reduce#default': (call, context) => {
    const [input, reducer, initial] = three(call, context);
    if (!initial)
      throw new Stop(
        'callback',
        'Without a first value the package begins with `undefined`, an array with its first element.',
      );
    const callback = handedOn(context, reducer, ['total', 'item', 'index']);
    return { pieces: [asArray(context, input), '.reduce(', callback, ', ', initial, ')'] };
  },
  'p-each-series#default': (call, context) => {
    const [input, iterator] = three(call, context);
    checkControl(context, iterator);
    if (!isUnused(call)) throw new Stop('callback', 'What the call gives back is used.');
    return {
      pieces: [asArray(context, input), '.forEach(', handedOn(context, iterator, ['item', 'index']), ')'],
    };
  },
  'p-times#default': (call, context) => {
    const [count, mapper, options] = three(call, context, false);
    const limit = readLimit(context, options);
    checkControl(context, mapper);
    return { pieces: ['Array.from({ length: ', count, ' }, ', byIndex(context, mapper), ')'], ...noteOf(limit) };
  },
  'p-series#default': (call, context) => ({ pieces: tasks(call, context) }),
  'p-all#default': (call, context) => {
    const limit = readLimit(context, call.arguments[1]);
    return { pieces: tasks(call, context), ...noteOf(limit) };
  },
  'p-props#default': (call, context) => {
    const [input, ...more] = call.arguments;
    if (!input || more.length > 0) throw new Stop('callback', 'A mapper for properties has no blocking form here.');
    if (!ts.isObjectLiteralExpression(input))
      throw new Stop('input', `The promises in \`${shown(context, input)}\` were made before.`);
    return { pieces: [input], note: sequential };
  },
  'delay#default': (call, context) => {
    const [ms, options, ...more] = call.arguments;
    if (!ms || more.length > 0) throw new Stop('option', 'The call has other arguments than a time and options.');
    const sleep = imported('@unawait/std/time', 'sleepSync');
    if (!options) return { pieces: [sleep, '(', ms, ')'] };
    const [value, ...others] = ts.isObjectLiteralExpression(options) ? options.properties : [];
    if (!value || others.length > 0 || value.name?.getText() !== 'value' || !ts.isPropertyAssignment(value))
      throw new Stop('option', `What \`${shown(context, options)}\` asks for has no blocking form.`);
    return { pieces: [sleep, '(', ms, ', ', value.initializer, ')'] };
  },
};

function three(
  call: ts.CallExpression,
  context: Context,
  elements = true,
): [ts.Expression, ts.Expression, ts.Expression | undefined] {
  const [input, callback, options, ...more] = call.arguments;
  if (!input || !callback || more.length > 0 || call.arguments.some(ts.isSpreadElement))
    throw new Stop('callback', `\`${shown(context, call)}\` has other arguments than a list and a function.`);
  if (elements) checkInput(context, input);
  return [input, callback, options];
}

/** `pMapSkip`, `pMapStop` and `pEachSeries.stop` steer the package from the inside. */
function checkControl(context: Context, callback: ts.Expression): void {
  if (
    /\bpMap(Skip|Stop)\b|\.stop\b/.test(context.text(callback)) ||
    /unique symbol|pMap(Skip|Stop)|\bsymbol\b/.test(context.types.text(callback))
  )
    throw new Stop('control', `\`${shown(context, callback)}\` tells the package to leave out an element, or to stop.`);
}

/** `(index) => …` as the second parameter of what `Array.from` calls. */
function byIndex(context: Context, mapper: ts.Expression): Piece {
  const ignored = /\b_\b/.test(context.text(mapper)) ? fresh('_') : '_';
  if (!ts.isArrowFunction(mapper)) {
    const index = /\bindex\b/.test(context.text(mapper)) ? fresh('index') : 'index';
    return ['(', ignored, ', ', index, ') => ', mapper, '(', index, ')'];
  }
  const [parameter, ...more] = mapper.parameters;
  if (!parameter) return mapper;
  if (more.length > 0) throw new Stop('callback', `\`${shown(context, mapper)}\` takes more than the index.`);
  return [
    '(',
    ignored,
    ', ',
    parameter,
    ') ',
    { span: { start: mapper.equalsGreaterThanToken.getStart(), end: mapper.end } },
  ];
}

/** `[() => a(), () => b()]` → `[a(), b()]` */
export function tasks(call: ts.CallExpression, context: Context): readonly Piece[] {
  const [list] = call.arguments;
  if (!list || ts.isSpreadElement(list)) throw new Stop('input', 'There are no tasks.');
  checkInput(context, list);
  const thunks = ts.isArrayLiteralExpression(list) ? list.elements.filter(isThunk) : [];
  if (ts.isArrayLiteralExpression(list) && thunks.length === list.elements.length) {
    const pieces: Piece[] = [];
    let at = list.getStart(context.source);
    for (const element of thunks) {
      pieces.push({ span: { start: at, end: element.getStart(context.source) } }, element.body);
      at = element.end;
    }
    return [pieces, { span: { start: at, end: list.end } }];
  }
  const made = madeByMap(list);
  if (made) {
    const before: Piece = { span: { start: list.getStart(context.source), end: made.getStart(context.source) } };
    return [before, made.body, { span: { start: made.end, end: list.end } }];
  }
  const last = isUnused(call) ? '.forEach(' : '.map(';
  return [asArray(context, list), last, '(task) => task())'];
}

/** `() => f(x)` of `xs.map((x) => () => f(x))` */
function madeByMap(list: ts.Expression): ts.ArrowFunction | undefined {
  if (!ts.isCallExpression(list) || !ts.isPropertyAccessExpression(list.expression)) return undefined;
  const [callback, ...more] = list.arguments;
  const maps = list.expression.name.text === 'map' && callback && more.length === 0 && ts.isArrowFunction(callback);
  return maps && !ts.isBlock(callback.body) && isThunk(callback.body) ? callback.body : undefined;
}

function isThunk(node: ts.Expression): node is ts.ArrowFunction {
  return ts.isArrowFunction(node) && node.parameters.length === 0 && !ts.isBlock(node.body);
}
