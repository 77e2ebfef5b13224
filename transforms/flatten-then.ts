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
  verbatim,
} from '../src/transform.ts';
import { findRows, rowsByApi } from './api-map/index.ts';
import { caughtChain, caughtValue, type Tried } from './flatten/caught-value.ts';

const rows = rowsByApi();

/** One call of a chain: `.then(f, g)`. */
interface Link {
  readonly call: ts.CallExpression;
  readonly member: 'then' | 'catch' | 'finally';
}

export default defineTransform({
  id: 'flatten-then',
  code: 'UA123',
  claims: ['then', 'idiom'],
  applicability: 'safe',
  summary: 'Run the handlers of a `then` chain in place',
  docs:
    'A statement `await p.catch(…)` or `await p.finally(…)` becomes `try`. A handler that only goes on from its argument (`.then((r) => r.body)`) is ' +
    'written behind it, a named one (`.then(parse)`) is called. Everything else goes through `chain` of `@unawait/std/outcome`, which runs the ' +
    'handlers in order and lets a `return` in one of them end that handler alone.',
  reasons: {
    thenable: {
      short: 'What is chained on may be a thenable of its own kind.',
      extra: 'Its type is `any`, `unknown` or has a `then` of its own. Give it the type of a promise.',
    },
    optional: {
      short: 'The chain may end before it begins.',
      extra: '`p?.then(f)` does nothing where there is no promise. Ask for the promise first.',
    },
    'awaits-inside': {
      short: 'The chain awaits what it is called with.',
      extra:
        'A failure of the argument was thrown past the handlers, and would reach them. Await the argument in a statement of its own.',
    },
  },
  rewrite(site, node, context) {
    if (site.kind === 'idiom' && site.idiom === 'caught-value') return caught(node, site.of ?? '', context);
    if (site.kind === 'idiom')
      return site.idiom === 'then-statement' ? statement(node as ts.ExpressionStatement, context) : undefined;
    return chained(node as ts.CallExpression, site.test, context);
  },
});

function linksOf(call: ts.CallExpression): { root: ts.Expression; links: readonly Link[] } {
  const links: Link[] = [];
  let at: ts.Expression = call;
  while (ts.isCallExpression(at) && ts.isPropertyAccessExpression(at.expression)) {
    const member = at.expression.name.text;
    if (member !== 'then' && member !== 'catch' && member !== 'finally') break;
    links.unshift({ call: at, member });
    at = at.expression.expression;
  }
  return { root: at, links };
}

function chained(node: ts.CallExpression, test: boolean, context: Context): Answer {
  const { root, links } = linksOf(node);
  const shown = context.text(root).split('\n', 1)[0]!.slice(0, 80);
  if (
    links.some(({ call }) => call.questionDotToken || (call.expression as ts.PropertyAccessExpression).questionDotToken)
  ) {
    return refuse('optional', `\`${shown}?.${links[0]!.member}\` does nothing where there is no promise.`);
  }
  if (context.types.colour(root) !== 'promise')
    return refuse('thenable', `\`${shown}\` may be a thenable of its own kind.`);
  let value: Piece = root;
  let drops: string | undefined;
  let next = 0;
  for (; next < links.length; next++) {
    const step = onward(value, links[next]!, context);
    if (!step) break;
    value = step.piece;
    drops ??= step.drops;
  }
  // Comments between what is written out would stand in the middle of the chain's first call.
  if (next < links.length && isCommented(links.slice(0, next), context.source)) {
    value = root;
    drops = undefined;
    next = 0;
  }
  if (next === links.length) return drops === undefined ? template`${value}` : { rewrite: template`${value}`, drops };
  if (awaits(root)) return refuse('awaits-inside', `\`${shown}\` awaits an argument.`);
  if (test && next === links.length - 1 && links[next]!.member === 'catch' && isIdentity(links[next]!.call.arguments)) {
    const thrown = template`${imported('@unawait/std/outcome', 'thrownBy')}(() => ${value})`;
    return { rewrite: thrown, drops: 'The handler only hands on the error that it is given.' };
  }
  const tail: Piece[] = [];
  let breaks = false;
  for (const link of links.slice(next)) {
    const gap = gapBefore(link.call, context.source);
    breaks = context.source.text.slice(gap.start, gap.end).includes('\n');
    // Comments there stay where they are, and with them the space around them.
    const verbatim = isCommented([link], context.source);
    tail.push(breaks && !verbatim ? '\n  ' : '', {
      span: { start: verbatim ? gap.start : gap.end, end: link.call.end },
    });
  }
  const rewrite = template`${imported('@unawait/std/outcome', 'chain')}(() => ${value})${tail}${breaks ? '\n  ' : ''}.value()`;
  const note = caughtArgument(root, links.slice(next), context);
  return {
    rewrite,
    ...(drops !== undefined && { drops }),
    ...(note !== undefined && { applicability: 'noted', note }),
  };
}

