import { ts } from 'ts-morph';
import { type Context, imported, type Piece, refuse, type RefuseAnswer, type SiteNodes } from '../../src/transform.ts';
import { argumentsOf, argumentsSpan, calleeOf, endsInLineComment, isInert, lineBreakBefore } from './call-arguments.ts';
import { limitedOptions } from './limited-options.ts';
import { rewriteOptions } from './options-object.ts';
import { parseRowText, type RowPart, usesArgument, withoutMissing } from './row-text.ts';
import type { Row } from './row.ts';
import { isLoaded, isRequired, writtenThrough } from './written-through.ts';

export type CallNode = SiteNodes['api-call'];

export interface BlockingCall {
  /** Undefined where the text stays as it is. */
  readonly pieces: readonly Piece[] | undefined;
  readonly notes: readonly string[];
  /** What of the source's work the pieces leave out or move, and why. */
  readonly drops: string | undefined;
}

/** A call with what its options objects turn into. */
interface Subject {
  readonly row: Row;
  readonly node: CallNode;
  readonly context: Context;
  /** Arguments that stay: an options object that lost its last property is not given any more. */
  readonly given: readonly ts.Expression[];
  /** What takes an argument's place, by index. */
  readonly replaced: ReadonlyMap<number, readonly Piece[]>;
  /** Arguments that the options rule used up. */
  readonly consumed: ReadonlySet<number>;
  /** What is given behind the last argument. */
  readonly added: string;
}

/** The blocking form of one call as its row says; the row is no refusal. `limit` names a time limit in milliseconds that it is given. */
export function blockingCall(row: Row, node: CallNode, context: Context, limit?: string): BlockingCall | RefuseAnswer {
  const limited = limit === undefined ? undefined : limitedOptions(row, node, context, limit);
  if (limited && 'refuse' in limited) return limited;
  const replaced = new Map<number, readonly Piece[]>();
  const consumed = new Set<number>();
  const notes: string[] = [];
  let before: readonly Piece[] | undefined;
  let standsFor = false;
  let given = argumentsOf(node);
  for (const [i, argument] of given.entries()) {
    const rule = row.options?.at === i + 1 ? row.options : undefined;
    if (rule?.only && !ts.isObjectLiteralExpression(argument))
      return refuse('option', `Which options \`${context.text(argument)}\` has cannot be seen here.`);
    if (!ts.isObjectLiteralExpression(argument) || row.options?.elsewhere) continue;
    const options = rewriteOptions(argument, row, rule, context);
    if ('refuse' in options) return options;
    notes.push(...options.notes);
    before ??= options.before;
    standsFor ||= options.limited;
    const empty = argument.properties.length === 0 && rule !== undefined;
    if (empty || options.pieces?.length === 0) consumed.add(i);
    if (options.pieces?.length || consumed.has(i)) replaced.set(i, options.pieces?.length ? options.pieces : ['{}']);
  }
  if (limited && 'at' in limited) {
    if (before || replaced.has(limited.at)) return refuse('option', 'The options change with the call already.');
    replaced.set(limited.at, limited.pieces);
    consumed.delete(limited.at);
  }
  if (consumed.has(given.length - 1)) given = given.slice(0, -1);
  if (row.same && replaced.size === 0 && !before && !limited) return { pieces: undefined, notes, drops: undefined };
  const added = limited && 'added' in limited ? limited.added : '';
  const subject: Subject = { row, node, context, given, replaced, consumed, added };
  const pieces = row.same
    ? textFrom(subject, node.getStart(context.source))
    : row.sync
      ? syncCall(subject, row.sync)
      : textCall(subject);
  if ('refuse' in pieces) return pieces;
  const promisifies = !row.same && ts.isCallExpression(calleeOf(node));
  const drops = before
    ? 'The signal is checked before the arguments are evaluated.'
    : promisifies
      ? 'The function is imported in its blocking form.'
      : standsFor
        ? 'The signal becomes the time limit that it stands for.'
        : !row.same && (isRequired(calleeOf(node)) || isLoadedMember(calleeOf(node)))
          ? 'The module is loaded where the others are.'
          : Object.values(row.drops ?? {})[0];
  return { pieces: before ? ['(', before, pieces, ')'] : pieces, notes, drops };
}

