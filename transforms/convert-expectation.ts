import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  defineTransform,
  imported,
  type Piece,
  refuse,
  type SiteNodes,
  template,
} from '../src/transform.ts';
import { rewriteChai } from './expectations/chai.ts';

type Call = Extract<SiteNodes['expectation'], ts.CallExpression>;

export default defineTransform({
  id: 'convert-expectation',
  code: 'UA120',
  claims: 'expectation',
  applicability: 'safe',
  summary: 'Expect the value or the throw of a call that blocks, where a promise’s outcome was expected',
  docs:
    '`.resolves` goes. `.rejects` needs the call inside of a function, where `toThrow` catches it; what `toThrow` cannot say is said of the ' +
    'error itself: `thrownBy` of `@unawait/std/outcome` gives it, and throws when there is none.',
  reasons: {
    'negated-throw': {
      short: 'It asks for a rejection that is not this error.',
      extra:
        '`rejects.not.toThrow(x)` passes only when there is an error, and `not.toThrow(x)` passes without one. Say what the error is instead.',
    },
    untyped: {
      short: 'Nothing says that the expected value is a promise.',
      extra: 'The subject is `any` or `unknown`: it may be a promise that no one converts. Give it a type.',
    },
  },
  rewrite(site, node, context) {
    if (site.framework === 'chai') return rewriteChai(node, context);
    if (!ts.isCallExpression(node)) return undefined;
    return site.framework === 'expect' ? rewriteExpect(node, context) : rewriteAssertion(site.framework, node, context);
  },
});

/** The parts of `expect(subject, message).rejects.not.toThrow(x)`. */
interface Chain {
  readonly expect: ts.CallExpression;
  readonly subject: ts.Expression;
  readonly links: readonly ts.PropertyAccessExpression[];
  readonly settling: 'resolves' | 'rejects';
  readonly negated: boolean;
  readonly matcher: ts.PropertyAccessExpression;
}

function chainOf(node: Call): Chain | undefined {
  const links: ts.PropertyAccessExpression[] = [];
  let at: ts.Expression = node.expression;
  for (; ts.isPropertyAccessExpression(at); at = at.expression) links.unshift(at);
  const matcher = links.at(-1);
  const names = links.map((link) => link.name.text);
  const settling = names.find((name): name is Chain['settling'] => name === 'resolves' || name === 'rejects');
  if (!ts.isCallExpression(at) || !matcher || settling === undefined || names.at(-1) === settling) return undefined;
  const [subject] = at.arguments;
  return subject && { expect: at, subject, links, settling, negated: names.includes('not'), matcher };
}

const throwMatchers = /^(toThrow|toThrowError|toThrowErrorMatchingSnapshot|toThrowErrorMatchingInlineSnapshot)$/;

function rewriteExpect(node: Call, context: Context): Answer {
  const chain = chainOf(node);
  if (!chain) return undefined;
  if (isUntyped(chain.subject, context))
    return refuse('untyped', `Nothing says that \`${context.text(chain.subject).slice(0, 80)}\` is a promise.`);
  const matcher = chain.matcher.name.text;
  const throwing = throwMatchers.test(matcher);
  if (chain.settling === 'resolves') {
    return put(
      chain,
      node,
      context,
      throwing ? thunk(chain.subject, context) : called(chain.subject, context),
      matcher,
    );
  }
  if (throwing && chain.negated)
    return refuse('negated-throw', `\`rejects.not.${matcher}\` asks for an error that is not this one.`);
  const isClass = matcher === 'toBeInstanceOf' && !chain.negated;
  if (throwing || isClass)
    return put(chain, node, context, thunk(chain.subject, context), isClass ? 'toThrow' : matcher);
  const thrown = template`${imported('@unawait/std/outcome', 'thrownBy')}(${thunk(chain.subject, context)})`;
  return put(chain, node, context, thrown, matcher);
}

