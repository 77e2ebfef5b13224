import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import type { Concurrency, Facts, Requirement, Site } from '../model/facts.ts';
import type { SiteId } from '../model/ids.ts';
import { collectAliases } from './aliases.ts';
import { collectAsyncTests } from './async-tests.ts';
import { collectAsserted } from './asserted.ts';
import { collectSymbol } from './async-symbols.ts';
import { collectAwait, collectAwaitUsing, collectDelegation, collectForAwait } from './awaits.ts';
import { collectCall } from './calls.ts';
import { collectClientSettings, collectErrorTest } from './client-errors.ts';
import { collectClientMember } from './client-members.ts';
import { collectDeclarations } from './declarations.ts';
import { collectDecorators } from './decorators.ts';
import { createDraft, type Draft, type OwnFile } from './draft.ts';
import { collectEarlyInit } from './early-init.ts';
import { collectExpectation, endsExpectation } from './expectations.ts';
import { collectLibraryMethod } from './boundary.ts';
import { createFamilies, type GivesTypes, type Families } from './families.ts';
import { collectFunctionKind } from './function-kinds.ts';
import { collectIdiom } from './idioms.ts';
import { collectKeptResult } from './kept-results.ts';
import { collectLimiters } from './limiters.ts';
import { collectLocks } from './locks.ts';
import { collectManagedHandler } from './managed-handlers.ts';
import { collectNamedApi, mockRequirements } from './mocks.ts';
import { loadRequirements } from './module-loads.ts';
import { handedOut } from './reach.ts';
import { collectPromiseGuard, collectPromiseTest } from './promise-tests.ts';
import { isPlainValue } from './plain-values.ts';
import { collectProse } from './prose.ts';
import { collectServerImports, findServerModules } from './servers.ts';
import { collectLiteral, collectRead, collectSlot, collectWritten, isSlotDeclaration } from './slots.ts';
import { decideShims, withoutShim } from './shims.ts';
import { collectSteering } from './steering.ts';
import { decideSlots } from './stores.ts';
import { hasBody, isAmbient, isAsync, isAwaitUsing, isFunctionLike, walk } from './syntax.ts';
import { collectTwinnables } from './twinnables.ts';
import { collectTwin } from './twins.ts';
import { collectTypeQuery, collectTypeReference } from './types.ts';
import { collectUntyped } from './untyped.ts';
import { isListed } from './unwraps.ts';

export interface AnalyseInput {
  readonly checker: Checker;
  readonly files: readonly OwnFile[];
  /** Of `files`, those that another program answers for: here only their definitions count. */
  readonly elsewhere?: ReadonlySet<ts.SourceFile>;
  readonly knownApis: ReadonlySet<string>;
  readonly swappedTypes: ReadonlySet<string>;
  /** Files that code outside of the project can import; all of them where it is not said. */
  readonly entries?: ReadonlySet<string>;
}

export interface Analysis {
  readonly facts: Facts;
  readonly nodes: ReadonlyMap<SiteId, ts.Node>;
}

/** Names every place where asynchrony shows in one program. Three passes: definitions, uses, and what needs both. */
export function analyse(input: AnalyseInput): Analysis {
  const reach = handedOut(input.checker, input.files, input.entries);
  const draft = createDraft(input.checker, input.files, input.knownApis, input.swappedTypes, reach);
  const slotNames = new Set<string>();
  const families = createFamilies(draft);
  for (const file of findServerModules(draft)) draft.servers.add(file);
  for (const { source } of input.files) collectDefinitions(draft, families, source, input.swappedTypes, slotNames);
  collectDeclarations(draft, input.files);
  decideShims(draft);
  const own = input.files.filter(({ source }) => input.elsewhere?.has(source) !== true);
  for (const { source } of own) collectUses(draft, source, slotNames);
  for (const { source } of own) collectAliases(draft, source);
  for (const { source } of own) collectLimiters(draft, source);
  for (const { source } of own) collectLocks(draft, source);
  collectUntyped(
    draft,
    own.map(({ source }) => source),
  );
  collectClientSettings(
    draft,
    own.map(({ source }) => source),
  );
  collectServerImports(draft);
  for (const { source } of own) collectSteering(draft, source);
  const tests = own.filter(({ test }) => test);
  const sites = tests.length > 0 ? decideSlots(draft, draft.finish()) : [];
  for (const { source } of tests) collectAsyncTests(draft, source, sites);
  const facts = complete(draft, draft.finish());
  return { facts: { ...facts, ...collectTwinnables(draft, facts) }, nodes: draft.nodes };
}

