import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  defineTransform,
  fresh,
  keep,
  type Piece,
  refuse,
  type Rewrite,
  template,
  verbatim,
} from '../src/transform.ts';
import type { SiteOf } from '../src/model/facts.ts';
import { limitedCall } from './api-map/limited-call.ts';
import { isMap, type MapCall, settledElements, settledMap } from './combinator/settled.ts';

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
    'awaits-inside': {
      short: 'An element whose outcome is kept awaits its arguments.',
      extra:
        'A failure of an argument was thrown at once, and would be kept with that of the element. Await the argument in a statement of its own.',
    },
  },
  rewrite(site, of, context) {
    if (site.kind === 'idiom' && site.idiom === 'unnamed') {
      const [declaration] = (of as ts.VariableStatement).declarationList.declarations;
      const end = context.source.text[of.end - 1] === ';' ? ';' : '';
      return template`${declaration!.initializer!}${end}`;
    }
    if (site.kind === 'idiom' && site.idiom === 'reduce-beside') return keep(note);
    if (site.kind === 'idiom' && site.idiom === 'reduce-each') return asLoop(of as MapCall, context);
    if (site.kind === 'idiom' && site.idiom === 'all-stored')
      return { rewrite: template``, drops: 'The work was done where the array was filled.' };
    if (site.kind === 'idiom' && /^all-(counted-)?workers$/.test(site.idiom))
      return workers(of as ts.ExpressionStatement | ts.VariableStatement, site.idiom === 'all-workers', context);
    if (site.kind === 'idiom')
      return site.idiom === 'all-statement' ? statements(of as ts.ExpressionStatement, context) : undefined;
    const node = of as ts.CallExpression;
    const [elements] = node.arguments;
    if (!elements || node.arguments.length !== 1) return undefined;
    if (site.method === 'all') return all(site, node, elements, context);
    if (site.method === 'allSettled') return allSettled(site, node, elements, context);
    const limit = site.method === 'race' ? limitIn(elements, context) : undefined;
    if (limit) return refuseLimit(elements, limit, context);
    return refuse(
      'race',
      `The first of \`${context.text(elements).split('\n', 1)[0]!.slice(0, 80)}\` to be done wins.`,
    );
  },
});

function all(site: SiteOf<'combinator'>, node: ts.CallExpression, elements: ts.Expression, context: Context): Answer {
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
    const tuple = asTuple(node, elements, context);
    const rewrite = tuple === '' ? template`${elements}` : template`${elements}${tuple}`;
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
    rewrite: asArray(site, node, elements, context),
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

/** `xs.reduce(async (before, x) => { await before; … }, Promise.resolve())` → `xs.forEach((x) => {…})` */
function asLoop(node: MapCall, { source }: Context): Answer {
  const callback = node.arguments[0] as ts.ArrowFunction;
  const [before, ...parameters] = callback.parameters;
  const { body } = callback;
  const [first] = ts.isBlock(body) ? body.statements : [];
  const head: Piece = parameters.length === 0 ? '()' : ['(', verbatim(source, parameters[0]!, parameters.at(-1)), ')'];
  const handler = ts.isBlock(body) ? undefined : (callOf(body).arguments[0] as ts.ArrowFunction).body;
  // Without its first statement; what stands before and behind that one stays.
  const next = first && first.end + /^\s*/.exec(source.text.slice(first.end))![0].length;
  const inside: Piece =
    first && next !== undefined
      ? [
          { span: { start: body.getStart(source), end: first.getStart(source) } },
          { span: { start: next, end: body.end } },
        ]
      : handler!;
  const access = node.expression;
  const receiver: Piece = { span: { start: access.getStart(source), end: access.name.getStart(source) } };
  return {
    rewrite: template`${receiver}forEach(${head} => ${inside})`,
    drops: `Each turn waits for the one before, \`${before!.name.getText(source)}\`, by itself now.`,
  };
}

function callOf(node: ts.Expression): ts.CallExpression {
  let inner = node;
  while (ts.isParenthesizedExpression(inner)) inner = inner.expression;
  return inner as ts.CallExpression;
}

/** ` as const` where an array would forget which element is which: kept in a variable, handed on by a function, taken apart by a handler. */
function asTuple(node: ts.CallExpression, { elements }: ts.ArrayLiteralExpression, context: Context): string {
  const { types, text } = context;
  if (elements.some(ts.isSpreadElement) || /\.[cm]?jsx?$/.test(node.getSourceFile().fileName)) return '';
  let up: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(up) || ts.isAwaitExpression(up)) up = up.parent;
  const annotation = handlerOf(node)?.parameters[0]?.type;
  if (annotation) return ` as ${text(annotation)}`;
  const isKept = ts.isVariableDeclaration(up) && !up.type && ts.isIdentifier(up.name);
  const isDistinct = new Set(elements.map((element) => types.text(element, true))).size > 1;
  if (isKept) return isDistinct ? ' as const' : '';
  const taken = handlerOf(node)?.parameters[0]?.name;
  const isTaken = taken !== undefined || isInferred(up) || ts.isElementAccessExpression(up);
  // Each name of a pattern would be of an element that may be missing.
  const isStrict = types.strictIndexes && !(taken && ts.isIdentifier(taken));
  return isTaken && elements.length > 0 && (isDistinct || isStrict) ? ' as const' : '';
}

