import { ts } from 'ts-morph';
import { imported, type Piece } from '../../src/transform.ts';
import type { Out } from './layout.ts';

import {
  boundNames,
  checkBody,
  claimNames,
  referencesTo,
  settler,
  Stop,
  type FunctionLiteral,
  type Work,
} from './shape.ts';
import { noteThrows } from './waits.ts';
import { bodyOf, splitHandler, type Split } from './error-branches.ts';

/** An operation that comes back through `(error, result) => …`. */
export interface Operation {
  /** The blocking form of the call. */
  readonly call: readonly Piece[];
  readonly handler: FunctionLiteral;
  /** The callback has several results: properties of what the blocking form gives. */
  readonly results: readonly string[] | undefined;
  readonly errorFirst: boolean;
}

export function settleErrorFirst(work: Work, operation: Operation, tail: boolean): readonly Out[] {
  const { handler, errorFirst } = operation;
  checkBody(handler);
  const [first, ...others] = handler.parameters;
  const error = errorFirst ? first?.name : undefined;
  const results = errorFirst ? others : handler.parameters;
  if (error && !ts.isIdentifier(error)) throw new Stop('callback', 'The callback takes its error apart.');
  const split = error
    ? splitHandler(work, handler, error, tail)
    : { failure: undefined, success: bodyOf(work, handler, tail), failed: [], succeeded: [handler.body] };
  const outputs = error && readOutputs(work, operation, error, split.failed);
  const value = bindResults(work, operation, results, split.succeeded);
  noteThrows(work, split.succeeded);
  const { failure } = split;
  if (!failure) {
    if (!errorFirst) return write(work, value, split.success);
    if (value.names.length > 0) throw new Stop('callback', 'The callback does not look at its error.');
    return [
      {
        sections: [
          { head: ['try'], body: [{ line: [...value.call, work.semi] }] },
          { head: ['catch'], body: [] },
        ],
        short: false,
      },
      ...split.success,
    ];
  }
  if (error && isRethrow(failure, error)) return write(work, value, split.success);
  return guard(work, value, split, error as ts.Identifier, failure, outputs === true);
}

export function isRethrow(outs: readonly Out[], error: ts.Identifier): boolean {
  const [only, ...more] = outs;
  if (!only || more.length > 0 || !('reject' in only)) return false;
  const [value] = only.reject;
  return typeof value === 'object' && 'kind' in value && ts.isIdentifier(value) && value.text === error.text;
}

/** What a child printed before it failed stands in its error; true where anybody asks for it. */
function readOutputs(
  work: Work,
  { handler, results }: Operation,
  error: ts.Identifier,
  failed: readonly ts.Node[],
): boolean {
  let asked = false;
  for (const [i, { name }] of handler.parameters.slice(1).entries()) {
    for (const use of referencesInPattern(work, name, failed)) {
      const property = results?.[i];
      if ((property !== 'stdout' && property !== 'stderr') || !ts.isIdentifier(name))
        throw new Stop('callback', `\`${use.text}\` is used where the call failed.`);
      const read: readonly Piece[] = work.typescript
        ? [`(${error.text} as `, imported('@unawait/std/child', 'ExecError', { kind: 'type' }), `).${property}`]
        : [`${error.text}.${property}`];
      work.replaced.set(use, ts.isShorthandPropertyAssignment(use.parent) ? [`${use.text}: `, ...read] : read);
      asked = true;
    }
  }
  return asked;
}

/** The blocking call with what its results are named. */
interface Value {
  readonly call: readonly Piece[];
  /** References to the results, none where nobody looks at them. */
  readonly names: readonly ts.Identifier[];
  /** Text in front of ` = call`, without `const`. */
  readonly pattern: readonly Piece[];
  readonly assigned: boolean;
}

function bindResults(
  work: Work,
  { call, results }: Operation,
  parameters: readonly ts.ParameterDeclaration[],
  where: readonly ts.Node[],
): Value {
  const used = parameters.filter((p) => !ts.isIdentifier(p.name) || referencesTo(work, p.name, where).length > 0);
  const settled = (p: ts.ParameterDeclaration): boolean =>
    !results &&
    p === parameters[0] &&
    referencesInPattern(work, p.name, where).every((n) => ts.isSpreadElement(n.parent));
  if (used.some((p) => (p.dotDotDotToken && !settled(p)) || p.initializer))
    throw new Stop('callback', 'A parameter of the callback has a default, or takes the rest.');
  const [first] = parameters;
  if (!results && used.some((p) => p !== first))
    throw new Stop(
      'callback',
      `\`${work.context.text(used.at(-1)!.name)}\` is a result that the blocking form does not give.`,
    );
  if (used.length === 0) return { call, names: [], pattern: [], assigned: false };
  const bindings = used.flatMap((p) => boundNames(p.name));
  claimNames(work, bindings);
  const names = used.flatMap((p) => referencesInPattern(work, p.name, where));
  const assigned = names.some((name) => isAssigned(name));
  if (!results) return { call, names, pattern: [first!.name], assigned };
  if (used.length === 1 && ts.isIdentifier(used[0]!.name)) {
    return { call: [...call, `.${results[parameters.indexOf(used[0]!)]!}`], names, pattern: [used[0]!.name], assigned };
  }
  const members = used.map((p) => {
    const property = results[parameters.indexOf(p)];
    if (property === undefined || !ts.isIdentifier(p.name))
      throw new Stop('callback', `\`${work.context.text(p.name)}\` is a result that the blocking form does not give.`);
    return p.name.text === property ? property : `${property}: ${p.name.text}`;
  });
  return { call, names, pattern: [`{ ${members.join(', ')} }`], assigned };
}

