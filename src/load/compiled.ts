import { ts } from 'ts-morph';

/** What compilers call where an `async` function, an async generator, `await` or `for await` stood: TypeScript, esbuild, Babel and SWC. */
const HELPERS = new Set([
  '__awaiter',
  '__async',
  '__await',
  '__asyncGenerator',
  '__asyncDelegator',
  '__asyncValues',
  '__forAwait',
  '__yieldStar',
  '_asyncToGenerator',
  '_async_to_generator',
  '_wrapAsyncGenerator',
  '_wrap_async_generator',
  '_awaitAsyncGenerator',
  '_await_async_generator',
  '_asyncGeneratorDelegate',
  '_async_generator_delegate',
  '_asyncIterator',
  '_async_iterator',
]);

const MENTION = new RegExp(`(?:^|[^\\w$])(?:${[...HELPERS].join('|')})(?![\\w$])`, 'm');

/**
 * The helper by which a JavaScript file shows that it was compiled down from asynchronous code: it is called, constructed or defined
 * there. Its functions are generators that the helper drives, so that neither `async` nor `await` is left to be seen.
 */
export function compiledHelper(source: ts.SourceFile): string | undefined {
  if (source.isDeclarationFile || !/\.[cm]?jsx?$/.test(source.fileName) || !MENTION.test(source.text)) return undefined;
  const stack: ts.Node[] = [source];
  while (stack.length > 0) {
    const node = stack.pop()!;
    const name = helperOf(node);
    if (name !== undefined && HELPERS.has(name)) return name;
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return undefined;
}

/** `__async(…)`, `new __await(…)`, `(0, tslib_1.__awaiter)(…)`, `var __async = …`, `function _asyncToGenerator() {…}` */
function helperOf(node: ts.Node): string | undefined {
  if (ts.isVariableDeclaration(node))
    return node.initializer && ts.isIdentifier(node.name) ? node.name.text : undefined;
  if (ts.isFunctionDeclaration(node)) return node.name?.text;
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return undefined;
  let callee: ts.Node = node.expression;
  while (ts.isParenthesizedExpression(callee)) callee = callee.expression;
  if (ts.isBinaryExpression(callee) && callee.operatorToken.kind === ts.SyntaxKind.CommaToken) callee = callee.right;
  if (ts.isPropertyAccessExpression(callee)) callee = callee.name;
  return ts.isIdentifier(callee) ? callee.text : undefined;
}
