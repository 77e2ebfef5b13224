import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { enclosingFunction, isAmbient, outermost, walk } from './syntax.ts';
import { parameterAt } from './uses.ts';

/** Hands on are followed this far. */
const DEPTH = 5;

/** Members of collections, which may be the project's own. */
const collects = /^(push|unshift|add|set|delete|get|concat)$/;
/** What only tells of a value. */
const tells = /^(has|includes|indexOf|emit|log|debug|info|warn|error|trace)$/;
const loadsPackage = /^(await import|require)\(['"][^.]/;
const looks = /^(expect|assert|should|chai|t|is|log|logger|debug|console)$/;

/** Something of a package without types, or of which not even that is known: it may be the project's own. */
export type Receiver = 'package' | 'unknown';

/** Who takes values of which nothing is known any more. */
export interface Receivers {
  /** Of a call without types: it may do whatever it likes with an object that it is given. */
  receiver(call: ts.CallExpression | ts.NewExpression): Receiver | undefined;
  /** `lib.hooks = …`: a member of a package without types. */
  keeps(assignment: ts.BinaryExpression): boolean;
  /** The project's own function hands what comes at `index` on to such a receiver. */
  handsOn(call: ts.CallExpression | ts.NewExpression, index: number): boolean;
}

export function createReceivers(draft: Draft, sources: readonly ts.SourceFile[]): Receivers {
  const { checker } = draft;
  const known = new Map<ts.Node, boolean>();
  let names: ReadonlySet<string> | undefined;

  const isUntyped = (node: ts.Node): boolean => checker.isAnyLike(checker.typeOf(node));

  function receiver(call: ts.CallExpression | ts.NewExpression): Receiver | undefined {
    const callee = skipAwait(call.expression);
    if (!isUntyped(callee) || checker.callee(call).declarations.length > 0) return undefined;
    const name = ts.isPropertyAccessExpression(callee) ? callee.name.text : '';
    const root = rootOf(callee);
    if (tells.test(name) || (ts.isIdentifier(root) && looks.test(root.text))) return undefined;
    if (ts.isIdentifier(root) && isPackage(root)) return 'package';
    return collects.test(name) ? undefined : 'unknown';
  }

  const takes = (call: ts.CallExpression | ts.NewExpression): boolean => receiver(call) === 'package';

  /** It comes from a package without types, whose exports have no declarations, or from nowhere that is known. */
  function isPackage(root: ts.Identifier): boolean {
    return checker.declarations(root).every((each) => {
      const declared = ts.isBindingElement(each) ? each.parent.parent : each;
      if (!ts.isVariableDeclaration(declared)) return false;
      return declared.initializer ? loadsPackage.test(declared.initializer.getText()) : isAmbient(declared);
    });
  }

  function keepsIt({ left, operatorToken }: ts.BinaryExpression): boolean {
    if (operatorToken.kind !== ts.SyntaxKind.EqualsToken) return false;
    if (!ts.isPropertyAccessExpression(left) && !ts.isElementAccessExpression(left)) return false;
    const root = rootOf(left.expression);
    return ts.isIdentifier(root) && isPackage(root) && isUntyped(left.expression);
  }

  function handsOn(call: ts.CallExpression | ts.NewExpression, index: number, depth = 0): boolean {
    return checker
      .callee(call)
      .declarations.filter((each) => checker.isOwn(each))
      .flatMap((each) => parameterAt(each, index))
      .some((each) => ts.isIdentifier(each.name) && isUntyped(each.name) && goesOut(each, each.name.text, depth));
  }

  /** A variable of no known type goes to a receiver. */
  function goesOut(variable: ts.ParameterDeclaration | ts.VariableDeclaration, name: string, depth: number): boolean {
    const answer = known.get(variable);
    if (answer !== undefined) return answer;
    if (depth === DEPTH) return true;
    known.set(variable, false);
    const scope = ts.isParameter(variable)
      ? variable.parent
      : (enclosingFunction(variable) ?? variable.getSourceFile());
    const isField = ts.isParameter(variable) && ts.isParameterPropertyDeclaration(variable, variable.parent);
    const found =
      (isField && handedNames().has(name)) || usesOf(scope, variable, name).some((use) => goesOn(use, depth + 1));
    known.set(variable, found);
    return found;
  }

  function usesOf(scope: ts.Node, variable: ts.Declaration, name: string): ts.Identifier[] {
    return [...walk(scope)].filter(
      (node): node is ts.Identifier =>
        ts.isIdentifier(node) && node.text === name && checker.declarations(node).includes(variable),
    );
  }

  function goesOn(use: ts.Identifier, depth: number): boolean {
    const value = outermost(use);
    const { parent } = value;
    if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) {
      const index = parent.arguments?.indexOf(value) ?? -1;
      return index >= 0 && (takes(parent) || handsOn(parent, index, depth));
    }
    if (ts.isVariableDeclaration(parent))
      return parent.initializer === value && ts.isIdentifier(parent.name) && goesOut(parent, parent.name.text, depth);
    if (ts.isShorthandPropertyAssignment(parent)) return handedNames().has(parent.name.text);
    if (ts.isPropertyAssignment(parent))
      return parent.initializer === value && handedNames().has(parent.name.getText());
    if (!ts.isBinaryExpression(parent) || parent.right !== value) return false;
    const { left } = parent;
    return keepsIt(parent) || (ts.isPropertyAccessExpression(left) && handedNames().has(left.name.text));
  }

  /** Names of members that are handed to a receiver: `lib.register(this.options)`. */
  function handedNames(): ReadonlySet<string> {
    if (names) return names;
    const found = new Set<string>();
    for (const source of sources) {
      for (const node of walk(source)) {
        if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) continue;
        const given: readonly ts.Expression[] = node.arguments ?? [];
        const members = given.filter((each) => ts.isPropertyAccessExpression(each)).filter(isUntyped);
        if (members.length > 0 && takes(node)) for (const each of members) found.add(each.name.text);
      }
    }
    names = found;
    return found;
  }

  return { receiver, keeps: keepsIt, handsOn };
}

/** `lib` of `lib.plugins.add(…)` and `lib().add(…)`. */
function rootOf(node: ts.Expression): ts.Expression {
  let at = skipAwait(node);
  while (ts.isPropertyAccessExpression(at) || ts.isElementAccessExpression(at) || ts.isCallExpression(at))
    at = skipAwait(at.expression);
  return at;
}

function skipAwait(node: ts.Expression): ts.Expression {
  let at = node;
  while (ts.isParenthesizedExpression(at) || ts.isAwaitExpression(at)) at = at.expression;
  return at;
}
