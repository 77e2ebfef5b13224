import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isFunctionLike, walk } from './syntax.ts';

const pattern = /\/[/*][ \t*]*unawait-([a-z-]+)[ \t]*(?::[ \t]*)?([^\r\n]*)/g;

/**
 * Comments `unawait-keep` and `unawait-policy`, each with the statement or member that it stands in front of or ends a line of; above the
 * first import it speaks of the whole file.
 */
export function collectSteering(draft: Draft, source: ts.SourceFile): void {
  const { text } = source;
  if (!text.includes('unawait-')) return;
  const comments = [...text.matchAll(pattern)].filter(({ index }) => !isInLiteral(source, index));
  if (comments.length === 0) return;
  const covered = [...walk(source)].filter(isCoverable);
  const file = draft.files.get(source)!.file;
  for (const { 0: whole, 1: word, 2: rest, index } of comments) {
    const from = text.lastIndexOf('\n', index) + 1;
    const alone = text.slice(from, index).trim() === '';
    const node = alone
      ? nextFrom(covered, source, commentEnd(text, index, whole))
      : onLine(covered, source, from, index);
    const { line, character } = source.getLineAndCharacterOfPosition(index);
    const at = node ?? source.endOfFileToken;
    const atHead = alone && node !== undefined && isFileHead(node, source);
    draft.steer({
      word: word!,
      text: rest!.replace(/\*\/.*$/, '').trim(),
      place: { file, line: line + 1, column: character + 1 },
      span: atHead
        ? { start: 0, end: source.end }
        : node
          ? { start: node.getStart(source), end: node.end }
          : { start: index, end: index },
      unit: node && isFunctionLike(node) ? draft.functionUnit(node) : draft.enclosing(at),
    });
  }
}

/** The first statement, where it is an import or a directive: nothing that a comment could steer. */
function isFileHead(node: ts.Node, source: ts.SourceFile): boolean {
  if (node !== source.statements[0]) return false;
  return (
    ts.isImportDeclaration(node) ||
    ts.isImportEqualsDeclaration(node) ||
    (ts.isExpressionStatement(node) && ts.isStringLiteral(node.expression)) ||
    (ts.isVariableStatement(node) && /=\s*require\s*\(/.test(node.getText(source)))
  );
}

function isCoverable(node: ts.Node): boolean {
  return (
    (ts.isStatement(node) && !(ts.isBlock(node) && !isListed(node))) ||
    ts.isClassElement(node) ||
    ts.isTypeElement(node) ||
    ts.isObjectLiteralElement(node) ||
    ts.isCaseOrDefaultClause(node)
  );
}

/** A block that is a statement of its own, not the body of something. */
function isListed(node: ts.Block): boolean {
  return ts.isBlock(node.parent) || ts.isSourceFile(node.parent) || ts.isCaseOrDefaultClause(node.parent);
}

function isInLiteral(source: ts.SourceFile, at: number): boolean {
  let node: ts.Node = source;
  for (;;) {
    const inner: ts.Node | undefined = ts.forEachChild(node, (child) =>
      child.pos <= at && at < child.end ? child : undefined,
    );
    if (!inner) break;
    node = inner;
  }
  const literal =
    ts.isStringLiteralLike(node) ||
    ts.isTemplateLiteralToken(node) ||
    ts.isRegularExpressionLiteral(node) ||
    ts.isJsxText(node);
  return literal && at >= node.getStart(source);
}

function commentEnd(text: string, index: number, whole: string): number {
  if (text[index + 1] === '/') return index + whole.length;
  const end = text.indexOf('*/', index);
  return end === -1 ? text.length : end + 2;
}

/** The outermost of those that begin at the next token; comments and blank lines may stand between. */
function nextFrom(covered: readonly ts.Node[], source: ts.SourceFile, from: number): ts.Node | undefined {
  let found: ts.Node | undefined;
  for (const node of covered) {
    const start = node.getStart(source);
    // Of a node with a comment in front of it, the full text begins in front of that comment.
    if (
      start >= from &&
      node.pos <= from &&
      (!found || start < found.getStart(source) || (start === found.getStart(source) && node.end > found.end))
    )
      found = node;
  }
  return found;
}

/** The outermost of those that begin on the line, else the innermost that ends on it. */
function onLine(covered: readonly ts.Node[], source: ts.SourceFile, from: number, to: number): ts.Node | undefined {
  const begins = covered.filter((n) => n.getStart(source) >= from && n.getStart(source) < to);
  if (begins.length > 0)
    return begins.reduce((a, b) =>
      b.getStart(source) < a.getStart(source) || (b.getStart(source) === a.getStart(source) && b.end > a.end) ? b : a,
    );
  const ends = covered.filter((n) => n.end > from && n.end <= to);
  return ends.reduce<ts.Node | undefined>((a, b) => (!a || b.getStart(source) > a.getStart(source) ? b : a), undefined);
}