/** `([a, b]) => …` of `Promise.all([…]).then(([a, b]) => …)`. */
function handlerOf(node: ts.CallExpression): ts.ArrowFunction | ts.FunctionExpression | undefined {
  const access = node.parent;
  if (!ts.isPropertyAccessExpression(access) || access.name.text !== 'then' || !ts.isCallExpression(access.parent))
    return undefined;
  const [handler] = access.parent.arguments;
  return handler && (ts.isArrowFunction(handler) || ts.isFunctionExpression(handler)) ? handler : undefined;
}

/** The array is what a function gives whose type is told by nothing else. */
function isInferred(at: ts.Node): boolean {
  const owner = ts.isReturnStatement(at)
    ? ts.findAncestor(at, ts.isFunctionLike)
    : ts.isArrowFunction(at)
      ? at
      : undefined;
  if (!owner || owner.type) return false;
  if (ts.isFunctionDeclaration(owner) || (ts.isMethodDeclaration(owner) && ts.isClassLike(owner.parent))) return true;
  return ts.isVariableDeclaration(owner.parent) && !owner.parent.type;
}

function allSettled(
  site: SiteOf<'combinator'>,
  node: ts.CallExpression,
  elements: ts.Expression,
  context: Context,
): Answer {
  const { text } = context;
  if (ts.isArrayLiteralExpression(elements)) {
    const each = settledElements(elements, context);
    if ('bad' in each) {
      const shown = text(each.bad).split('\n', 1)[0]!.slice(0, 80);
      return ts.isSpreadElement(each.bad)
        ? refuse('stored-elements', `\`${shown}\` was made before.`)
        : refuse('awaits-inside', `\`${shown}\` awaits an argument.`);
    }
    const rewrite = template`${each.pieces}${asTuple(node, elements, context)}`;
    return elements.elements.length < 2 ? rewrite : { rewrite, applicability: 'noted', note: inTurn };
  }
  // The outcomes are in it: what fills it keeps them.
  if (site.kept) return asArray(site, node, elements, context);
  const mapped = settledMap(elements, context);
  return mapped
    ? { ...mapped, applicability: 'noted', note: inTurn }
    : refuse('stored-elements', `\`${text(elements).split('\n', 1)[0]!.slice(0, 80)}\` was made before.`);
}

/** A promise gives an array of its own. The one that is there can stand for it unless somebody changes it, or another iterable is there. */
function asArray(
  site: SiteOf<'combinator'>,
  node: ts.CallExpression,
  elements: ts.Expression,
  { types }: Context,
): Rewrite {
  const isArray = /\[\]$|^Array<|^\[/.test(types.text(elements));
  return isArray && (!site.shared || isTakenApart(node)) ? template`${elements}` : template`[...${elements}]`;
}

/** Its elements are taken out where it stands: nobody holds on to the array. */
function isTakenApart(node: ts.CallExpression): boolean {
  let up: ts.Node = node;
  while (ts.isParenthesizedExpression(up.parent) || ts.isAwaitExpression(up.parent)) up = up.parent;
  const { parent } = up;
  return (
    ts.isSpreadElement(parent) ||
    ts.isElementAccessExpression(parent) ||
    (ts.isVariableDeclaration(parent) && ts.isArrayBindingPattern(parent.name)) ||
    (ts.isPropertyAccessExpression(parent) &&
      /^(at|every|filter|find|flat|flatMap|includes|join|length|map|reduce|slice|some)$/.test(parent.name.text))
  );
}
