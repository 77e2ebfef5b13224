import { ts } from 'ts-morph';
import type { Span } from '../../src/model/ids.ts';

/** The arguments of a call, `new` or tagged template (none: a tag's text is taken whole). */
export function argumentsOf(node: ts.Node): readonly ts.Expression[] {
  return ts.isCallExpression(node) || ts.isNewExpression(node) ? (node.arguments ?? []) : [];
}

/** Callee as written: `fs.readFile` of `fs.readFile(p)`, the tag of a tagged template. */
export function calleeOf(node: ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression): ts.Expression {
  return ts.isTaggedTemplateExpression(node) ? node.tag : node.expression;
}

/** From the first to the last of these arguments, with the comments in front of each and behind it up to the comma. */
export function argumentsSpan(
  source: ts.SourceFile,
  call: ts.CallExpression | ts.NewExpression,
  first: number,
  last: number,
): Span {
  const list = call.arguments!;
  const next = list[last + 1];
  const until = next ? next.pos - 1 : list.hasTrailingComma ? list.end - 1 : call.end - 1;
  return trimmed(source.text, { start: list[first]!.pos, end: until });
}

/** Ends in a line comment: what follows it must stand on a new line. */
export function endsInLineComment(source: ts.SourceFile, span: Span, node: ts.Node): boolean {
  return /\/\/[^\n]*$/.test(source.text.slice(node.end, span.end));
}

/** The span without white space at its ends. */
export function trimmed(text: string, span: Span): Span {
  const inner = text.slice(span.start, span.end);
  return {
    start: span.start + (inner.length - inner.trimStart().length),
    end: span.end - (inner.length - inner.trimEnd().length),
  };
}

/** Evaluating it does nothing and costs nothing: a name, a literal, a function, `a.b`, or an object or array of such. */
export function isInert(root: ts.Expression): boolean {
  const rest: ts.Node[] = [root];
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (ts.isObjectLiteralExpression(node)) rest.push(...node.properties);
    else if (ts.isPropertyAssignment(node)) rest.push(node.initializer);
    else if (ts.isArrayLiteralExpression(node)) rest.push(...node.elements);
    else if (ts.isPropertyAccessExpression(node) || ts.isParenthesizedExpression(node)) rest.push(node.expression);
    else if (!isLeaf(node)) return false;
  }
  return true;
}

function isLeaf(node: ts.Node): boolean {
  return (
    ts.isIdentifier(node) ||
    ts.isShorthandPropertyAssignment(node) ||
    ts.isLiteralExpression(node) ||
    ts.isArrowFunction(node) ||
    ts.isFunctionExpression(node) ||
    [
      ts.SyntaxKind.TrueKeyword,
      ts.SyntaxKind.FalseKeyword,
      ts.SyntaxKind.NullKeyword,
      ts.SyntaxKind.ThisKeyword,
    ].includes(node.kind)
  );
}

/** What stands in front of a member that is written on a line of its own, as a template says it; nothing for another one. */
export function lineBreakBefore(access: ts.Expression, source: ts.SourceFile): string {
  if (!ts.isPropertyAccessExpression(access)) return '';
  const gap = source.text.slice(access.expression.end, access.name.getStart(source));
  return /^\r?\n[ \t]*\.$/.test(gap) ? '\n  ' : '';
}
