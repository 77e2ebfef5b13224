import { ts } from 'ts-morph';
import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'return-in-try',
  code: 'UA107',
  claims: 'return-in-try',
  applicability: 'safe',
  summary: 'Note where `return f()` inside of `try` or of a block with `using` now ends before what follows there',
  reasons: {},
  rewrite(_site, node) {
    let hasFinally = false;
    let child: ts.Node = node;
    for (let up: ts.Node = node.parent; !ts.isFunctionLike(up) && !ts.isSourceFile(up); child = up, up = up.parent) {
      if (!ts.isTryStatement(up)) continue;
      if (up.catchClause && child === up.tryBlock)
        return keep('The error of what is returned here is caught by this `try` now.');
      hasFinally ||= up.finallyBlock !== undefined && child !== up.finallyBlock;
    }
    return hasFinally
      ? keep('What is returned here is done before this `finally` now.')
      : keep('What is returned here is done before what is used here is disposed of now.');
  },
});
