import { ts } from 'ts-morph';
import type { Consumer } from '../model/facts.ts';
import { excerpt, givenTo, isFunctionLike, outermost } from './syntax.ts';
import { promiseMember } from './uses.ts';

/** A place where a slot that holds a promise is read. */
export interface Read {
  readonly node: ts.Expression;
  readonly consumer: Consumer;
}

export const misused = (read: Read): string => `It is ${words[read.consumer] ?? 'used'} in \`${usedIn(read.node)}\``;

export const caughtAt = (read: Read): string =>
  `Its failure is caught around \`${usedIn(read.node)}\`, not where it is made`;

const words: Partial<Record<Consumer, string>> = {
  chained: 'chained on',
  matched: 'expected to be rejected',
  combined: 'combined with others whose failures are kept apart',
  discarded: 'left alone',
  tested: 'tested',
};

/** What the value of a read is used in. */
export const usedIn = (node: ts.Node): string => excerpt(outermost(node as ts.Expression).parent);

/** The read waits for the promise, or its caller does, and throws what it was rejected with. */
export function waits(read: Read): boolean {
  return (
    read.consumer === 'awaited' || read.consumer === 'returned' || (read.consumer === 'matched' && !isRejection(read))
  );
}

/** The read can be an expression that throws. */
export function unwraps({ consumer }: Read): boolean {
  return (
    consumer === 'awaited' ||
    consumer === 'returned' ||
    consumer === 'returned-in-try' ||
    consumer === 'combined' ||
    consumer === 'chained' ||
    consumer === 'matched'
  );
}

/** The read is content with the value. */
export function takesValue(read: Read): boolean {
  switch (read.consumer) {
    case 'awaited':
    case 'returned':
    case 'returned-in-try':
    case 'passed-project':
    case 'stored':
    case 'iterated':
    case 'yielded':
    case 'tested':
      return true;
    case 'combined':
      return combinatorOf(read.node) === 'all' || combinatorOf(read.node) === 'resolve';
    case 'matched':
      return !isRejection(read);
    default:
      return false;
  }
}

export function combinatorOf(node: ts.Expression): string | undefined {
  for (let up: ts.Node = node.parent; !ts.isStatement(up) && !ts.isFunctionLike(up); up = up.parent) {
    const member = promiseMember(up);
    if (member !== undefined) return member;
  }
  return undefined;
}

/** `expect(p).rejects…`, `assert.rejects(p)` */
export function isRejection({ node, consumer }: Read): boolean {
  if (consumer !== 'matched') return false;
  const call = outermost(node).parent;
  for (let up: ts.Node = call; ts.isPropertyAccessExpression(up.parent) && up.parent.expression === up;) {
    up = up.parent;
    if (/^(resolves|eventually|become|fulfilled)$/.test((up as ts.PropertyAccessExpression).name.text)) return false;
  }
  return !/\b(doesNotReject|notThrowsAsync)$/.test((call as ts.CallExpression).expression.getText());
}

/** Every `try` around one is around the other too, so that the same `catch` and `finally` meet a failure. */
export function sharesTries(other: ts.Node, one: ts.Node): boolean {
  const around = new Set(tries(other));
  return tries(one).every((each) => around.has(each));
}

/** Those around a callback are around what it does. */
function tries(node: ts.Node): ts.TryStatement[] {
  const found: ts.TryStatement[] = [];
  let child = node;
  for (let up = node.parent; !ts.isSourceFile(up); child = up, up = up.parent) {
    if (isFunctionLike(up) && !(ts.isExpression(up) && givenTo(up))) break;
    if (ts.isTryStatement(up) && child !== up.finallyBlock && (child === up.tryBlock || up.finallyBlock))
      found.push(up);
  }
  return found;
}
