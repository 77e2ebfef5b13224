import { ts } from 'ts-morph';
import type { Context } from '../../src/transform.ts';

/** `const { code, signal }` where `const [code, signal]` stood; a code that is used as a number is taken for one. */
export function takenApart(
  block: ts.Node,
  statement: ts.Statement,
  context: Context,
  typed: boolean,
): { readonly head: string; readonly cast: string } | undefined {
  if (!ts.isVariableStatement(statement)) return undefined;
  const [declaration] = statement.declarationList.declarations;
  const pattern = declaration!.name as ts.ArrayBindingPattern;
  const bound: string[] = [];
  const types: string[] = [];
  for (const [i, element] of pattern.elements.entries()) {
    if (ts.isOmittedExpression(element)) continue;
    const name = element.name.getText();
    const property = i === 0 ? 'code' : 'signal';
    bound.push(name === property ? name : `${property}: ${name}`);
    const wanted = i === 0 ? 'number' : 'NodeJS.Signals';
    types.push(`${property}: ${isTested(block, element.name as ts.Identifier, context) ? `${wanted} | null` : wanted}`);
  }
  const cast = typed && types.some((t) => !t.endsWith('| null')) ? ` as { ${types.join('; ')} }` : '';
  const keyword = statement.declarationList.flags & ts.NodeFlags.Const ? 'const' : 'let';
  return { head: `${keyword} { ${bound.join(', ')} }`, cast };
}

/** Every use compares it, prints it or asks whether it is there: null does as well. */
function isTested(block: ts.Node, name: ts.Identifier, { types }: Context): boolean {
  const stack: ts.Node[] = [block];
  while (stack.length > 0) {
    const node = stack.pop()!;
    ts.forEachChild(node, (child) => void stack.push(child));
    if (!ts.isIdentifier(node) || node === name || node.text !== name.text || !types.same(name, node)) continue;
    const { parent } = node;
    const compared = ts.isBinaryExpression(parent) && /^([=!]==?|\?\?|\|\||&&)$/.test(parent.operatorToken.getText());
    const asked = (ts.isIfStatement(parent) || ts.isConditionalExpression(parent)) && !isBranch(parent, node);
    if (!compared && !asked && !ts.isTemplateSpan(parent) && !ts.isPrefixUnaryExpression(parent)) return false;
  }
  return true;
}

const isBranch = (parent: ts.Node, node: ts.Node): boolean =>
  ts.isConditionalExpression(parent) && (parent.whenTrue === node || parent.whenFalse === node);
