import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isExported } from './exports.ts';
import { hasBody, isAsync, walk } from './syntax.ts';

/**
 * A handler for the managed Node.js runtime of AWS Lambda, by its types: the runtime takes a plain return value for none (it answers
 * `null`), so the function is handed to a library that demands a promise.
 */
export function collectManagedHandler(draft: Draft, node: ts.SignatureDeclaration): void {
  if (!hasBody(node) || !draft.unit(draft.functionUnit(node)).asynchronous) return;
  const variable = ts.isVariableDeclaration(node.parent) ? node.parent : undefined;
  if (!ts.isFunctionDeclaration(node) && !variable) return;
  const types = [variable?.type, ...node.parameters.map((p) => p.type)];
  if (!types.some((type) => type !== undefined && isOfLambda(draft, type)) || !isExported(node)) return;
  // Others that call it await a promise, and go on getting one: only nobody else can be left as he is.
  const given = isAsync(node) && !isUsed(draft, variable ?? node) ? 'written' : 'other';
  draft.emit(
    { kind: 'callback', api: 'aws-lambda#Handler', accepts: 'promise-only', loop: false, given, parameters: [] },
    node,
    draft.functionUnit(node),
    -1,
  );
}

function isOfLambda(draft: Draft, type: ts.TypeNode): boolean {
  if (!ts.isTypeReferenceNode(type)) return false;
  const name = ts.isQualifiedName(type.typeName) ? type.typeName.right : type.typeName;
  return draft.checker.declarations(name).some((d) => /\/(@types\/)?aws-lambda\//.test(d.getSourceFile().fileName));
}

function isUsed(draft: Draft, declaration: ts.NamedDeclaration): boolean {
  const { name } = declaration;
  if (!name || !ts.isIdentifier(name)) return false;
  for (const source of draft.files.keys()) {
    if (!source.text.includes(name.text)) continue;
    for (const node of walk(source)) {
      if (!ts.isIdentifier(node) || node === name || node.text !== name.text) continue;
      if (ts.isExportSpecifier(node.parent) || ts.isExportAssignment(node.parent)) continue;
      if (draft.checker.declarations(node).includes(declaration)) return true;
    }
  }
  return false;
}
