import { ts } from 'ts-morph';
import type { Span } from '../model/ids.ts';

/** One pair of parentheses around an expression, and the expression in it. */
interface Parens {
  readonly outer: Span;
  readonly inner: Span;
}

/** What writing needs to know of a file as read. */
export interface Source {
  readonly file: string;
  readonly text: string;
  readonly tree: ts.SourceFile;
  readonly eol: '\n' | '\r\n';
  /** One level of indentation. */
  readonly unit: string;
  /** Text of every identifier. */
  readonly identifiers: ReadonlySet<string>;
  readonly parensByOuter: ReadonlyMap<number, Parens>;
  readonly parensByInner: ReadonlyMap<number, Parens>;
  /** Starts of statements and class members that only a line break parts from what is before them. */
  readonly unparted: ReadonlySet<number>;
  /** Ends of what stands before those. */
  readonly open: ReadonlySet<number>;
  /** Spans of `{ name }` in object literals. */
  readonly shorthands: ReadonlySet<number>;
  /** Spans of names that are expressions by their kind alone: members, declarations, heritage. */
  readonly names: ReadonlySet<number>;
  /** Template literals of several lines, in order: their line breaks are content. */
  readonly literals: readonly Span[];
}

/** A span as one number, to be the key of a map. */
export function spanKey(start: number, end: number): number {
  return start * 0x4000000 + end;
}

/** Parses without JSDoc; `module` makes a top-level `await` an await even where no import tells. Without `parents` nodes know only their children. */
export function parse(file: string, text: string, module = true, parents = true): ts.SourceFile {
  return ts.createSourceFile(
    file,
    text,
    {
      languageVersion: ts.ScriptTarget.Latest,
      jsDocParsingMode: ts.JSDocParsingMode.ParseNone,
      ...(module && {
        setExternalModuleIndicator: (tree: ts.SourceFile) => {
          (tree as { externalModuleIndicator?: unknown }).externalModuleIndicator = tree;
        },
      }),
    },
    parents,
  );
}

/** Syntax errors of a parsed file, with their places. */
export function parseErrors(tree: ts.SourceFile): { start: number; message: string }[] {
  const { parseDiagnostics } = tree as unknown as { parseDiagnostics: readonly ts.DiagnosticWithLocation[] };
  return parseDiagnostics.map(({ start, messageText }) => ({
    start,
    message: ts.flattenDiagnosticMessageText(messageText, ' '),
  }));
}

/** Visits every node, parents first, in the order of the text; not recursive. */
export function walk(root: ts.Node, visit: (node: ts.Node) => void): void {
  const stack: ts.Node[] = [root];
  while (stack.length > 0) {
    const node = stack.pop()!;
    visit(node);
    const from = stack.length;
    ts.forEachChild(node, (child) => void stack.push(child));
    for (let a = from, b = stack.length - 1; a < b; a++, b--) [stack[a], stack[b]] = [stack[b]!, stack[a]!];
  }
}

export function readSource(file: string, text: string, parsed?: ts.SourceFile): Source {
  // A script may have `await` for a name.
  const tree = parsed?.text === text && ts.isExternalModule(parsed) ? parsed : parse(file, text);
  const identifiers = new Set<string>();
  const parensByOuter = new Map<number, Parens>();
  const parensByInner = new Map<number, Parens>();
  const unparted = new Set<number>();
  const open = new Set<number>();
  const shorthands = new Set<number>();
  const names = new Set<number>();
  const literals: Span[] = [];
  walk(tree, (node) => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) identifiers.add(node.text);
    if (ts.isParenthesizedExpression(node)) {
      const outer = { start: node.getStart(tree), end: node.end };
      const inner = { start: node.expression.getStart(tree), end: node.expression.end };
      const parens = { outer, inner };
      parensByOuter.set(spanKey(outer.start, outer.end), parens);
      parensByInner.set(spanKey(inner.start, inner.end), parens);
    } else if (ts.isShorthandPropertyAssignment(node)) {
      shorthands.add(spanKey(node.name.getStart(tree), node.name.end));
    } else if (isTemplateText(node) && text.slice(node.pos, node.end).includes('\n')) {
      literals.push({ start: node.getStart(tree), end: node.end });
    }
    if (standsAsName(node)) names.add(spanKey(node.getStart(tree), node.end));
    const list = bodyOf(node);
    for (let i = 1; list !== undefined && i < list.length; i++) {
      if (!endsOpen(list[i - 1]!, text)) continue;
      unparted.add(list[i]!.getStart(tree));
      open.add(list[i - 1]!.end);
    }
  });
  return {
    file,
    text,
    tree,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
    unit: indentUnit(text),
    identifiers,
    parensByOuter,
    parensByInner,
    unparted,
    open,
    shorthands,
    names,
    literals,
  };
}

