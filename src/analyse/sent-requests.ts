import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import type { Draft } from './draft.ts';
import { enclosingFunction, isAsync, outermost } from './syntax.ts';
import { chainCall, isCombinatorCall, useOf } from './uses.ts';

/** Types of requests that are sent when somebody waits for them. */
const lazy = /^superagent#(request\.Request|SARequest)$/;
const mention = /['"]superagent['"]/;

const programs = new WeakMap<Draft, boolean>();

function mayHold(draft: Draft): boolean {
  const known = programs.get(draft);
  if (known !== undefined) return known;
  const may = [...draft.files.keys()].some((source) => mention.test(source.text));
  programs.set(draft, may);
  return may;
}

/**
 * Where a request of `superagent` is waited for it is sent: each such place is a site. A request that goes where nobody can see whether it is
 * waited for is an escape.
 */
export function collectSentRequest(draft: Draft, node: ts.Node): void {
  if (!ts.isCallExpression(node) && !ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return;
  if (!mayHold(draft) || isName(node) || !isRequest(draft, draft.checker.typeOf(node))) return;
  const value = outermost(node);
  const fate = fateOf(draft, value);
  if (fate === 'sent') draft.emit({ kind: 'idiom', idiom: 'send-request' }, node, draft.enclosing(node), 1);
  else if (fate === 'unknown') {
    const detail = 'a request that is sent by an `await` is used in another way';
    draft.emit({ kind: 'escape', how: 'other', detail }, node, draft.enclosing(node), 0);
  }
}

function isRequest(draft: Draft, type: Type): boolean {
  if (draft.checker.bearing(type) !== 'swapped') return false;
  return draft.checker.unionParts(type).some((part) => lazy.test(draft.checker.typeApi(part) ?? ''));
}

function fateOf(draft: Draft, value: ts.Expression): 'sent' | 'kept' | 'unknown' {
  const { checker } = draft;
  const { parent } = value;
  if (checker.unionParts(checker.typeOf(value)).length > 1) return 'unknown';
  if (ts.isPropertyAccessExpression(parent) && parent.expression === value) {
    if (parent.questionDotToken) return 'unknown';
    if (chainCall(value)) return 'sent';
    return ts.isCallExpression(parent.parent) && parent.parent.expression === parent ? 'kept' : 'unknown';
  }
  const { consumer, targets } = useOf(value, checker);
  if (consumer === 'awaited' || consumer === 'combined') return isSpread(parent) ? 'unknown' : 'sent';
  if (consumer === 'returned' || consumer === 'returned-in-try') return returned(draft, value);
  if (consumer === 'discarded') return ts.isCallExpression(value) ? 'kept' : 'unknown';
  if (consumer !== 'stored' && consumer !== 'passed-project') return 'unknown';
  const plain = targets.every(
    (each) =>
      (ts.isVariableDeclaration(each) || (consumer === 'passed-project' && ts.isParameter(each))) &&
      isRequest(draft, checker.typeOf(each)),
  );
  return plain && targets.length > 0 && !ts.isArrayLiteralExpression(parent) ? 'kept' : 'unknown';
}

const isSpread = (node: ts.Node): boolean => ts.isSpreadElement(node);

/** An async function waits for what it returns; a named one of this type hands the request on. */
function returned(draft: Draft, value: ts.Expression): 'sent' | 'kept' | 'unknown' {
  const owner = enclosingFunction(value);
  if (!owner) return 'unknown';
  if (isAsync(owner)) return owner.asteriskToken ? 'unknown' : 'sent';
  if (draft.checker.bearing(draft.checker.returnType(owner)) === 'promise') return 'sent';
  if (ts.isFunctionDeclaration(owner) || ts.isMethodDeclaration(owner)) return 'kept';
  if (!ts.isArrowFunction(owner) && !ts.isFunctionExpression(owner)) return 'unknown';
  const place = outermost(owner).parent;
  if (ts.isVariableDeclaration(place)) return place.type ? 'unknown' : 'kept';
  return isMappedAndCombined(owner) || isHandler(owner) ? 'sent' : 'unknown';
}

/** `Promise.all(urls.map((url) => superagent.get(url)))` */
function isMappedAndCombined(owner: ts.Expression): boolean {
  const call = owner.parent;
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return false;
  return call.expression.name.text === 'map' && isCombinatorCall(outermost(call).parent);
}

/** `.then(() => superagent.get(url))` */
function isHandler(owner: ts.Expression): boolean {
  const call = owner.parent;
  return (
    ts.isCallExpression(call) &&
    ts.isPropertyAccessExpression(call.expression) &&
    chainCall(call.expression.expression) === call
  );
}

/** A name of something else: of a declaration, a property, an import. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.name === node || parent.propertyName === node;
  if (ts.isShorthandPropertyAssignment(parent)) return false;
  return (
    ts.isQualifiedName(parent) ||
    ts.isTypeNode(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent) ||
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    (parent as ts.NamedDeclaration).name === node
  );
}
