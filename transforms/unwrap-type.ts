import { ts } from 'ts-morph';
import { type Answer, defineTransform, refuse, template } from '../src/transform.ts';

const iterators: Readonly<Record<string, string>> = {
  AsyncIterable: 'Iterable',
  AsyncIterator: 'Iterator',
  AsyncIterableIterator: 'IterableIterator',
  AsyncGenerator: 'Generator',
  AsyncDisposable: 'Disposable',
};

export default defineTransform({
  id: 'unwrap-type',
  code: 'UA103',
  claims: 'type-reference',
  applicability: 'safe',
  summary: 'Unwrap promise types: `Promise<T>` becomes `T`, `AsyncIterable<T>` becomes `Iterable<T>`',
  reasons: {
    conditional: {
      short: 'A conditional or mapped type asks for promises.',
      extra:
        '`T extends Promise<infer U> ? U : never` would become `never` without an error. Write the awaited type directly, or `Awaited<T>`.',
    },
    'no-argument': { short: 'The promise type has no type argument.', extra: 'Give it one: `Promise<void>`.' },
  },
  rewrite(site, node, { text }) {
    if (site.api !== null) return undefined;
    if (ts.isUnionTypeNode(node)) {
      return inConditional(node)
        ? refuse('conditional', `\`${text(node)}\` stands in a conditional type.`)
        : union(node, text);
    }
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    if (!name) return undefined;
    if (inConditional(node)) return refuse('conditional', `\`${text(node)}\` stands in a conditional type.`);
    const [first, ...rest] = node.typeArguments ?? [];
    const twin = iterators[site.name];
    if (twin !== undefined)
      return first
        ? template`${twin}<${[first, ...rest].flatMap((t, i) => (i ? [', ', t] : [t]))}>`
        : template`${twin}`;
    if (!first) return refuse('no-argument');
    // `Awaited<T>` of a plain value is that value: it may stay, and does where T itself is no promise type of this site.
    if (site.name === 'Awaited') return { keep: true };
    if (needsParentheses(node, first)) return template`(${first})`;
    return template`${first}`;
  },
});

/** `T | Promise<T>` is `T`. */
function union(node: ts.UnionTypeNode, text: (node: ts.Node) => string): Answer {
  const promise = node.types.find((each) => /^(Promise|PromiseLike)\b/.test(text(each))) as ts.TypeReferenceNode;
  const argument = promise.typeArguments![0]!;
  const said = new Set(node.types.map(text));
  const inner = ts.isUnionTypeNode(argument) ? [...argument.types] : [argument];
  const kept = node.types.flatMap((each) => (each === promise ? inner.filter((one) => !said.has(text(one))) : [each]));
  return {
    rewrite: template`${kept.map((each, i) => (i ? [' | ', each] : each))}`,
    drops: 'The union named a type and its promise.',
  };
}

function inConditional(node: ts.Node): boolean {
  for (let child = node, up = node.parent; !ts.isSourceFile(up); child = up, up = up.parent) {
    if (ts.isConditionalTypeNode(up)) return up.extendsType === child || up.checkType === child;
    if (!ts.isTypeNode(up)) return false;
  }
  return false;
}

/** `Promise<A | B>[]` is `(A | B)[]`. */
function needsParentheses(node: ts.Node, argument: ts.TypeNode): boolean {
  const loose =
    ts.isUnionTypeNode(argument) ||
    ts.isIntersectionTypeNode(argument) ||
    ts.isFunctionTypeNode(argument) ||
    ts.isConditionalTypeNode(argument) ||
    ts.isTypeOperatorNode(argument) ||
    ts.isConstructorTypeNode(argument);
  const { parent } = node;
  if (ts.isFunctionTypeNode(argument) && ts.isUnionTypeNode(parent)) return true;
  return (
    loose &&
    (ts.isArrayTypeNode(parent) ||
      ts.isIndexedAccessTypeNode(parent) ||
      ts.isTypeOperatorNode(parent) ||
      ts.isOptionalTypeNode(parent) ||
      (ts.isIntersectionTypeNode(parent) && ts.isUnionTypeNode(argument)))
  );
}
