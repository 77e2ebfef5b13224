import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import { handled } from '../child/output.ts';
import { castError, isRethrow } from './error-first.ts';
import type { Out } from './layout.ts';
import { bodyOf, isNoop, type Handler } from './scene.ts';
import {
  claimNames,
  declaredNames,
  mentionsSettler,
  ownNodes,
  referencesTo,
  shown,
  skipParentheses,
  Stop,
  type Work,
} from './shape.ts';
import { settleExpression, settleList } from './tails.ts';

/** Something that is read to its end: what it gives as a whole, and what a loop goes through. */
export interface Reader {
  /** A `Buffer`; undefined where it is read as text or by line. */
  readonly whole?: readonly Piece[];
  /** The same as text; `encoding` is an argument of `toString`, or nothing. */
  readonly text?: (encoding: readonly Piece[]) => readonly Piece[];
  /** It has been read already: who does nothing with it needs no loop. */
  readonly isRead?: boolean;
  /** What `for (const chunk of …)` takes. */
  readonly each: readonly Piece[];
}

/** What is done with one reader in the executor. */
export interface Reading {
  readonly reader: Reader;
  readonly onPart: Handler | undefined;
  /** Argument of `setEncoding`. */
  readonly encoding: ts.Expression | undefined;
}

type Literal = Extract<Handler, { literal: unknown }>;

/**
 * The loop over all readers, and where the accumulators are read later. `before` are statements in front, out of which those that only
 * prepare an accumulator are taken; `later` is the code that follows. `named`: what is read must stand in a statement of its own.
 */
export function readAll(
  work: Work,
  readings: readonly Reading[],
  before: readonly ts.Statement[],
  later: readonly ts.Node[],
  named = false,
): { readonly before: readonly ts.Statement[]; readonly outs: readonly Out[] } {
  let kept = before;
  const outs: Out[] = [];
  const targets = new Set<string>();
  for (const { reader, onPart, encoding } of readings) {
    if (!onPart) continue;
    if (reader.isRead && isNoop(onPart)) continue;
    if ('settles' in onPart) throw new Stop('event', 'The promise is settled by the first part of what is read.');
    const accumulated = accumulate(work, reader, onPart, encoding, kept, later, named);
    if (accumulated) {
      kept = kept.filter((s) => s !== accumulated.declaration);
      outs.push(...accumulated.outs);
      continue;
    }
    const appended = reader.isRead ? appendedTo(work, reader, onPart, encoding) : undefined;
    if (appended?.target !== undefined) {
      if (appended.note !== undefined) work.notes.add(appended.note);
      if (targets.has(appended.target)) work.notes.add('What comes from both streams stands one behind the other.');
      targets.add(appended.target);
      outs.push({ line: appended.pieces });
    } else {
      if (reader.isRead) work.notes.add('What is read comes as one chunk.');
      outs.push(loop(work, reader, onPart));
    }
  }
  return { before: kept, outs };
}

/** `text += child.stdout!.toString()`. */
function appendedTo(work: Work, reader: Reader, { literal }: Literal, encoding: ts.Expression | undefined) {
  const [parameter] = literal.parameters;
  const [bytes] = reader.whole ?? [];
  if (!parameter || typeof bytes !== 'string' || mentionsSettler(work, literal.body)) return undefined;
  const output = { bytes, encoding, byLine: false, semi: work.semi };
  return handled(output, parameter.name, literal.body, work.context);
}

/** `for (const chunk of …) …` with the body of the listener. */
function loop(work: Work, reader: Reader, handler: Literal): Out {
  const { literal } = handler;
  if (mentionsSettler(work, literal.body)) throw new Stop('event', 'The promise is settled before all is read.');
  for (const node of ownNodes(literal.body))
    if (ts.isReturnStatement(node)) throw new Stop('event', `The listener leaves early: \`${shown(work, node)}\`.`);
  const [parameter, ...more] = literal.parameters;
  if (more.length > 0) throw new Stop('event', 'The listener takes more than one argument.');
  const head: Piece[] = ['for (const ', parameter?.name ?? '_', ' of ', ...reader.each, ')'];
  if (!ts.isBlock(literal.body)) return { line: [...head, ' ', literal.body, work.semi] };
  const [only, ...others] = literal.body.statements;
  if (only && others.length === 0 && ts.isExpressionStatement(only)) return { line: [...head, ' ', only] };
  return { line: [...head, ' ', literal.body] };
}

