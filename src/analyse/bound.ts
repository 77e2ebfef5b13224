import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { mockedUnits } from './mocks.ts';
import { promisingUnit } from './shims.ts';
import { isFunctionLike, skipParentheses } from './syntax.ts';

const STEPS = 8;

/**
 * The functions that `f.bind(receiver, 1)` calls, also where a name is given it: `const bound = f.bind(…)`, `handle = this.onEvent.bind(this)`.
 * What the library's type of it says is only what it yields, not whose function it is.
 */
export function boundFunctions(node: ts.Expression, checker: Checker): ts.Expression[] {
  const found = new Set<ts.Expression>();
  const seen = new Set<ts.Node>();
  const follow: { at: ts.Expression; bound: boolean }[] = [{ at: node, bound: false }];
  for (const { at, bound } of follow) {
    const value = skipParentheses(at);
    if (seen.has(value) || follow.length > STEPS) continue;
    seen.add(value);
    const receiver = receiverOfBind(value, checker);
    if (receiver) follow.push({ at: receiver, bound: true });
    else if (bound && ownSignatures(value, checker).length > 0) found.add(value);
    else for (const given of givenToName(value, checker)) follow.push({ at: given, bound });
  }
  return [...found];
}

/** Units of the functions that a call of `node` reaches through `bind`. */
export function boundUnits(draft: Draft, node: ts.Expression): UnitId[] {
  const units = boundFunctions(node, draft.checker)
    .flatMap((each) => ownSignatures(each, draft.checker))
    .map((each) => draft.functionUnit(each))
    .filter((unit) => draft.unit(unit).asynchronous);
  return [...new Set(units)];
}

/** What `bound(…)` calls, where `bound` is `f.bind(…)`, or a mock that stands for functions of the project. */
export function boundCall(draft: Draft, call: ts.Node): UnitId[] {
  if (!ts.isCallExpression(call)) return [];
  const mocked = isDeclared(draft, call)
    ? []
    : mockedUnits(draft, call.expression).filter((unit) => draft.unit(unit).asynchronous);
  return [...mocked, ...boundUnits(draft, call.expression)].map((unit) => promisingUnit(draft, unit));
}

/** It calls a function or method by its declaration. A mock has a signature of its own, or that of the function it stands for. */
function isDeclared({ checker }: Draft, call: ts.CallExpression): boolean {
  const { declarations } = checker.callee(call);
  return (
    declarations.length > 0 &&
    declarations.every(
      (each) =>
        !checker.isOwn(each) &&
        (ts.isFunctionDeclaration(each) || ts.isMethodSignature(each) || ts.isMethodDeclaration(each)),
    )
  );
}

/** A bound function goes where no type of the project's own says what it is: its calls there cannot be told. */
export function collectBound(draft: Draft, node: ts.Expression, units: readonly UnitId[]): void {
  if (!givesName(node)) collectWrapped(draft, node, units);
}

/** A library makes another function of these, and nobody sees who calls it. */
export function collectWrapped(draft: Draft, node: ts.Expression, units: readonly UnitId[]): void {
  for (const unit of units) {
    const facts = { kind: 'escape', how: 'wrapped', detail: draft.unit(unit).name } as const;
    draft.require(unit, draft.emit(facts, node, unit, 0).id, 'is wrapped in');
  }
}

export function ownSignatures(node: ts.Expression, checker: Checker): ts.SignatureDeclaration[] {
  return checker.signatures(checker.typeOf(node)).filter((each) => checker.isOwn(each) && isFunctionLike(each));
}

/** `f` of `f.bind(…)`, where `bind` is the language's. */
function receiverOfBind(node: ts.Expression, checker: Checker): ts.Expression | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  if (node.expression.name.text !== 'bind') return undefined;
  return checker.declarations(node.expression).some((each) => checker.isOwn(each))
    ? undefined
    : node.expression.expression;
}

/** What a name holds whose type was inferred from it. */
function givenToName(node: ts.Expression, checker: Checker): ts.Expression[] {
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return [];
  return checker.declarations(node).flatMap((each) => {
    // A namespace import's declaration is the module.
    if (!checker.isOwn(each) || ts.isSourceFile(each)) return [];
    if (isInferredConst(each) || isInferredField(each)) return [each.initializer];
    const assigned: ts.Node = ts.isBinaryExpression(each) ? each : each.parent;
    return isAssignment(assigned) ? [assigned.right] : [];
  });
}

function isInferredConst(node: ts.Node): node is ts.VariableDeclaration & { initializer: ts.Expression } {
  return (
    ts.isVariableDeclaration(node) &&
    node.type === undefined &&
    node.initializer !== undefined &&
    (ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) !== 0
  );
}

function isInferredField(node: ts.Node): node is ts.PropertyDeclaration & { initializer: ts.Expression } {
  return ts.isPropertyDeclaration(node) && node.type === undefined && node.initializer !== undefined;
}

function isAssignment(node: ts.Node): node is ts.BinaryExpression {
  return ts.isBinaryExpression(node) && node.operatorToken.kind === ts.SyntaxKind.EqualsToken;
}

/** It stands where a name gets it that its calls are followed through. */
function givesName(node: ts.Expression): boolean {
  const { parent } = node;
  if (isInferredConst(parent)) return ts.isIdentifier(parent.name);
  return isInferredField(parent) || (isAssignment(parent) && ts.isPropertyAccessExpression(parent.left));
}
