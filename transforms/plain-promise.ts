import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  defineTransform,
  type Piece,
  refuse,
  semicolon,
  template,
} from '../src/transform.ts';

export default defineTransform({
  id: 'plain-promise',
  code: 'UA124',
  claims: ['promise-static', 'idiom'],
  applicability: 'safe',
  summary: 'Turn `Promise.resolve(x)` into `x`, `Promise.reject(e)` into a throw and `Promise.try(f)` into a call',
  reasons: {
    deferred: {
      short: 'A promise is settled from elsewhere.',
      extra:
        'Its resolver is called by code that runs while others wait. Blocking code has no such other side: hand the value over by a call.',
    },
    untyped: {
      short: 'The value may be a promise of its own.',
      extra: '`Promise.resolve(x)` waits for `x` when that is a promise, and its type does not say. Give it a type.',
    },
    'spread-arguments': { short: 'Spread arguments hide the value.', extra: 'Write the argument out.' },
  },
  rewrite(site, node, context) {
    if (site.kind === 'idiom' && site.idiom === 'resolve-statement') return nothing(node, context);
    if (site.kind === 'idiom') return site.idiom === 'reject-statement' ? throwing(node, context) : undefined;
    const call = node as ts.CallExpression;
    const [value] = call.arguments;
    if (value && ts.isSpreadElement(value))
      return refuse('spread-arguments', `\`${context.text(call).slice(0, 80)}\` spreads its arguments.`);
    switch (site.method) {
      case 'resolve':
        return resolved(call, context);
      case 'reject':
        return template`(() => {\n  throw ${value ?? 'undefined'}${semicolon(context.source)}\n})()`;
      case 'try': {
        const body =
          value &&
          ts.isArrowFunction(value) &&
          value.parameters.length === 0 &&
          !ts.isBlock(value.body) &&
          !value.modifiers
            ? value.body
            : undefined;
        if (body && call.arguments.length === 1)
          return { rewrite: template`${body}`, drops: 'The function is written out where it was called.' };
        return value
          ? template`${value}(${call.arguments.slice(1).map((argument, i) => (i ? [', ', argument] : argument))})`
          : undefined;
      }
      default:
        return refuse('deferred', `\`Promise.${site.method}\` makes a promise that is settled from elsewhere.`);
    }
  },
});

function resolved(call: ts.CallExpression, { types, text }: Context): Answer {
  const [value] = call.arguments;
  // A reduction that keeps nothing gives `void`, and begins with it.
  if (!value) return isReduced(call) ? template`undefined as void` : template`undefined`;
  if (types.colour(value) === 'unknown')
    return refuse('untyped', `\`${text(value).split('\n', 1)[0]!.slice(0, 80)}\` may be a promise of its own.`);
  const [type] = call.typeArguments ?? [];
  return type
    ? { rewrite: template`${value} as ${type}`, drops: 'The type stands behind the value.' }
    : template`${value}`;
}

/** `return Promise.resolve();` → `return;`; `() => Promise.resolve()` → `() => {}` */
function nothing(node: ts.Node, { source }: Context): Answer {
  const drops = 'The promise of nothing does nothing.';
  if (!ts.isArrowFunction(node))
    return { rewrite: template`return${source.text[node.end - 1] === ';' ? ';' : ''}`, drops };
  const head: Piece = { span: { start: node.getStart(source), end: node.equalsGreaterThanToken.end } };
  return { rewrite: template`${head} {}`, drops };
}

/** `return Promise.reject(e)` → `throw e`; `() => Promise.reject(e)` → `() => { throw e; }` */
function throwing(node: ts.Node, { source }: Context): Answer {
  const value = ts.isArrowFunction(node) ? node.body : (node as ts.ReturnStatement).expression!;
  let call: ts.Node = value;
  while (ts.isParenthesizedExpression(call) || ts.isAwaitExpression(call)) call = call.expression;
  const reason: Piece = (call as ts.CallExpression).arguments[0] ?? 'undefined';
  const drops = '`Promise.reject` is a throw.';
  if (ts.isArrowFunction(node)) {
    const head: Piece = { span: { start: node.getStart(source), end: node.equalsGreaterThanToken.end } };
    return { rewrite: template`${head} {\n  throw ${reason}${semicolon(source)}\n}`, drops };
  }
  return { rewrite: template`throw ${reason}${source.text[node.end - 1] === ';' ? ';' : ''}`, drops };
}

/** `xs.reduce(f, Promise.resolve())` in TypeScript. */
function isReduced(call: ts.CallExpression): boolean {
  const { parent } = call;
  if (
    !ts.isCallExpression(parent) ||
    parent.arguments[1] !== call ||
    /\.[cm]?jsx?$/.test(call.getSourceFile().fileName)
  )
    return false;
  return ts.isPropertyAccessExpression(parent.expression) && parent.expression.name.text === 'reduce';
}
