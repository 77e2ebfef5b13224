import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { collectSentRequest } from './sent-requests.ts';
import { collectForm } from './text-forms.ts';
import { skipParentheses } from './syntax.ts';

const clients = /^(axios|got|ky|undici|node-fetch|superagent)#/;
const mention = /['"](axios|got|ky|undici|node-fetch|superagent)['"]/;

const mentions = new WeakMap<ts.SourceFile, boolean>();

/** The file imports one of the clients; asked for each of its nodes. */
function usesClient(node: ts.Node): boolean {
  const source = node.getSourceFile();
  const known = mentions.get(source);
  if (known !== undefined) return known;
  const uses = mention.test(source.text);
  mentions.set(source, uses);
  return uses;
}

/**
 * Members of what HTTP clients give, read where no variable of that type stands: `(await axios.get(url)).data`, `error.response` of an error
 * that a test has narrowed, and `const { data, headers } = response`. Each is a site, so that none is read that the blocking client lacks.
 */
export function collectClientMember(draft: Draft, node: ts.Node): void {
  collectSentRequest(draft, node);
  collectForm(draft, node);
  if (ts.isObjectBindingPattern(node)) {
    collectBinding(draft, node);
    return;
  }
  if (!ts.isPropertyAccessExpression(node) || !usesClient(node)) return;
  const { parent } = node;
  if (ts.isCallExpression(parent) && parent.expression === node) return;
  const receiver = skipParentheses(node.expression);
  if (!ts.isIdentifier(receiver) && !ts.isAwaitExpression(receiver) && !ts.isPropertyAccessExpression(receiver)) return;
  if (draft.checker.bearing(draft.checker.typeOf(receiver)) !== 'swapped') return;
  const api = draft.checker.api(node);
  if (api !== undefined && clients.test(api) && !/^axios#(axios\.)?(default|AxiosStatic)\./.test(api))
    draft.emit({ kind: 'api-member', api }, node, draft.enclosing(node), 2);
}

function collectBinding(draft: Draft, pattern: ts.ObjectBindingPattern): void {
  const { parent } = pattern;
  if (!ts.isVariableDeclaration(parent) && !ts.isParameter(parent)) return;
  if (!usesClient(pattern)) return;
  const type = draft.checker.typeOf(pattern.parent);
  const api = draft.checker.bearing(type) === 'swapped' ? draft.checker.typeApi(type) : undefined;
  if (api === undefined || !clients.test(api)) return;
  for (const element of pattern.elements) {
    const name = element.propertyName ?? element.name;
    if (ts.isIdentifier(name) && !element.dotDotDotToken)
      draft.emit({ kind: 'api-member', api: `${api}.${name.text}` }, element, draft.enclosing(pattern), 2);
  }
}
