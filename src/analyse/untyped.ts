import { ts } from 'ts-morph';
import { siteId, type SiteId, type UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { enclosingFunction, isAsync, isFunctionLike, leaves, spanOf, walk } from './syntax.ts';
import { useOf, type Use } from './uses.ts';

/** Helpers that hand on what a helper returns are followed this far. */
const DEPTH = 5;

/** On a value of no type, members of arrays and strings are taken for what they are everywhere else. */
const plainMembers = new Set([
  ...[
    'filter',
    'flat',
    'flatMap',
    'includes',
    'indexOf',
    'join',
    'keys',
    'map',
    'pop',
    'push',
    'shift',
    'slice',
    'sort',
    'splice',
  ],
  ...[
    'endsWith',
    'match',
    'replace',
    'replaceAll',
    'split',
    'startsWith',
    'substring',
    'toLowerCase',
    'toUpperCase',
    'trim',
  ],
]);

const languageMembers = new Set([
  'apply',
  'bind',
  'call',
  'catch',
  'finally',
  'hasOwnProperty',
  'then',
  'toString',
  'valueOf',
]);

/**
 * Calls without types. What one returns may be a promise, which an async function that returns it unwraps; and a member of the project's own
 * with the name of one may be what it reaches: `self.configure()`, with `const self = this` in a function that makes objects.
 */
export function collectUntyped(draft: Draft, sources: readonly ts.SourceFile[]): void {
  const members = membersByName(draft);
  for (const source of sources) {
    for (const node of walk(source)) {
      if (ts.isReturnStatement(node) && node.expression) collectReturned(draft, node, node.expression);
      else if (ts.isArrowFunction(node) && !ts.isBlock(node.body)) collectReturned(draft, node.body, node.body);
      else if (ts.isYieldExpression(node) && node.expression && !node.asteriskToken)
        collectYielded(draft, node.expression);
      if (ts.isCallExpression(node)) collectUntypedCall(draft, node, members);
    }
  }
}

function collectReturned(draft: Draft, at: ts.Node, value: ts.Expression): void {
  const owner = enclosingFunction(at === value ? value : at);
  if (!owner || owner.asteriskToken) return;
  const unit = draft.functionUnit(owner);
  // A function that is not async hands on what it has; where its type is written, that says what is taken for a promise.
  const handsOn = !isAsync(owner);
  if (handsOn && (isTyped(owner) || !draft.unit(unit).asynchronous)) return;
  for (const leaf of leaves(value)) {
    if (!mayGivePromise(draft, leaf)) continue;
    if (handsOn || ts.isCallExpression(leaf))
      draft.emit({ kind: 'escape', how: 'returned', detail: '' }, leaf, unit, 0);
    else draft.emit({ kind: 'cast', detail: leaf.getText().slice(0, 60) }, leaf, unit, 0);
  }
}

function isTyped(owner: ts.FunctionLikeDeclaration): boolean {
  return owner.type !== undefined || ts.getJSDocReturnType(owner) !== undefined;
}

/** An async generator awaits what it yields. */
function collectYielded(draft: Draft, value: ts.Expression): void {
  const owner = enclosingFunction(value);
  if (!owner || !isAsync(owner)) return;
  for (const leaf of leaves(value)) {
    if (ts.isAwaitExpression(leaf) || !draft.checker.isAnyLike(draft.checker.typeOf(leaf))) continue;
    if (!ts.isCallExpression(leaf) || mayGivePromise(draft, leaf))
      draft.emit({ kind: 'escape', how: 'returned', detail: '' }, leaf, draft.functionUnit(owner), 0);
  }
}

/**
 * A value of which nothing is known: a parameter or a member without a type, or what a call gives that calls something unknown, itself or in
 * a helper of the project's own that returns what it got.
 */
function mayGivePromise(draft: Draft, value: ts.Expression, depth = 0): boolean {
  const { checker } = draft;
  if (ts.isAwaitExpression(value) || !checker.isAnyLike(checker.typeOf(value))) return false;
  if (ts.isIdentifier(value)) return variableMayHold(draft, value, depth);
  if (!ts.isCallExpression(value)) return ts.isPropertyAccessExpression(value) || ts.isElementAccessExpression(value);
  const { declarations } = checker.callee(value);
  if (declarations.length === 0)
    return !ts.isPropertyAccessExpression(value.expression) || !plainMembers.has(value.expression.name.text);
  if (/^global#(Callable)?Function\.(apply|call)$|^global#Reflect\.apply$/.test(checker.api(value) ?? '')) return true;
  if (depth === DEPTH) return true;
  return declarations.some(
    (d) =>
      checker.isOwn(d) &&
      isFunctionLike(d) &&
      returned(d).some((each) => ts.isCallExpression(each) && mayGivePromise(draft, each, depth + 1)),
  );
}

/** A `const` holds what it was made with; what is caught was thrown, and nobody waits for that. */
function variableMayHold(draft: Draft, name: ts.Identifier, depth: number): boolean {
  if (depth === DEPTH) return true;
  return draft.checker.declarations(name).some((d) => {
    if (ts.isParameter(d)) return true;
    if (!ts.isVariableDeclaration(d) || ts.isCatchClause(d.parent)) return false;
    const isFixed = (ts.getCombinedNodeFlags(d) & ts.NodeFlags.Const) !== 0;
    if (!isFixed || !d.initializer) return true;
    return leaves(d.initializer).some((each) => mayGivePromise(draft, each, depth + 1));
  });
}

function returned(declaration: ts.SignatureDeclaration): ts.Expression[] {
  const { body } = declaration as ts.FunctionLikeDeclaration;
  if (!body) return [];
  if (!ts.isBlock(body)) return leaves(body);
  return [...walk(body)].flatMap((node) =>
    ts.isReturnStatement(node) && node.expression && enclosingFunction(node) === declaration
      ? leaves(node.expression)
      : [],
  );
}

/** Asynchronous members of the project's own, methods and functions that are stored in properties. */
function membersByName(draft: Draft): ReadonlyMap<string, readonly UnitId[]> {
  const found = new Map<string, UnitId[]>();
  for (const [unit, node] of draft.unitNodes) {
    const { kind, asynchronous } = draft.unit(unit);
    const name = kind === 'function' && asynchronous ? memberName(node) : undefined;
    if (name === undefined || languageMembers.has(name)) continue;
    const list = found.get(name);
    if (list) list.push(unit);
    else found.set(name, [unit]);
  }
  return found;
}

function memberName(node: ts.Node): string | undefined {
  if (ts.isMethodDeclaration(node)) return ts.isIdentifier(node.name) ? node.name.text : undefined;
  if (!ts.isFunctionExpression(node) && !ts.isArrowFunction(node)) return undefined;
  const { parent } = node;
  if ((ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent)) && ts.isIdentifier(parent.name))
    return parent.name.text;
  if (!ts.isBinaryExpression(parent) || parent.right !== node || !ts.isPropertyAccessExpression(parent.left))
    return undefined;
  // Importers of a module see the types of what it exports.
  return /^(module\.)?exports$/.test(parent.left.expression.getText()) ? undefined : parent.left.name.text;
}

function collectUntypedCall(
  draft: Draft,
  call: ts.CallExpression,
  members: ReadonlyMap<string, readonly UnitId[]>,
): void {
  const { checker } = draft;
  if (!ts.isPropertyAccessExpression(call.expression)) return;
  const units = members.get(call.expression.name.text);
  if (
    !units ||
    !checker.isAnyLike(checker.typeOf(call.expression.expression)) ||
    checker.callee(call).declarations.length > 0
  )
    return;
  const use = useOf(call, checker);
  const waiting = waitsAt(draft, call, use);
  for (const unit of units) {
    if (waiting !== undefined)
      draft.call({ caller: draft.enclosing(call), callee: unit, site: waiting, tolerated: true });
    else if (isEvident(draft, call, unit, use)) {
      draft.require(
        unit,
        draft.emit({ kind: 'escape', how: 'untyped-caller', detail: draft.unit(unit).name }, call, unit, 0).id,
        'may be called in',
      );
    }
  }
}

/** The site that waits for what the call gives, promise or not. */
function waitsAt(draft: Draft, call: ts.CallExpression, use: Use): SiteId | undefined {
  const source = call.getSourceFile();
  const node = use.consumer === 'awaited' ? use.at : call;
  const id = siteId(
    draft.files.get(source)!.file,
    spanOf(node, source),
    use.consumer === 'awaited' ? 'await' : 'escape',
  );
  return (use.consumer === 'awaited' || use.consumer === 'returned') && draft.nodes.has(id) ? id : undefined;
}

/**
 * The call is meant for such a member. Objects of JavaScript lose their types easily; where there are types, and where nothing is done with the
 * result, more has to say that it is a promise than a name that emitters have too.
 */
function isEvident(draft: Draft, call: ts.CallExpression, unit: UnitId, use: Use): boolean {
  if (use.consumer === 'chained' || use.consumer === 'combined') return true;
  const node = draft.unitNodes.get(unit)!;
  const untyped = [call, node].every((each) => (each.flags & ts.NodeFlags.JavaScriptFile) !== 0);
  return untyped && (use.consumer !== 'discarded' || isAsync(node));
}