/** A reference to the function `module#name`, in the style of the call: `fs.readFileSync` where `fs.readFile` stood. */
export function reference(id: string, callee: ts.Expression, context: Context): readonly Piece[] | RefuseAnswer {
  const [from, names] = id.split('#') as [string, string];
  const [name, ...rest] = names.split('.') as [string, ...string[]];
  const { injected, through, handedOn } = writtenThrough(promisedFunction(callee), context);
  const module = from === 'node:fs' && handedOn !== undefined ? handedOn : from;
  if (injected) return refuse('injected', `\`${context.text(callee)}\` is reached through a value.`);
  const member = rest.map((part) => `.${part}`).join('');
  return [imported(module, name, through === undefined || module.startsWith('@unawait/') ? {} : { through }), member];
}

/** `(await import('node:fs/promises')).readFile` */
const isLoadedMember = (callee: ts.Expression): boolean =>
  ts.isPropertyAccessExpression(callee) && isLoaded(callee.expression);

/** `f` of `promisify(f)`; any other callee itself. */
function promisedFunction(callee: ts.Expression): ts.Expression {
  let inner = ts.isCallExpression(callee) ? callee.arguments[0]! : callee;
  while (ts.isAsExpression(inner) || ts.isParenthesizedExpression(inner)) inner = inner.expression;
  return inner;
}

function syncCall(subject: Subject, sync: string): readonly Piece[] | RefuseAnswer {
  const { node, context } = subject;
  const optional = refuseOptional(node, context);
  if (optional) return optional;
  const callee = calleeOf(node);
  const name = reference(sync, callee, context);
  return 'refuse' in name ? name : [name, textFrom(subject, callee.end)];
}

/** The text of the call from `start` on, with its options as they are now. */
function textFrom(subject: Subject, start: number): readonly Piece[] {
  const pieces: Piece[] = [];
  const all = argumentsOf(subject.node);
  let at = start;
  for (const [i, replacement] of subject.replaced) {
    const argument = all[i]!;
    const gone = i >= subject.given.length;
    const from = gone && i > 0 ? argument.pos - 1 : argument.getStart(subject.context.source);
    pieces.push({ span: { start: at, end: from } });
    if (!gone) pieces.push(replacement);
    at = argument.end;
  }
  const last = all.at(-1);
  if (last && subject.added !== '') {
    if (last.end > at) pieces.push({ span: { start: at, end: last.end } });
    pieces.push(subject.added);
    at = last.end;
  }
  pieces.push({ span: { start: at, end: subject.node.end } });
  return pieces;
}

function textCall(subject: Subject): readonly Piece[] | RefuseAnswer {
  const { row, node, context, given } = subject;
  const spread = given.findIndex(ts.isSpreadElement);
  const text = textFor(row, given.length);
  const parts = withoutMissing(parseRowText(text, Object.keys(row.imports ?? {})), given.length);
  const hidden = parts.some(
    (part) =>
      typeof part !== 'string' &&
      (('argument' in part && part.argument > spread) || ('from' in part && part.from > spread + 1)),
  );
  if (spread >= 0 && (hidden || row.byArity)) {
    return refuse('spread-arguments', `\`${row.api}\` is called with \`${context.text(given[spread]!)}\`.`);
  }
  const lost = unplaced(subject, parts);
  if (lost) return lost;
  const receiver = parts.some((part) => typeof part !== 'string' && 'receiver' in part);
  const optional = receiver ? undefined : refuseOptional(node, context);
  if (optional) return optional;
  const callee = calleeOf(node);
  if (receiver && !isMember(callee))
    return refuse('passed-on', `\`${context.text(callee)}\` is called without its receiver.`);
  if (!receiver && isMember(callee) && writtenThrough(callee, context).injected) {
    return refuse('injected', `\`${context.text(callee)}\` is reached through a value.`);
  }
  const own = ownList(subject, parts);
  const head = parts.slice(0, own).map((part, i) => put(subject, part, parts[i - 1], parts[i + 1]));
  // A chain with a line for each call keeps the first of them.
  if (ts.isPropertyAccessExpression(callee) && head[1] === `.${callee.name.text}(`) {
    head[1] = lineBreakBefore(callee, context.source) + head[1];
  }
  return own === undefined ? head : [...head, textFrom(subject, (node as ts.CallExpression).arguments.pos)];
}

