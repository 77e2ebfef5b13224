import { ts } from 'ts-morph';
import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'return-in-try',
  code: 'UA107',
  claims: 'return-in-try',
  applicability: 'safe',
  summary: 'Note where an error of `return f()` inside `try` is now caught there',
  reasons: {},
  rewrite(_site, node) {
    for (let up: ts.Node = node.parent; !ts.isFunctionLike(up) && !ts.isSourceFile(up); up = up.parent) {
      if (ts.isTryStatement(up))
        return keep(
          up.catchClause
            ? 'The error of what is returned here is caught by this `try` now.'
            : 'What is returned here is done before this `finally` now.',
        );
    }
    return keep();
  },
});