/** `.then(f)` as an expression behind the value: a name is called, an arrow function that goes on from its parameter is written out. */
function onward(value: Piece, { call, member }: Link, context: Context): { piece: Piece; drops?: string } | undefined {
  const { types, source } = context;
  const [handler, ...more] = call.arguments;
  if (member !== 'then' || !handler || more.length > 0 || call.typeArguments) return undefined;
  if (isNamed(handler) && types.isFixedFunction(handler)) {
    return { piece: template`${handler}(${value})`, drops: 'The handler is named before what it is called with.' };
  }
  if (
    !ts.isArrowFunction(handler) ||
    ts.isBlock(handler.body) ||
    (ts.canHaveModifiers(handler) && ts.getModifiers(handler)?.length)
  )
    return undefined;
  const [parameter, ...others] = handler.parameters;
  if (
    !parameter ||
    others.length > 0 ||
    !ts.isIdentifier(parameter.name) ||
    parameter.initializer ||
    parameter.dotDotDotToken
  )
    return undefined;
  let first: ts.Node = handler.body;
  while (
    ts.isPropertyAccessExpression(first) ||
    ts.isCallExpression(first) ||
    ts.isElementAccessExpression(first) ||
    ts.isNonNullExpression(first)
  )
    first = first.expression;
  if (first === handler.body || !ts.isIdentifier(first) || first.text !== parameter.name.text) return undefined;
  const { text } = parameter.name;
  if (count(handler.body, (inner) => ts.isIdentifier(inner) && inner.text === text) !== 1) return undefined;
  // What is written otherwise in blocking code starts at the parameter: it stays in its function.
  if (isRewritten(handler.body, first, context)) return undefined;
  // A comment before `.then` is one before what comes next now, with the space around it.
  const between = gapBefore(call, source);
  const rest = { span: { start: first.end, end: handler.body.end } };
  return {
    piece: [value, isCommented([{ call, member }], source) ? { span: between } : '', rest],
    drops: 'The handler is written out behind its argument.',
  };
}

/** What stands between a chain and the dot of its next link. */
function gapBefore(call: ts.CallExpression, source: ts.SourceFile): { start: number; end: number } {
  const access = call.expression as ts.PropertyAccessExpression;
  return { start: access.expression.end, end: access.getChildAt(1, source).getStart(source) };
}

function isCommented(links: readonly Link[], source: ts.SourceFile): boolean {
  return links.some(({ call }) => {
    const { start, end } = gapBefore(call, source);
    return source.text.slice(start, end).trim() !== '';
  });
}

/** A call or member between the parameter and the whole body that a row of the API map turns into other text. */
function isRewritten(body: ts.Expression, parameter: ts.Node, { types }: Context): boolean {
  for (let node: ts.Node = parameter.parent; ; node = node.parent) {
    const api = ts.isExpression(node) ? types.api(node) : undefined;
    if (api !== undefined && !api.startsWith('(')) {
      const [row] = findRows(rows, api, ts.isCallExpression(node) ? 'call' : 'member');
      if (row ? !row.same : ts.isCallExpression(node) && types.colour(node) !== 'plain') return true;
    }
    if (node === body) return false;
  }
}

/** A function that needs no `this`. */
function isNamed(handler: ts.Expression): boolean {
  return ts.isIdentifier(handler) || /^(JSON|Object|Number|String|Array|Math)\.\w+$/.test(handler.getText());
}

/** `(error) => error` */
function isIdentity(args: readonly ts.Expression[]): boolean {
  const [handler] = args;
  if (args.length !== 1 || !handler || !ts.isArrowFunction(handler) || !ts.isIdentifier(handler.body)) return false;
  const [parameter] = handler.parameters;
  return (
    handler.parameters.length === 1 && ts.isIdentifier(parameter!.name) && parameter!.name.text === handler.body.text
  );
}

/** A throw while the arguments are evaluated used to pass the handlers by. */
function caughtArgument(root: ts.Expression, links: readonly Link[], { text }: Context): string | undefined {
  if (!links.some(({ member, call }) => member !== 'then' || call.arguments.length > 1) || !ts.isCallExpression(root))
    return undefined;
  if (/^Promise\.\w+$/.test(text(root.expression))) return undefined;
  const calls = root.arguments.find((argument) => !ts.isFunctionLike(argument) && holds(argument, ts.isCallExpression));
  return calls && `A throw of \`${text(calls).split('\n', 1)[0]!.slice(0, 60)}\` reaches the handlers too now.`;
}