/** The chain without `resolves` and `rejects`, its layout kept. */
function put(chain: Chain, node: Call, context: Context, subject: Piece, matcher: string): Answer {
  const { source } = context;
  const pieces: Piece[] = [{ span: { start: node.getStart(source), end: chain.subject.getStart(source) } }, subject];
  pieces.push({ span: { start: chain.subject.end, end: chain.expect.end } });
  let gap: Piece = '';
  for (const link of chain.links) {
    const { text } = link.name;
    const between = { start: link.expression.end, end: link.getChildAt(1, source).getStart(source) };
    const breaks = source.text.slice(between.start, between.end).includes('\n');
    if (text === 'resolves' || text === 'rejects') {
      if (breaks) gap = { span: between };
      continue;
    }
    // The line break in front of what goes is kept, unless another one follows.
    if (!breaks) pieces.push(gap);
    gap = '';
    const from = link.expression.end;
    if (link !== chain.matcher) pieces.push({ span: { start: from, end: link.end } });
    else pieces.push({ span: { start: from, end: link.name.getStart(source) } }, matcher);
  }
  pieces.push({ span: { start: chain.matcher.end, end: node.end } });
  const moved = chain.settling === 'rejects' ? argumentThatMoves(chain.subject, node, source) : undefined;
  const drops = isInlined(chain, context) ? 'The function is written out where it was called.' : undefined;
  return {
    rewrite: { pieces },
    ...(drops !== undefined && { drops }),
    ...(moved !== undefined && { applicability: 'noted', note: moved }),
  };
}

/** `expect(() => f()).resolves…` is `expect(f())…`. */
function isInlined({ subject, settling, matcher }: Chain, context: Context): boolean {
  return (
    settling === 'resolves' &&
    !throwMatchers.test(matcher.name.text) &&
    bodyOf(subject) !== undefined &&
    isFunction(subject, context)
  );
}

function bodyOf(subject: ts.Expression): ts.Expression | undefined {
  return ts.isArrowFunction(subject) && subject.parameters.length === 0 && !ts.isBlock(subject.body)
    ? subject.body
    : undefined;
}

/** What used to run outside of the expectation and is inside of the function now. */
function argumentThatMoves(subject: ts.Expression, node: Call, source: ts.SourceFile): string | undefined {
  if (ts.isFunctionLike(subject)) return undefined;
  const stack: ts.Node[] = [subject];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isFunctionLike(inner)) continue;
    if (ts.isAwaitExpression(inner))
      return `A failure of \`${inner.expression.getText(source).slice(0, 60)}\` meets this expectation too now.`;
    ts.forEachChild(inner, (child) => void stack.push(child));
  }
  const late = node.arguments.find(
    (argument) =>
      argument !== subject &&
      ts.isCallExpression(argument) &&
      !/^(expect|String|Number|new)\b/.test(argument.getText(source)),
  );
  return late && `\`${late.getText(source).slice(0, 60)}\` is evaluated before the call now.`;
}

function isUntyped(subject: ts.Expression, { types }: Context): boolean {
  return types.colour(subject) === 'unknown';
}

/** What is expected to settle is a promise, or a function that the framework calls. */
function isFunction(subject: ts.Expression, { types }: Context): boolean {
  return types.colour(subject) === 'plain';
}

/** The subject's value: a function that was expected to settle is called here. */
function called(subject: ts.Expression, context: Context): Piece {
  return isFunction(subject, context) ? (bodyOf(subject) ?? template`${subject}()`) : subject;
}

/** A function that throws what the subject was rejected with. */
function thunk(subject: ts.Expression, context: Context): Piece {
  return isFunction(subject, context) ? subject : template`() => ${subject}`;
}

/** `assert.rejects(p, x)` → `assert.throws(() => p, x)`. */
function rewriteAssertion(framework: string, node: Call, context: Context): Answer {
  const names: Readonly<Record<string, string>> = {
    rejects: 'throws',
    doesNotReject: 'doesNotThrow',
    throwsAsync: 'throws',
    notThrowsAsync: 'notThrows',
  };
  const [subject] = node.arguments;
  const callee = node.expression;
  const name = ts.isPropertyAccessExpression(callee) ? callee.name : callee;
  const old = ts.isIdentifier(name) ? name.text : '';
  const twin = names[old];
  if (!subject || twin === undefined) return undefined;
  if (isUntyped(subject, context))
    return refuse('untyped', `Nothing says that \`${context.text(subject).slice(0, 80)}\` is a promise.`);
  const { source } = context;
  const before: Piece = ts.isPropertyAccessExpression(callee)
    ? [{ span: { start: node.getStart(source), end: name.getStart(source) } }, twin]
    : imported(framework, twin);
  const rest: Piece = { span: { start: subject.end, end: node.end } };
  const open: Piece = { span: { start: callee.end, end: subject.getStart(source) } };
  const moved = old === 'rejects' || old === 'throwsAsync' ? argumentThatMoves(subject, node, source) : undefined;
  const rewrite = template`${before}${open}${thunk(subject, context)}${rest}`;
  return moved === undefined ? rewrite : { rewrite, applicability: 'noted', note: moved };
}
