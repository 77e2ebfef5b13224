/** A jscodeshift transform that takes every `await` and `async` away and asks nothing: what speed is compared with. */
module.exports = function blindAwaitRemoval(file, api) {
  const j = api.jscodeshift.withParser(/\.[jt]sx$/.test(file.path) ? 'tsx' : 'ts');
  const root = j(file.source);
  root.find(j.AwaitExpression).replaceWith((path) => path.node.argument);
  const functions = [
    j.FunctionDeclaration,
    j.FunctionExpression,
    j.ArrowFunctionExpression,
    j.ObjectMethod,
    j.ClassMethod,
  ];
  for (const kind of functions) {
    root.find(kind, { async: true }).forEach((path) => {
      path.node.async = false;
    });
  }
  return root.toSource();
};
