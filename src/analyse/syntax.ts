import { ts } from 'ts-morph';
import type { Span } from '../model/ids.ts';

export type FunctionLike = ts.SignatureDeclaration;

export function isFunctionLike(node: ts.Node): node is FunctionLike {
  // Of JSDoc's signatures those of `@callback` are types of their own; the others speak of a function that is there.
  if (!ts.isFunctionLike(node) || (ts.isJSDocSignature(node) && !isCallbackType(node))) return false;
  // JSDoc types of TypeScript files are comments to the checker.
  return !(node.flags & ts.NodeFlags.JSDoc) || Boolean(node.flags & ts.NodeFlags.JavaScriptFile);
}

/** Parameters of JSDoc's function types have no names, whatever their type says. */
export function isNamed(node: { readonly name?: ts.Node }): boolean {
  return node.name !== undefined;
}

function isCallbackType({ parent }: ts.Node): boolean {
  return ts.isJSDocCallbackTag(parent);
}

export function hasBody(node: ts.Node): node is ts.FunctionLikeDeclaration & { body: ts.Node } {
  return isFunctionLike(node) && 'body' in node && node.body !== undefined;
}

export function isAsync(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.AsyncKeyword);
}

/** `await using`: a flag of its own, made of those for `using` and `const`. */
export function isAwaitUsing(list: ts.VariableDeclarationList): boolean {
  const flags: number = list.flags & ts.NodeFlags.BlockScoped;
  return flags === ts.NodeFlags.AwaitUsing.valueOf();
}

/** The function that a member is: a method, or a property that is set to one or typed as one. */
export function memberFunction(member: ts.Node): FunctionLike | undefined {
  if (isFunctionLike(member)) return member;
  let value: ts.Node | undefined;
  if (ts.isPropertyAssignment(member)) value = skipParentheses(member.initializer);
  else if (ts.isPropertyDeclaration(member))
    value = member.initializer ? skipParentheses(member.initializer) : member.type;
  else if (ts.isPropertySignature(member)) value = member.type;
  return value && isFunctionLike(value) ? value : undefined;
}

/** `using` or `await using` in front of a statement of the block, or in the head of the loop: it ends after that statement. */
export function disposesAfter(block: ts.Node, statement: ts.Node): boolean {
  const isUsing = (list: ts.Node | undefined): boolean =>
    list !== undefined && ts.isVariableDeclarationList(list) && (list.flags & ts.NodeFlags.Using) !== 0;
  if (ts.isForOfStatement(block) || ts.isForStatement(block)) return isUsing(block.initializer);
  if (!ts.isBlock(block) && !ts.isCaseOrDefaultClause(block)) return false;
  return block.statements.some((s) => s.pos < statement.pos && ts.isVariableStatement(s) && isUsing(s.declarationList));
}

/** It stands in a `declare` statement: what it describes is defined elsewhere. */
export function isAmbient(node: ts.Node): boolean {
  for (let up: ts.Node = node; !ts.isSourceFile(up); up = up.parent) {
    if (ts.canHaveModifiers(up) && ts.getModifiers(up)?.some((m) => m.kind === ts.SyntaxKind.DeclareKeyword))
      return true;
  }
  return false;
}

/** Wrappers that hand the value of `node` on unchanged. */
function handsOn(parent: ts.Node, node: ts.Node): boolean {
  if (
    ts.isParenthesizedExpression(parent) ||
    ts.isAsExpression(parent) ||
    ts.isNonNullExpression(parent) ||
    ts.isSatisfiesExpression(parent) ||
    ts.isTypeAssertionExpression(parent)
  ) {
    return true;
  }
  if (ts.isConditionalExpression(parent)) return parent.condition !== node;
  if (!ts.isBinaryExpression(parent)) return false;
  const operator = parent.operatorToken.kind;
  if (operator === ts.SyntaxKind.CommaToken) return parent.right === node;
  return (
    operator === ts.SyntaxKind.QuestionQuestionToken ||
    operator === ts.SyntaxKind.BarBarToken ||
    (operator === ts.SyntaxKind.AmpersandAmpersandToken && parent.right === node)
  );
}

/** The outermost expression that still has this value, looking through parentheses, casts, `?:`, `??`, `||`, comma. */
export function outermost(node: ts.Expression): ts.Expression {
  let current: ts.Node = node;
  while (handsOn(current.parent, current)) current = current.parent;
  return current as ts.Expression;
}

