import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  defineTransform,
  fresh,
  imported,
  type Piece,
  refuse,
  template,
} from '../src/transform.ts';
import { limitedCall } from './api-map/limited-call.ts';

const note = 'These run one after the other now; after a failure the rest does not run.';
const inTurn = 'These run one after the other now.';

export default defineTransform({
  id: 'sequence-combinator',
  code: 'UA125',
  claims: ['combinator', 'idiom'],
  applicability: 'safe',
  summary: 'Run what `Promise.all` and `Promise.allSettled` combined one after the other',
  docs: '`Promise.all` keeps the order of its elements, and the order of their effects is now the same. `Promise.allSettled` runs each element, whatever became of the others.',
  reasons: {
    race: {
      short: 'The first of several to be done wins.',
      extra:
        'One after the other, the first to be called would always win. Give the operation a time limit of its own, or say which one to call.',
    },
    'time-limit': {
      short: 'A timer is the other end of a race.',
      extra:
        'Nothing can give up a call that blocks from outside, and the error of the timer would be another one than that of a `timeout` option. ' +
        'Give the operation a time limit of its own, and catch its error where it matters.',
    },
    untyped: {
      short: 'Nothing says what is combined.',
      extra: 'The elements are `any` or `unknown`: they may be promises that no one converts. Give them a type.',
    },
    'stored-elements': {
      short: 'The elements were made before, and their failures are kept apart.',
      extra:
        'Blocking, the first failure is thrown where it is made. Make the elements within the call of `Promise.allSettled`.',
    },
  },
  rewrite(site, of, context) {
    if (site.kind === 'idiom' && site.idiom === 'unnamed') {
      const [declaration] = (of as ts.VariableStatement).declarationList.declarations;
      const end = context.source.text[of.end - 1] === ';' ? ';' : '';
      return template`${declaration!.initializer!}${end}`;
    }
    if (site.kind === 'idiom' && site.idiom === 'all-stored')
      return { rewrite: template``, drops: 'The work was done where the array was filled.' };
    if (site.kind === 'idiom' && /^all-(counted-)?workers$/.test(site.idiom))
      return workers(of as ts.ExpressionStatement | ts.VariableStatement, site.idiom === 'all-workers', context);
    if (site.kind === 'idiom')
      return site.idiom === 'all-statement' ? statements(of as ts.ExpressionStatement, context) : undefined;
    const node = of as ts.CallExpression;
    const [elements] = node.arguments;
    if (!elements || node.arguments.length !== 1) return undefined;
    if (site.method === 'all') return all(node, elements, context);
    if (site.method === 'allSettled') return allSettled(node, elements, context);
    const limit = site.method === 'race' ? limitIn(elements, context) : undefined;
    if (limit) return refuseLimit(elements, limit, context);
    return refuse(
      'race',
      `The first of \`${context.text(elements).split('\n', 1)[0]!.slice(0, 80)}\` to be done wins.`,
    );
  },
});

