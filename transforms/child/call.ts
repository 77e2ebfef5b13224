import { ts } from 'ts-morph';
import { imported, type Context, type Piece } from '../../src/transform.ts';

const known = new Set([
  'cwd',
  'env',
  'stdio',
  'shell',
  'timeout',
  'killSignal',
  'windowsHide',
  'argv0',
  'uid',
  'gid',
  'signal',
]);

/** A child as one call, or why `spawn(…)` has no blocking form. */
export type Run = { readonly pieces: readonly Piece[]; readonly note?: string } | { readonly stop: string };

/** `runSync(…)` with what `spawn(…)` was given, and what the child reads from its standard input. */
export function runCall(call: ts.CallExpression, input: ts.Expression | undefined, context: Context): Run {
  const { types, source, text } = context;
  const [program, ...rest] = call.arguments;
  if (!program || rest.length > 2 || call.arguments.some((a) => ts.isSpreadElement(a)))
    return { stop: `\`${shown(text(call))}\` has arguments that cannot be seen here.` };
  const second = rest[0] && plain(rest[0]);
  const args = second && !isNothing(second) && (rest.length === 2 || isList(second, context)) ? rest[0] : undefined;
  const options = rest.length === 2 ? rest[1] : args ? undefined : rest[0];
  const literal = options && plain(options);
  if (options && !ts.isObjectLiteralExpression(literal!) && /^(any|unknown)$/.test(types.text(options)))
    return { stop: `What \`${shown(text(options))}\` holds cannot be seen here: write the options out.` };
  const pieces: Piece[] = [imported('@unawait/std/child', 'runSync'), '(', program];
  if (args) pieces.push(', ', args);
  else if (options || input) pieces.push(', []');
  const given: readonly Piece[] | undefined =
    input && (ts.isIdentifier(input) && input.text === 'input' ? [input] : ['input: ', input]);
  if (!options) return { pieces: [...pieces, ...(given ? [', { ', ...given, ' }'] : []), ')'] };
  if (!ts.isObjectLiteralExpression(literal!)) {
    const whole: readonly Piece[] = given ? ['{ ...', options, ', ', ...given, ' }'] : [options];
    return { pieces: [...pieces, ', ', ...whole, ')'], note: unseen(text(options)) };
  }
  let note: string | undefined;
  for (const property of literal.properties) {
    if (ts.isSpreadAssignment(property)) {
      if (/^(any|unknown)$/.test(types.text(property.expression)))
        return {
          stop: `What \`${shown(text(property.expression))}\` holds cannot be seen here: write the options out.`,
        };
      note = unseen(text(property.expression));
      continue;
    }
    const { name } = property;
    if (!(ts.isIdentifier(name) || ts.isStringLiteral(name)) || !known.has(name.text))
      return { stop: `The option \`${shown(text(property))}\` of the child has no blocking form.` };
    if (name.text === 'stdio' && /(['"`])(ipc|overlapped)\1/.test(text(property)))
      return { stop: `The option \`${shown(text(property))}\` of the child has no blocking form.` };
  }
  const last = literal.properties.at(-1);
  if (!given) pieces.push(', ', literal);
  else if (last) pieces.push(', ', { span: { start: literal.getStart(source), end: last.end } }, ', ', ...given, ' }');
  else pieces.push(', { ', ...given, ' }');
  return { pieces: [...pieces, ')'], ...(note !== undefined && { note }) };
}

/** What the child writes may go elsewhere, as its options say, so that `child.stdout` may be null. */
export function mayLackOutput(call: ts.CallExpression, context: Context): boolean {
  const [, second, third] = call.arguments;
  const options = third ?? (second && !isList(plain(second), context) ? second : undefined);
  if (options === undefined) return false;
  const literal = plain(options);
  if (!ts.isObjectLiteralExpression(literal)) return true;
  return literal.properties.some((property) => {
    if (ts.isSpreadAssignment(property)) return true;
    if (property.name.getText() !== 'stdio') return false;
    const value = ts.isPropertyAssignment(property) ? plain(property.initializer) : property.name;
    const outputs = ts.isArrayLiteralExpression(value) ? value.elements.slice(1, 3) : [value];
    return !outputs.every((each) => ts.isStringLiteralLike(each) && each.text === 'pipe');
  });
}

const unseen = (options: string): string =>
  `Where \`${shown(options)}\` holds \`detached\`, or \`ipc\` in \`stdio\`, the child is run to its end all the same.`;

const isNothing = (node: ts.Expression): boolean => ts.isIdentifier(node) && node.text === 'undefined';

const isList = (node: ts.Expression, { types }: Context): boolean =>
  ts.isArrayLiteralExpression(node) || /\[\]$/.test(types.text(node));

function plain(node: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(node) || ts.isAsExpression(node) ? plain(node.expression) : node;
}

function shown(text: string): string {
  const [first = '', ...more] = text.split('\n');
  return first.length > 60 || more.length > 0 ? `${first.slice(0, 60).trimEnd()}…` : first;
}
