import { ts } from 'ts-morph';
import { defineTransform, imported, template } from '../src/transform.ts';

export default defineTransform({
  id: 'import-module',
  code: 'UA131',
  claims: 'dynamic-import',
  applicability: 'noted',
  summary: 'Load a module with `importSync` where it was imported dynamically',
  docs:
    'A module of Node that is free of side effects is imported at the top, where the import stands in no `try` and only members of it are used. ' +
    'Node 20.19 and later load ES modules without waiting, unless they hold top-level await. What comes back is the same namespace that `import()` gives.',
  reasons: {},
  rewrite(site, node, { source }) {
    const [specifier] = node.arguments;
    if (!specifier) return undefined;
    const name = site.consumer === 'awaited' && isModule(source) ? namespaceFor(node) : undefined;
    if (name !== undefined) {
      const namespace = imported((specifier as ts.StringLiteral).text, name, { kind: 'namespace' });
      return { rewrite: template`${namespace}`, drops: 'What is imported at the top is there.', applicability: 'safe' };
    }
    return {
      rewrite: template`${imported('@unawait/std/module', 'importSync')}(${node.arguments.map((a, i) => (i ? [', ', a] : [a]))}, ${isModule(source) ? 'import.meta.url' : '__filename'})`,
      note: 'A module with top-level await cannot be loaded this way.',
    };
  },
});

/** Modules of Node that do nothing when they are loaded, and are in each version. */
const QUIET =
  /^(?:node:)?(assert|async_hooks|buffer|child_process|crypto|dns|events|fs|http|https|net|os|path|perf_hooks|querystring|readline|stream|string_decoder|timers|tls|url|util|v8|vm|worker_threads|zlib)$/;

/** How `path` of `const { join } = await import('node:path')` is called; undefined where the whole namespace is kept, or its absence may be caught. */
function namespaceFor(node: ts.CallExpression): string | undefined {
  const [specifier, ...more] = node.arguments;
  const name = specifier && ts.isStringLiteralLike(specifier) ? QUIET.exec(specifier.text)?.[1] : undefined;
  if (name === undefined || more.length > 0) return undefined;
  let up: ts.Node = node;
  while (ts.isParenthesizedExpression(up.parent) || ts.isAwaitExpression(up.parent)) up = up.parent;
  const { parent } = up;
  const members = ts.isPropertyAccessExpression(parent)
    ? [parent.name.text]
    : ts.isVariableDeclaration(parent) && ts.isObjectBindingPattern(parent.name)
      ? parent.name.elements.map((each) =>
          each.dotDotDotToken ? 'default' : (each.propertyName ?? each.name).getText(),
        )
      : ['default'];
  return members.includes('default') || ts.findAncestor(node, ts.isTryStatement) ? undefined : name;
}

function isModule(source: ts.SourceFile): boolean {
  return source.impliedNodeFormat !== ts.ModuleKind.CommonJS;
}
