import { ts } from 'ts-morph';
import type { Type } from '../checker/checker.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { isFunctionLike } from './syntax.ts';

/**
 * What becomes of a conditional type that asks for promises, once those that go through it are plain.
 * `same`: it gives the same type either way, and stays · `follows`: it is right when its promise types are unwrapped like all others ·
 * `value`: it is what was checked, `T` of `T extends Promise<infer U> ? U : never` · `unknown`: one arm cannot be told.
 */
export type ConditionalForm = 'same' | 'follows' | 'value' | 'unknown';

/** The outermost conditional type that asks for what `node` is, in its `extends` or in what it checks. */
export function askedBy(node: ts.Node): ts.ConditionalTypeNode | undefined {
  let found: ts.ConditionalTypeNode | undefined;
  for (let child = node, up = node.parent; !ts.isSourceFile(up); child = up, up = up.parent) {
    if (!ts.isTypeNode(up) && !ts.isParameter(up) && !ts.isTypeElement(up) && !ts.isTypeParameterDeclaration(up)) break;
    if (ts.isConditionalTypeNode(up) && (up.extendsType === child || up.checkType === child)) found = up;
  }
  return found;
}

/** The conditional type in one of whose arms `node` stands, where that asks for promises and its arms go with it. */
export function armOf(node: ts.Node, names: (type: ts.Node) => boolean): ts.ConditionalTypeNode | undefined {
  let found: ts.ConditionalTypeNode | undefined;
  for (let child = node, up = node.parent; !ts.isSourceFile(up); child = up, up = up.parent) {
    if (!ts.isTypeNode(up) && !ts.isParameter(up) && !ts.isTypeElement(up)) break;
    if (
      ts.isConditionalTypeNode(up) &&
      (up.trueType === child || up.falseType === child) &&
      names(up.extendsType) &&
      formOf(up) !== 'same'
    )
      found = up;
  }
  return found;
}

export function formOf(node: ts.ConditionalTypeNode): ConditionalForm {
  const { checkType, extendsType, trueType, falseType } = node;
  const asked = ts.isFunctionTypeNode(extendsType) ? extendsType.type : extendsType;
  const inferred = promised(asked);
  const checked = checkType.getText();
  const otherwise = falseType.getText();
  const never = /^(never|unknown|any)$/.test(otherwise);
  const gives = trueType.getText();
  if (inferred === undefined) return formOfNamed(node, never);
  if (asked === extendsType) {
    const unwraps = gives === inferred || deeper(trueType, inferred, node);
    if (unwraps && otherwise === checked) return 'same';
    return gives === inferred && never && ownsChecked(node) ? 'value' : 'unknown';
  }
  const result = resultOf(trueType);
  const parameters = parametersOf(extendsType as ts.FunctionTypeNode);
  if (result && parametersOf(trueType as ts.FunctionTypeNode) === parameters) {
    if (result.getText() === inferred && otherwise === checked) return 'same';
    if (promised(result) === undefined && promiseOf(result) === inferred && otherwise === checked)
      return ownsChecked(node) ? 'follows' : 'unknown';
  }
  if (gives === inferred && otherwise === `ReturnType<${checked}>`) return 'same';
  return never && ownsChecked(node) && mentions(trueType, inferred) ? 'follows' : 'unknown';
}

/** What is asked for has a name of its own: `AsyncFunction<infer A, infer R>`. */
function formOfNamed(node: ts.ConditionalTypeNode, never: boolean): ConditionalForm {
  const { checkType, extendsType, trueType, falseType } = node;
  const inferred = [...extendsType.getText().matchAll(/\binfer (\w+)/g)].map(([, name]) => name!);
  const named = ts.isTypeReferenceNode(extendsType) && argumentOf(extendsType) === undefined;
  if (!named) return 'unknown';
  const result = resultOf(trueType)?.getText();
  if (result !== undefined && inferred.includes(result) && falseType.getText() === checkType.getText()) return 'same';
  return never && ownsChecked(node) && inferred.some((name) => mentions(trueType, name)) ? 'follows' : 'unknown';
}

/** `U` of `Promise<infer U>`. */
function promised(type: ts.TypeNode): string | undefined {
  const argument = argumentOf(type);
  return argument && ts.isInferTypeNode(argument) && !argument.typeParameter.constraint
    ? argument.typeParameter.name.text
    : undefined;
}

/** `R` of `Promise<R>`. */
function promiseOf(type: ts.TypeNode): string | undefined {
  return argumentOf(type)?.getText();
}

