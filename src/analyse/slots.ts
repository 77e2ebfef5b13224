import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { collectUnitCall, followUse, produce } from './calls.ts';
import { asksForKeys, elementOf } from './container-reads.ts';
import { isPlainDeclaration, isPlainValue } from './plain-values.ts';
import { isAssignmentOperator, isFunctionLike, isNamed, leaves } from './syntax.ts';
import { originOf } from './origins.ts';
import { chainCall, isRecord, isStepped, useOf } from './uses.ts';

type SlotDeclaration =
  | ts.VariableDeclaration
  | ts.ParameterDeclaration
  | ts.PropertyDeclaration
  | ts.PropertySignature
  | ts.BindingElement
  | ts.PropertyAssignment
  | ts.ShorthandPropertyAssignment;

export function isSlotDeclaration(node: ts.Node): node is SlotDeclaration {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isBindingElement(node) ||
    ts.isPropertyAssignment(node) ||
    ts.isShorthandPropertyAssignment(node)
  );
}

/** Registers a declaration whose value carries a promise or a swapped value; gives its name, for the search for reads. */
export function collectSlot(draft: Draft, node: SlotDeclaration): string | undefined {
  // `@param {function(number): string} f`: a parameter without a name.
  if (!isNamed(node)) return undefined;
  if (!ts.isIdentifier(node.name) && !ts.isPrivateIdentifier(node.name) && !ts.isStringLiteral(node.name))
    return undefined;
  if (isPlainDeclaration(node)) return undefined;
  if (ts.isObjectLiteralExpression(node.parent) && isRecord(node.parent, draft.checker)) return undefined;
  const bearing = draft.checker.bearing(draft.checker.typeOf(node));
  if (bearing === undefined) return undefined;
  const unit = draft.slotUnit(node);
  if (!ts.isPropertySignature(node)) draft.join(unit, draft.enclosing(node), 'lives in');
  if (ts.isBindingElement(node)) joinBinding(draft, node);
  for (const from of originOf(node, draft.checker)?.slots ?? [])
    if (isSlotDeclaration(from)) draft.join(unit, draft.slotUnit(from), 'is taken from');
  const { initializer } = node as { initializer?: ts.Expression | undefined };
  if (bearing !== 'swapped' && initializer) collectStore(draft, node, initializer);
  return node.name.text;
}

/** `const { socket } = client`: the local is one with the property it comes from. */
function joinBinding(draft: Draft, node: ts.BindingElement): void {
  const property = node.propertyName ?? node.name;
  if (!ts.isIdentifier(property) || !ts.isObjectBindingPattern(node.parent)) return;
  const found = draft.checker.property(draft.checker.typeOf(node.parent), property.text);
  for (const declaration of found?.declarations ?? []) {
    if (draft.checker.isOwn(declaration))
      draft.join(draft.slotUnit(node), draft.slotUnit(declaration), 'is taken from');
  }
}

/** A promise is put into a slot here. */
function collectStore(draft: Draft, declaration: SlotDeclaration, value: ts.Expression): void {
  const { checker } = draft;
  const bears = (leaf: ts.Expression): boolean =>
    checker.bearing(checker.typeOf(leaf)) !== undefined ||
    (ts.isObjectLiteralExpression(leaf) && isRecord(leaf, checker));
  if (!leaves(value).some(bears)) return;
  const slot = draft.slotUnit(declaration);
  const slotKind = ts.isParameter(declaration)
    ? 'parameter'
    : ts.isPropertyDeclaration(declaration) ||
        ts.isPropertySignature(declaration) ||
        ts.isPropertyAssignment(declaration)
      ? 'field'
      : draft.unit(draft.enclosing(declaration)).kind === 'module'
        ? 'module'
        : 'local';
  if (isEmptyContainer(value)) return;
  draft.emit({ kind: 'store', slot, slotKind, reads: [], form: 'value', why: '' }, value, draft.enclosing(value), 0);
}

/** `[]`, `{}`, `new Map()`: nothing is in it yet. */
function isEmptyContainer(value: ts.Expression): boolean {
  if (ts.isObjectLiteralExpression(value)) return value.properties.length === 0;
  if (ts.isArrayLiteralExpression(value)) return value.elements.length === 0;
  return ts.isNewExpression(value) && (value.arguments?.length ?? 0) === 0;
}

/** The property that an assignment writes a promise to, for the search for reads: in JavaScript it may be what declares the property. */
export function collectWritten(draft: Draft, node: ts.BinaryExpression): string | undefined {
  const { left, right, operatorToken } = node;
  if (!isAssignmentOperator(operatorToken.kind) || !ts.isPropertyAccessExpression(left) || isPlainValue(right))
    return undefined;
  return draft.checker.bearing(draft.checker.typeOf(right)) === undefined ? undefined : left.name.text;
}

/** `this.ready = load()` in JavaScript, `load.ready = …` in both languages. */
function isDeclaringAssignment(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) || ts.isPropertyAccessExpression(node);
}

