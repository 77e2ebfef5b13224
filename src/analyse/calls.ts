import { ts } from 'ts-morph';
import type { Checker, Type } from '../checker/checker.ts';
import type { SiteFacts } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import { boundCall, boundUnits, ownSignatures } from './bound.ts';
import { collectContainerRead } from './container-reads.ts';
import { isCopy } from './copies.ts';
import { collectEarlyThrows } from './early-throws.ts';
import type { Draft } from './draft.ts';
import { collectExpectation, takesSubject } from './expectations.ts';
import { collectHiddenResult, hides } from './hidden-results.ts';
import { isLoopApi } from './loop.ts';
import { collectMock } from './mocks.ts';
import { hasBody, isFunctionLike, outermost, walk } from './syntax.ts';
import { promisingUnit } from './shims.ts';
import { isRaceTimer } from './race-limits.ts';
import { isUsedAgain } from './used-again.ts';
import { unwrapsValues } from './unwraps.ts';
import { isPresenceTest } from './presence.ts';
import { protocolOwnersOf } from './protocols.ts';
import { asksForIterator, chainCall, isCombinatorCall, promiseMember, useOf, type Use } from './uses.ts';

const refusedUses = new Set([
  'discarded',
  'passed-library',
  'passed-unknown',
  'tested',
  'exported',
  'other',
  'matched',
]);

/** Sites of one call, `new` or tagged template: what it calls, and what becomes of its promise. */
export function collectCall(
  draft: Draft,
  call: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression,
): void {
  const { checker } = draft;
  if (ts.isNewExpression(call) && ts.isIdentifier(call.expression) && call.expression.text === 'Promise') {
    produce(
      draft,
      call,
      (use) => ({ kind: 'executor', consumer: use.consumer }),
      () => {
        // What the executor's functions do is done in its place: they turn blocking together. Another idiom may answer for the site.
        for (const inner of walk(call))
          if (isFunctionLike(inner) && hasBody(inner))
            draft.require(draft.enclosing(call), draft.functionUnit(inner), 'runs');
      },
    );
    return;
  }
  if (ts.isCallExpression(call)) {
    if (call.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const literal = call.arguments[0] !== undefined && ts.isStringLiteralLike(call.arguments[0]);
      produce(draft, call, (use) => ({ kind: 'dynamic-import', literal, consumer: use.consumer }));
      return;
    }
    if (isChain(draft, call)) {
      collectChain(draft, call);
      return;
    }
    const method = promiseMember(call);
    if (method !== undefined && isGlobalPromise(draft, call)) {
      produce(draft, call, ({ consumer }) =>
        isCombinatorCall(call)
          ? { kind: 'combinator', method, consumer, shared: isUsedAgain(draft, call) }
          : { kind: 'promise-static', method, consumer },
      );
      return;
    }
    if (collectExpectation(draft, call) || collectMock(draft, call)) return;
  }

  const { declarations, returns, passesThrough } = checker.callee(call);
  const bearing = checker.bearing(returns);
  // The name of the method is a site of its own; the iterator is followed from where the iterable is kept.
  if (asksForIterator(call) && bearing === 'iterable') {
    followUse(draft, call, useOf(call, checker));
    return;
  }
  const own = declarations.filter((d) => checker.isOwn(d));
  const disposed = own.length === 0 ? disposedBy(call) : undefined;
  const owners = disposed ? protocolOwnersOf(draft, checker.typeOf(disposed), '[Symbol.asyncDispose]') : [];
  if (owners.length > 0) {
    for (const owner of owners) collectUnitCall(draft, call, owner);
    return;
  }
  if (own.length > 0) {
    for (let i = 1; i < own.length; i++)
      draft.join(draft.functionUnit(own[0]!), draft.functionUnit(own[i]!), 'is called together with');
    callOwn(draft, call, own[0]!, bearing !== undefined && !passesThrough);
    if (!passesThrough) return;
  }
  const bound = own.length === 0 ? boundCall(draft, call) : [];
  for (const unit of bound) collectUnitCall(draft, call, unit);
  if (bound.length > 0) return;
  const api = checker.api(call);
  // The runner waits for its tests by itself.
  if (
    ts.isExpressionStatement(call.parent) &&
    /^(node:test|tap)#(default|(default\.)?(it|test|describe|suite|before|after|beforeEach|afterEach))(\.\w+)?$/.test(
      api ?? '',
    )
  )
    return;
  // A container is made or filled here; it is read elsewhere.
  if (
    bearing === 'container' &&
    api !== undefined &&
    /^global#(Map|Set|WeakMap|Array)\.(constructor|set|add)$/.test(api)
  )
    return;
  const receiver = receiverOf(call);
  const onSwapped = receiver !== undefined && checker.bearing(checker.typeOf(receiver)) === 'swapped';
  // What is copied is followed from where it is kept or made.
  if (isCopy(call, checker) && !(receiver && checker.declarations(receiver).some((d) => checker.isOwn(d)))) return;
  // `socket.off(…)` gives the socket itself, whatever the listener gives.
  if (bearing !== undefined && passesThrough && !(onSwapped && bearing === 'swapped')) {
    collectPassThrough(draft, call);
    return;
  }

  const given = ts.isTaggedTemplateExpression(call) ? [] : (call.arguments ?? []);
  const takesSwapped = given.some((a) => checker.bearing(checker.typeOf(a)) === 'swapped');
  if (bearing === 'container' && receiver && checker.bearing(checker.typeOf(receiver)) === 'container') {
    collectContainerRead(draft, call, receiver);
    return;
  }
  if (api !== undefined && !onSwapped && isLoopApi(api) && bearing !== 'swapped') {
    draft.concurrent(draft.emit({ kind: 'loop', api }, call), `\`${short(api)}\``);
    return;
  }
  // `process.stdout.write` is declared by `Socket`, but the value is none that changes.
  const inherited =
    api !== undefined &&
    receiver !== undefined &&
    !onSwapped &&
    draft.swappedTypes.has(api.slice(0, api.lastIndexOf('.')));
  if (
    bearing !== undefined ||
    onSwapped ||
    takesSwapped ||
    (api !== undefined && !inherited && draft.knownApis.has(api))
  ) {
    if (receiver && bearing === 'promise' && checker.bearing(checker.typeOf(receiver)) === 'container') {
      collectContainerRead(draft, call, receiver);
      return;
    }
    if (receiver && checker.bearing(checker.typeOf(receiver)) === 'iterable' && api === undefined) return;
    const name = api ?? 'unknown';
    if (bearing === undefined) {
      draft.emit({ kind: 'api-call', api: name, consumer: 'other' }, call);
    } else {
      produce(draft, call, (use) => ({ kind: 'api-call', api: name, consumer: use.consumer }));
    }
  }
}

