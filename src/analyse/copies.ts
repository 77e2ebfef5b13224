import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';

const COPYING = /^global#(ObjectConstructor\.(entries|values)|ArrayConstructor\.from|(Readonly)?Array\.concat)$/;

/** A call that gives what it is given in another container: `Object.entries(jobs)`, `more.concat(jobs)`. What becomes of that is what matters. */
export function isCopy(node: ts.Node, checker: Checker): boolean {
  if (!ts.isCallExpression(node) || !COPYING.test(checker.api(node) ?? '')) return false;
  // With a second argument it is a mapping.
  if (node.arguments.length !== 1 && !isConcat(node)) return false;
  if (checker.bearing(checker.typeOf(node)) !== 'container') return false;
  // `all.concat(load())` adds a promise, and would take an array apart.
  return node.arguments.every(
    (each) => !ts.isSpreadElement(each) && checker.bearing(checker.typeOf(each)) !== 'promise',
  );
}

/** The call on what stands in front: `jobs.concat(more)`. */
export function copyOf(value: ts.Node, checker: Checker): ts.CallExpression | undefined {
  const access = value.parent;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== value || access.name.text !== 'concat')
    return undefined;
  const call = access.parent;
  return ts.isCallExpression(call) && call.expression === access && isCopy(call, checker) ? call : undefined;
}

function isConcat({ expression }: ts.CallExpression): boolean {
  return ts.isPropertyAccessExpression(expression) && expression.name.text === 'concat';
}

/** `jobs.filter(Boolean)`, `jobs.flat()`: what comes out depends on what an element is, and a promise is no value. A sentence for a refusal. */
export function looksAtElements(call: ts.Node, checker: Checker): string | undefined {
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return undefined;
  const { text } = call.expression.name;
  const [callback] = call.arguments;
  const isOwn = callback !== undefined && checker.signatures(checker.typeOf(callback)).some((d) => checker.isOwn(d));
  const looks = /^(flat|sort|toSorted)$/.test(text) || (/^(filter|find|findLast|flatMap)$/.test(text) && !isOwn);
  return looks ? `\`${text}\` looks at the elements` : undefined;
}