interface Accumulated {
  readonly declaration: ts.Statement;
  readonly outs: readonly Out[];
}

/** `const chunks = []`, `chunks.push(chunk)`, `Buffer.concat(chunks)`; or `let text = ''`, `text += chunk`. */
function accumulate(
  work: Work,
  reader: Reader,
  { literal }: Literal,
  encoding: ts.Expression | undefined,
  before: readonly ts.Statement[],
  later: readonly ts.Node[],
  named: boolean,
): Accumulated | undefined {
  const { body } = literal;
  const only = ts.isBlock(body) ? (body.statements.length === 1 ? body.statements[0]! : undefined) : body;
  const expression =
    only && skipParentheses(ts.isExpressionStatement(only) ? only.expression : (only as ts.Expression));
  const [parameter] = literal.parameters;
  if (!expression || !parameter || !ts.isIdentifier(parameter.name)) return undefined;
  const chunk = parameter.name;
  if (
    ts.isCallExpression(expression) &&
    ts.isPropertyAccessExpression(expression.expression) &&
    expression.expression.name.text === 'push'
  ) {
    const list = expression.expression.expression;
    const [pushed, ...more] = expression.arguments;
    if (!ts.isIdentifier(list) || more.length > 0 || !pushed || !isPart(work, pushed, chunk)) return undefined;
    const declared = declarationOf(work, list, before);
    if (!declared || !ts.isArrayLiteralExpression(declared.initializer) || declared.initializer.elements.length > 0)
      return undefined;
    const uses = referencesTo(work, declared.name, later);
    const concats = uses
      .map((use) => use.parent)
      .filter(
        (p): p is ts.CallExpression =>
          ts.isCallExpression(p) && work.context.text(p.expression) === 'Buffer.concat' && p.arguments.length === 1,
      );
    if (
      !reader.whole ||
      named ||
      uses.length !== 1 ||
      concats.length !== 1 ||
      encoding ||
      otherUses(work, declared.name) !== 2
    )
      return undefined;
    return { declaration: declared.statement, outs: replace(work, concats[0]!, reader) };
  }
  if (
    !ts.isBinaryExpression(expression) ||
    expression.operatorToken.kind !== ts.SyntaxKind.PlusEqualsToken ||
    !ts.isIdentifier(expression.left)
  )
    return undefined;
  if (!isPart(work, expression.right, chunk)) return undefined;
  const declared = declarationOf(work, expression.left, before);
  if (!reader.text || !declared || !ts.isStringLiteralLike(declared.initializer) || declared.initializer.text !== '')
    return undefined;
  const uses = referencesTo(work, declared.name, later);
  if (otherUses(work, declared.name) !== uses.length + 1) return undefined;
  const text = reader.text(encoding && !/^(['"`])utf-?8\1$/i.test(work.context.text(encoding)) ? [encoding] : []);
  if (uses.length === 0) return { declaration: declared.statement, outs: [{ line: [...text, work.semi] }] };
  if (uses.length === 1 && !named) {
    const [use] = uses;
    work.replaced.set(use!, ts.isShorthandPropertyAssignment(use!.parent) ? [`${use!.text}: `, ...text] : text);
    return { declaration: declared.statement, outs: [] };
  }
  if (named) return undefined;
  return { declaration: declared.statement, outs: [{ line: ['const ', declared.name, ' = ', ...text, work.semi] }] };
}

/** `Buffer.concat(chunks)` gives way to the whole, `Buffer.concat(chunks).toString(…)` to its text. */
function replace(work: Work, concat: ts.CallExpression, reader: Reader): readonly Out[] {
  const access = concat.parent;
  if (
    ts.isPropertyAccessExpression(access) &&
    access.name.text === 'toString' &&
    ts.isCallExpression(access.parent) &&
    access.parent.arguments.length <= 1
  ) {
    const [encoding] = access.parent.arguments;
    const plain = !encoding || /^(['"`])utf-?8\1$/i.test(work.context.text(encoding));
    work.replaced.set(access.parent, reader.text!(plain ? [] : [encoding]));
  } else work.replaced.set(concat, reader.whole!);
  return [];
}

/** `chunk`, `chunk.toString()`, `String(chunk)`, `chunk as Buffer`, `Buffer.from(chunk)`. */
function isPart(work: Work, node: ts.Expression, chunk: ts.Identifier): boolean {
  const part = skipParentheses(node);
  if (ts.isIdentifier(part)) return work.context.types.same(chunk, part);
  if (!ts.isCallExpression(part)) return false;
  if (ts.isPropertyAccessExpression(part.expression) && part.expression.name.text === 'toString') {
    const [encoding] = part.arguments;
    return (
      (!encoding || /^(['"`])utf-?8\1$/i.test(work.context.text(encoding))) &&
      isPart(work, part.expression.expression, chunk)
    );
  }
  return (
    /^(String|Buffer\.from)$/.test(work.context.text(part.expression)) &&
    part.arguments.length === 1 &&
    isPart(work, part.arguments[0]!, chunk)
  );
}

function declarationOf(work: Work, name: ts.Identifier, before: readonly ts.Statement[]) {
  for (const statement of before) {
    if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) continue;
    const [declaration] = statement.declarationList.declarations;
    if (
      !declaration?.initializer ||
      !ts.isIdentifier(declaration.name) ||
      !work.context.types.same(declaration.name, name)
    )
      continue;
    return { statement, name: declaration.name, initializer: skipParentheses(declaration.initializer) };
  }
  return undefined;
}

const otherUses = (work: Work, name: ts.Identifier): number =>
  referencesTo(work, name, work.around ?? work.executor.body).length;

/** What follows once all has been read. */
export function finishOuts(work: Work, handler: Handler, emitters: readonly ts.Expression[]): readonly Out[] {
  if ('settles' in handler) {
    if (handler.settles === 'reject') throw new Stop('event', 'The promise is rejected at the end.');
    return [{ resolve: undefined, effect: true, inert: true, tail: true }];
  }
  const body = bodyOf(work, handler, emitters);
  if (!Array.isArray(body)) return settleExpression(work, body as ts.Expression, true);
  const list = body as readonly ts.Statement[];
  claimNames(work, declaredNames(list));
  const { outs, settles } = settleList(work, list, true);
  if (!settles) throw new Stop('never-settles', 'The promise may stay pending after the end.');
  return outs;
}

/** What becomes of an error: undefined where it is thrown as it is. */
export function failureOuts(
  work: Work,
  handler: Handler | undefined,
  emitters: readonly ts.Expression[],
): { readonly head: readonly Piece[]; readonly outs: readonly Out[] } | undefined {
  if (!handler) return undefined;
  if ('settles' in handler) {
    if (handler.settles === 'resolve') throw new Stop('event', 'The promise is resolved on `error`.');
    return undefined;
  }
  const outs = finishOuts(work, handler, emitters);
  const name = handler.literal.parameters[0]?.name;
  if (name && !ts.isIdentifier(name)) throw new Stop('callback', 'The listener takes its error apart.');
  if (name && isRethrow(outs, name)) return undefined;
  if (name) castError(work, name, [handler.literal.body]);
  const used = name !== undefined && referencesTo(work, name, handler.literal.body).length > 0;
  return { head: used ? ['catch (', name, ')'] : ['catch'], outs };
}

/** Nodes in which names of the executor may occur once all has been read. */
export const laterNodes = (handler: Handler): readonly ts.Node[] =>
  'literal' in handler ? [handler.literal.body] : [];