const short = (api: string): string => api.slice(api.indexOf('#') + 1);

function isGlobalPromise(draft: Draft, call: ts.CallExpression): boolean {
  const name = (call.expression as ts.PropertyAccessExpression).expression;
  return draft.checker.declarations(name).every((d) => !draft.checker.isOwn(d));
}

/** A call of a function of the project. */
function callOwn(
  draft: Draft,
  call: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression,
  declaration: ts.SignatureDeclaration,
  bears: boolean,
): void {
  const callee = calledUnit(draft, call, declaration);
  const caller = draft.enclosing(call);
  if (!bears) {
    draft.call({ caller, callee, site: '', tolerated: true });
    return;
  }
  collectUnitCall(draft, call, callee);
}

/** The unit that a call of `declaration` reaches from here: through the worker thread where the module moves to one. */
export function calledUnit(draft: Draft, call: ts.Node, declaration: ts.SignatureDeclaration): UnitId {
  const unit = draft.functionUnit(declaration);
  const there = declaration.getSourceFile();
  if (draft.servers.has(there) && call.getSourceFile() !== there) return draft.threadedUnit(unit);
  return promisingUnit(draft, unit);
}

/** A call (or getter read) that yields the promise of `callee`. */
export function collectUnitCall(
  draft: Draft,
  call: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression | ts.PropertyAccessExpression,
  callee: UnitId,
): void {
  const caller = draft.enclosing(call);
  produce(
    draft,
    call,
    (use) => ({ kind: 'call', callee, consumer: use.consumer }),
    (use, site) => {
      const tolerated = unwrapsValues(draft.checker, call, use, draft.unitNodes.get(caller));
      draft.call({ caller, callee, site, tolerated });
      if (!isRaceTimer(draft, call)) draft.require(caller, callee, 'calls');
      if (!tolerated)
        draft.require(
          callee,
          caller,
          use.consumer === 'returned' ? 'is returned by' : `is ${wording[use.consumer] ?? 'used'} in`,
        );
    },
  );
}