function argumentOf(type: ts.TypeNode): ts.TypeNode | undefined {
  return ts.isTypeReferenceNode(type) && /^(Promise|PromiseLike)$/.test(type.typeName.getText())
    ? type.typeArguments?.[0]
    : undefined;
}

const resultOf = (type: ts.TypeNode): ts.TypeNode | undefined => (ts.isFunctionTypeNode(type) ? type.type : undefined);

/** `...a: A`, whether `A` is inferred there or used. */
function parametersOf(type: ts.FunctionTypeNode): string {
  return type.parameters
    .map((p) => `${p.dotDotDotToken ? '...' : ''}${(p.type?.getText() ?? 'any').replace(/^infer /, '')}`)
    .join(', ');
}

/** `Deep<U>` in `type Deep<T> = T extends Promise<infer U> ? Deep<U> : T`. */
function deeper(type: ts.TypeNode, inferred: string, node: ts.ConditionalTypeNode): boolean {
  const { parent } = node;
  return (
    ts.isTypeAliasDeclaration(parent) &&
    ts.isTypeReferenceNode(type) &&
    type.typeName.getText() === parent.name.text &&
    type.typeArguments?.length === 1 &&
    type.typeArguments[0]!.getText() === inferred
  );
}

function mentions(type: ts.Node, name: string): boolean {
  return new RegExp(`\\b${name.replaceAll('$', '\\$')}\\b`).test(type.getText());
}

/** What is checked is known where the type is used: it is none of the type parameters of a function, class or interface around. */
function ownsChecked(node: ts.ConditionalTypeNode): boolean {
  const names = new Set([...node.checkType.getText().matchAll(/[A-Za-z_$][\w$]*/g)].map(([name]) => name));
  for (let up: ts.Node = node.parent; !ts.isSourceFile(up); up = up.parent) {
    if (ts.isTypeAliasDeclaration(up)) return true;
    const { typeParameters } = up as { typeParameters?: readonly ts.TypeParameterDeclaration[] };
    if (typeParameters?.some((each) => names.has(each.name.text))) return false;
  }
  return true;
}

/**
 * Ties what goes through a conditional type to the unit that it is used in: its functions turn with it or not at all. What belongs to a library
 * stays as it is, and so does all that is asked.
 */
export function tieAsked(draft: Draft, asked: ts.TypeNode, owner: UnitId): void {
  const { checker } = draft;
  const type = checker.typeOf(asked);
  if (isGeneric(type)) {
    if (!inAlias(asked)) refuse('it may be any type');
    return;
  }
  // `Promise<T>` is a site of its own, `ReturnType<typeof f>` is tied to `f`.
  const written = ts.isTypeReferenceNode(asked) ? asked.typeName.getText() : '';
  if (/^(Promise|PromiseLike)$/.test(written)) return;
  if (written === 'ReturnType' && ts.isTypeReferenceNode(asked) && asked.typeArguments?.[0]) {
    tieAsked(draft, asked.typeArguments[0], owner);
    return;
  }
  const bearing = checker.bearing(type);
  if (bearing !== undefined && bearing !== 'swapped') {
    refuse('where its promise comes from is not known');
    return;
  }
  tieSignatures(type);
  const declared = checker.properties(type);
  if (declared.length <= MOST_MEMBERS) for (const member of declared) tieSignatures(member.type);

  function tieSignatures(each: Type): void {
    const returns = checker.returnTypes(each);
    if (!returns.some((r) => (checker.bearing(r) ?? 'swapped') !== 'swapped')) return;
    const declarations = checker.signatures(each);
    if (declarations.length === 0 || !declarations.every((d) => checker.isOwn(d) && isFunctionLike(d))) {
      refuse('its promise comes from a library, and stays');
      return;
    }
    for (const declaration of declarations)
      draft.join(draft.functionUnit(declaration), owner, 'is asked for by a conditional type in');
  }

  function refuse(detail: string): void {
    draft.emit({ kind: 'escape', how: 'asked', detail }, asked, owner, 0);
  }
}

/** An object with more members than this is a global or a library's. */
const MOST_MEMBERS = 200;

function isGeneric(type: Type): boolean {
  return Boolean(
    type.flags &
    (ts.TypeFlags.TypeParameter | ts.TypeFlags.IndexedAccess | ts.TypeFlags.Conditional | ts.TypeFlags.Index),
  );
}

function inAlias(node: ts.Node): boolean {
  for (let up = node.parent; !ts.isSourceFile(up); up = up.parent) if (ts.isTypeAliasDeclaration(up)) return true;
  return false;
}
