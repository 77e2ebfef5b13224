import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isFunctionLike, memberFunction } from './syntax.ts';

const twins = new Map([
  ['asyncIterator', 'iterator'],
  ['asyncDispose', 'dispose'],
] as const);

/** `Symbol.asyncIterator` and `Symbol.asyncDispose`, as the name of a member and where one is looked up. */
export function collectSymbol(draft: Draft, node: ts.PropertyAccessExpression): void {
  const symbol = node.name.text as 'asyncIterator' | 'asyncDispose';
  const twinName = twins.get(symbol);
  if (twinName === undefined || node.expression.getText() !== 'Symbol') return;
  const member = ts.isComputedPropertyName(node.parent) ? node.parent.parent : undefined;
  const twin = member !== undefined && siblings(member).some((each) => isNamed(each, `Symbol.${twinName}`));
  const named = member && memberFunction(member);
  const access = node.parent;
  if (
    ts.isElementAccessExpression(access) &&
    access.argumentExpression === node &&
    draft.checker.isAnyLike(draft.checker.typeOf(access.expression))
  ) {
    // Whose member it is cannot be told: it may be one that keeps its name.
    refuse(draft, access, access.expression);
    return;
  }
  const site = draft.emit({ kind: 'async-symbol', symbol, twin }, node, named && draft.functionUnit(named));
  if (!member || !named) return;
  if (symbol === 'asyncIterator') tieSteps(draft, named, site.id);
  else {
    const iterator = siblings(member).find((each) => isNamed(each, 'Symbol.asyncIterator'));
    const other = iterator && memberFunction(iterator);
    if (other) draft.join(draft.functionUnit(named), draft.functionUnit(other), 'stands beside');
  }
}

function siblings(member: ts.Node): readonly ts.Node[] {
  const { parent } = member;
  if (ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent) || ts.isTypeLiteralNode(parent))
    return parent.members;
  return ts.isObjectLiteralExpression(parent) ? parent.properties : [];
}

function isNamed(member: ts.Node, name: string): boolean {
  const own = (member as ts.NamedDeclaration).name;
  return own !== undefined && ts.isComputedPropertyName(own) && own.expression.getText() === name;
}

/** `{ next() {…}, [Symbol.asyncIterator]() { return this; } }` is asked for the next value by whoever asked for the iterator. */
function tieSteps(draft: Draft, member: ts.SignatureDeclaration, site: string): void {
  const { checker } = draft;
  const unit = draft.functionUnit(member);
  const given = checker.returnType(member);
  if (checker.isAnyLike(given)) refuse(draft, member, member);
  for (const part of checker.unionParts(given)) {
    // What makes the steps hides them: JavaScript builds iterators in ways that no type tells of.
    if (checker.property(part, 'next') === undefined && checker.bearing(part) === undefined)
      draft.require(site, refuse(draft, member, member, 'says nothing of its steps'), 'steps through');
    for (const name of ['next', 'return', 'throw']) {
      const step = checker.property(part, name);
      for (const each of step ? checker.signatures(step.type) : []) {
        if (!checker.isOwn(each) || !isFunctionLike(each)) continue;
        if (draft.unit(draft.functionUnit(each)).asynchronous)
          draft.join(unit, draft.functionUnit(each), 'is stepped through by');
        else if (checker.isAnyLike(checker.returnType(each)))
          draft.require(site, refuse(draft, each, each), 'steps through');
      }
    }
  }
}

function refuse(draft: Draft, at: ts.Node, untyped: ts.Node, lacks = 'has no type'): string {
  const text = untyped.getText().split('\n', 1)[0]!;
  const detail = `\`${text}\` ${lacks}`;
  return draft.emit(
    { kind: 'escape', how: 'other', detail },
    at,
    isFunctionLike(at) ? draft.functionUnit(at) : draft.enclosing(at),
    0,
  ).id;
}