const wording: Readonly<Record<string, string>> = {
  combined: 'combined with other promises',
  chained: 'chained on',
  stored: 'stored',
  'passed-project': 'passed on',
  'passed-library': 'handed to a library',
  'passed-unknown': 'handed to untyped code',
  discarded: 'left floating',
  tested: 'tested as a promise',
};

/**
 * Emits the producer's site and follows its value: into a slot, out of reach, or to a consumer that has a site of its own.
 */
export function produce(
  draft: Draft,
  node: ts.Expression,
  facts: (use: Use) => SiteFacts,
  after?: (use: Use, site: string) => void,
): void {
  const use = useOf(node, draft.checker);
  const site = draft.emit(facts(use), node, draft.enclosing(node), 2);
  after?.(use, site.id);
  followUse(draft, node, use);
}

export function followUse(draft: Draft, node: ts.Expression, use: Use): void {
  const inside = draft.enclosing(node);
  collectHiddenResult(draft, node, use);
  // What is taken out of a swapped value is not that value.
  const taken = (target: ts.Node): boolean =>
    ts.isBindingElement(target) && draft.checker.bearing(draft.checker.typeOf(node)) === 'swapped';
  const untyped = use.targets.find((target) => hides(draft, target, node) && !taken(target));
  if (untyped) {
    // Reads of it cannot be told from reads of anything else.
    const detail = `\`${(untyped as ts.NamedDeclaration).name?.getText() ?? 'what takes it'}\` has no type`;
    draft.emit({ kind: 'escape', how: 'passed-unknown', detail }, node, inside, 0);
    return;
  }
  if (use.consumer === 'stored' || use.consumer === 'passed-project') {
    for (const target of use.targets) {
      const slot = draft.slotUnit(target);
      draft.join(slot, inside, use.consumer === 'stored' ? 'is written in' : 'gets its value from');
      const container =
        use.consumer === 'stored' && (ts.isCallExpression(use.at) || writesElement(use.at, draft.checker));
      if (
        (container || use.consumer === 'passed-project') &&
        draft.checker.bearing(draft.checker.typeOf(node)) !== 'swapped'
      ) {
        draft.emit(
          { kind: 'store', slot, slotKind: container ? 'container' : 'parameter', reads: [], form: 'value', why: '' },
          outermost(node),
          inside,
          0,
        );
      }
    }
    if (use.targets.length > 0) return;
    draft.emit(
      { kind: 'escape', how: 'other', detail: 'the promise is stored where it cannot be followed' },
      node,
      inside,
      0,
    );
    return;
  }
  if (use.consumer === 'returned-in-try' && ts.isReturnStatement(use.at)) {
    draft.emit({ kind: 'return-in-try' }, use.at, inside, 0);
    return;
  }
  if (use.consumer === 'tested' && isPresenceTest(use.at, node, draft.checker)) return;
  if (use.consumer === 'matched' && takesSubject(use.at, draft.checker)) return;
  if (refusedUses.has(use.consumer) && draft.checker.bearing(draft.checker.typeOf(node)) !== 'swapped') {
    draft.emit({ kind: 'escape', how: use.consumer, detail: use.detail }, discardedAt(use.at) ?? node, inside, 0);
  }
  // A swapped value handed to a library is that call's own site.
}

/** `jobs[name] = …` */
function writesElement(at: ts.Node, checker: Checker): boolean {
  if (!ts.isBinaryExpression(at)) return false;
  const { left } = at;
  return (
    (ts.isElementAccessExpression(left) || ts.isPropertyAccessExpression(left)) &&
    checker.bearing(checker.typeOf(left.expression)) === 'container'
  );
}

