import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { hasBody } from './syntax.ts';

const plainNames: Readonly<Record<string, string>> = {
  AsyncIterable: 'Iterable',
  AsyncIterator: 'Iterator',
  AsyncIterableIterator: 'IterableIterator',
  AsyncGenerator: 'Generator',
};

/** Overloads that only their promises tell apart would take the same when plain: the async one stays, and names the other. */
export function collectOverloads(draft: Draft, overloads: readonly ts.SignatureDeclaration[]): void {
  const seen = new Map<string, ts.SignatureDeclaration>();
  for (const each of overloads) {
    if (hasBody(each) && overloads.some((other) => !hasBody(other))) continue;
    const plain = parametersOf(each, plainText);
    const twin = seen.get(plain);
    if (!twin) seen.set(plain, each);
    else if (becomesSame(twin, each)) {
      const [later, other] = draft.unit(draft.functionUnit(each)).asynchronous ? [each, twin] : [twin, each];
      const { file, line } = draft.place(other);
      draft.emit({ kind: 'escape', how: 'overload', detail: `${file}:${line}` }, later, draft.functionUnit(later), 0);
    }
  }
}

/** Both take the same when plain: they did not before, or what they give becomes the same too. */
function becomesSame(a: ts.SignatureDeclaration, b: ts.SignatureDeclaration): boolean {
  if (parametersOf(a, written) !== parametersOf(b, written)) return true;
  const [before, after] = [written, plainText].map((text) => resultOf(a, text) === resultOf(b, text));
  return before === false && after === true;
}

/** Names of parameters do not count. */
function parametersOf(node: ts.SignatureDeclaration, text: (type: ts.Node) => string): string {
  const types = (node.typeParameters ?? []).map((each) => text(each));
  const parameters = node.parameters.map(
    (p) => `${p.dotDotDotToken ? '...' : ''}${p.questionToken ? '?' : ''}${p.type ? text(p.type) : 'any'}`,
  );
  return `<${types.join(', ')}>(${parameters.join(', ')})`;
}

const resultOf = (node: ts.SignatureDeclaration, text: (type: ts.Node) => string): string =>
  node.type ? text(node.type) : 'any';

const written = (node: ts.Node): string => node.getText();

/** The text of a type in which `Promise<T>` is `T`, and no union names a member twice. */
function plainText(node: ts.Node): string {
  if (ts.isTypeReferenceNode(node)) {
    const name = node.typeName.getText();
    const [argument] = node.typeArguments ?? [];
    if (argument && /^(Promise|PromiseLike|Awaited)$/.test(name)) return plainText(argument);
    if (argument) return `${plainNames[name] ?? name}<${node.typeArguments!.map(plainText).join(', ')}>`;
  }
  if (ts.isUnionTypeNode(node))
    return [...new Set(node.types.flatMap((each) => plainText(each).split(' | ')))].sort().join(' | ');
  let text = '';
  let at = node.getStart();
  const source = node.getSourceFile().text;
  ts.forEachChild(node, (child) => {
    text += source.slice(at, child.getStart()) + plainText(child);
    at = child.end;
  });
  return (text + source.slice(at, node.end)).replaceAll(/\s+/g, ' ');
}
