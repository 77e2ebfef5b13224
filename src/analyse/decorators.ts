import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isFunctionLike, walk } from './syntax.ts';

/**
 * A decorator may put another function in place of a method. One that returns nothing, and is not handed the property's descriptor, only notes it;
 * one whose own types say that it takes and gives a function that yields a promise turns with the method; of all else nothing is known.
 */
export function collectDecorators(draft: Draft, node: ts.SignatureDeclaration): void {
  const member = memberOf(node);
  if (!member) return;
  const unit = draft.functionUnit(node);
  if (!draft.unit(unit).asynchronous) return;
  for (const decorator of ts.getDecorators(member) ?? []) {
    const { declarations, returns } = draft.checker.callee(decorator);
    if (declarations.length > 0 && draft.checker.isVoid(returns) && declarations.every(onlyNotes)) continue;
    const [taken, , property] = declarations[0]?.parameters ?? [];
    // `TypedPropertyDescriptor<() => Promise<T>>` says what may be put there.
    const described = property ? draft.checker.typeArguments(draft.checker.typeOf(property)).flatMap(own) : [];
    const wrapping = property ? described : taken ? own(draft.checker.typeOf(taken)) : [];
    const given = property ? described : own(returns);
    if (declarations.length === 1 && wrapping.length > 0 && given.length > 0) {
      for (const each of [...wrapping, ...given]) draft.join(unit, each, 'is wrapped by a decorator in');
      continue;
    }
    draft.emit({ kind: 'escape', how: 'decorated', detail: draft.unit(unit).name }, decorator, unit, 0);
  }

  /** Functions of the project's own that such a type may be, where all of them yield promises. */
  function own(type: ReturnType<typeof draft.checker.typeOf>): string[] {
    const signatures = draft.checker.signatures(type);
    if (!signatures.every((each) => draft.checker.isOwn(each) && isFunctionLike(each))) return [];
    const units = signatures.map((each) => draft.functionUnit(each));
    return units.every((each) => draft.unit(each).asynchronous) ? units : [];
  }
}

/** It takes no descriptor, or does nothing with it: `(target, key, descriptor) => void` that only logs the key. */
function onlyNotes(decorator: ts.SignatureDeclaration): boolean {
  const [, , descriptor] = decorator.parameters;
  if (decorator.parameters.some((p) => p.dotDotDotToken)) return false;
  if (!descriptor) return true;
  const { body } = decorator as ts.FunctionLikeDeclaration;
  const { name } = descriptor;
  if (!body || !ts.isIdentifier(name)) return false;
  return ![...walk(body)].some(
    (each) => ts.isIdentifier(each) && (each.text === name.text || each.text === 'arguments'),
  );
}

/** The method itself, or the property that is set to the function. */
function memberOf(node: ts.SignatureDeclaration): ts.HasDecorators | undefined {
  if (ts.isMethodDeclaration(node) || ts.isGetAccessor(node)) return node;
  return (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && ts.isPropertyDeclaration(node.parent)
    ? node.parent
    : undefined;
}
