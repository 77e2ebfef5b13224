import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import type { Facts, Site, SlotForm } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import { clearedBy } from './cleared-slots.ts';
import type { Draft } from './draft.ts';
import { onlyIdle } from './idle-reads.ts';
import { holdsOutcomes, isPrivateMemo, mergedBy, saysPromise } from './outcome-stores.ts';
import { fallsThrough, mayBeMissing } from './presence.ts';
import { isFolded } from './promise-tests.ts';
import { caughtAt, usedIn, isRejection, misused, sharesTries, takesValue, unwraps, waits, type Read } from './reads.ts';
import { enclosingFunction, isLogicalOperator, outermost } from './syntax.ts';
import { takenElsewhere } from './taken-slots.ts';

export interface Slot {
  readonly declaration: ts.Node;
  readonly stores: ts.Node[];
  readonly reads: Read[];
}

interface Decision {
  readonly form: SlotForm;
  readonly why: string;
}

const early = 'The work is done here, and fails here, where its promise was made.';
const keptEach = 'The work is done here, one after the other; failures are kept for where the promises were combined.';
const kept = 'The work is done here; a failure is kept for where the promise was awaited.';

/** Decides for each slot that holds a promise what it holds when it is blocking, from where it is written and read. */
export function decideSlots(draft: Draft, facts: Facts): Site[] {
  const slots = new Map<UnitId, Slot>();
  const slotOf = (id: UnitId): Slot => {
    const known = slots.get(id);
    if (known) return known;
    const made: Slot = { declaration: draft.unitNodes.get(id)!, stores: [], reads: [] };
    slots.set(id, made);
    return made;
  };
  const folded = isFolded(draft, facts.sites);
  for (const site of facts.sites) {
    if (site.kind === 'store') slotOf(site.slot).stores.push(draft.nodes.get(site.id)!);
    else if (site.kind === 'promise-value') {
      const node = draft.nodes.get(site.id) as ts.Expression;
      slotOf(site.slot).reads.push({ node, consumer: folded(node) ? 'awaited' : site.consumer });
    }
  }
  const decided = new Map([...slots].map(([id, slot]) => [id, decide(draft, slot)]));
  const sites = onlyIdle(draft, facts.sites, (id) => ({
    declaration: slots.get(id)!.declaration,
    form: decided.get(id)!.form,
    reads: slots.get(id)!.reads.map((read) => read.node),
  }));
  const settled = new Set([...decided].filter(([, { form }]) => form.startsWith('outcome')).map(([id]) => id));
  const takenFrom = takenElsewhere(draft, slots, (id) => decided.get(id)!.form);
  const kept = new Set(
    [...slots].flatMap(([id, { reads }]) =>
      decided.get(id)!.form === 'outcomes' ? reads.map(({ node }) => outermost(node).parent) : [],
    ),
  );
  return sites.map((site): Site => {
    if (site.kind === 'type-reference' && settled.has(site.inside)) return { ...site, outcome: true };
    if (site.kind === 'combinator' && kept.has(draft.nodes.get(site.id)!)) return { ...site, kept: true };
    if (site.kind === 'promise-value') {
      const taken = takenFrom.get(site.slot);
      const { form } = decided.get(site.slot)!;
      return taken && (!taken.fits || taken.at === draft.nodes.get(site.id))
        ? { ...site, form, taken: { fits: taken.fits, why: taken.why } }
        : { ...site, form };
    }
    if (site.kind !== 'store') return site;
    return { ...site, reads: slots.get(site.slot)!.reads.map((r) => r.consumer), ...decided.get(site.slot)! };
  });
}

function decide(draft: Draft, slot: Slot): Decision {
  const { declaration, stores, reads } = slot;
  if (stores.length === 0) return { form: 'value', why: '' };
  const memo =
    stores.find((store) => isMemo(store) && awaitedParts(draft, store).some(mayBeMissing)) ??
    reads.find((read) => fallsThrough(read.node, draft.checker))?.node;
  const cleared = clearedBy(draft, declaration, stores);
  if (memo)
    return cleared === undefined && stores.every(isMemo) && isPrivateMemo(draft, declaration, reads)
      ? { form: 'outcome', why: kept }
      : { form: 'none', why: `An empty value would be taken for none yet in \`${usedIn(memo)}\`` };
  if (cleared !== undefined) return { form: 'none', why: cleared };
  const bearing = draft.checker.bearing(draft.checker.typeOf(declaration));
  // A generator runs when it is asked: it may be kept as it is.
  if (bearing === 'iterable' && reads.every(takesValue)) return { form: 'value', why: '' };
  if (reads.length === 0)
    return isLocal(declaration) && bearing === 'promise'
      ? { form: 'none', why: 'Its promise is never awaited' }
      : { form: 'value', why: early };
  const start = ts.isParameter(declaration) ? declaration : stores[0]!;
  if (stores.length === 1 || ts.isParameter(declaration)) {
    const [first] = reads;
    if (first && waits(first) && isNext(start, first.node) && stores.every(isLastArgument))
      return { form: 'value', why: '' };
  }
  if (isConstant(declaration) && stores.length === 1 && bearing === 'promise') {
    const [only] = reads;
    if (reads.length === 1 && isRejection(only!) && isNext(start, only!.node)) return { form: 'thunk', why: '' };
    if (reads.every(unwraps)) {
      return saysPromise(declaration)
        ? { form: 'none', why: 'Its type says that it is a promise, and its outcome has another' }
        : { form: 'outcome', why: kept };
    }
  }
  if (bearing === 'container' && isConstant(declaration) && holdsOutcomes(draft, declaration, stores, reads))
    return { form: 'outcomes', why: keptEach };
  const merged = mergedBy(draft, declaration, reads);
  if (merged) return { form: 'none', why: `Equal values are one element of a set in \`${usedIn(merged)}\`` };
  const bad = reads.find((read) => !takesValue(read));
  if (bad) return { form: 'none', why: misused(bad) };
  const elsewhere = reads.find((read) =>
    stores.some(
      (store) => !sharesTries(store, read.node) || (!ts.isParameter(declaration) && !sharesTries(read.node, store)),
    ),
  );
  if (elsewhere) return { form: 'none', why: caughtAt(elsewhere) };
  return { form: 'value', why: early };
}