function collectDefinitions(
  draft: Draft,
  families: Families,
  source: ts.SourceFile,
  swapped: ReadonlySet<string>,
  slotNames: Set<string>,
): void {
  for (const node of walk(source)) {
    if (isFunctionLike(node)) {
      const unit = draft.functionUnit(node);
      families.overloads(node);
      collectTwin(draft, node);
      collectManagedHandler(draft, node);
      collectDecorators(draft, node);
      collectProse(draft, node);
      if (draft.unit(unit).asynchronous && isAmbient(node) && !source.isDeclarationFile) {
        draft.emit({ kind: 'escape', how: 'declared', detail: '' }, node, unit, 0);
      }
      if (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) {
        draft.call({ caller: draft.enclosing(node), callee: unit, site: '', tolerated: true });
      }
      if (hasBody(node) && isAsync(node))
        draft.emit({ kind: 'async-function', generator: draft.unit(unit).generator }, node, unit, 0);
    } else if (
      ts.isTypeReferenceNode(node) ||
      (ts.isExpressionWithTypeArguments(node) && ts.isHeritageClause(node.parent))
    ) {
      collectTypeReference(draft, node, swapped);
    } else if (ts.isTypeQueryNode(node)) collectTypeQuery(draft, node);
    if (ts.isClassLike(node) || ts.isInterfaceDeclaration(node)) families.heritage(node);
    if (ts.isClassLike(node)) collectEarlyInit(draft, node);
    if (ts.isMethodDeclaration(node) && ts.isObjectLiteralExpression(node.parent)) collectLibraryMethod(draft, node);
    if (takesTypes(node)) families.given(node);
    if (ts.isTypePredicateNode(node)) families.guard(node);
    if (isSlotDeclaration(node)) {
      const name = collectSlot(draft, node);
      if (name !== undefined) slotNames.add(name);
    }
    if (ts.isBinaryExpression(node)) {
      const name = collectWritten(draft, node);
      if (name !== undefined) slotNames.add(name);
    }
    if (ts.isGetAccessor(node) && ts.isIdentifier(node.name) && draft.unit(draft.functionUnit(node)).asynchronous)
      slotNames.add(node.name.text);
    if (ts.isExpression(node)) {
      if (mayFlow(node)) {
        families.flow(node);
        collectKeptResult(draft, node);
      }
      collectAsserted(draft, node);
    }
  }
}

function takesTypes(node: ts.Node): node is GivesTypes {
  return (
    ts.isTypeReferenceNode(node) ||
    ts.isExpressionWithTypeArguments(node) ||
    ts.isCallExpression(node) ||
    ts.isNewExpression(node)
  );
}

/** Positions with a contextual type that a function or an object with async members may fill. */
function mayFlow(node: ts.Expression): boolean {
  const parent = node.parent;
  if (ts.isParenthesizedExpression(node) || ts.isLiteralExpression(node) || isPlainValue(node)) return false;
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return parent.expression !== node;
  if (ts.isVariableDeclaration(parent) || ts.isParameter(parent) || ts.isPropertyDeclaration(parent))
    return parent.initializer === node;
  if (ts.isBinaryExpression(parent)) return parent.right === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isShorthandPropertyAssignment(parent)) return parent.name === node;
  if (ts.isArrowFunction(parent)) return parent.body === node;
  return (
    ts.isReturnStatement(parent) ||
    ts.isArrayLiteralExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isSatisfiesExpression(parent) ||
    ts.isConditionalExpression(parent) ||
    ts.isJsxExpression(parent) ||
    ts.isYieldExpression(parent)
  );
}

