import type { ts } from 'ts-morph';

const answers = new WeakMap<ts.SourceFile, Map<string, boolean>>();

/** The file of a node has that text: a cheap question before dear ones, asked for many nodes and answered once for each file. */
export function fileHas(node: ts.Node, text: string): boolean {
  const source = node.getSourceFile();
  let known = answers.get(source);
  if (known === undefined) answers.set(source, (known = new Map<string, boolean>()));
  let has = known.get(text);
  if (has === undefined) known.set(text, (has = source.text.includes(text)));
  return has;
}