/** Arguments behind it are evaluated before the function runs. */
function isLastArgument(store: ts.Node): boolean {
  const argument = outermost(store as ts.Expression);
  const { parent } = argument;
  if (!ts.isCallExpression(parent) && !ts.isNewExpression(parent)) return true;
  const given: readonly ts.Expression[] = parent.arguments ?? [];
  return !given.slice(given.indexOf(argument) + 1).some(mayAct);
}

/** `this.ready ??= load()` */
function isMemo(store: ts.Node): boolean {
  const { parent } = outermost(store as ts.Expression);
  return (
    ts.isBinaryExpression(parent) &&
    (parent.operatorToken.kind === ts.SyntaxKind.QuestionQuestionEqualsToken ||
      parent.operatorToken.kind === ts.SyntaxKind.BarBarEqualsToken)
  );
}

function awaitedParts(draft: Draft, node: ts.Node): readonly Type[] {
  const { checker } = draft;
  return checker.unionParts(checker.awaited(checker.typeOf(node)));
}

function isLocal(declaration: ts.Node): boolean {
  return ts.isVariableDeclaration(declaration) && enclosingFunction(declaration) !== undefined;
}

function isConstant(declaration: ts.Node): declaration is ts.VariableDeclaration {
  return (
    ts.isVariableDeclaration(declaration) &&
    ts.isIdentifier(declaration.name) &&
    (declaration.parent.flags & ts.NodeFlags.Const) !== 0 &&
    declaration.initializer !== undefined
  );
}

/** Nothing that has an effect is evaluated between the store (or the start of the parameter's function) and the read. */
export function isNext(store: ts.Node, read: ts.Expression): boolean {
  const statement = statementOf(read);
  if (!statement || !isFirstIn(statement, read)) return false;
  const block = statement.parent;
  const list =
    ts.isBlock(block) || ts.isSourceFile(block) || ts.isCaseOrDefaultClause(block) ? [...block.statements] : [];
  const to = list.indexOf(statement);
  let from = -1;
  if (ts.isParameter(store)) {
    if (block !== (store.parent as ts.FunctionLikeDeclaration).body) return false;
  } else {
    const made = statementOf(store);
    if (
      !made ||
      made.parent !== block ||
      !ts.isVariableStatement(made) ||
      made.declarationList.declarations.at(-1)?.initializer !== outerInitializer(store)
    )
      return false;
    from = list.indexOf(made);
  }
  return to > from && list.slice(from + 1, to).every((between) => !hasEffect(between));
}

function outerInitializer(store: ts.Node): ts.Node {
  return outermost(store as ts.Expression);
}

function statementOf(node: ts.Node): ts.Statement | undefined {
  for (let up = node; !ts.isSourceFile(up); up = up.parent) {
    if (ts.isFunctionLike(up)) return undefined;
    if (ts.isStatement(up)) return up;
  }
  return undefined;
}

/** The read is evaluated whenever the statement or expression is, before anything that has an effect. */
export function isFirstIn(statement: ts.Statement | ts.Expression, read: ts.Expression): boolean {
  const direct =
    ts.isExpression(statement) ||
    ts.isExpressionStatement(statement) ||
    ts.isVariableStatement(statement) ||
    ts.isReturnStatement(statement) ||
    ts.isThrowStatement(statement) ||
    ts.isIfStatement(statement) ||
    ts.isSwitchStatement(statement);
  if (!direct) return false;
  let child: ts.Node = read;
  for (let up = read.parent; child !== statement && up !== statement.parent; child = up, up = up.parent) {
    if (ts.isConditionalExpression(up) && child !== up.condition) return false;
    if (ts.isBinaryExpression(up) && child === up.right && isLogicalOperator(up.operatorToken.kind)) return false;
    if (ts.isOptionalChain(up) && child !== up.expression) return false;
  }
  const end = read.getStart();
  const stack: ts.Node[] = [statement];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (node.end <= end && isEffect(node)) return false;
    if (node.pos < end && !ts.isFunctionLike(node)) ts.forEachChild(node, (inner) => void stack.push(inner));
  }
  return true;
}

function hasEffect(statement: ts.Statement): boolean {
  if (
    ts.isFunctionDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement)
  )
    return false;
  return !ts.isVariableStatement(statement) || mayAct(statement);
}

/** Something in it has an effect, outside of functions that are only written there. */
function mayAct(root: ts.Node): boolean {
  const stack: ts.Node[] = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (isEffect(node)) return true;
    if (!ts.isFunctionLike(node)) ts.forEachChild(node, (inner) => void stack.push(inner));
  }
  return false;
}

function isEffect(node: ts.Node): boolean {
  if (ts.isBinaryExpression(node))
    return (
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    );
  return (
    ts.isCallExpression(node) ||
    ts.isNewExpression(node) ||
    ts.isAwaitExpression(node) ||
    ts.isYieldExpression(node) ||
    ts.isTaggedTemplateExpression(node) ||
    ts.isDeleteExpression(node) ||
    ts.isPostfixUnaryExpression(node) ||
    (ts.isPrefixUnaryExpression(node) &&
      (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken))
  );
}
