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
        'Unwrapped, it would choose another arm without an error. `T extends Promise<infer U> ? U : T` and `Awaited<T>` are right for both.',
    },
    heir: {
      short: 'A class or interface extends a promise.',
      extra: 'It has the members of a promise, and no value to be in its place. Give it a promise in a field instead.',
    },
    'no-argument': { short: 'The promise type has no type argument.', extra: 'Give it one: `Promise<void>`.' },
  },
  rewrite(site, node, { text }) {
    if (site.api !== null) return undefined;
    if (site.name === 'heir') return refuse('heir', `\`${text(node)}\` is extended.`);
    if (ts.isConditionalTypeNode(node)) return conditional(node, text);
    if (ts.isUnionTypeNode(node)) return site.outcome ? outcomeOf(node, text) : union(node, text);
    const name = ts.isTypeReferenceNode(node)
      ? node.typeName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : undefined;
    if (!name) return undefined;
    const [first, ...rest] = node.typeArguments ?? [];
    const twin = iterators[site.name];
    if (twin !== undefined)
      return first
        ? template`${twin}<${[first, ...rest].flatMap((t, i) => (i ? [', ', t] : [t]))}>`
        : template`${twin}`;
    // To JSDoc it is a promise of anything.
    if (!first) return node.flags & ts.NodeFlags.JSDoc ? template`*` : refuse('no-argument');
    if (site.outcome) return template`PromiseSettledResult<${first}>`;
    if (needsParentheses(node, (site.name === 'Awaited' && promised(first)) || first)) return template`(${first})`;
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

/** `Promise<T> | undefined` is `PromiseSettledResult<T> | undefined`, where `T` has `undefined` in it as well. */
function outcomeOf({ types }: ts.UnionTypeNode, text: (node: ts.Node) => string): Answer {
  const parts = types.map((each) => {
    const [argument] = /^Promise\b/.test(text(each)) ? ((each as ts.TypeReferenceNode).typeArguments ?? []) : [];
    return argument ? ['PromiseSettledResult<', argument, '>'] : [each];
  });
  return template`${parts.map((each, i) => (i ? [' | ', ...each] : each))}`;
}

/** `T extends Promise<infer U> ? U : never` is `T`; what else asks for a promise would get another answer. */
function conditional(node: ts.ConditionalTypeNode, text: (node: ts.Node) => string): Answer {
  const { checkType, extendsType, trueType, falseType } = node;
  const inferred = /^Promise(?:Like)?<infer ([\w$]+)>$/.exec(text(extendsType))?.[1];
  if (inferred === undefined || text(trueType) !== inferred || !/^(never|unknown|any)$/.test(text(falseType)))
    return refuse('conditional', `\`${text(extendsType)}\` stands in a conditional type.`);
  return { rewrite: template`${checkType}`, drops: 'The type asked for a promise, which is its value now.' };
}

/** `T` of `Promise<T>`. */
function promised(node: ts.TypeNode): ts.TypeNode | undefined {
  return ts.isTypeReferenceNode(node) && /^(Promise|PromiseLike)$/.test(node.typeName.getText())
    ? node.typeArguments?.[0]
    : undefined;
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
