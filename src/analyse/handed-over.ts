import { ts } from 'ts-morph';
import type { Checker } from '../checker/checker.ts';
import { isFunctionLike, isNamed, walk } from './syntax.ts';

/** `const`, `function` or a static method that needs no `this`: what it is when it is called is what it is here. */
export function isFixedName(node: ts.Expression, checker: Checker): boolean {
  const found = checker.declarations(node);
  const [only] = found;
  if (!only || found.length > 1) return false;
  const value = ts.isVariableDeclaration(only) ? only.initializer : only;
  // The types of its parameters cannot be told where it is handed over.
  if (value && isFunctionLike(value) && value.typeParameters) return false;
  if (ts.isPropertyAccessExpression(node))
    return ts.isIdentifier(node.expression) && isFreeStatic(only, node.expression, checker);
  if (!ts.isIdentifier(node)) return false;
  return (
    ts.isFunctionDeclaration(only) ||
    (ts.isVariableDeclaration(only) && (ts.getCombinedNodeFlags(only) & ts.NodeFlags.Const) !== 0)
  );
}

function isFreeStatic(method: ts.Declaration, receiver: ts.Identifier, checker: Checker): boolean {
  if (!ts.isMethodDeclaration(method) || !(ts.getCombinedModifierFlags(method) & ts.ModifierFlags.Static)) return false;
  if (!checker.declarations(receiver).some((d) => ts.isClassDeclaration(d) && d === method.parent)) return false;
  return ![...walk(method)].some((each) => /^(This|Super)Keyword$/.test(ts.SyntaxKind[each.kind]));
}

/** Parameters of the function as far as the library gives arguments. */
export function filled(
  given: ts.SignatureDeclaration,
  wanted: readonly ts.SignatureDeclaration[],
  source: ts.SourceFile,
  checker: Checker,
): { name: string; declared: string }[] {
  const most = Math.max(
    0,
    ...wanted.map((d) => (d.parameters.some((p) => p.dotDotDotToken) ? Infinity : d.parameters.length)),
  );
  return given.parameters
    .filter((p) => !(isNamed(p) && p.name.getText() === 'this'))
    .slice(0, most)
    .map((p, i) => {
      const name = `${p.dotDotDotToken ? '...' : ''}${isNamed(p) && ts.isIdentifier(p.name) ? p.name.text : `argument${i + 1}`}`;
      const type = typeText(p, source, checker);
      return {
        name,
        declared: type === undefined ? name : `${name}${p.questionToken || p.initializer ? '?' : ''}: ${type}`,
      };
    });
}

/** As it is written in the same file; elsewhere only what means the same everywhere. */
function typeText(parameter: ts.ParameterDeclaration, source: ts.SourceFile, checker: Checker): string | undefined {
  if (/\.[cm]?jsx?$/.test(source.fileName)) return undefined;
  if (parameter.type && parameter.getSourceFile() === source) return parameter.type.getText();
  const text = checker.text(checker.typeOf(parameter), parameter);
  return /^(string|number|boolean|bigint|symbol|object|null|undefined|unknown|Buffer|Date|Error|\[\]|[ |])+$/.test(text)
    ? text
    : undefined;
}