function collectUses(draft: Draft, source: ts.SourceFile, slotNames: ReadonlySet<string>): void {
  const { test } = draft.files.get(source)!;
  for (const node of walk(source)) {
    if (ts.isAwaitExpression(node)) collectAwait(draft, node);
    else if (ts.isForOfStatement(node) && node.awaitModifier) collectForAwait(draft, node);
    else if (ts.isYieldExpression(node) && node.asteriskToken) collectDelegation(draft, node);
    else if (ts.isConditionalExpression(node) || ts.isIfStatement(node)) collectPromiseTest(draft, node);
    else if (ts.isFunctionDeclaration(node) || ts.isVariableStatement(node)) collectPromiseGuard(draft, node);
    else if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node))
      collectCall(draft, node);
    else if (ts.isVariableDeclarationList(node) && isAwaitUsing(node)) collectAwaitUsing(draft, node);
    else if (endsExpectation(node)) collectExpectation(draft, node);
    else if (ts.isPropertyAccessExpression(node)) {
      if (slotNames.has(node.name.text)) collectRead(draft, node);
      else collectSymbol(draft, node);
    } else if (
      ts.isElementAccessExpression(node) &&
      ts.isStringLiteralLike(node.argumentExpression) &&
      slotNames.has(node.argumentExpression.text)
    ) {
      collectRead(draft, node);
    } else if (ts.isIdentifier(node) && slotNames.has(node.text)) collectRead(draft, node);
    if (test && (ts.isIdentifier(node) || ts.isPropertyAccessExpression(node))) collectNamedApi(draft, node);
    else if (ts.isObjectLiteralExpression(node)) collectLiteral(draft, node);
    collectErrorTest(draft, node);
    collectFunctionKind(draft, node);
    collectClientMember(draft, node);
    collectIdiom(draft, node);
  }
}

const WAITS: ReadonlySet<Site['kind']> = new Set<Site['kind']>(['await', 'for-await', 'await-using']);

/** Adds what is only known when all files are read: how each slot is read. */
function complete(draft: Draft, facts: Facts): Facts {
  const units = new Map(facts.units.map((u) => [u.id, u]));
  const concurrency = [...facts.concurrency, ...overlaps(draft, facts)];
  const concurrent = concurrency.some((c) => !units.get(c.unit)!.test);
  const waiting = new Set(facts.sites.filter((s) => WAITS.has(s.kind)).map((s) => s.inside));
  const decided = decideSlots(draft, facts);
  return {
    ...facts,
    concurrency,
    requirements: [
      ...facts.requirements,
      ...mockRequirements(draft, facts),
      ...loadRequirements(draft, facts, waiting),
      ...decided.flatMap(misplacedRead),
    ],
    // A module with top-level await is a candidate too.
    units: facts.units.map((u) => (u.kind === 'module' && waiting.has(u.id) ? { ...u, asynchronous: true } : u)),
    sites: decided.map((s) => (s.kind === 'await' && concurrent ? { ...s, concurrent } : withoutShim(draft, s))),
  };
}

/** Where a read cannot do with the value, what it is read from keeps its promise. */
function misplacedRead(site: Site): Requirement[] {
  if (site.kind !== 'promise-value' || site.taken?.fits !== false) return [];
  return [{ from: site.slot, to: site.id, why: 'is read in' }];
}

/** Promises that are not awaited where they are made let two things run side by side. */
function overlaps(draft: Draft, facts: Facts): Concurrency[] {
  return facts.sites.flatMap((site): Concurrency[] => {
    const what = isReturnedList(draft, site) ? 'a list of promises' : overlap(site);
    return what === undefined ? [] : [{ unit: site.inside, what, place: site.place, site: site.id }];
  });
}

const isReturnedList = (draft: Draft, site: Site): boolean =>
  site.kind === 'call' && site.consumer.startsWith('returned') && isListed(draft.nodes.get(site.id)!);

const noPromiseThere = new Set([
  'returned',
  'untyped-caller',
  'untyped-reader',
  'shim',
  'asked',
  'asserted',
  'declared',
  'decorated',
  'overload',
]);

function overlap(site: Site): string | undefined {
  if (site.kind === 'for-await') return site.elements ? 'a promise in an iterated array' : undefined;
  if (site.kind === 'combinator') return `\`Promise.${site.method}\``;
  if (site.kind === 'store') return 'a stored promise';
  if (site.kind === 'callback') return `a callback of \`${site.api.slice(site.api.indexOf('#') + 1)}\``;
  if (site.kind === 'escape' && noPromiseThere.has(site.how)) return undefined;
  return site.kind === 'escape' || site.kind === 'executor' ? 'a promise that is not awaited' : undefined;
}
