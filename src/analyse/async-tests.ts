import { ts } from 'ts-morph';
import type { AsyncTestTopic, Site } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { isNext } from './stores.ts';
import { enclosingFunction, hasBody, isFunctionLike, walk } from './syntax.ts';
import { isCombinatorCall } from './uses.ts';

type Callback = ts.ArrowFunction | ts.FunctionExpression;

/** Words of titles that speak of two things at once. */
const together =
  /concurren|parallel|overlap|interleav|simultaneous|at the same time|at once|one at a time|in flight|coalesc|dedup|\brac(e|es|ing)\b/i;

/** Emits a site for each test that is about asynchrony itself, or runs beside others. `sites` are those found so far. */
export function collectAsyncTests(draft: Draft, source: ts.SourceFile, sites: readonly Site[]): void {
  const kept = keptPromises(draft, sites);
  const intercepts = source.statements.some(isInterceptor);
  for (const call of walk(source)) {
    const callback = ts.isCallExpression(call) ? testCallback(call) : undefined;
    if (!callback) continue;
    const title = titleOf(call as ts.CallExpression);
    const asked = topicOf(draft, call as ts.CallExpression, callback, title.title, kept);
    const isAsync = draft.unit(draft.functionUnit(callback)).asynchronous;
    const topic = intercepts && isAsync && (asked ?? 'concurrent') === 'concurrent' ? 'interceptor' : asked;
    if (topic === undefined) continue;
    const site = draft.emit({ kind: 'async-test', topic, ...title }, callback, draft.functionUnit(callback), 3);
    if (topic === 'concurrent') continue;
    for (const inner of walk(callback.body))
      if (isFunctionLike(inner) && hasBody(inner)) draft.require(draft.functionUnit(inner), site.id, 'is part of');
  }
}

/** It imports what answers requests inside of the process, where blocking code does not send them. */
function isInterceptor(statement: ts.Statement): boolean {
  if (!ts.isImportDeclaration(statement) || !ts.isStringLiteral(statement.moduleSpecifier)) return false;
  const module = statement.moduleSpecifier.text;
  if (module === 'undici') return /\bMock(Agent|Pool|Client)\b/.test(statement.getText());
  return /^(nock|msw|@mswjs|fetch-mock|jest-fetch-mock|vitest-fetch-mock|axios-mock-adapter)(\/|$)/.test(module);
}

/** What is made in a test and is still to come while the test goes on, before its first read. */
function keptPromises(draft: Draft, sites: readonly Site[]): ReadonlySet<ts.Node> {
  const reads = new Map<UnitId, ts.Expression>();
  for (const site of sites) {
    const node = draft.nodes.get(site.id) as ts.Expression;
    const known = site.kind === 'promise-value' ? reads.get(site.slot) : undefined;
    if (site.kind === 'promise-value' && (!known || node.pos < known.pos)) reads.set(site.slot, node);
  }
  const kept = sites.flatMap((site): ts.Node[] => {
    if (site.kind !== 'store' || !site.test || site.why === '') return [];
    const node = draft.nodes.get(site.id)!;
    const read = reads.get(site.slot);
    const handsOver = ts.isParameter(node) || isArgument(node) || (read && isNext(node, read));
    return handsOver ? [] : [node];
  });
  return new Set(kept);
}

function isArgument(node: ts.Node): boolean {
  const { parent } = node;
  const isPushed = ts.isCallExpression(parent) && /\.(push|unshift|set|add)$/.test(parent.expression.getText());
  return (ts.isCallExpression(parent) || ts.isNewExpression(parent)) && parent.expression !== node && !isPushed;
}

function topicOf(
  draft: Draft,
  call: ts.CallExpression,
  callback: Callback,
  title: string,
  kept: ReadonlySet<ts.Node>,
): AsyncTestTopic | undefined {
  const nodes = [...walk(callback.body)];
  if (!draft.unit(draft.functionUnit(callback)).asynchronous) {
    const promises = nodes.some((n) => ts.isCallExpression(n) && draft.checker.bearing(draft.checker.typeOf(n)));
    return promises && takesDone(draft, callback) ? 'done' : undefined;
  }
  if (nodes.some((node) => kept.has(node))) return 'overlap';
  const topics = nodes.map((node) => (ts.isCallExpression(node) ? topicOfCall(node, callback, title) : undefined));
  const found = topics.find((topic) => topic !== undefined) ?? (hasFakeClock(call) ? 'clock' : undefined);
  return found ?? (names(call).includes('concurrent') ? 'concurrent' : undefined);
}

