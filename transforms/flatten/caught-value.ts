import { ts } from 'ts-morph';
import { type Context, fresh, type Piece, type Rewrite, template } from '../../src/transform.ts';

/** What stands in front of the `.catch`, as a statement that may be needed first and the value. */
export interface Tried {
  readonly before?: Piece;
  readonly value: Piece;
}

/** `return p.catch(h);`, `const x = await p.catch(h);`, `() => p.catch(h)`: the chain's last call, and its handler. */
export function caughtChain(node: ts.Node): { call: ts.CallExpression; handler: ts.ArrowFunction } {
  let value: ts.Node = ts.isVariableStatement(node)
    ? node.declarationList.declarations[0]!.initializer!
    : ts.isArrowFunction(node)
      ? node.body
      : (node as ts.ReturnStatement).expression!;
  while (ts.isParenthesizedExpression(value) || ts.isAwaitExpression(value)) value = value.expression;
  const call = value as ts.CallExpression;
  return { call, handler: call.arguments[0] as ts.ArrowFunction };
}

/** The chain as a `try` statement; `typed` is the type that a variable is declared with, or empty. */
export function caughtValue(
  node: ts.Node,
  typed: string,
  tried: Tried,
  thrownAs: (handler: ts.ArrowFunction) => string,
  { source, text }: Context,
): Rewrite {
  const { handler } = caughtChain(node);
  const end = /;\s*$/.test(source.text.slice(node.pos, node.end)) || ts.isArrowFunction(node) ? ';' : '';
  const semi = ts.isArrowFunction(node) && !/;[ \t]*(?:\/\/.*)?\r?$/m.test(source.text) ? '' : end;
  const name = ts.isVariableStatement(node) ? text(node.declarationList.declarations[0]!.name) : undefined;
  const gives = (value: Piece): Piece => (name === undefined ? ['return ', value, semi] : [name, ' = ', value, semi]);
  const before: Piece = tried.before === undefined ? '' : [tried.before, semi, '\n  '];
  const statement = template`try {\n  ${before}${gives(tried.value)}\n} catch ${caught(handler, gives, semi, thrownAs, source)}`;
  if (ts.isArrowFunction(node)) return template`${headOf(node, source)} {\n  ${deeper(statement)}\n}`;
  if (!ts.isVariableStatement(node)) return statement;
  const [declaration] = node.declarationList.declarations;
  const type: Piece = declaration!.type ? [': ', declaration!.type] : typed === '' ? '' : `: ${typed}`;
  return template`let ${declaration!.name}${type}${semi}\n${statement}`;
}

/** The `catch` clause behind its word. */
function caught(
  handler: ts.ArrowFunction,
  gives: (value: Piece) => Piece,
  semi: string,
  thrownAs: (handler: ts.ArrowFunction) => string,
  source: ts.SourceFile,
): Piece {
  const [parameter] = handler.parameters;
  const { body } = handler;
  const type = parameter?.type;
  const isCast =
    type !== undefined && type.kind !== ts.SyntaxKind.UnknownKeyword && type.kind !== ts.SyntaxKind.AnyKeyword;
  const thrown = fresh('thrown');
  const head: Piece = !parameter ? '' : isCast ? ['(', thrown, ') '] : ['(', parameter.name, thrownAs(handler), ') '];
  const cast: Piece = isCast ? ['const ', parameter!.name, ' = ', thrown, ' as ', type, semi, '\n  '] : '';
  const inside = ts.isBlock(body) ? statements(body, gives, source) : gives(skipParentheses(body));
  return [head, '{\n  ', cast, inside, '\n}'];
}

/** What stands in the handler's block; its `return` at the end gives the value. */
function statements(body: ts.Block, gives: (value: Piece) => Piece, { text }: ts.SourceFile): Piece {
  const start = body.getStart() + 1 + /^\s*/.exec(text.slice(body.getStart() + 1))![0].length;
  const end = body.end - 1 - /\s*$/.exec(text.slice(start, body.end - 1))![0].length;
  const last = body.statements.at(-1)!;
  const from = last.getStart();
  if (!ts.isReturnStatement(last)) return { span: { start, end } };
  const before = text.slice(start, from).trimEnd().length;
  const isLine = /[\r\n]/.test(text.slice(start + before, from));
  const rest: Piece = last.end < end ? { span: { start: last.end, end } } : '';
  const first: Piece = before === 0 ? '' : [{ span: { start, end: start + before } }, isLine ? '\n  ' : ' '];
  return [first, gives(last.expression!), rest];
}

/** `({ a: 1 })` of an arrow function is an object without its parentheses. */
function skipParentheses(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) ? skipParentheses(node.expression) : node;
}

/** Up to its arrow, without `async`. */
function headOf(node: ts.ArrowFunction, source: ts.SourceFile): Piece {
  const word = node.modifiers?.find((each) => each.kind === ts.SyntaxKind.AsyncKeyword);
  const start = word ? word.end + /^\s*/.exec(source.text.slice(word.end))![0].length : node.getStart(source);
  return { span: { start, end: node.equalsGreaterThanToken.end } };
}

function deeper(piece: Piece): Piece {
  if (typeof piece === 'string') return piece.replaceAll('\n', '\n  ');
  if (Array.isArray(piece)) return (piece as readonly Piece[]).map(deeper);
  return 'pieces' in piece ? { pieces: piece.pieces.map(deeper) } : piece;
}
