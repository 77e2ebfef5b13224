import { ts } from 'ts-morph';
import { siteId, type SiteId, type UnitId } from '../model/ids.ts';
import { ownSignatures } from './bound.ts';
import type { Draft } from './draft.ts';
import { collectGiven } from './given-values.ts';
import { isAsync, keyOf, spanOf, walk } from './syntax.ts';
import { collectUntypedObject, memberUnits } from './untyped-objects.ts';
import { computedUses, nameRead, untypedUses, type UntypedUse } from './untyped-reads.ts';
import { createReceivers } from './untyped-receivers.ts';
import { useOf, type Use } from './uses.ts';

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
 * What has no type. A value may be a promise where it is awaited for somebody; a call may reach a member of the project's own with its name:
 * `self.configure()`, with `const self = this` in a function that makes objects.
 */
export function collectUntyped(draft: Draft, sources: readonly ts.SourceFile[]): void {
  const members = membersByName(draft, sources);
  const receivers = createReceivers(draft, sources);
  for (const source of sources) {
    for (const node of walk(source)) {
      collectGiven(draft, node);
      collectUntypedObject(draft, node, receivers);
      const name = nameRead(node);
      const found = name === undefined ? undefined : members.get(name);
      if (found) for (const use of untypedUses(node, draft.checker)) collectUntypedUse(draft, use, found);
      const computed = computedUses(node, draft.checker);
      if (computed) for (const use of computed.uses) collectUntypedUse(draft, use, membersOf(draft, computed.of));
    }
  }
}

/** A function that a member has; `given` to it by its name. */
interface Member {
  readonly unit: UnitId;
  readonly given: boolean;
}

/** Asynchronous members of the project's own: methods, and functions that are stored in properties. */
function membersByName(draft: Draft, sources: readonly ts.SourceFile[]): ReadonlyMap<string, readonly Member[]> {
  const found = new Map<string, Member[]>();
  const add = (name: string, member: Member): void => {
    if (languageMembers.has(name) || !draft.unit(member.unit).asynchronous) return;
    const list = found.get(name);
    if (list) list.push(member);
    else found.set(name, [member]);
  };
  const functions = new Set<string>();
  for (const [unit, node] of draft.unitNodes) {
    const { kind, asynchronous, name } = draft.unit(unit);
    if (kind !== 'function' || !asynchronous) continue;
    functions.add(name);
    const member = memberName(node);
    if (member !== undefined) add(member, { unit, given: false });
  }
  for (const source of sources) {
    for (const node of walk(source)) {
      const { name, value } = givenFunction(node) ?? {};
      if (name === undefined || !value || !functions.has(value.text)) continue;
      for (const each of ownSignatures(value, draft.checker))
        add(name, { unit: draft.functionUnit(each), given: true });
    }
  }
  return found;
}

function membersOf(draft: Draft, object: ts.Expression): Member[] {
  return memberUnits(draft, draft.checker.typeOf(object)).map((unit) => ({ unit, given: false }));
}

/** `{ load: fetchAll }`, `{ load }`: a property that is given a function by its name. */
function givenFunction(node: ts.Node): { name: string; value: ts.Identifier } | undefined {
  if (ts.isShorthandPropertyAssignment(node)) return { name: node.name.text, value: node.name };
  if (!ts.isPropertyAssignment(node) || !ts.isIdentifier(node.initializer)) return undefined;
  const name = keyOf(node.name);
  return name === undefined ? undefined : { name, value: node.initializer };
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

function collectUntypedUse(draft: Draft, use: UntypedUse, members: readonly Member[]): void {
  if (use.called) collectUntypedCall(draft, use.node, members);
  else for (const { unit } of members) wantPromise(draft, use.node, unit, 'untyped-reader', 'may be handed on in');
}

function collectUntypedCall(draft: Draft, call: ts.CallExpression, members: readonly Member[]): void {
  const use = useOf(call, draft.checker);
  const waiting = waitsAt(draft, call, use);
  for (const member of members) {
    const { unit } = member;
    if (waiting !== undefined)
      draft.call({ caller: draft.enclosing(call), callee: unit, site: waiting, tolerated: true });
    else if (isEvident(draft, call, member, use)) wantPromise(draft, call, unit, 'untyped-caller', 'may be called in');
  }
}

function wantPromise(
  draft: Draft,
  node: ts.Node,
  unit: UnitId,
  how: 'untyped-caller' | 'untyped-reader',
  why: string,
): void {
  draft.require(unit, draft.emit({ kind: 'escape', how, detail: draft.unit(unit).name }, node, unit, 0).id, why);
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
function isEvident(draft: Draft, call: ts.CallExpression, { unit, given }: Member, use: Use): boolean {
  if (use.consumer === 'chained' || use.consumer === 'combined') return true;
  const node = draft.unitNodes.get(unit)!;
  const untyped = [call, node].every((each) => (each.flags & ts.NodeFlags.JavaScriptFile) !== 0);
  return untyped && !given && (use.consumer !== 'discarded' || isAsync(node));
}