/** The expressions that an expression's value may come from: the inverse of `outermost`. */
export function leaves(node: ts.Expression): ts.Expression[] {
  const found: ts.Expression[] = [];
  const stack: ts.Expression[] = [node];
  while (stack.length > 0) {
    const e = stack.pop()!;
    if (
      ts.isParenthesizedExpression(e) ||
      ts.isAsExpression(e) ||
      ts.isNonNullExpression(e) ||
      ts.isSatisfiesExpression(e) ||
      ts.isTypeAssertionExpression(e)
    ) {
      stack.push(e.expression);
    } else if (ts.isConditionalExpression(e)) stack.push(e.whenFalse, e.whenTrue);
    else if (ts.isBinaryExpression(e) && handsOn(e, e.right)) {
      stack.push(e.right);
      if (handsOn(e, e.left)) stack.push(e.left);
    } else found.push(e);
  }
  return found;
}

/** Its first line, to be shown. */
export function excerpt(node: ts.Node): string {
  const [line = ''] = node.getText().split('\n', 1);
  return line.length > 60 ? `${line.slice(0, 59)}…` : line;
}

/** `&&`, `||` and `??`. */
export function isLogicalOperator(kind: ts.SyntaxKind): boolean {
  return (
    kind === ts.SyntaxKind.AmpersandAmpersandToken ||
    kind === ts.SyntaxKind.BarBarToken ||
    kind === ts.SyntaxKind.QuestionQuestionToken
  );
}

/** `=`, `+=`, `??=` and the like. */
export function isAssignmentOperator(kind: ts.SyntaxKind): boolean {
  return kind >= ts.SyntaxKind.FirstAssignment && kind <= ts.SyntaxKind.LastAssignment;
}

export function skipParentheses(node: ts.Expression): ts.Expression {
  let current = node;
  while (ts.isParenthesizedExpression(current)) current = current.expression;
  return current;
}

/** The node's range without leading trivia, with the parentheses that stand directly around an expression. */
export function spanOf(node: ts.Node, source: ts.SourceFile): Span {
  let outer = node;
  if (ts.isExpression(node)) while (ts.isParenthesizedExpression(outer.parent)) outer = outer.parent;
  return { start: outer.getStart(source), end: outer.end };
}

/** Nearest function with a body that runs `node`, or undefined at the top level of the module. */
export function enclosingFunction(node: ts.Node): ts.FunctionLikeDeclaration | undefined {
  let child = node;
  for (
    let parent = node.parent as ts.Node | undefined;
    parent;
    child = parent, parent = parent.parent as ts.Node | undefined
  ) {
    if (hasBody(parent)) {
      const named = (parent as ts.NamedDeclaration).name;
      if (child !== named && !ts.isDecorator(child)) return parent;
    }
  }
  return undefined;
}

const nodesOfFiles = new WeakMap<ts.SourceFile, readonly ts.Node[]>();

/** Every node of a file or of a part of one, parents first, JSDoc before what it documents; iterative, so that deep trees are no danger. */
export function walk(root: ts.Node): Iterable<ts.Node> {
  if (!ts.isSourceFile(root)) return descend(root);
  // Files are read, and never changed: many passes go through all nodes of each.
  let nodes = nodesOfFiles.get(root);
  if (nodes === undefined) nodesOfFiles.set(root, (nodes = [...descend(root)]));
  return nodes;
}

function* descend(root: ts.Node): Generator<ts.Node> {
  const stack: ts.Node[] = [root];
  const children: ts.Node[] = [];
  const keep = (child: ts.Node): void => void children.push(child);
  while (stack.length > 0) {
    const node = stack.pop()!;
    yield node;
    children.length = 0;
    const { jsDoc } = node as { jsDoc?: ts.JSDoc[] };
    if (jsDoc) children.push(...jsDoc);
    ts.forEachChild(node, keep);
    for (let i = children.length - 1; i >= 0; i--) stack.push(children[i]!);
  }
}

/** A short name as people write it: `Pool.query`, `handler`, `(callback of it)`. */
export function nameOf(node: ts.Node): string {
  const own = (node as ts.NamedDeclaration).name;
  const parent = node.parent;
  const local = own && !ts.isObjectBindingPattern(own) && !ts.isArrayBindingPattern(own) ? memberName(own) : undefined;
  if (local !== undefined) {
    const container = ts.isParameter(node) ? parent : containerOf(node);
    return container ? `${nameOf(container)}.${local}` : local;
  }
  if (ts.isConstructorDeclaration(node)) return `${nameOf(parent)}.constructor`;
  if (ts.isConstructSignatureDeclaration(node)) return `${nameOf(parent)}.new`;
  if (ts.isCallSignatureDeclaration(node)) return `${nameOf(parent)}.call`;
  if (
    ts.isClassLike(node) ||
    ts.isFunctionExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isObjectLiteralExpression(node)
  ) {
    if (ts.isVariableDeclaration(parent) || ts.isPropertyDeclaration(parent) || ts.isPropertyAssignment(parent))
      return nameOf(parent);
    if (ts.isBinaryExpression(parent) && parent.right === node) return parent.left.getText();
    if (ts.isExportAssignment(parent)) return 'default';
    if (ts.isCallExpression(parent)) return `(callback of ${calleeText(parent.expression)})`;
    return ts.isClassLike(node) ? '(class)' : ts.isObjectLiteralExpression(node) ? '(object)' : '(function)';
  }
  if (ts.isFunctionDeclaration(node)) return 'default';
  if (ts.isJSDocSignature(node)) return nameOf(parent);
  if (ts.isFunctionTypeNode(node) || ts.isTypeLiteralNode(node)) {
    for (let up: ts.Node = parent; !ts.isSourceFile(up); up = up.parent) {
      if (
        ts.isTypeAliasDeclaration(up) ||
        ts.isJSDocTypedefTag(up) ||
        ts.isVariableDeclaration(up) ||
        ts.isParameter(up) ||
        ts.isPropertySignature(up) ||
        ts.isPropertyDeclaration(up)
      ) {
        return `${nameOf(up)}.type`;
      }
      if (isFunctionLike(up)) return `${nameOf(up)}.type`;
    }
  }
  return `(${ts.SyntaxKind[node.kind]})`;
}

