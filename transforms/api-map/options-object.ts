import { ts } from 'ts-morph';
import { type Context, type Piece, refuse, type RefuseAnswer } from '../../src/transform.ts';
import { trimmed } from './call-arguments.ts';
import type { OptionsRule, Row } from './row.ts';

/** An options object as the blocking form takes it. */
export interface RewrittenOptions {
  /** Takes the argument's place; undefined leaves it as it is, empty when no property is left. */
  readonly pieces: readonly Piece[] | undefined;
  /** Evaluated before the call: the check of a signal that may have fired already. */
  readonly before: readonly Piece[] | undefined;
  readonly notes: readonly string[];
  /** A signal became the time limit that it stands for. */
  readonly limited: boolean;
}

type Edit = {
  readonly replacement: readonly Piece[] | undefined;
  readonly before?: readonly Piece[];
  readonly note?: string;
  readonly limited?: true;
};

/** Rewrites one options object literal, or refuses for what it asks. */
export function rewriteOptions(
  literal: ts.ObjectLiteralExpression,
  row: Row,
  rule: OptionsRule | undefined,
  context: Context,
): RewrittenOptions | RefuseAnswer {
  const edits = new Map<ts.ObjectLiteralElementLike, Edit>();
  for (const property of literal.properties) {
    const name =
      property.name && (ts.isIdentifier(property.name) || ts.isStringLiteral(property.name)) ? property.name.text : '';
    const why = rule?.refuse?.[name];
    if (why !== undefined) return refuse('option', `The option \`${name}\` of \`${row.api}\`: ${why}.`);
    if (rule?.only && !rule.only.includes(name)) {
      const what = name === '' ? context.text(property) : name;
      return refuse('option', `The option \`${what}\` of \`${row.api}\` is not known to the blocking form.`);
    }
    const value = valueOf(property);
    const plain = rule?.plain?.[name];
    if (plain !== undefined && (!value || mayBePromise(value, property, context))) {
      return refuse('option', `The option \`${name}\` of \`${row.api}\`: ${plain} has no blocking form here.`);
    }
    const drop = rule?.drop?.[name];
    if (drop !== undefined) edits.set(property, { replacement: undefined });
    if (name !== 'signal') continue;
    const edit = signalEdit(property, row, rule, literal, context);
    if ('refuse' in edit) return edit;
    edits.set(property, edit);
  }
  const added = edits.size === 0 ? withAdded(literal, rule) : undefined;
  if (added) return { pieces: added, before: undefined, notes: [], limited: false };
  const changed = [...edits].filter(([, edit]) => !('keep' in edit));
  return {
    pieces: changed.length === 0 ? undefined : render(literal, new Map(changed), context.source),
    before: [...edits.values()].find((edit) => edit.before)?.before,
    notes: [...edits.values()].flatMap((edit) => edit.note ?? []),
    limited: [...edits.values()].some((edit) => edit.limited),
  };
}

function withAdded(literal: ts.ObjectLiteralExpression, rule: OptionsRule | undefined): readonly Piece[] | undefined {
  const last = literal.properties.at(-1);
  const has = literal.properties.some(
    ({ name }) => !name || !ts.isIdentifier(name) || rule?.add?.unless.includes(name.text),
  );
  if (!rule?.add || !last || has) return undefined;
  const [start, end] = [literal.getStart(), literal.end];
  return [{ span: { start, end: last.end } }, `, ${rule.add.text}`, { span: { start: last.end, end } }];
}

/** A function that is async or whose type names a promise. */
function mayBePromise(value: ts.Expression, property: ts.ObjectLiteralElementLike, context: Context): boolean {
  return /\b(Promise|PromiseLike)\b/.test(
    context.types.text(ts.isShorthandPropertyAssignment(property) ? property.name : value),
  );
}

