import { ts } from 'ts-morph';
import { defineTransform, imported, template } from '../src/transform.ts';

export default defineTransform({
  id: 'import-module',
  code: 'UA131',
  claims: 'dynamic-import',
  applicability: 'noted',
  summary: 'Load a module with `importSync` where it was imported dynamically',
  docs: 'Node 20.19 and later load ES modules without waiting, unless they hold top-level await. What comes back is the same namespace that `import()` gives.',
  reasons: {},
  rewrite(_site, node, { source }) {
    const [specifier] = node.arguments;
    if (!specifier) return undefined;
    return {
      rewrite: template`${imported('@unawait/std/module', 'importSync')}(${node.arguments.map((a, i) => (i ? [', ', a] : [a]))}, ${isModule(source) ? 'import.meta.url' : '__filename'})`,
      note: 'A module with top-level await cannot be loaded this way.',
    };
  },
});

function isModule(source: ts.SourceFile): boolean {
  return source.impliedNodeFormat !== ts.ModuleKind.CommonJS;
}