function containerOf(node: ts.Node): ts.Node | undefined {
  const parent = node.parent;
  if (ts.isClassLike(parent) || ts.isInterfaceDeclaration(parent)) return parent;
  if (
    ts.isObjectLiteralExpression(parent) &&
    (ts.isVariableDeclaration(parent.parent) || ts.isPropertyAssignment(parent.parent))
  )
    return parent.parent;
  if (ts.isTypeLiteralNode(parent) && ts.isTypeAliasDeclaration(parent.parent)) return parent.parent;
  return undefined;
}

function memberName(name: ts.Node): string {
  if (
    ts.isIdentifier(name) ||
    ts.isStringLiteralLike(name) ||
    ts.isPrivateIdentifier(name) ||
    ts.isNumericLiteral(name)
  )
    return name.text;
  return ts.isComputedPropertyName(name) ? `[${name.expression.getText()}]` : name.getText();
}

export function calleeText(callee: ts.Expression): string {
  const text = callee.getText();
  return text.length > 40 || text.includes('\n') ? `${text.split('\n')[0]!.slice(0, 37)}…` : text;
}

/** The call that is given a function, by itself or in its options or a list. */
export function givenTo(node: ts.Expression): ts.CallExpression | undefined {
  let child: ts.Node = node;
  for (let up = node.parent; ; child = up, up = up.parent) {
    if (ts.isCallExpression(up)) return up.expression === child ? undefined : up;
    const inside =
      ts.isParenthesizedExpression(up) ||
      ts.isPropertyAssignment(up) ||
      ts.isObjectLiteralExpression(up) ||
      ts.isArrayLiteralExpression(up);
    if (!inside) return undefined;
  }
}

/** It stands in the arguments of a call, in objects and arrays or by itself: only the callee gets it. */
export function isUnnamed(node: ts.Expression): boolean {
  let child: ts.Node = node;
  for (let up = node.parent; ; child = up, up = up.parent) {
    if (ts.isCallExpression(up) || ts.isNewExpression(up)) return up.expression !== child;
    if (
      !ts.isParenthesizedExpression(up) &&
      !ts.isPropertyAssignment(up) &&
      !ts.isObjectLiteralExpression(up) &&
      !ts.isArrayLiteralExpression(up)
    )
      return false;
  }
}

/** The whole line, and of the blank lines around it all but one. */
export function lineOf(node: ts.Node): Span {
  const { text } = node.getSourceFile();
  const start = node.getStart();
  const indent = /[ \t]*$/.exec(text.slice(0, start))![0].length;
  const alone = start - indent === 0 || text[start - indent - 1] === '\n';
  const blankBefore = /(\n[ \t]*\r?\n|[{]\r?\n)[ \t]*$/.test(text.slice(0, start));
  const rest = (blankBefore ? /^[ \t]*\r?\n(?:[ \t]*\r?\n)?/ : /^[ \t]*\r?\n/).exec(text.slice(node.end))?.[0];
  if (!alone || rest === undefined) return { start, end: node.end };
  const end = node.end + rest.length;
  const from = start - indent;
  // No blank line is left in front of the end of a block.
  const blank = /^[ \t]*\}/.test(text.slice(end)) ? /(?<=\n)(?:[ \t]*\r?\n)+$/.exec(text.slice(0, from)) : null;
  return { start: from - (blank?.[0].length ?? 0), end };
}

/** The name of a member, as far as it is written; computed names with their brackets. */
export function keyOf(name: ts.PropertyName | undefined): string | undefined {
  if (!name) return undefined;
  if (ts.isIdentifier(name) || ts.isStringLiteral(name)) return name.text;
  return ts.isComputedPropertyName(name) ? name.getText() : undefined;
}
