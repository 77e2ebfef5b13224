import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isFunctionLike, skipParentheses, walk } from './syntax.ts';

/**
 * `pipeline(createReadStream(a), async function* (chunks) { … }, createWriteStream(b))`: functions of the project's own between streams.
 * Node hands each an async iterable, so they turn blocking together with the call or not at all.
 */
export function collectPipelineStages(draft: Draft, node: ts.Node): void {
  if (!ts.isCallExpression(node) || !isPipeline(draft, node)) return;
  const stages = node.arguments.flatMap((part) => ownFunctions(draft, part));
  if (stages.length === 0) return;
  const site = draft.emit({ kind: 'idiom', idiom: 'pipeline-stages' }, node, draft.enclosing(node), -1);
  for (const stage of stages) draft.join(site.id, draft.functionUnit(stage), 'runs in one pipeline with');
}

/** `chunks` of `for await (const chunk of chunks)`: the parameter of a function that a pipeline is given, used for nothing but such loops. */
export function isStageInput(draft: Draft, node: ts.Expression): boolean {
  const name = skipParentheses(node);
  const [parameter] = ts.isIdentifier(name) ? draft.checker.declarations(name) : [];
  if (!parameter || !ts.isParameter(parameter) || !ts.isIdentifier(name)) return false;
  const stage = parameter.parent;
  if (!ts.isFunctionExpression(stage) && !ts.isArrowFunction(stage)) return false;
  let outer: ts.Node = stage.parent;
  while (ts.isParenthesizedExpression(outer)) outer = outer.parent;
  if (!ts.isCallExpression(outer) || !isPipeline(draft, outer) || stage.parameters[0] !== parameter) return false;
  return [...walk(stage)].every(
    (inner) =>
      !ts.isIdentifier(inner) ||
      inner === parameter.name ||
      inner.text !== name.text ||
      draft.checker.declarations(inner)[0] !== parameter ||
      (ts.isForOfStatement(inner.parent) && inner.parent.expression === inner),
  );
}

function isPipeline(draft: Draft, call: ts.CallExpression): boolean {
  const api = draft.checker.api(call) ?? '';
  return /^node:(stream\/promises#pipeline|util#promisify\(node:stream#pipeline\))$/.test(api);
}

function ownFunctions({ checker }: Draft, part: ts.Expression): ts.SignatureDeclaration[] {
  return checker
    .signatures(checker.typeOf(part))
    .filter((d): d is ts.SignatureDeclaration => checker.isOwn(d) && isFunctionLike(d));
}
