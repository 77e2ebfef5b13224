import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isExported } from './exports.ts';
import { hasBody, walk } from './syntax.ts';

/**
 * A handler for the managed Node.js runtime of AWS Lambda: the runtime takes a plain return value for none (it answers `null`), so the
 * function is handed to a library that demands a promise.
 */
export function collectManagedHandler(draft: Draft, node: ts.SignatureDeclaration): void {
  if (!hasBody(node) || !draft.unit(draft.functionUnit(node)).asynchronous) return;
  const unit = draft.functionUnit(node);
  if (isStreaming(node)) {
    draft.emit({ kind: 'loop', api: 'aws-lambda#awslambda.streamifyResponse' }, node.parent, unit);
    return;
  }
  if (!isManagedHandler(draft, node)) return;
  for (const { api, at } of onLoop(node)) draft.emit({ kind: 'loop', api }, at, unit);
  const api = 'aws-lambda#Handler';
  draft.shims.set(unit, api);
  draft.emit(
    { kind: 'callback', api, accepts: 'promise-only', loop: false, given: 'member', parameters: [] },
    statementOf(node) ?? node,
    unit,
    -1,
  );
}

/** The whole statement of `const handler = async (…) => …` whose own parameters say their types: it may become two. */
function statementOf(node: ts.SignatureDeclaration): ts.Statement | undefined {
  const variable = node.parent;
  if (!ts.isArrowFunction(node) || !ts.isVariableDeclaration(variable) || variable.type) return undefined;
  const statement = variable.parent.parent;
  return ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1
    ? statement
    : undefined;
}

/** By its types, or by its name and parameters where the project has no loop of its own that would call it. */
export function isManagedHandler(draft: Draft, node: ts.SignatureDeclaration): boolean {
  const variable = ts.isVariableDeclaration(node.parent) ? node.parent : undefined;
  const assigned = ts.isBinaryExpression(node.parent) ? node.parent : undefined;
  const isDefault = ts.isExportAssignment(node.parent);
  if (!ts.isFunctionDeclaration(node) && !variable && !assigned && !isDefault) return false;
  if (!isExported(node)) return false;
  const types = [variable?.type, ...node.parameters.map((p) => p.type)];
  if (types.some((type) => type !== undefined && isOfLambda(draft, type))) return true;
  const [event, context, callback] = node.parameters.map((p) => p.name.getText().replace(/^_/, ''));
  const name = assigned ? assigned.left.getText() : ((variable ?? node) as ts.NamedDeclaration).name?.getText();
  const isNamed = /^((module\.)?exports\.)?handler$/.test(name ?? '');
  if (!isNamed || node.parameters.length > 3 || draft.files.get(node.getSourceFile())!.test) return false;
  const asDeclared =
    context !== undefined || callback !== undefined ? context === 'context' || context === 'ctx' : event === 'event';
  return asDeclared && !hasOwnLoop(draft);
}

const loops = new WeakMap<Draft, boolean>();

/** The project is a runtime itself: it asks for events, and calls handlers as it does. */
function hasOwnLoop(draft: Draft): boolean {
  let known = loops.get(draft);
  if (known === undefined) {
    known = [...draft.files.keys()].some(({ text }) => /AWS_LAMBDA_RUNTIME_API|\/runtime\/invocation\b/.test(text));
    loops.set(draft, known);
  }
  return known;
}

/** `awslambda.streamifyResponse(async (event, stream) => …)` */
function isStreaming(node: ts.SignatureDeclaration): boolean {
  const call = node.parent;
  return ts.isCallExpression(call) && /^awslambda\s*\.\s*streamifyResponse$/.test(call.expression.getText());
}

/** What a handler says to the runtime of work that goes on after its answer, and an answer by callback. */
function onLoop(node: ts.SignatureDeclaration): { api: string; at: ts.Node }[] {
  const [, , callback] = node.parameters;
  const found = [...walk(node)].flatMap((at) =>
    ts.isPropertyAccessExpression(at) && at.name.text === 'callbackWaitsForEmptyEventLoop'
      ? [{ api: 'aws-lambda#Context.callbackWaitsForEmptyEventLoop', at }]
      : [],
  );
  return callback ? [...found, { api: 'aws-lambda#Callback', at: callback }] : found;
}

function isOfLambda(draft: Draft, type: ts.TypeNode): boolean {
  if (!ts.isTypeReferenceNode(type)) return false;
  const name = ts.isQualifiedName(type.typeName) ? type.typeName.right : type.typeName;
  return draft.checker.declarations(name).some((d) => /\/(@types\/)?aws-lambda\//.test(d.getSourceFile().fileName));
}
