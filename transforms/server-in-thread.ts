import { ts } from 'ts-morph';
import { defineTransform, imported, template, type Piece } from '../src/transform.ts';

export default defineTransform({
  id: 'server-in-thread',
  code: 'UA130',
  claims: 'server-import',
  applicability: 'noted',
  summary: 'Move a mock server of the tests to a worker thread',
  docs:
    'A server in the thread of a blocking client deadlocks: the client waits for an answer that the server cannot give. The module with ' +
    'the server stays as it is and runs in a worker; the test gets a blocking view of it, in which calls wait and properties are copies.',
  reasons: {},
  rewrite(site, node, { source }) {
    const bindings = node.importClause!.namedBindings as ts.NamedImports;
    const end = source.text[node.end - 1] === ';' ? ';' : '';
    const specifier = node.moduleSpecifier.getText(source);
    const moved = new Set(site.names.map((n) => n.local));
    const types = bindings.elements
      .filter((e) => !moved.has(e.name.text))
      .map((e) => e.getText(source).replace(/^type\s+/, ''));
    const pattern = site.names.map((n) => (n.local === n.imported ? n.local : `${n.imported}: ${n.local}`)).join(', ');
    const typed = isTypeScript(source.fileName);
    const pieces: Piece[] = [];
    if (types.length > 0) pieces.push(`import type { ${types.join(', ')} } from ${specifier}${end}\n`);
    const rest = skipSpace(source.text, node.end);
    if (rest < site.span.end) pieces.push({ span: { start: rest, end: site.span.end } }, '\n');
    pieces.push(
      template`\nconst { ${pattern} } = ${imported('@unawait/std/thread', 'importInThread')}${typed ? `<typeof import(${specifier})>` : ''}(new URL(${specifier}, import.meta.url))${end}`,
    );
    if (typed)
      for (const { local } of site.names.filter((n) => n.usedAsType))
        pieces.push(`\ntype ${local} = InstanceType<typeof ${local}>${end}`);
    return {
      rewrite: template`${pieces}`,
      note: `The server of ${specifier} runs in a worker thread: beside a blocking client it could not answer.`,
    };
  },
});

function isTypeScript(file: string): boolean {
  return /\.[cm]?tsx?$/.test(file);
}

function skipSpace(text: string, from: number): number {
  let at = from;
  while (/\s/.test(text[at] ?? 'x')) at++;
  return at;
}
