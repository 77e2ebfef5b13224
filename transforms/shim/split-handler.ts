import { ts } from 'ts-morph';
import { type Answer, type Context, type Piece, semicolon, template } from '../../src/transform.ts';

/**
 * `handlerSync`, and `handler` as an async shim over it: for a managed handler that is declared with a name, and whose parameters have names
 * and types of their own. Undefined where it has to stay one function.
 */
export function splitHandler(whole: ts.Node, note: string, { source, text }: Context): Answer {
  const variable = ts.isVariableStatement(whole) ? whole.declarationList.declarations[0] : undefined;
  const made = variable?.initializer ?? whole;
  if (!ts.isArrowFunction(made) && !ts.isFunctionDeclaration(made)) return undefined;
  const { body, parameters, modifiers } = made;
  const { name } = variable ?? made;
  const word = modifiers?.find((m) => m.kind === ts.SyntaxKind.AsyncKeyword);
  if (!name || !ts.isIdentifier(name) || !body || !word) return undefined;
  if (ts.getJSDocCommentsAndTags(whole).length > 0 || !parameters.every(({ name: each }) => ts.isIdentifier(each)))
    return undefined;
  const twin = `${name.text}Sync`;
  if (source.text.includes(twin)) return undefined;
  const names = parameters.map((p) => `${p.dotDotDotToken ? '...' : ''}${text(p.name)}`).join(', ');
  const end = semicolon(source);
  const head: Piece = { raw: { start: whole.getStart(source), end: body.getStart(source) } };
  const call = `${twin}(${names})`;
  const drops = 'The exported function stays async and calls the blocking one.';
  if (variable) {
    const from = word.end + /^\s*/.exec(source.text.slice(word.end))![0].length;
    return {
      rewrite: template`const ${twin} = ${{ span: { start: from, end: made.end } }}${end}\n\n${head}${call}${end}`,
      note,
      drops,
    };
  }
  return {
    rewrite: template`function ${twin}${{ span: { start: name.end, end: made.end } }}\n\n${head}{\n  return ${call}${end}\n}`,
    note,
    drops,
  };
}