/** White space at the beginning of the line on which `at` stands. */
export function indentAt(text: string, at: number): string {
  const start = text.lastIndexOf('\n', at - 1) + 1;
  let end = start;
  while (end < at && (text[end] === ' ' || text[end] === '\t')) end++;
  return text.slice(start, end);
}

function indentUnit(text: string): string {
  for (const [, indent] of text.matchAll(/^([ \t]+)(?=[^\s*])/gm)) {
    if (indent!.startsWith('\t')) return '\t';
    if (indent!.length === 2 || indent!.length === 4) return indent!;
  }
  return '  ';
}

function isTemplateText(node: ts.Node): boolean {
  return ts.isNoSubstitutionTemplateLiteral(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node);
}

/** Literals as names and classes as heritage are expressions by kind, yet take no parentheses. */
function standsAsName(node: ts.Node): boolean {
  // `typeof stat` as a type.
  if (ts.isIdentifier(node) && ts.isTypeQueryNode(node.parent)) return true;
  if (ts.isNumericLiteral(node) || ts.isObjectLiteralExpression(node) || ts.isArrayLiteralExpression(node)) {
    const { parent } = node;
    return (
      (parent as { name?: ts.Node }).name === node ||
      ts.isLiteralTypeNode(parent) ||
      (ts.isBinaryExpression(parent) && parent.left === node)
    );
  }
  return ts.isExpressionWithTypeArguments(node) && node.typeArguments !== undefined && ts.isHeritageClause(node.parent);
}

function bodyOf(node: ts.Node): readonly ts.Node[] | undefined {
  if (ts.isSourceFile(node) || ts.isBlock(node) || ts.isModuleBlock(node) || ts.isCaseOrDefaultClause(node)) {
    return node.statements;
  }
  return ts.isClassLike(node) ? node.members : undefined;
}

/** The statement or member ends with an expression and no semicolon: what follows could continue it. */
function endsOpen(node: ts.Node, text: string): boolean {
  if (text[node.end - 1] === ';') return false;
  let tail = node;
  for (;;) {
    if (ts.isIfStatement(tail)) tail = tail.elseStatement ?? tail.thenStatement;
    else if (
      ts.isForStatement(tail) ||
      ts.isForInStatement(tail) ||
      ts.isForOfStatement(tail) ||
      ts.isWhileStatement(tail) ||
      ts.isLabeledStatement(tail) ||
      ts.isWithStatement(tail)
    ) {
      tail = tail.statement;
    } else break;
  }
  return (
    ts.isExpressionStatement(tail) ||
    ts.isVariableStatement(tail) ||
    ts.isReturnStatement(tail) ||
    ts.isThrowStatement(tail) ||
    ts.isExportAssignment(tail) ||
    ts.isPropertyDeclaration(tail) ||
    ts.isTypeAliasDeclaration(tail) ||
    ts.isImportDeclaration(tail) ||
    ts.isImportEqualsDeclaration(tail) ||
    ts.isExportDeclaration(tail) ||
    ts.isBreakOrContinueStatement(tail) ||
    tail.kind === ts.SyntaxKind.DebuggerStatement ||
    ts.isDoStatement(tail)
  );
}
