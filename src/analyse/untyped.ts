import { ts } from 'ts-morph';
import { siteId, type SiteId, type UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { collectGiven } from './given-values.ts';
import { isAsync, spanOf, walk } from './syntax.ts';
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
  const members = membersByName(draft);
  for (const source of sources) {
    for (const node of walk(source)) {
      collectGiven(draft, node);
      if (ts.isCallExpression(node)) collectUntypedCall(draft, node, members);
    }
  }
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
