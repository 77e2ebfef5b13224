import { ts } from 'ts-morph';
import { normaliseModule } from '../checker/api-id.ts';
import { siteId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { skipParentheses, spanOf, walk } from './syntax.ts';

/**
 * `const run = promisify(execFile);`, `const { readFile } = fs.promises;`, `const { promises: { readFile } } = fs;`,
 * `const { stat } = await import('node:fs/promises');`, `const fsp = fs.promises;`, `const { subtle } = webcrypto;` and
 * `const fsp = await import('node:fs/promises');`: go when each call of them turned into the blocking form.
 * Runs after the uses of the file are known. A declaration that is exported, or used other than by calls, stays.
 */
export function collectAliases(draft: Draft, source: ts.SourceFile): void {
  if (!/promis|subtle|\bimport\(/.test(source.text)) return;
  let last: { readonly end: number; readonly blankBefore: boolean } | undefined;
  for (const node of walk(source)) {
    if (
      !ts.isVariableStatement(node) ||
      node.declarationList.declarations.length !== 1 ||
      ts.getModifiers(node)?.length
    )
      continue;
    const [declaration] = node.declarationList.declarations as unknown as [ts.VariableDeclaration];
    const calls = callsOfAll(draft, source, aliasNames(draft, declaration));
    if (!calls) {
      collectTakenApart(draft, source, declaration);
      continue;
    }
    const { end } = node;
    const from = node.getStart(source);
    const start = from - /(?:(?<=[\r\n])[ \t]*)?$/.exec(source.text.slice(0, from))![0].length;
    // Of the blank lines around it, or around several that go together, one is left.
    const follows = last !== undefined && /^[ \t]*\r?\n[ \t]*$/.test(source.text.slice(last.end, start));
    const blankBefore = follows ? last!.blankBefore : /\n[ \t]*\r?\n$/.test(source.text.slice(0, start));
    last = { end, blankBefore };
    const lineEnd =
      (blankBefore ? /^[ \t]*\r?\n(?:[ \t]*\r?\n)?/ : /^[ \t]*\r?\n/).exec(source.text.slice(end))?.[0].length ?? 0;
    const site = draft.emitOptional({ kind: 'idiom', idiom: 'promisified' }, node, {
      start,
      end: end + lineEnd,
    });
    for (const call of calls) draft.require(site.id, call, 'is used by');
  }
}

/** `promises: { readFile }` among others that stay: `const { promises: { readFile }, existsSync } = require('fs')`. */
function collectTakenApart(draft: Draft, source: ts.SourceFile, { name, initializer }: ts.VariableDeclaration): void {
  if (!initializer || !ts.isObjectBindingPattern(name) || name.elements.length === 1) return;
  for (const [i, element] of name.elements.entries()) {
    if (!isTakenApart(element)) continue;
    const calls = callsOfAll(draft, source, namedOfPlatform(draft, [...element.name.elements]));
    if (!calls) continue;
    const next = name.elements[i + 1];
    const span = next
      ? { start: element.getStart(source), end: next.getStart(source) }
      : { start: name.elements[i - 1]!.end, end: element.end };
    const site = draft.emitOptional({ kind: 'idiom', idiom: 'promisified' }, element, span);
    for (const call of calls) draft.require(site.id, call, 'is used by');
    return;
  }
}

type AliasName = (ts.VariableDeclaration | ts.BindingElement) & { readonly name: ts.Identifier };

/** The names of a declaration that does nothing but name functions of a library that give promises. */
function aliasNames(draft: Draft, declaration: ts.VariableDeclaration): readonly AliasName[] {
  const { name, initializer } = declaration;
  if (!initializer) return [];
  if (named(declaration)) {
    const promisified = ts.isCallExpression(initializer) && draft.checker.api(initializer) === 'node:util#promisify';
    return promisified || isPart(initializer) || isLoaded(initializer) ? [declaration] : [];
  }
  // A `require` in pieces is an import, what becomes of it is not decided here; of one in pieces of pieces nothing else would.
  const member =
    isLoaded(initializer) ||
    ts.isIdentifier(initializer) ||
    (ts.isPropertyAccessExpression(initializer) && ts.isIdentifier(initializer.expression));
  if (!ts.isObjectBindingPattern(name)) return [];
  const isRequired = isNodeRequire(initializer) && name.elements.every(isTakenApart);
  if (!(member || isRequired || isNodeImport(initializer))) return [];
  return namedOfPlatform(
    draft,
    name.elements.flatMap((each) => (isTakenApart(each) ? [...each.name.elements] : [each])),
  );
}

/** The names, where each is one of a function of the platform, or of what holds them. */
function namedOfPlatform(draft: Draft, all: readonly ts.BindingElement[]): readonly AliasName[] {
  const elements = all.filter(
    (e): e is ts.BindingElement & AliasName =>
      named(e) &&
      !e.initializer &&
      (/^(subtle|default|promises)$/.test((e.propertyName ?? e.name).getText()) ||
        draft.checker.api(e.name)?.startsWith('node:') === true),
  );
  return elements.length === all.length ? elements : [];
}

const named = (d: ts.VariableDeclaration | ts.BindingElement): d is AliasName => ts.isIdentifier(d.name);

/** `promises: { readFile }` */
function isTakenApart(element: ts.BindingElement): element is ts.BindingElement & { name: ts.ObjectBindingPattern } {
  return (
    ts.isObjectBindingPattern(element.name) && element.propertyName?.getText() === 'promises' && !element.initializer
  );
}

function isNodeRequire(node: ts.Expression): boolean {
  if (!ts.isCallExpression(node) || node.expression.getText() !== 'require') return false;
  const [specifier] = node.arguments;
  return specifier !== undefined && ts.isStringLiteralLike(specifier) && /^(node:)?fs$/.test(specifier.text);
}

/** `await import('node:fs/promises')`: to load a module of Node changes nothing else. */
function isNodeImport(node: ts.Expression): boolean {
  const call = ts.isAwaitExpression(node) ? skipParentheses(node.expression) : undefined;
  if (!call || !ts.isCallExpression(call) || call.expression.kind !== ts.SyntaxKind.ImportKeyword) return false;
  const [specifier] = call.arguments;
  return (
    specifier !== undefined && ts.isStringLiteralLike(specifier) && /^(node:)?fs\/promises$|^node:/.test(specifier.text)
  );
}

/** `await import('node:fs/promises')`, perhaps with `.default` or `.promises`: loading a module of the platform has no effect. */
function isLoaded(node: ts.Expression): boolean {
  const [, , specifier] =
    /^\(?await import\((['"`])([\w:/]+)\1\)\)?(?:\.(?:default|promises))?$/.exec(node.getText()) ?? [];
  return specifier !== undefined && normaliseModule(specifier).startsWith('node:');
}

/** `fs.promises`, `globalThis.crypto.subtle`; whether they are those of the platform shows where they are called. */
function isPart(node: ts.Expression): boolean {
  return (
    ts.isPropertyAccessExpression(node) &&
    /^(promises|subtle)$/.test(node.name.text) &&
    /^[\w.]+$/.test(node.expression.getText())
  );
}

/** Sites of the calls that use the names, each of which is called; undefined where one is used otherwise, or there is none. */
function callsOfAll(draft: Draft, source: ts.SourceFile, names: readonly AliasName[]): string[] | undefined {
  const calls = names.map((name) => callsOf(draft, source, name) ?? []);
  return calls.length > 0 && calls.every((each) => each.length > 0) ? calls.flat() : undefined;
}

/** Sites of the calls that use the name; undefined where it is used otherwise. */
function callsOf(draft: Draft, source: ts.SourceFile, declaration: AliasName): string[] | undefined {
  const { file } = draft.files.get(source)!;
  const name = declaration.name.text;
  const calls: string[] = [];
  for (const node of walk(source)) {
    if (
      !ts.isIdentifier(node) ||
      node.text !== name ||
      node === declaration.name ||
      !draft.checker.declarations(node).includes(declaration)
    )
      continue;
    // The function itself is called, or a member of `fs.promises` or `subtle`.
    const { parent } = node;
    const method = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent : undefined;
    const callee = method !== undefined && isMemberOfPart(draft.checker.api(method)) ? method : node;
    const id =
      ts.isCallExpression(callee.parent) && callee.parent.expression === callee
        ? siteId(file, spanOf(callee.parent, source), 'api-call')
        : undefined;
    if (id === undefined || !draft.nodes.has(id)) return undefined;
    calls.push(id);
  }
  return calls;
}

function isMemberOfPart(api: string | null | undefined): boolean {
  return (
    api !== null &&
    api !== undefined &&
    /^(node:\w+\/promises#|(node:crypto#webcrypto\.|global#)SubtleCrypto\.)/.test(api)
  );
}
