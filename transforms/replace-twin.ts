import { ts } from 'ts-morph';
import { defineTransform, type Piece, refuse, semicolon, template } from '../src/transform.ts';

export default defineTransform({
  id: 'replace-twin',
  code: 'UA113',
  claims: 'twin',
  applicability: { policy: 'replace-twin' },
  summary: 'Let a function call the blocking twin that stands beside it',
  docs:
    '`load` beside `loadSync`, with the same parameters, would become the same function twice. With the policy `replace-twin` it stays for its callers, and ' +
    'calls `loadSync`; what its own body did is dropped.',
  reasons: {
    twin: {
      short: 'A blocking twin stands beside the function.',
      extra:
        'Two functions would do the same. Call the twin and drop the async one, or allow the policy `replace-twin` where both do the same work.',
    },
  },
  rewrite(site, node, { source, text }) {
    const { body, parameters, name } = node as ts.FunctionDeclaration;
    const at = `\`${site.name.replace('this.', '')}\` at ${site.at.file}:${site.at.line}`;
    const needsHand = refuse('twin', `${at} does the same without a promise.`, 'call the twin, and drop this one');
    if ((node as ts.FunctionDeclaration).asteriskToken) return needsHand;
    const list: string[] = [];
    for (const parameter of parameters) {
      if (!ts.isIdentifier(parameter.name)) return needsHand;
      list.push(`${parameter.dotDotDotToken ? '...' : ''}${parameter.name.text}`);
    }
    const call = `${site.name}(${list.join(', ')})`;
    const upToBody = body!.getStart(source);
    const word = node.modifiers?.find((m) => m.kind === ts.SyntaxKind.AsyncKeyword);
    const start = node.getStart(source);
    const head: Piece = word
      ? [
          { span: { start, end: word.getStart(source) } },
          { span: { start: skipSpace(source.text, word.end), end: upToBody } },
        ]
      : { span: { start, end: upToBody } };
    return {
      rewrite: ts.isBlock(body!)
        ? template`${head}{\n  return ${call}${semicolon(source)}\n}`
        : template`${head}${call}`,
      note: `${at} does the same as ${name ? `\`${text(name)}\`` : 'this function'} without a promise.`,
      drops: 'What the function did is done by its twin.',
    };
  },
});

function skipSpace(text: string, from: number): number {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
}
