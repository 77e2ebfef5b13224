import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { skipParentheses, walk } from './syntax.ts';

/** Where an executor leaves what settles its promise. */
export interface StoredSettler {
  /** The names under which it is called later: `resolve` of `this.pending.resolve`. */
  readonly names: readonly string[];
  /** As people read it: `this.pending`. */
  readonly where: string;
  /** It is put beside others: a queue, a map. */
  readonly many: boolean;
}

/**
 * `this.pending = { resolve, reject }`, `this.settle = resolve`, `this.queue.push({ resolve })`: all that the executor does with its
 * parameters is to leave them in one place of `this` (of a variable, where `owner` is a function), and perhaps to call them.
 */
export function storedSettler(draft: Draft, executor: ts.ArrowFunction, owner: ts.Node): StoredSettler | undefined {
  const isPlace = (target: ts.Expression): boolean => {
    if (ts.isClassLike(owner))
      return ts.isPropertyAccessExpression(target) && target.expression.kind === ts.SyntaxKind.ThisKeyword;
    return (
      ts.isIdentifier(target) &&
      draft.checker
        .declarations(target)
        .some((d) => ts.isVariableDeclaration(d) && d.pos > owner.pos && d.end < owner.end && !within(d, executor))
    );
  };
  const names = new Set<string>();
  const places = new Set<string>();
  let many = false;
  for (const parameter of executor.parameters) {
    if (!ts.isIdentifier(parameter.name)) return undefined;
    for (const node of walk(executor.body)) {
      if (!ts.isIdentifier(node) || node.text !== parameter.name.text) continue;
      if (!ts.isShorthandPropertyAssignment(node.parent) && draft.checker.declarations(node)[0] !== parameter) continue;
      if (ts.isCallExpression(node.parent) && node.parent.expression === node) continue;
      const stored = storeOf(node, isPlace);
      if (!stored) return undefined;
      for (const name of stored.names) names.add(name);
      places.add(stored.where);
      many ||= stored.many;
    }
  }
  const [where] = places;
  return where === undefined ? undefined : { names: [...names], where, many };
}

const within = (inner: ts.Node, outer: ts.Node): boolean => inner.pos >= outer.pos && inner.end <= outer.end;

function storeOf(node: ts.Identifier, isPlace: (target: ts.Expression) => boolean): StoredSettler | undefined {
  let value: ts.Node = node;
  const names: string[] = [];
  let member = false;
  const { parent } = node;
  if (ts.isShorthandPropertyAssignment(parent) || (ts.isPropertyAssignment(parent) && parent.initializer === node)) {
    names.push(parent.name.getText());
    value = parent.parent;
    member = true;
  }
  while (ts.isParenthesizedExpression(value.parent) || ts.isAsExpression(value.parent)) value = value.parent;
  const holder = value.parent;
  if (
    ts.isBinaryExpression(holder) &&
    holder.right === value &&
    holder.operatorToken.kind === ts.SyntaxKind.EqualsToken
  ) {
    const target = skipParentheses(holder.left);
    if (!isPlace(target)) return undefined;
    if (!member) names.push(ts.isPropertyAccessExpression(target) ? target.name.text : target.getText());
    return { names, where: target.getText(), many: false };
  }
  if (!ts.isCallExpression(holder) || !ts.isPropertyAccessExpression(holder.expression)) return undefined;
  const { name, expression } = holder.expression;
  if (!/^(push|unshift|set|add|enqueue)$/.test(name.text) || !holder.arguments.includes(value as ts.Expression))
    return undefined;
  return { names, where: expression.getText(), many: true };
}