function all(node: ts.CallExpression, elements: ts.Expression, context: Context): Answer {
  const { types, text } = context;
  if (ts.isArrayLiteralExpression(elements)) {
    const untyped = elements.elements.find(
      (element) => !ts.isSpreadElement(element) && types.colour(element) === 'unknown',
    );
    if (untyped)
      return refuse(
        'untyped',
        `Nothing says whether \`${text(untyped).replace(/\s+/g, ' ').slice(0, 80)}\` is a promise.`,
      );
    const rewrite = needsTuple(node, elements, context) ? template`${elements} as const` : template`${elements}`;
    return elements.elements.length < 2 && !elements.elements.some(ts.isSpreadElement)
      ? rewrite
      : { rewrite, applicability: 'noted', note };
  }
  if (isMap(elements, types)) {
    return {
      rewrite: isUnused(node) && !elements.typeArguments ? asForEach(elements, context) : template`${elements}`,
      applicability: 'noted',
      note,
    };
  }
  if (types.colour(elements) === 'unknown')
    return refuse('untyped', `Nothing says what \`${text(elements).slice(0, 80)}\` holds.`);
  return {
    rewrite: /\[\]$|^Array<|^\[/.test(types.text(elements)) ? template`${elements}` : template`[...${elements}]`,
    applicability: 'noted',
    note,
  };
}

/** `x && f()` → `if (x) f()` */
function statement(element: ts.Expression): Piece[] {
  return ts.isBinaryExpression(element) ? ['if (', element.left, ') ', element.right] : [element];
}

/** The element of a race that only waits: `timeout(1000)`, `new Promise((_, reject) => setTimeout(…))`. */
function limitIn(elements: ts.Expression, { text }: Context): ts.Expression | undefined {
  if (!ts.isArrayLiteralExpression(elements) || elements.elements.length !== 2) return undefined;
  return elements.elements.find((element) => {
    if (ts.isNewExpression(element)) return /\bsetTimeout\(/.test(text(element));
    return (
      ts.isCallExpression(element) &&
      /(^|\.|_)(\w*time_?(d_?)?out\w*|sleep|delay|wait|deadline)$/i.test(text(element.expression))
    );
  });
}

/** The timer can be no time limit of the work, and why. */
function refuseLimit(elements: ts.Expression, limit: ts.Expression, context: Context): Answer {
  const { elements: both } = elements as ts.ArrayLiteralExpression;
  const shown = `\`${context.text(limit).split('\n', 1)[0]!.slice(0, 80)}\``;
  const call = limitedCall(
    both.find((each) => each !== limit)!,
    context,
  );
  const next =
    'Write the timer at the race, as a promise that only fails: `new Promise((_, reject) => setTimeout(…))`.';
  return 'pieces' in call
    ? refuse('time-limit', `What ${shown} does when the time is over cannot be seen, or is no plain error.`, next)
    : refuse('time-limit', `${shown} gives up what runs beside it: ${call.why}`, call.next);
}

/** `await Promise.all([f(), g()]);` → `f();` and `g();` */
function statements(node: ts.ExpressionStatement, { source }: Context): Answer {
  let call: ts.Expression = node.expression;
  while (!ts.isCallExpression(call)) call = (call as ts.AwaitExpression | ts.ParenthesizedExpression).expression;
  const { elements } = call.arguments[0] as ts.ArrayLiteralExpression;
  const end = source.text[node.end - 1] === ';' ? ';' : '';
  const drops = 'Nobody looks at the array.';
  return {
    rewrite: template`${elements.map((element, i) => [i ? '\n' : '', ...statement(element), end, ...trailing(element, source)])}`,
    drops,
    ...(elements.length > 1 && { applicability: 'noted', note }),
  };
}

/** The comment that ends an element's line, behind its comma: it speaks of the element. */
function trailing({ end }: ts.Expression, { text }: ts.SourceFile): Piece[] {
  const [before, comment] =
    /^([ \t]*,?[ \t]*)(\/\/.*|\/\*.*?\*\/)(?=[ \t]*,?[ \t]*\r?\n)/.exec(text.slice(end, end + 400))?.slice(1) ?? [];
  if (before === undefined || comment === undefined) return [];
  const start = end + before.length;
  return [' ', { span: { start, end: start + comment.trimEnd().length } }];
}

/** `await Promise.all(Array.from({ length: 4 }, worker));` → `for (let i = 0; i < 4; i++) worker();` */
function workers(node: ts.ExpressionStatement | ts.VariableStatement, fixed: boolean, { source }: Context): Answer {
  const call = listOf(node);
  const [shape, worker] = call.arguments;
  const [length] = (shape as ts.ObjectLiteralExpression).properties;
  const end = source.text[node.end - 1] === ';' ? ';' : '';
  const count = (length as ts.PropertyAssignment).initializer;
  const i = /\b(i|count)\b/.test(source.text.slice(call.pos, call.end)) ? fresh('i') : 'i';
  const head = fixed
    ? template`let ${i} = 0; ${i} < ${count}; ${i}++`
    : template`let ${i} = 0, count = ${count}; ${i} < count; ${i}++`;
  const called: Piece = !ts.isArrowFunction(worker!)
    ? [worker!, '()']
    : ts.isBlock(worker.body)
      ? ['(', worker, ')()']
      : worker.body;
  const inline =
    ts.isArrowFunction(worker!) && ts.isBlock(worker.body) && !returns(worker.body) ? worker.body : undefined;
  return {
    rewrite: template`for (${head}) ${inline ?? [called, end]}`,
    drops: 'Nobody looks at the array; each worker is called in turn.',
    applicability: 'noted',
    note: 'These run one after the other now: of work that they share, the first does all. After a failure the rest does not run.',
  };
}

/** `Array.from(…)`, combined by this statement or given a name by it. */
function listOf(node: ts.ExpressionStatement | ts.VariableStatement): ts.CallExpression {
  let inner: ts.Expression = ts.isVariableStatement(node)
    ? node.declarationList.declarations[0]!.initializer!
    : node.expression;
  while (!ts.isCallExpression(inner)) inner = (inner as ts.AwaitExpression | ts.ParenthesizedExpression).expression;
  return ts.isVariableStatement(node) ? inner : (inner.arguments[0] as ts.CallExpression);
}

function returns(block: ts.Block): boolean {
  const stack: ts.Node[] = [block];
  for (let inner = stack.pop(); inner; inner = stack.pop()) {
    if (ts.isReturnStatement(inner)) return true;
    if (!ts.isFunctionLike(inner)) ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return false;
}

type MapCall = ts.CallExpression & { readonly expression: ts.PropertyAccessExpression };

/** `xs.map(f)` of an array. */
function isMap(node: ts.Expression, types: Context['types']): node is MapCall {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    node.expression.name.text === 'map' &&
    /^global#(Readonly)?Array\.map$/.test(types.api(node) ?? '')
  );
}

/** The array is not looked at: `await Promise.all(…);` is a statement. */
function isUnused(node: ts.CallExpression): boolean {
  let up: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(up) || ts.isAwaitExpression(up)) up = up.parent;
  return ts.isExpressionStatement(up) && node.parent !== up;
}

function asForEach(call: MapCall, { source }: Context): Piece & { readonly pieces: readonly Piece[] } {
  const { name } = call.expression;
  return template`${{ span: { start: call.getStart(source), end: name.getStart(source) } }}forEach${{ span: { start: name.end, end: call.end } }}`;
}

/** Elements of different types that are kept in a variable: an array would forget which is which. */
function needsTuple(node: ts.CallExpression, { elements }: ts.ArrayLiteralExpression, { types }: Context): boolean {
  let up: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(up) || ts.isAwaitExpression(up)) up = up.parent;
  if (
    !ts.isVariableDeclaration(up) ||
    up.type ||
    !ts.isIdentifier(up.name) ||
    elements.some(ts.isSpreadElement) ||
    /\.[cm]?jsx?$/.test(node.getSourceFile().fileName)
  )
    return false;
  return new Set(elements.map((element) => types.text(element, true))).size > 1;
}

