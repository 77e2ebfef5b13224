import { ts } from 'ts-morph';
import { type Context, fresh, type Piece, template, type Rewrite } from '../../src/transform.ts';

/** A floating statement run in place. */
export interface InPlace {
  readonly rewrite: Rewrite;
  readonly drops?: string;
  /** An error of it ends here: there was a `.catch`. */
  readonly caught: boolean;
}

/** `f();`, `void f();`, `f().catch(h);`: what is run, with `try` where there was a handler. */
export function inPlace(node: ts.ExpressionStatement, context: Context): InPlace {
  const { source } = context;
  const end = source.text[node.end - 1] === ';' ? ';' : '';
  let expression = node.expression;
  while (ts.isParenthesizedExpression(expression) || ts.isVoidExpression(expression))
    expression = expression.expression;
  const caught = catchOf(expression, context);
  if (caught) {
    const { root, handler } = caught;
    const drops = 'The handler is the block of a `try` statement.';
    return {
      rewrite: standing(node, template`try {\n  ${root}${end}\n} catch ${blockOf(handler, end)}`),
      drops,
      caught: true,
    };
  }
  return { rewrite: template`${expression}${end}`, caught: false };
}

/** `if (x) f();` takes one statement, which reads best as a block where it is `try`. */
export function standing(node: ts.ExpressionStatement, statement: Rewrite): Rewrite {
  const { parent } = node;
  if (ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent)) return statement;
  return template`{\n  ${deeper(statement)}\n}`;
}

function deeper(piece: Piece): Piece {
  if (typeof piece === 'string') return piece.replaceAll('\n', '\n  ');
  if (Array.isArray(piece)) return (piece as readonly Piece[]).map(deeper);
  return 'pieces' in piece ? { pieces: piece.pieces.map(deeper) } : piece;
}

/** `root.catch(handler)`, on a promise that is no chain itself. */
function catchOf(node: ts.Expression, { types }: Context): { root: ts.Expression; handler: ts.Expression } | undefined {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { expression: root, name, questionDotToken } = node.expression;
  const [handler, ...more] = node.arguments;
  if (name.text !== 'catch' || questionDotToken || node.questionDotToken || !handler || more.length > 0)
    return undefined;
  if (types.colour(root) !== 'promise' || isChain(root) || holdsAwait(root) || holdsAwait(handler)) return undefined;
  return isName(handler) || isBlock(handler) ? { root, handler } : undefined;
}

function isChain(node: ts.Expression): boolean {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    /^(then|catch|finally)$/.test(node.expression.name.text)
  );
}

/** `console.error`, `report` */
function isName(node: ts.Expression): boolean {
  let at: ts.Expression = node;
  while (ts.isPropertyAccessExpression(at)) at = at.expression;
  return ts.isIdentifier(at) && at.text !== 'undefined';
}

/** A handler that does as a block what it does as a function. */
function isBlock(node: ts.Expression): node is ts.ArrowFunction {
  if (!ts.isArrowFunction(node) || node.modifiers || node.parameters.length > 1) return false;
  const [parameter] = node.parameters;
  if (parameter && (!ts.isIdentifier(parameter.name) || parameter.initializer || parameter.dotDotDotToken))
    return false;
  const type = parameter?.type?.kind;
  if (type !== undefined && type !== ts.SyntaxKind.UnknownKeyword && type !== ts.SyntaxKind.AnyKeyword) return false;
  if (!ts.isBlock(node.body)) return !ts.isObjectLiteralExpression(node.body);
  return !holds(node.body, (inner) => ts.isReturnStatement(inner) || isVar(inner));
}

function isVar(node: ts.Node): boolean {
  return ts.isVariableDeclarationList(node) && !(node.flags & ts.NodeFlags.BlockScoped);
}

function holdsAwait(node: ts.Node): boolean {
  return holds(node, (inner) => ts.isAwaitExpression(inner) || ts.isYieldExpression(inner));
}

function holds(node: ts.Node, is: (inner: ts.Node) => boolean): boolean {
  const stack: ts.Node[] = [node];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (is(inner)) return true;
    if (!ts.isFunctionLike(inner) || inner === node) ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return false;
}

function blockOf(handler: ts.Expression, end: string): Piece {
  if (!isBlock(handler)) {
    // Nothing of the file stands in the block but the handler's name.
    const error = handler.getText() === 'error' ? fresh('error') : 'error';
    return template`(${error}) {\n  ${handler}(${error})${end}\n}`;
  }
  const [parameter] = handler.parameters;
  const type = parameter?.type?.kind === ts.SyntaxKind.AnyKeyword || (parameter && usesMembers(handler)) ? ': any' : '';
  const bound: Piece = parameter ? template`(${parameter.name}${type}) ` : '';
  if (ts.isBlock(handler.body)) return template`${bound}${handler.body}`;
  const { body } = handler;
  // `() => {}` and `() => undefined` do nothing.
  if (ts.isIdentifier(body) || ts.isLiteralExpression(body)) return template`{}`;
  return template`${bound}{\n  ${body}${end}\n}`;
}

/** A handler's parameter is `any`, what `catch` gives is `unknown`. */
function usesMembers(handler: ts.ArrowFunction): boolean {
  const [parameter] = handler.parameters;
  if (!parameter || parameter.type || /\.[cm]?jsx?$/.test(handler.getSourceFile().fileName)) return false;
  const name = (parameter.name as ts.Identifier).text;
  return holds(
    handler.body,
    (inner) =>
      ts.isIdentifier(inner) &&
      inner.text === name &&
      !/^(console\.\w+|String)$/.test(ts.isCallExpression(inner.parent) ? inner.parent.expression.getText() : ''),
  );
}
