import { ts } from 'ts-morph';

/** Fewer functions than this are inferred in whatever order they are asked for. */
const MANY_FUNCTIONS = 200;
/** Levels of syntax in a file beyond which its inner calls are resolved first. */
const DEEP = 200;
/** A name that this many functions have says nothing. */
const MOST_NAMESAKES = 8;

/**
 * Has the types of long chains inferred from their ends. TypeScript infers by recursion: in a chain of thousands of functions without return
 * types, or of hundreds of `.then`s, the first question would overflow its stack; asked callees first, each answer is one step.
 */
export function inferCalleesFirst(checker: ts.TypeChecker, sources: readonly ts.SourceFile[]): void {
  const functions: ts.FunctionLikeDeclaration[] = [];
  const nested: ts.CallExpression[] = [];
  for (const source of sources) {
    const calls: ts.CallExpression[] = [];
    let deepest = 0;
    for (const { node, depth } of descendants(source)) {
      deepest = Math.max(deepest, depth);
      if (nameOf(node) !== undefined) functions.push(node as ts.FunctionLikeDeclaration);
      else if (ts.isCallExpression(node)) calls.push(node);
    }
    // What ends first is inside, or a receiver.
    if (deepest > DEEP) for (const call of calls.sort((a, b) => a.end - b.end || b.pos - a.pos)) nested.push(call);
  }
  if (functions.filter((each) => each.type === undefined).length >= MANY_FUNCTIONS) {
    for (const each of calleesFirst(functions)) {
      if (each.type === undefined) checker.getSignatureFromDeclaration(each)?.getReturnType();
    }
  }
  for (const call of nested) checker.getResolvedSignature(call);
}

/** Functions in an order in which each comes after those that it calls by name, cycles aside. */
function calleesFirst(functions: readonly ts.FunctionLikeDeclaration[]): ts.FunctionLikeDeclaration[] {
  const byName = new Map<string, ts.FunctionLikeDeclaration[]>();
  for (const each of functions) {
    const name = nameOf(each)!;
    const namesakes = byName.get(name);
    if (namesakes === undefined) byName.set(name, [each]);
    else namesakes.push(each);
  }
  const callees = (caller: ts.FunctionLikeDeclaration): ts.FunctionLikeDeclaration[] =>
    [...descendants(caller)].flatMap(({ node }) => {
      if (!ts.isCallExpression(node)) return [];
      const name = ts.isIdentifier(node.expression)
        ? node.expression.text
        : ts.isPropertyAccessExpression(node.expression)
          ? node.expression.name.text
          : '';
      const found = byName.get(name) ?? [];
      return found.length > MOST_NAMESAKES ? [] : found;
    });
  const ordered: ts.FunctionLikeDeclaration[] = [];
  const seen = new Set<ts.FunctionLikeDeclaration>();
  for (const start of functions) {
    if (seen.has(start)) continue;
    seen.add(start);
    const path = [{ fn: start, open: callees(start) }];
    while (path.length > 0) {
      const { fn, open } = path.at(-1)!;
      const next = open.pop();
      if (next === undefined) {
        ordered.push(fn);
        path.pop();
      } else if (!seen.has(next)) {
        seen.add(next);
        path.push({ fn: next, open: callees(next) });
      }
    }
  }
  return ordered;
}

/** The name by which a function with a body is called; callbacks have none, their types come from where they stand. */
function nameOf(node: ts.Node): string | undefined {
  if (!ts.isFunctionLike(node) || !('body' in node) || node.body === undefined) return undefined;
  const { parent } = node;
  const name =
    node.name ??
    (ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertyAssignment(parent)
      ? parent.name
      : undefined);
  return name !== undefined && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name.text : undefined;
}

function* descendants(root: ts.Node): Generator<{ readonly node: ts.Node; readonly depth: number }> {
  const stack = [{ node: root, depth: 0 }];
  while (stack.length > 0) {
    const top = stack.pop()!;
    yield top;
    ts.forEachChild(top.node, (node) => void stack.push({ node, depth: top.depth + 1 }));
  }
}