/** A read or an assignment of a slot, or a getter that yields a promise. */
export function collectRead(
  draft: Draft,
  node: ts.Identifier | ts.PropertyAccessExpression | ts.ElementAccessExpression,
): void {
  const { checker } = draft;
  if (isName(node)) return;
  const declarations = checker.declarations(node);
  const declaration = declarations.find((d) => checker.isOwn(d));
  if (!declaration) return;
  const parent = node.parent;
  if (ts.isBinaryExpression(parent) && parent.left === node && isAssignmentOperator(parent.operatorToken.kind)) {
    collectAssignment(draft, parent, declaration);
    return;
  }
  const bearing = checker.bearing(checker.typeOf(node));
  if (bearing === undefined) return;
  if (ts.isGetAccessor(declaration) && ts.isPropertyAccessExpression(node)) {
    collectUnitCall(draft, node, draft.functionUnit(declaration));
    return;
  }
  if (isFunctionLike(declaration) || !(isSlotDeclaration(declaration) || isDeclaringAssignment(declaration))) return;
  const slot = draft.slotUnit(declaration);
  const inside = draft.enclosing(node);
  if (bearing === 'swapped') {
    collectSwappedRead(draft, node, slot);
    return;
  }
  // `cache.get(key)`: the call is the read.
  if (
    isStepped(node, checker) ||
    (bearing === 'container' &&
      ((ts.isPropertyAccessExpression(parent) && parent.expression === node && !elementOf(node, checker)) ||
        asksForKeys(node, checker)))
  ) {
    draft.join(slot, inside, 'is used in');
    return;
  }
  const element = bearing === 'container' ? elementOf(node, checker) : undefined;
  if (element) draft.join(slot, inside, 'is used in');
  produce(
    draft,
    element ?? node,
    (use) => ({ kind: 'promise-value', slot, consumer: use.consumer, form: 'value' }),
    (use) => {
      draft.require(inside, slot, 'reads');
      if (use.consumer !== 'awaited') draft.require(slot, inside, 'is read in');
    },
  );
}

/** Properties of a literal that is a swapped value: `const init: RequestInit = { signal }`. Each is a member that is written. */
export function collectLiteral(draft: Draft, literal: ts.ObjectLiteralExpression): void {
  if (draft.swappedTypes.size === 0) return;
  const context = draft.checker.contextualType(literal);
  const parts = context ? draft.checker.unionParts(context).filter((part) => part.flags & ts.TypeFlags.Object) : [];
  // Where the literal may be something else, `HeadersInit` for example, it is that.
  const api = parts.length === 1 ? draft.checker.typeApi(parts[0]!) : undefined;
  if (api === undefined || !draft.swappedTypes.has(api)) return;
  for (const property of literal.properties) {
    const name =
      property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name))
        ? property.name.text
        : undefined;
    if (name !== undefined)
      draft.emit({ kind: 'api-member', api: `${api}.${name}` }, property, draft.enclosing(literal), 2);
  }
}

function collectSwappedRead(draft: Draft, node: ts.Expression, slot: string): void {
  const inside = draft.enclosing(node);
  draft.join(slot, inside, 'is used in');
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent) && parent.expression === node) {
    const called = ts.isCallExpression(parent.parent) && parent.parent.expression === parent;
    const api = draft.checker.api(parent);
    if (!called && !chainCall(node)) {
      draft.emit({ kind: 'api-member', api: api ?? `unknown#${parent.name.text}` }, parent, inside, 2);
      // `response.headers` is a swapped value in turn.
      if (draft.checker.bearing(draft.checker.typeOf(parent)) === 'swapped')
        followUse(draft, parent, useOf(parent, draft.checker));
    }
    return;
  }
  const use = useOf(node, draft.checker);
  if (
    use.consumer === 'awaited' ||
    use.consumer === 'discarded' ||
    use.consumer === 'tested' ||
    use.consumer === 'iterated'
  )
    return;
  followUse(draft, node, use);
}

function collectAssignment(draft: Draft, assignment: ts.BinaryExpression, declaration: ts.Declaration): void {
  const { checker } = draft;
  const bearing = checker.bearing(checker.typeOf(assignment.left)) ?? checker.bearing(checker.typeOf(assignment.right));
  if (bearing === undefined) return;
  const slot = draft.slotUnit(declaration);
  draft.join(slot, draft.enclosing(assignment), 'is written in');
  if (
    bearing === 'swapped' ||
    !leaves(assignment.right).some((leaf) => checker.bearing(checker.typeOf(leaf)) !== undefined)
  )
    return;
  const slotKind = ts.isPropertyDeclaration(declaration) || ts.isPropertySignature(declaration) ? 'field' : 'local';
  const inside = draft.enclosing(assignment);
  draft.emit({ kind: 'store', slot, slotKind, reads: [], form: 'value', why: '' }, assignment.right, inside, 0);
  // `await (this.ready ??= load())` reads what it has kept.
  if (assignment.operatorToken.kind !== ts.SyntaxKind.QuestionQuestionEqualsToken) return;
  const { consumer } = useOf(assignment, checker);
  if (consumer !== 'awaited' && !consumer.startsWith('returned')) return;
  produce(
    draft,
    assignment,
    (use) => ({ kind: 'promise-value', slot, consumer: use.consumer, form: 'value' }),
    () => {
      draft.join(inside, slot, 'reads');
    },
  );
}

/** The node only names something: a declaration's name, a property's name, an import. */
function isName(node: ts.Node): boolean {
  const parent = node.parent;
  if (ts.isPropertyAccessExpression(parent)) return parent.name === node;
  if (
    ts.isQualifiedName(parent) ||
    ts.isTypeNode(parent) ||
    ts.isImportSpecifier(parent) ||
    ts.isExportSpecifier(parent)
  )
    return true;
  if (
    ts.isImportClause(parent) ||
    ts.isNamespaceImport(parent) ||
    ts.isLabeledStatement(parent) ||
    ts.isBreakOrContinueStatement(parent)
  )
    return true;
  if (ts.isPropertyAssignment(parent)) return parent.name === node;
  if (ts.isBindingElement(parent)) return parent.name === node || parent.propertyName === node;
  return (parent as ts.NamedDeclaration).name === node && !ts.isShorthandPropertyAssignment(parent);
}