/** `await p.catch((e) => {…});` → `try { p; } catch (e) {…}` */
function statement(node: ts.ExpressionStatement, context: Context): Answer {
  const { source } = context;
  const call = (node.expression as ts.AwaitExpression).expression as ts.CallExpression;
  const { root, links } = linksOf(call);
  const [link] = links;
  if (context.types.colour(root) !== 'promise') return undefined;
  const handler = link!.call.arguments[0] as ts.ArrowFunction;
  const end = source.text[node.end - 1] === ';' ? ';' : '';
  const block: Piece = ts.isBlock(handler.body) ? handler.body : template`{\n  ${handler.body}${end}\n}`;
  const drops = 'The handler is the block of a `try` statement.';
  const note = caughtArgument(root, links, context);
  const claim = { drops, ...(note !== undefined && { applicability: 'noted' as const, note }) };
  if (link!.member === 'finally') return { rewrite: template`try {\n  ${root}${end}\n} finally ${block}`, ...claim };
  const [parameter] = handler.parameters;
  if (!parameter) return { rewrite: template`try {\n  ${root}${end}\n} catch ${block}`, ...claim };
  const { type } = parameter;
  if (!type || type.kind === ts.SyntaxKind.UnknownKeyword || type.kind === ts.SyntaxKind.AnyKeyword) {
    const annotation = type ? `: ${context.text(type)}` : needsAny(handler, parameter, source) ? ': any' : '';
    return { rewrite: template`try {\n  ${root}${end}\n} catch (${parameter.name}${annotation}) ${block}`, ...claim };
  }
  const thrown = fresh('thrown');
  const statements = ts.isBlock(handler.body) ? handler.body.statements : [];
  if (ts.isBlock(handler.body) && statements.length === 0) {
    return { rewrite: template`try {\n  ${root}${end}\n} catch ${block}`, ...claim };
  }
  const inside: Piece = ts.isBlock(handler.body)
    ? verbatim(source, statements[0]!, statements.at(-1))
    : template`${handler.body}${end}`;
  const typed = template`{\n  const ${parameter.name} = ${thrown} as ${type}${end}\n  ${inside}\n}`;
  return { rewrite: template`try {\n  ${root}${end}\n} catch (${thrown}) ${typed}`, ...claim };
}

/** `return p.catch(h)` and `const x = await p.catch(h)` → `try` */
function caught(node: ts.Node, typed: string, context: Context): Answer {
  const { source } = context;
  const { root, links } = linksOf(caughtChain(node).call);
  const [first, ...more] = links;
  const step = more.length > 0 ? tried(root, first!, context) : { value: root };
  const thrownAs = (handler: ts.ArrowFunction): string => {
    const [parameter] = handler.parameters;
    if (!parameter) return '';
    return parameter.type ? `: ${context.text(parameter.type)}` : needsAny(handler, parameter, source) ? ': any' : '';
  };
  const note = caughtArgument(root, links, context);
  return {
    rewrite: caughtValue(node, typed, step, thrownAs, context),
    drops: 'The handler is the block of a `try` statement.',
    ...(note !== undefined && { applicability: 'noted', note }),
  };
}

/** `p.then(f)` as what stands in a `try`. */
function tried(root: ts.Expression, link: Link, context: Context): Tried {
  const behind = onward(root, link, context);
  if (behind) return { value: behind.piece };
  const { parameters, body } = link.call.arguments[0] as ts.ArrowFunction;
  const [parameter] = parameters;
  return { before: parameter ? ['const ', parameter, ' = ', root] : root, value: body };
}

/** A handler's parameter without a type is `any`, what `catch` gives is `unknown`: it matters where a member of it is used. */
function needsAny(handler: ts.ArrowFunction, parameter: ts.ParameterDeclaration, source: ts.SourceFile): boolean {
  if (/\.[cm]?jsx?$/.test(source.fileName)) return false;
  const { name } = parameter;
  if (!ts.isIdentifier(name)) return true;
  const plain = (use: ts.Node): boolean => {
    const { parent } = use;
    if (ts.isCallExpression(parent)) return /^(console\.\w+|String)$/.test(parent.expression.getText(source));
    return (
      ts.isThrowStatement(parent) ||
      ts.isTemplateSpan(parent) ||
      (ts.isPropertyAssignment(parent) && parent.name !== use) ||
      (ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword)
    );
  };
  return holds(handler.body, (inner) => ts.isIdentifier(inner) && inner.text === name.text && !plain(inner));
}

/** It waits before there is anything to chain on; what a function in it awaits is that function's. */
function awaits(root: ts.Node): boolean {
  const stack: ts.Node[] = [root];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isAwaitExpression(inner)) return true;
    if (!ts.isFunctionLike(inner)) ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return false;
}

function holds(node: ts.Node, is: (inner: ts.Node) => boolean): boolean {
  return count(node, is) > 0;
}

function count(node: ts.Node, is: (inner: ts.Node) => boolean): number {
  let found = 0;
  const stack: ts.Node[] = [node];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (is(inner)) found++;
    ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return found;
}