function allSettled(node: ts.CallExpression, elements: ts.Expression, context: Context): Answer {
  const { types, text, source } = context;
  const settled = imported('@unawait/std/outcome', 'settled');
  if (ts.isArrayLiteralExpression(elements)) {
    const pieces: Piece[] = [];
    let at = elements.getStart(source);
    for (const element of elements.elements) {
      if (ts.isSpreadElement(element))
        return refuse('stored-elements', `\`${text(element).slice(0, 80)}\` was made before.`);
      pieces.push({ span: { start: at, end: element.getStart(source) } }, template`${settled}(() => ${element})`);
      at = element.end;
    }
    const rewrite = template`${pieces}${{ span: { start: at, end: elements.end } }}${needsTuple(node, elements, context) ? ' as const' : ''}`;
    return elements.elements.length < 2 ? rewrite : { rewrite, applicability: 'noted', note: inTurn };
  }
  const [callback, ...more] = isMap(elements, types) ? elements.arguments : [];
  if (!callback || more.length > 0)
    return refuse('stored-elements', `\`${text(elements).split('\n', 1)[0]!.slice(0, 80)}\` was made before.`);
  const before: Piece = { span: { start: elements.getStart(source), end: callback.getStart(source) } };
  const after: Piece = { span: { start: callback.end, end: elements.end } };
  if (!ts.isArrowFunction(callback)) {
    const names = ['item', 'index', 'all'].slice(0, parameterCount(types.text(callback))).join(', ');
    return {
      rewrite: template`${before}(${names}) => ${settled}(() => ${callback}(${names}))${after}`,
      applicability: 'noted',
      note: inTurn,
    };
  }
  const drops = 'The callback is split into its parameters and its body, which runs within `settled`.';
  const [first] = callback.parameters;
  const from = source.text.lastIndexOf('(', first?.getStart(source) ?? callback.equalsGreaterThanToken.pos);
  const parenthesised = from >= callback.getStart(source);
  const head: Piece = {
    span: { start: parenthesised ? from : first!.getStart(source), end: callback.equalsGreaterThanToken.end },
  };
  const rewrite = template`${before}${head} ${settled}(() => ${callback.body})${after}`;
  return { rewrite, drops, applicability: 'noted', note: inTurn };
}

/** Number of parameters of a function type, as text. */
function parameterCount(type: string): number {
  const source = ts.createSourceFile('type.ts', `type F = ${type};`, ts.ScriptTarget.Latest);
  const [alias] = source.statements;
  return alias && ts.isTypeAliasDeclaration(alias) && ts.isFunctionTypeNode(alias.type)
    ? alias.type.parameters.length
    : 1;
}