/** Where the text ends in a list of all arguments in their order, the index behind its `(`: the call's own list can stay as it is. */
function ownList({ given }: Subject, parts: readonly RowPart[]): number | undefined {
  const opening = parts.findLastIndex((part) => typeof part === 'string' && part.endsWith('('));
  const list = parts.slice(opening + 1, -1).filter((part) => typeof part !== 'string' || !/^,\s*$/.test(part));
  const isNth = (part: RowPart, i: number): boolean =>
    typeof part === 'object' && ('argument' in part ? part.argument === i + 1 : 'from' in part && part.from === i + 1);
  const last = list.at(-1);
  const all = list.length === given.length || (typeof last === 'object' && 'from' in last);
  return parts.at(-1) === ')' && opening >= 0 && list.length > 0 && all && list.every(isNth) ? opening + 1 : undefined;
}

function textFor(row: Row, given: number): string {
  const arity = Object.keys(row.byArity ?? {})
    .map(Number)
    .filter((count) => count <= given)
    .toSorted((a, b) => b - a)[0];
  return arity === undefined ? row.call! : row.byArity![arity]!;
}

/** Every argument has a place in the text, or may go. */
function unplaced(subject: Subject, parts: readonly RowPart[]): RefuseAnswer | undefined {
  const { row, context, given, consumed } = subject;
  for (const [i, argument] of given.entries()) {
    if (usesArgument(parts, i + 1) || consumed.has(i)) continue;
    if (row.drops?.[i + 1] !== undefined && isInert(argument)) continue;
    return refuse(
      'extra-argument',
      `\`${context.text(argument)}\` has no place in the blocking form of \`${row.api}\`.`,
    );
  }
  return undefined;
}

function put(subject: Subject, part: RowPart, before: RowPart | undefined, after: RowPart | undefined): Piece {
  const { row, node, given, replaced } = subject;
  const callee = calleeOf(node);
  if (typeof part === 'string') {
    const afterReceiver = typeof before === 'object' && 'receiver' in before;
    return afterReceiver && part.startsWith('.') && isMember(callee) && callee.questionDotToken ? `?${part}` : part;
  }
  if ('receiver' in part) return (callee as ts.PropertyAccessExpression).expression;
  if ('imported' in part) return imported(row.imports![part.imported]!, part.imported);
  if ('types' in part) {
    const types = 'typeArguments' in node ? node.typeArguments : undefined;
    return types ? { span: { start: types.pos - 1, end: types.end + 1 } } : '';
  }
  const first = 'argument' in part ? part.argument - 1 : part.from - 1;
  const last = 'argument' in part ? first : given.length - 1;
  if (!standsAlone(before, after)) return replaced.get(first) ?? given[first]!;
  return argumentsText(subject, first, last);
}

/** Arguments with their comments, options as they are now. */
function argumentsText(subject: Subject, first: number, last: number): readonly Piece[] {
  const { node, context, given, replaced } = subject;
  const span = argumentsSpan(context.source, node as ts.CallExpression, first, last);
  const pieces: Piece[] = [];
  let at = span.start;
  for (const [i, replacement] of replaced) {
    if (i < first || i > last) continue;
    pieces.push({ span: { start: at, end: given[i]!.getStart(context.source) } }, replacement);
    at = given[i]!.end;
  }
  pieces.push({ span: { start: at, end: span.end } });
  if (endsInLineComment(context.source, span, given[last]!)) pieces.push('\n');
  return pieces;
}

function standsAlone(before: RowPart | undefined, after: RowPart | undefined): boolean {
  return typeof before === 'string' && /[(,]\s*$/.test(before) && typeof after === 'string' && /^\s*[,)]/.test(after);
}

function isMember(callee: ts.Expression): callee is ts.PropertyAccessExpression | ts.ElementAccessExpression {
  return ts.isPropertyAccessExpression(callee) || ts.isElementAccessExpression(callee);
}

function refuseOptional(node: CallNode, context: Context): RefuseAnswer | undefined {
  const optional = ts.isCallExpression(node) && node.questionDotToken !== undefined;
  return optional ? refuse('optional-call', `\`${context.text(calleeOf(node))}\` may be missing.`) : undefined;
}
