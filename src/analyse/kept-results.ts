import { ts } from 'ts-morph';
import { ownSignatures } from './bound.ts';
import type { Draft } from './draft.ts';
import { excerpt, isFunctionLike, outermost, walk } from './syntax.ts';
import { parameterAt } from './uses.ts';

/**
 * `memoize(load)`, where `memoize` is generic, does not know that it is given promises, and keeps them: a failure was kept with its promise, and is
 * thrown before anything is kept now.
 */
export function collectKeptResult(draft: Draft, argument: ts.Expression): void {
  const call = argument.parent;
  if ((!ts.isCallExpression(call) && !ts.isNewExpression(call)) || call.expression === argument) return;
  const { checker } = draft;
  const units = ownSignatures(argument, checker)
    .map((each) => draft.functionUnit(each))
    .filter((unit) => draft.unit(unit).asynchronous);
  const [first] = units;
  if (first === undefined) return;
  const index = call.arguments?.indexOf(argument) ?? -1;
  for (const callee of checker.callee(call).declarations) {
    if (!checker.isOwn(callee) || !isFunctionLike(callee)) continue;
    const kept = parameterAt(callee, index)
      .map((each) => keptBy(draft, each))
      .find(Boolean);
    if (!kept) continue;
    const site = draft.emit(
      {
        kind: 'exposed',
        to: call.expression.getText(),
        member: draft.unit(first).name,
        keeps: excerpt(outermost(kept).parent),
      },
      argument,
      first,
      0,
    );
    for (const unit of units) draft.require(unit, site.id, 'is kept what it gives in');
    return;
  }
}

/** A call of the parameter whose result, of some type `T`, is not simply handed back. */
function keptBy({ checker }: Draft, parameter: ts.ParameterDeclaration): ts.CallExpression | undefined {
  const gives = checker.returnTypes(checker.typeOf(parameter));
  if (!gives.some((each) => each.flags & ts.TypeFlags.TypeParameter)) return undefined;
  const owner = ts.isConstructorDeclaration(parameter.parent) ? parameter.parent.parent : parameter.parent;
  return [...walk(owner)].find(
    (node): node is ts.CallExpression =>
      ts.isCallExpression(node) &&
      checker.declarations(node.expression).includes(parameter) &&
      !isHandedBack(outermost(node)),
  );
}

function isHandedBack(value: ts.Expression): boolean {
  const { parent } = value;
  return (
    ts.isReturnStatement(parent) ||
    ts.isExpressionStatement(parent) ||
    ts.isAwaitExpression(parent) ||
    (ts.isArrowFunction(parent) && parent.body === value)
  );
}
