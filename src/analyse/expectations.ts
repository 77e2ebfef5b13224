import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import type { Draft } from './draft.ts';
import { functionValues, produce } from './calls.ts';
import { isExpect } from './uses.ts';

/** What a test expects of a promise, and the expression it expects it of. */
export interface Expectation {
  /** `expect` (vitest, jest, bun), `chai` (with chai-as-promised), `node:assert`, `ava`, `tap`. */
  readonly framework: string;
  readonly subject: ts.Expression;
}

const asserting: readonly (readonly [api: RegExp, framework: string])[] = [
  [/^node:assert(\/strict)?#(\w+\.)*(rejects|doesNotReject)$/, 'node:assert'],
  [/^ava#.*\.(throwsAsync|notThrowsAsync)$/, 'ava'],
  [/^tap#.*\.rejects$|^@tapjs\/.*\.rejects$/, 'tap'],
];

/** `expect(p).rejects.toThrow(x)` and `assert.rejects(p, x)`, by the whole call; `expect(p).to.be.rejected`, by the last name. */
export function expectationOf(call: ts.Expression, checker: Checker): Expectation | undefined {
  if (!ts.isCallExpression(call) && !endsExpectation(call)) return undefined;
  if (!ts.isPropertyAccessExpression(call.expression) && !ts.isIdentifier(call.expression)) return undefined;
  const root = expectRoot(call);
  const [expected] = root?.arguments ?? [];
  if (root) return expected && { framework: namesOf(call).some(isChai) ? 'chai' : 'expect', subject: expected };
  if (!ts.isCallExpression(call)) return undefined;
  const name = ts.isIdentifier(call.expression) ? call.expression.text : call.expression.name.text;
  const [subject] = call.arguments;
  if (!subject || !/^(rejects|doesNotReject|throwsAsync|notThrowsAsync)$/.test(name)) return undefined;
  const api = checker.api(call) ?? '';
  const known = asserting.find(([pattern]) => pattern.test(api));
  return known && { framework: known[1], subject };
}

/** Emits the expectation's site; a function that it calls stands or falls with it. */
export function collectExpectation(draft: Draft, call: ts.CallExpression | ts.PropertyAccessExpression): boolean {
  const expectation = expectationOf(call, draft.checker);
  if (!expectation) return false;
  produce(
    draft,
    call,
    (use) => ({ kind: 'expectation', framework: expectation.framework, consumer: use.consumer }),
    (_use, site) => {
      for (const unit of functionValues(draft, expectation.subject)) {
        draft.require(unit, site, 'is expected to settle in');
        draft.require(site, unit, 'expects');
      }
    },
  );
  return true;
}

/** The call is one that takes a promise, or a function that makes one, to say something of its outcome. */
export function takesSubject(call: ts.Node, checker: Checker): boolean {
  if (!ts.isCallExpression(call)) return false;
  if (isExpect(call)) return settles(call);
  return expectationOf(call, checker) !== undefined;
}

/** `expect(p)`, and further on in its chain stands `resolves` or `rejects`. */
function settles(expect: ts.Node): boolean {
  for (let node = expect; ts.isPropertyAccessExpression(node.parent) && node.parent.expression === node;) {
    node = node.parent;
    if (isSettling((node as ts.PropertyAccessExpression).name.text)) return true;
  }
  return false;
}

const isChai = (name: string): boolean => /^(rejected|rejectedWith|fulfilled|eventually|become)$/.test(name);
const isSettling = (name: string): boolean => name === 'resolves' || name === 'rejects' || isChai(name);

/** `expect(p).to.be.rejected`: nothing is called, and nothing follows. */
export function endsExpectation(node: ts.Node): node is ts.PropertyAccessExpression {
  if (!ts.isPropertyAccessExpression(node) || !/^(rejected|fulfilled)$/.test(node.name.text)) return false;
  const { parent } = node;
  const goesOn = (ts.isPropertyAccessExpression(parent) || ts.isCallExpression(parent)) && parent.expression === node;
  return !goesOn && expectRoot(node) !== undefined;
}

/** The names between `expect(p)` and the end of the chain. */
function namesOf(end: ts.CallExpression | ts.PropertyAccessExpression): string[] {
  const names: string[] = [];
  let node: ts.Expression = ts.isCallExpression(end) ? end.expression : end;
  for (; ts.isPropertyAccessExpression(node); node = node.expression) names.unshift(node.name.text);
  return names;
}

/** The `expect(p)` at the root of `expect(p).rejects.toThrow(x)`, where the chain goes through a name that waits for `p`. */
function expectRoot(end: ts.CallExpression | ts.PropertyAccessExpression): ts.CallExpression | undefined {
  let node: ts.Expression = ts.isCallExpression(end) ? end.expression : end;
  let found = false;
  while (ts.isPropertyAccessExpression(node)) {
    if (isSettling(node.name.text)) found = true;
    node = node.expression;
  }
  return found && ts.isCallExpression(node) && isExpect(node) ? node : undefined;
}
