import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isManagedHandler } from './managed-handlers.ts';
import { hasBody } from './syntax.ts';

/** `load` beside `loadSync`, with the same parameters: to convert it would make the same function twice. */
export function collectTwin(draft: Draft, node: ts.SignatureDeclaration): void {
  const name = nameOf(node);
  if (name === undefined || !hasBody(node) || !draft.unit(draft.functionUnit(node)).asynchronous) return;
  if (!syncNames(node.getSourceFile()).has(name) || isManagedHandler(draft, node)) return;
  const twin = siblings(node).find((each) => nameOf(each) === `${name}Sync` && isStatic(each) === isStatic(node));
  if (
    !twin ||
    !hasBody(twin) ||
    draft.unit(draft.functionUnit(twin)).asynchronous ||
    !sameParameters(draft, node, twin)
  )
    return;
  if (draft.checker.declarations(declared(node).name!).length > 1) return;
  draft.emit(
    {
      kind: 'twin',
      name: `${ts.isMethodDeclaration(node) ? 'this.' : ''}${name}Sync`,
      at: draft.place(declared(twin)),
    },
    node,
    draft.functionUnit(node),
    -2,
  );
}

const known = new WeakMap<ts.SourceFile, ReadonlySet<string>>();

/** `load` for each `loadSync` in the text: cheaper than a look at every function's siblings. */
function syncNames(source: ts.SourceFile): ReadonlySet<string> {
  let names = known.get(source);
  if (!names) known.set(source, (names = new Set([...source.text.matchAll(/(#?[\w$]+)Sync\b/g)].map((m) => m[1]!))));
  return names;
}

/** The function, or the variable that is set to it. */
function declared(node: ts.SignatureDeclaration): ts.NamedDeclaration {
  return (ts.isArrowFunction(node) || ts.isFunctionExpression(node)) && ts.isVariableDeclaration(node.parent)
    ? node.parent
    : node;
}

function nameOf(node: ts.SignatureDeclaration): string | undefined {
  if (!ts.isFunctionDeclaration(node) && !ts.isMethodDeclaration(node) && declared(node) === node) return undefined;
  const { name } = declared(node);
  return name && (ts.isIdentifier(name) || ts.isPrivateIdentifier(name)) ? name.text : undefined;
}

function isStatic(node: ts.Node): boolean {
  return ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((m) => m.kind === ts.SyntaxKind.StaticKeyword);
}

/** Functions of the same class or the same list of statements. */
function siblings(node: ts.SignatureDeclaration): ts.SignatureDeclaration[] {
  const { parent } = node;
  if (ts.isClassLike(parent)) return parent.members.filter(ts.isMethodDeclaration);
  const statement = ts.isFunctionDeclaration(node) ? node : declared(node).parent.parent;
  const list = statement.parent as ts.Node | undefined;
  if (!list || !(ts.isSourceFile(list) || ts.isBlock(list) || ts.isModuleBlock(list))) return [];
  return list.statements.flatMap((each): ts.SignatureDeclaration[] => {
    if (ts.isFunctionDeclaration(each)) return [each];
    if (!ts.isVariableStatement(each)) return [];
    return each.declarationList.declarations.flatMap(({ initializer }) =>
      initializer && (ts.isArrowFunction(initializer) || ts.isFunctionExpression(initializer)) ? [initializer] : [],
    );
  });
}

/** As they are where the function blocks: a callback of a twin gives no promise. */
function sameParameters(draft: Draft, a: ts.SignatureDeclaration, b: ts.SignatureDeclaration): boolean {
  const shown = (node: ts.SignatureDeclaration): string =>
    node.parameters
      .map(
        (p) =>
          `${p.dotDotDotToken ? '...' : ''}${p.questionToken || p.initializer ? '?' : ''}${withoutPromises(draft.checker.text(draft.checker.typeOf(p), p))}`,
      )
      .join(', ');
  return shown(a) === shown(b);
}

function withoutPromises(type: string): string {
  const inner = type
    .replace(/\bPromise(?:Like)?<([^<>]*)>/g, '$1')
    .replace(/\bAsync(Iterable|Iterator|Generator)/g, '$1');
  return inner === type ? type : withoutPromises(inner);
}