function topicOfCall(call: ts.CallExpression, callback: Callback, title: string): AsyncTestTopic | undefined {
  const name = names(call).at(-1) ?? '';
  if (isCombinatorCall(call) && together.test(title)) return 'overlap';
  // What is cancelled from a callback is under way; what was cancelled before is only refused.
  if (name === 'abort' && enclosingFunction(call) !== callback) return 'cancellation';
  const [event] = call.arguments;
  if (
    /^(on|once|addListener)$/.test(name) &&
    event &&
    ts.isStringLiteralLike(event) &&
    /^(unhandledRejection|uncaughtException\w*|rejectionHandled|multipleResolves)$/.test(event.text)
  )
    return 'unhandled';
  if (
    /^(waitFor|waitUntil|waitForElementToBeRemoved)$/.test(name) ||
    names(call).slice(0, 2).join('.') === 'expect.poll'
  )
    return 'polling';
  return fakesClock(call) ? 'clock' : undefined;
}

/** `vi.useFakeTimers()`, `t.mock.timers.enable()`; faking no more than `Date` holds no timer up. */
function fakesClock(call: ts.CallExpression): boolean {
  const chain = names(call);
  if (chain.at(-1) !== 'useFakeTimers' && chain.slice(-2).join('.') !== 'timers.enable') return false;
  const [options] = call.arguments;
  return options === undefined || !/^\{\s*(toFake|apis):\s*\[\s*['"]Date['"]\s*\]/.test(options.getText());
}

/** A hook of the file or of a group around the test, or a statement beside it, fakes the clock. */
function hasFakeClock(test: ts.Node): boolean {
  for (let up = test.parent as ts.Node | undefined; up; up = up.parent as ts.Node | undefined) {
    if (!ts.isBlock(up) && !ts.isSourceFile(up)) continue;
    for (const statement of up.statements) {
      if (!ts.isExpressionStatement(statement) || !ts.isCallExpression(statement.expression)) continue;
      if (fakesClock(statement.expression)) return true;
      if (!/^before/.test(names(statement.expression).at(-1) ?? '')) continue;
      for (const node of walk(statement)) if (ts.isCallExpression(node) && fakesClock(node)) return true;
    }
  }
  return false;
}

/** The names of a call's callee: `it.concurrent.each(…)(…)` → it, concurrent, each. */
function names(call: ts.CallExpression): string[] {
  const found: string[] = [];
  for (let at: ts.Expression = call.expression; ;) {
    if (ts.isCallExpression(at) || ts.isTaggedTemplateExpression(at))
      at = ts.isCallExpression(at) ? at.expression : at.tag;
    else if (ts.isPropertyAccessExpression(at)) {
      found.unshift(at.name.text);
      at = at.expression;
    } else return ts.isIdentifier(at) ? [at.text, ...found] : found;
  }
}

/** The function of `it('…', async () => …)`. */
function testCallback(call: ts.CallExpression): Callback | undefined {
  const [root, second] = names(call);
  if (!/^(it|test|specify|fit)$/.test(root ?? '') && second !== 'test') return undefined;
  return call.arguments
    .slice(1)
    .find((each): each is Callback => ts.isArrowFunction(each) || ts.isFunctionExpression(each));
}

/** The test's title behind those of the groups that it stands in; `exact` where it is one test, whose titles are written out. */
function titleOf(test: ts.CallExpression): { readonly title: string; readonly exact: boolean } {
  const titles: string[] = [];
  let exact = true;
  for (let up = test as ts.Node | undefined; up; up = up.parent as ts.Node | undefined) {
    if (
      !ts.isCallExpression(up) ||
      !/^(it|test|specify|fit|describe|suite|context|fdescribe)$/.test(names(up)[0] ?? '')
    )
      continue;
    const [title] = up.arguments;
    if (!title || !ts.isStringLiteralLike(title)) exact = false;
    else titles.unshift(title.text);
    if (!ts.isIdentifier(up.expression) && names(up).some((name) => /^(each|for)$/.test(name))) exact = false;
  }
  return { title: titles.join(' > '), exact };
}

/** `(done) => …`, and `(t, done) => …` of node:test: the test ends when its parameter is called. */
function takesDone(draft: Draft, callback: Callback): boolean {
  return callback.parameters
    .slice(0, 2)
    .some(
      ({ name }) =>
        ts.isIdentifier(name) &&
        (/^(done|cb|callback)$/.test(name.text) ||
          draft.checker.typeApi(draft.checker.typeOf(name))?.endsWith('DoneCallback') === true),
    );
}