function referencesInPattern(work: Work, name: ts.BindingName, where: readonly ts.Node[]): ts.Identifier[] {
  return boundNames(name).flatMap((n) => referencesTo(work, n, where));
}

function isAssigned(name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPostfixUnaryExpression(parent) || ts.isPrefixUnaryExpression(parent))
    return parent.operator === ts.SyntaxKind.PlusPlusToken || parent.operator === ts.SyntaxKind.MinusMinusToken;
  return (
    ts.isBinaryExpression(parent) &&
    parent.left === name &&
    parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment
  );
}

/** The call, then what follows; a result that is used once, at once, takes no name. */
function write(work: Work, value: Value, success: readonly Out[]): readonly Out[] {
  const inlined = inline(work, value, success);
  if (inlined) return inlined;
  if (value.names.length > 0)
    return [
      { line: [value.assigned ? 'let ' : 'const ', ...value.pattern, ' = ', ...value.call, work.semi] },
      ...success,
    ];
  const [only, ...more] = success;
  if (only && more.length === 0 && 'resolve' in only && !only.resolve)
    return [{ ...only, resolve: value.call, effect: true, inert: false }];
  return [{ line: [...value.call, work.semi] }, ...success];
}

/** `resolve(f(data))` with the call in the place of `data`, where nothing is evaluated before it. */
function inline(work: Work, value: Value, success: readonly Out[]): readonly Out[] | undefined {
  const [only, ...more] = success;
  const [name, ...others] = value.names;
  if (!only || more.length > 0 || !('resolve' in only) || !name || others.length > 0) return undefined;
  const [piece] = only.resolve ?? [];
  if (!piece || typeof piece !== 'object' || !('kind' in piece)) return undefined;
  const node = piece as ts.Expression;
  if (node === name) return [{ ...only, resolve: value.call, inert: false }];
  if (!ts.isIdentifier(value.pattern[0] as ts.Node) || !isFirst(node, name)) return undefined;
  work.replaced.set(name, value.call);
  return [{ ...only, inert: false }];
}

/** Nothing with an effect is evaluated in `node` before `name`. */
function isFirst(node: ts.Expression, name: ts.Identifier): boolean {
  for (let at: ts.Expression = node; ;) {
    if (at === name) return true;
    const holds = (e: ts.Expression): boolean => name.pos >= e.pos && name.end <= e.end;
    if (
      ts.isParenthesizedExpression(at) ||
      ts.isAsExpression(at) ||
      ts.isNonNullExpression(at) ||
      ts.isPropertyAccessExpression(at)
    )
      at = at.expression;
    else if (ts.isCallExpression(at) || ts.isNewExpression(at)) {
      if (holds(at.expression)) at = at.expression;
      else {
        const [first] = at.arguments ?? [];
        if (!first || !holds(first) || !/^[\w$.]+$/.test(at.expression.getText())) return false;
        at = first;
      }
    } else return false;
  }
}

/** `try { … } catch (error) { … }` around the call, where its error becomes something else. */
function guard(
  work: Work,
  value: Value,
  split: Split,
  error: ts.Identifier,
  failure: readonly Out[],
  named: boolean,
): readonly Out[] {
  const { success } = split;
  castError(work, error, split.failed);
  const caught = {
    head: named || referencesTo(work, error, split.failed).length > 0 ? ['catch (', error, ')'] : ['catch'],
    body: failure,
  };
  const guarded = (body: readonly Out[]): Out => ({ sections: [{ head: ['try'], body }, caught], short: false });
  const [only, ...more] = success;
  if (only && more.length === 0 && 'resolve' in only) {
    const [name] = value.names;
    if (name && only.resolve?.[0] === name && value.names.length === 1)
      return [guarded([{ ...only, resolve: value.call, inert: false }])];
    if (value.names.length === 0 && only.inert) return [guarded([{ line: [...value.call, work.semi] }, only])];
  }
  if (value.names.length === 0) return [guarded([{ line: [...value.call, work.semi] }]), ...success];
  if (!ts.isIdentifier(value.pattern[0] as ts.Node))
    throw new Stop('callback', 'The results are taken apart, and the error is another one.');
  const { text } = value.pattern[0] as ts.Identifier;
  return [
    { line: [`let ${text}`, work.semi] },
    guarded([{ line: [`${text} = `, ...value.call, work.semi] }]),
    ...success,
  ];
}

/** What is caught has the type `unknown`; where more is asked of it, it gets the type it had. */
export function castError(work: Work, error: ts.Identifier, failed: readonly ts.Node[]): void {
  if (!work.typescript) return;
  const type = work.context.types.text(error).replace(/ \| (null|undefined)\b/g, '');
  if (/^(any|unknown)$/.test(type)) return;
  for (const name of referencesTo(work, error, failed)) {
    if (!needsType(work, name)) continue;
    if (ts.isShorthandPropertyAssignment(name.parent)) work.replaced.set(name, [name, `: ${error.text} as ${type}`]);
    else
      work.replaced.set(
        name,
        ts.isPropertyAccessExpression(name.parent) || ts.isElementAccessExpression(name.parent)
          ? ['(', name, ` as ${type})`]
          : [name, ` as ${type}`],
      );
  }
}

function needsType(work: Work, name: ts.Identifier): boolean {
  const { parent } = name;
  if (ts.isPropertyAssignment(parent)) return parent.name.getText() !== 'cause';
  if (ts.isTemplateSpan(parent) || ts.isShorthandPropertyAssignment(parent)) return false;
  if (ts.isCallExpression(parent))
    return !settler(work, parent.expression) && !/^(String|console\.\w+)$/.test(parent.expression.getText());
  return !(ts.isBinaryExpression(parent) && parent.operatorToken.kind === ts.SyntaxKind.InstanceOfKeyword);
}
