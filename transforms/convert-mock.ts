import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  defineTransform,
  keep,
  type Piece,
  refuse,
  semicolon,
  type SiteNodes,
  template,
} from '../src/transform.ts';

/** Members that give a mock the outcome of a promise, and what gives it the plain outcome. */
const outcomes: Readonly<Record<string, { readonly value?: string; readonly error?: string }>> = {
  mockResolvedValue: { value: 'mockReturnValue' },
  mockResolvedValueOnce: { value: 'mockReturnValueOnce' },
  mockRejectedValue: { error: 'mockImplementation' },
  mockRejectedValueOnce: { error: 'mockImplementationOnce' },
};

/** Modules of promises, and the modules that their blocking forms come from. */
const twins: Readonly<Record<string, string>> = {
  'fs/promises': 'node:fs',
  'timers/promises': '@unawait/std/time',
  'dns/promises': '@unawait/std/dns',
};

const mockApi = /#(?:\w+\.)*(Mock|MockInstance|MockedFunction\w*|SpyInstance|MockFunctionContext)\./;

export default defineTransform({
  id: 'convert-mock',
  code: 'UA121',
  claims: ['api-call', 'callback', 'escape'],
  applicability: 'safe',
  summary: 'Let a mock return or throw, where it resolved or rejected',
  docs: 'A mock turns blocking with the function whose place it takes: it is found by the type of the mock.',
  priority: 10,
  reasons: {
    factory: {
      short: 'The module is mocked by a factory.',
      extra:
        'The factory names the functions that are replaced, and their blocking forms have other names. Mock without a factory, or by `vi.mocked(…)`.',
    },
    member: {
      short: 'A member of the module is replaced.',
      extra:
        'The blocking form is called by another name and from another module, so the mock would no longer be met. Mock the whole module, or a function of your own around it.',
    },
    'no-value': {
      short: 'The outcome is not written at its place.',
      extra: 'The call has spread arguments. Write the value or the error out.',
    },
  },
  rewrite(site, node, context) {
    if (site.kind === 'callback')
      return isMock(site.api) || /^node:test#.*\.(fn|method)$/.test(site.api) ? { keep: true } : undefined;
    if (site.kind === 'escape') return givesOutcome(node, context) ? { keep: true } : undefined;
    if (site.api.startsWith('mock-member:'))
      return refuse(
        'member',
        `\`${site.api.slice('mock-member:'.length)}\` is replaced here, and its blocking form is not.`,
      );
    if (site.api.startsWith('mock:'))
      return mockModule(site.api.slice('mock:'.length), node as ts.CallExpression, context);
    if (isMock(site.api) || site.api.startsWith('sinon#'))
      return outcome(site.api, node as SiteNodes['api-call'], context);
    return undefined;
  },
});

function isMock(api: string): boolean {
  return mockApi.test(api);
}

/** `mockReturnValue(p)`: the mock hands on what its function now returns. */
function givesOutcome(node: ts.Node, { types }: Context): boolean {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  return /^(mockReturnValue|mockReturnValueOnce)$/.test(node.expression.name.text) && isMock(types.api(node) ?? '');
}

function outcome(api: string, node: SiteNodes['api-call'], context: Context): Answer {
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { name } = node.expression;
  if (api.startsWith('sinon#'))
    return rename(node, name.text === 'resolves' ? 'returns' : name.text === 'rejects' ? 'throws' : name.text, context);
  const { value, error } = outcomes[name.text] ?? {};
  if (value !== undefined) return rename(node, value, context);
  const [reason] = node.arguments;
  if (error === undefined || !reason) return undefined;
  if (ts.isSpreadElement(reason))
    return refuse('no-value', `\`${context.text(node).slice(0, 80)}\` spreads its arguments.`);
  const { source } = context;
  const head: Piece = { span: { start: node.getStart(source), end: name.getStart(source) } };
  const open: Piece = { span: { start: name.end, end: reason.getStart(source) } };
  const deeper = deeperLine(node, name, source.text);
  const rest: Piece = { span: { start: reason.end, end: node.end } };
  const thrown = template`() => {\n${deeper}  throw ${reason}${semicolon(source)}\n${deeper}}`;
  const rewrite = template`${head}${error}${open}${thrown}${rest}`;
  if (isFixed(reason)) return rewrite;
  return {
    rewrite,
    applicability: 'noted',
    note: `\`${context.text(reason).split('\n', 1)[0]!.slice(0, 60)}\` is evaluated when the mock is called now.`,
  };
}

function rename(node: ts.CallExpression, to: string, { source }: Context): Answer {
  const { name } = node.expression as ts.PropertyAccessExpression;
  return template`${{ span: { start: node.getStart(source), end: name.getStart(source) } }}${to}${{ span: { start: name.end, end: node.end } }}`;
}

/** It is the same whenever it is evaluated: a name, a literal, or an error made of such. */
function isFixed(node: ts.Expression): boolean {
  const stack: ts.Node[] = [node];
  while (stack.length > 0) {
    const inner = stack.pop()!;
    if (ts.isFunctionLike(inner)) continue;
    if (ts.isCallExpression(inner) && !/Error$/.test(inner.expression.getText())) return false;
    if (ts.isAwaitExpression(inner) || ts.isYieldExpression(inner) || ts.isTaggedTemplateExpression(inner))
      return false;
    if (
      ts.isBinaryExpression(inner) &&
      inner.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      inner.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    )
      return false;
    if (ts.isPostfixUnaryExpression(inner) || ts.isDeleteExpression(inner)) return false;
    ts.forEachChild(inner, (child) => void stack.push(child));
  }
  return true;
}

/** `vi.mock('node:fs/promises')` → `vi.mock('node:fs')` */
function mockModule(module: string, node: ts.CallExpression, context: Context): Answer {
  const [specifier, factory] = node.arguments;
  const twin = twins[module.replace(/^node:/, '')];
  if (!specifier || twin === undefined) return keep();
  if (factory && (ts.isFunctionLike(factory) || !ts.isObjectLiteralExpression(factory))) {
    return refuse('factory', `\`${module}\` is mocked by a factory.`);
  }
  const { source } = context;
  const quote = source.text[specifier.getStart(source)]!;
  const start: Piece = { span: { start: node.getStart(source), end: specifier.getStart(source) } };
  return {
    rewrite: template`${start}${quote}${twin}${quote}${{ span: { start: specifier.end, end: node.end } }}`,
    applicability: 'noted',
    note: `All of \`${twin}\` is mocked now, not only the functions that return promises.`,
  };
}

/** How much deeper the line of a chained member is than the line on which the chain begins, in a template's two spaces a level. */
function deeperLine(node: ts.Node, member: ts.Node, text: string): string {
  const indentation = (at: number): string => /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', at - 1) + 1))![0];
  const [from, to] = [indentation(node.getStart()), indentation(member.getStart())];
  if (!to.startsWith(from)) return '';
  const unit = to.includes('\t') ? 1 : /^ {2}\S/m.test(text) ? 2 : 4;
  return '  '.repeat((to.length - from.length) / unit);
}
