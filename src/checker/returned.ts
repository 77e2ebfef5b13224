import { ts } from 'ts-morph';
import type { Type } from './checker.ts';
import { isAsyncFunction } from './declared.ts';

/** Functions whose types were not found are followed through one another this far. */
const DEPTH = 5;

/**
 * What calls of a signature give. The compiler says `any` of an async function that awaits itself, of functions that return one another, and where
 * one of the values returned has no type. A promise it is all the same where it says `async`, or returns one.
 */
export function createReturned(
  checker: ts.TypeChecker,
  isPromise: (type: Type) => boolean,
): (signature: ts.Signature) => Type {
  const known = new Map<ts.SignatureDeclaration, boolean>();
  const promiseOf = (type: Type): Type =>
    (checker as unknown as { createPromiseType(of: Type): Type }).createPromiseType(type);

  /** `asking`: the functions that the question has come through. */
  const returned = (signature: ts.Signature, asking: readonly ts.SignatureDeclaration[]): Type => {
    const type = signature.getReturnType();
    const { declaration } = signature as { declaration?: ts.SignatureDeclaration };
    if (!declaration || !ts.isFunctionLike(declaration)) return type;
    // Comments often tell what is waited for: `@returns {string}` of an async function.
    if (isAsyncFunction(declaration)) return isPromise(type) ? type : promiseOf(type);
    return type.flags & ts.TypeFlags.Any && returnsPromise(declaration, asking) ? promiseOf(type) : type;
  };

  function returnsPromise(declaration: ts.SignatureDeclaration, asking: readonly ts.SignatureDeclaration[]): boolean {
    const found = known.get(declaration);
    if (found !== undefined) return found;
    if (asking.length === DEPTH || asking.includes(declaration)) return false;
    const gives = returnedValues(declaration).some((value) => isPromise(given(value, [...asking, declaration])));
    // What is not found on the way to another answer may be found from elsewhere.
    if (gives || asking.length === 0) known.set(declaration, gives);
    return gives;
  }

  function given(value: ts.Expression, asking: readonly ts.SignatureDeclaration[]): Type {
    const type = checker.getTypeAtLocation(value);
    if (!ts.isCallExpression(value) || isPromise(type)) return type;
    const signature = checker.getResolvedSignature(value);
    return signature ? returned(signature, asking) : type;
  }

  return (signature) => returned(signature, []);
}

/** The values that a function without a written type returns. */
function returnedValues(declaration: ts.SignatureDeclaration): ts.Expression[] {
  const { body, asteriskToken, type } = declaration as ts.FunctionLikeDeclaration;
  if (!body || asteriskToken || type || ts.getJSDocReturnType(declaration)) return [];
  if (!ts.isBlock(body)) return arms(body);
  const found: ts.Expression[] = [];
  const stack: ts.Node[] = [body];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (ts.isReturnStatement(node) && node.expression) found.push(...arms(node.expression));
    ts.forEachChild(node, (child) => {
      if (!ts.isFunctionLike(child) && !ts.isClassLike(child)) stack.push(child);
    });
  }
  return found;
}

/** `a` and `b` of `test ? a : b`, `a || b`, `a ?? b`. */
function arms(value: ts.Expression): ts.Expression[] {
  const found: ts.Expression[] = [];
  const stack = [value];
  while (stack.length > 0) {
    const e = stack.pop()!;
    if (ts.isParenthesizedExpression(e)) stack.push(e.expression);
    else if (ts.isConditionalExpression(e)) stack.push(e.whenFalse, e.whenTrue);
    else if (ts.isBinaryExpression(e) && /^(\|\||&&|\?\?|,)$/.test(e.operatorToken.getText()))
      stack.push(e.right, e.left);
    else found.push(e);
  }
  return found;
}
