import { ts } from 'ts-morph';
import { type Context, type Piece, refuse, type RefuseAnswer } from '../../src/transform.ts';
import { argumentsOf } from './call-arguments.ts';
import type { Row } from './row.ts';

/** Where a time limit goes: into the argument with this index, or behind the last one. */
export type Limited = { readonly at: number; readonly pieces: readonly Piece[] } | { readonly added: string };

/** The blocking form has an option for a time limit. */
export function takesLimit(row: Row): boolean {
  return limitName(row) !== undefined;
}

/** The clients of `fetch`'s shape have it beside the options that other transforms look at. */
function limitName({ options, imports }: Row): string | undefined {
  if (!options) return undefined;
  return options.timeout ?? (options.elsewhere && imports?.['fetchSync'] ? 'timeout' : undefined);
}

/** The options of a call with the time limit `limit`, a name, among them. */
export function limitedOptions(row: Row, node: ts.Node, context: Context, limit: string): Limited | RefuseAnswer {
  const name = limitName(row);
  if (name === undefined || !row.options || !ts.isCallExpression(node))
    return refuse('option', `The blocking form of \`${row.api}\` takes no time limit.`);
  const given = argumentsOf(node);
  const at = row.options.at - 1;
  const property = limit === name ? name : `${name}: ${limit}`;
  if (given.length === 0 || given.length > at + 1 || given.some(ts.isSpreadElement))
    return refuse('option', `Where the options of \`${context.text(node.expression)}\` stand cannot be seen here.`);
  if (given.length <= at) {
    const last = given.at(-1)!;
    if (given.length > 1 && !/\[\]$|^\[/.test(context.types.text(last)))
      return refuse('option', `\`${context.text(last)}\` may be the options.`);
    return { added: `${given.length < at ? ', []' : ''}, { ${property} }` };
  }
  return withLimit(given[at]!, row, context, property);
}

function withLimit(options: ts.Expression, row: Row, context: Context, property: string): Limited | RefuseAnswer {
  const at = row.options!.at - 1;
  if (!ts.isObjectLiteralExpression(options)) {
    const plain = row.options!.elsewhere && !/\b(any|unknown)\b/.test(context.types.text(options));
    if (!plain) return refuse('option', `Which options \`${context.text(options)}\` has cannot be seen here.`);
    return { at, pieces: ['{ ...', options, `, ${property} }`] };
  }
  for (const each of options.properties) {
    const name = each.name?.getText(context.source) ?? '';
    if (name === '' || ts.isMethodDeclaration(each) || ts.isAccessor(each))
      return refuse('option', `Which options \`${context.text(each)}\` has cannot be seen here.`);
    if (/^['"]?timeout['"]?$/.test(name) || /AbortSignal\./.test(context.text(each)))
      return refuse('option', `\`${context.text(each).slice(0, 60)}\` is a time limit already.`);
  }
  const last = options.properties.at(-1);
  if (!last) return { at, pieces: [`{ ${property} }`] };
  return {
    at,
    pieces: [
      { span: { start: options.getStart(context.source), end: last.end } },
      `, ${property}`,
      { span: { start: last.end, end: options.end } },
    ],
  };
}