function signalEdit(
  property: ts.ObjectLiteralElementLike,
  row: Row,
  rule: OptionsRule | undefined,
  literal: ts.ObjectLiteralExpression,
  context: Context,
): (Edit & { readonly keep?: true }) | RefuseAnswer {
  const value = valueOf(property);
  if (!value)
    return refuse('abort-signal', 'The signal is not a plain property of the options.', 'Pass the signal by name.');
  if (value.kind === ts.SyntaxKind.UndefinedKeyword || value.getText(context.source) === 'undefined')
    return { replacement: undefined };
  const limit = timeLimit(value);
  if (limit) {
    if (rule?.timeout === undefined) {
      return refuse(
        'abort-signal',
        `The blocking form of \`${row.api}\` takes no time limit.`,
        'Remove the time limit.',
      );
    }
    const twice = literal.properties.some((other) => other.name && other.name.getText(context.source) === rule.timeout);
    if (twice)
      return refuse('abort-signal', `\`AbortSignal.timeout\` and the option \`${rule.timeout}\` are both given.`);
    return {
      replacement: [`${rule.timeout}: `, limit],
      limited: true,
      note: `The time limit is the \`${rule.timeout}\` option now; its error is that of the blocking call.`,
    };
  }
  const note = 'Nobody can abort this while it blocks; a signal that was aborted before still throws.';
  if (!isDotted(value))
    return refuse('abort-signal', 'The signal is computed in the call.', 'Put the signal in a variable first.');
  if (rule?.keepsSignal) return { replacement: undefined, keep: true, note };
  const optional = /\bundefined\b/.test(context.types.text(value));
  return { replacement: undefined, before: [value, optional ? '?.throwIfAborted(), ' : '.throwIfAborted(), '], note };
}

function valueOf(property: ts.ObjectLiteralElementLike): ts.Expression | undefined {
  if (ts.isPropertyAssignment(property)) return property.initializer;
  return ts.isShorthandPropertyAssignment(property) ? property.name : undefined;
}

/** `n` of `AbortSignal.timeout(n)`. */
function timeLimit(value: ts.Expression): ts.Expression | undefined {
  if (!ts.isCallExpression(value) || !ts.isPropertyAccessExpression(value.expression)) return undefined;
  const { expression, name } = value.expression;
  return ts.isIdentifier(expression) && expression.text === 'AbortSignal' && name.text === 'timeout'
    ? value.arguments[0]
    : undefined;
}

function isDotted(value: ts.Expression): boolean {
  let node = value;
  while (ts.isPropertyAccessExpression(node)) node = node.expression;
  return ts.isIdentifier(node) || node.kind === ts.SyntaxKind.ThisKeyword;
}

/** The literal's text around the properties that change; a property that goes takes one comma with it. */
function render(
  literal: ts.ObjectLiteralExpression,
  edits: ReadonlyMap<ts.ObjectLiteralElementLike, Edit>,
  source: ts.SourceFile,
): readonly Piece[] {
  const { properties } = literal;
  const isKept = (property: ts.ObjectLiteralElementLike): boolean =>
    !edits.has(property) || edits.get(property)!.replacement !== undefined;
  if (!properties.some(isKept)) return [];
  const startOf = (property: ts.ObjectLiteralElementLike): number =>
    trimmed(source.text, { start: property.pos, end: property.end }).start;
  const pieces: Piece[] = [];
  let at = literal.getStart(source);
  let lastKept = at + 1;
  properties.forEach((property, i) => {
    const edit = edits.get(property);
    if (isKept(property)) {
      if (edit?.replacement) {
        pieces.push({ span: { start: at, end: property.getStart(source) } }, edit.replacement);
        at = property.end;
      }
      lastKept = property.end;
      return;
    }
    const next = properties.slice(i + 1).find(isKept);
    if (next) {
      const start = Math.max(at, startOf(property));
      if (start > at) pieces.push({ span: { start: at, end: start } });
      at = startOf(next);
    } else if (at <= lastKept) {
      if (at < lastKept) pieces.push({ span: { start: at, end: lastKept } });
      at = properties.at(-1)!.end;
    }
  });
  pieces.push({ span: { start: at, end: literal.end } });
  return pieces;
}