/** The statement of a floating promise, else the expression that takes it. */
function discardedAt(at: ts.Node): ts.Node | undefined {
  if (ts.isVoidExpression(at) && ts.isExpressionStatement(at.parent)) return at.parent;
  return ts.isExpression(at) || ts.isExpressionStatement(at) ? at : undefined;
}

function isChain(draft: Draft, call: ts.CallExpression): boolean {
  const callee = call.expression;
  if (!ts.isPropertyAccessExpression(callee) || chainCall(callee.expression) !== call) return false;
  const receiver = draft.checker.typeOf(callee.expression);
  return draft.checker.colour(receiver) !== 'plain' && !isBlockingChain(draft, receiver);
}

/** The `Chain` of `@unawait/std`, which this tool writes: its methods are a promise's, and it blocks. */
function isBlockingChain(draft: Draft, type: Type): boolean {
  return (
    draft.checker.typeApi(type)?.endsWith('#Chain') === true && draft.checker.property(type, 'value') !== undefined
  );
}

/** One site for a whole chain, at its outermost call. */
function collectChain(draft: Draft, call: ts.CallExpression): void {
  if (chainCall(call)) return;
  const inside = draft.enclosing(call);
  collectEarlyThrows(draft, call);
  produce(draft, call, (use) => ({ kind: 'then', consumer: use.consumer }));
  for (
    let link: ts.Expression = call;
    ts.isCallExpression(link) && ts.isPropertyAccessExpression(link.expression);
    link = link.expression.expression
  ) {
    if (!chainCall(link.expression.expression)) break;
    for (const handler of link.arguments)
      for (const unit of functionValues(draft, handler)) draft.join(inside, unit, 'chains');
  }
}

/** Units of the functions that an expression may be: a literal, or a name of the project's. */
export function functionValues(draft: Draft, node: ts.Expression): UnitId[] {
  if (ts.isArrowFunction(node) || ts.isFunctionExpression(node))
    return [draft.functionUnit(node)].filter((u) => draft.unit(u).asynchronous);
  return ownSignatures(node, draft.checker)
    .map((d) => draft.functionUnit(d))
    .filter((u) => draft.unit(u).asynchronous)
    .concat(boundUnits(draft, node))
    .map((u) => promisingUnit(draft, u));
}

/** A generic call that hands a callback's result on: `xs.map(async …)`, `storage.run(store, async …)`. It stands for the callback. */
function collectPassThrough(
  draft: Draft,
  call: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression,
): void {
  const args = ts.isTaggedTemplateExpression(call) ? [] : [...(call.arguments ?? [])];
  const api = draft.checker.api(call);
  // `fn.apply(this, args)` calls `fn`.
  const invoked = /^global#(Callable)?Function\.(apply|call)$/.test(api ?? '') ? receiverOf(call) : undefined;
  const units = (invoked ? [invoked] : args).flatMap((a) => functionValues(draft, a));
  if (units.length === 0 || ts.isTaggedTemplateExpression(call)) {
    const receiver = receiverOf(call);
    if (receiver && draft.checker.bearing(draft.checker.typeOf(receiver))) {
      collectContainerRead(draft, call, receiver);
      return;
    }
    produce(draft, call, (use) => ({ kind: 'api-call', api: api ?? 'unknown', consumer: use.consumer }));
    return;
  }
  for (const unit of units) collectUnitCall(draft, call, unit);
  // `xs.reduce(async (sum, x) => …, Promise.resolve(0))`: the callback gets that promise.
  const given = args.filter((a) => functionValues(draft, a).length === 0);
  if (given.some((a) => draft.checker.bearing(draft.checker.typeOf(a)) === 'promise'))
    for (const unit of units) draft.require(unit, draft.enclosing(call), 'is given a promise in');
}

/** `resource` of `resource[Symbol.asyncDispose]()`. */
function disposedBy(call: ts.Node): ts.Expression | undefined {
  return ts.isCallExpression(call) &&
    ts.isElementAccessExpression(call.expression) &&
    call.expression.argumentExpression.getText() === 'Symbol.asyncDispose'
    ? call.expression.expression
    : undefined;
}

function receiverOf(call: ts.Node): ts.Expression | undefined {
  return ts.isCallExpression(call) && ts.isPropertyAccessExpression(call.expression)
    ? call.expression.expression
    : undefined;
}
