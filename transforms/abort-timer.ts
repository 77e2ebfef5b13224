import { ts } from 'ts-morph';
import { type Context, defineTransform, type Piece } from '../src/transform.ts';

export default defineTransform({
  id: 'abort-timer',
  code: 'UA149',
  claims: 'idiom',
  applicability: 'noted',
  summary: 'Turn a timer that aborts a `fetch` into its time limit',
  docs:
    'A controller that nothing but a timer aborts is a time limit: `fetchSync` has it as the option `timeout`. The timer and what clears it ' +
    'go. Where the file looks for an `AbortError` the idiom stays, for a time limit throws a `TimeoutError`.',
  reasons: {},
  rewrite(site, node, context) {
    const [, limit] = /^abort-option:(.*)$/.exec(site.idiom) ?? [];
    if (limit !== undefined)
      return {
        rewrite: { pieces: [`timeout: ${limit}`] },
        drops: 'The signal becomes the time limit that it stands for.',
        note: 'The time limit covers the reading of the body too, and throws a `TimeoutError`.',
      };
    if (site.idiom !== 'abort-timer' || !(ts.isBlock(node) || ts.isSourceFile(node))) return undefined;
    const inside = node.statements.filter((s) => s.getStart() >= site.span.start && s.getStart() < site.span.end);
    const controller = nameOf(inside[0]!);
    const timer = inside.find((each) =>
      new RegExp(String.raw`\bsetTimeout\b[^]*\b${controller}\.abort\(`).test(context.text(each)),
    )!;
    const clear = new RegExp(String.raw`^clearTimeout\(\s*${nameOf(timer) ?? '(?!)'}\s*\);?$`);
    const pieces = statementsOf(
      inside.filter((each, i) => i > 0 && each !== timer),
      clear,
      context,
    );
    return {
      rewrite: { pieces: pieces.flatMap((piece, i): Piece[] => (i === 0 ? [piece] : ['\n', piece])) },
      drops: 'Nothing but the timer aborts, and the time limit stands in its place.',
      applicability: 'safe',
    };
  },
});

function nameOf(statement: ts.Statement): string | undefined {
  const declaration = ts.isVariableStatement(statement) ? statement.declarationList.declarations[0] : undefined;
  return declaration && ts.isIdentifier(declaration.name) ? declaration.name.text : undefined;
}

/** The statements without those that clear the timer, and without a `finally` that did nothing else. */
function statementsOf(list: readonly ts.Statement[], clear: RegExp, context: Context): Piece[] {
  return list.flatMap((statement): Piece[] => {
    if (clear.test(context.text(statement))) return [];
    if (!new RegExp(clear.source.slice(1, -1)).test(context.text(statement))) return [statement];
    if (ts.isTryStatement(statement)) return tryWithout(statement, clear, context);
    return [without(statement, clear, context)];
  });
}

function tryWithout(node: ts.TryStatement, clear: RegExp, context: Context): Piece[] {
  const { tryBlock, catchClause, finallyBlock } = node;
  const [only, ...more] = finallyBlock?.statements ?? [];
  const isOver = only !== undefined && more.length === 0 && clear.test(context.text(only));
  if (!isOver) return [without(node, clear, context)];
  if (catchClause) return [without(node, clear, context, { start: catchClause.end, end: node.end })];
  return hasDeclarations(tryBlock)
    ? [without(node, clear, context)]
    : statementsOf(tryBlock.statements, clear, context);
}

/** Names of the block could meet others outside of it. */
function hasDeclarations(block: ts.Block): boolean {
  const own = block.statements.flatMap((s) => (ts.isVariableStatement(s) ? s.declarationList.declarations : []));
  const names = own.map((each) => each.name.getText());
  const outer = ts.isFunctionLike(block.parent.parent.parent) || ts.isBlock(block.parent.parent);
  return !outer || names.some((name) => nameCount(block.parent.parent, name) > nameCount(block, name));
}

function nameCount(node: ts.Node, name: string): number {
  let count = 0;
  const rest = [node];
  for (let next = rest.pop(); next; next = rest.pop()) {
    if (ts.isIdentifier(next) && next.text === name) count++;
    ts.forEachChild(next, (child) => void rest.push(child));
  }
  return count;
}

/** The statement's text without its clearing statements and without `gone`. */
function without(
  node: ts.Statement,
  clear: RegExp,
  { text, source }: Context,
  gone?: { readonly start: number; readonly end: number },
): Piece {
  const cuts = gone ? [gone] : [];
  const rest: ts.Node[] = [node];
  for (let next = rest.pop(); next; next = rest.pop()) {
    if (ts.isExpressionStatement(next) && clear.test(text(next))) cuts.push({ start: next.pos, end: next.end });
    ts.forEachChild(next, (child) => void rest.push(child));
  }
  const pieces: Piece[] = [];
  let at = node.getStart(source);
  for (const { start, end } of cuts.toSorted((a, b) => a.start - b.start)) {
    if (start < at) continue;
    if (start > at) pieces.push({ span: { start: at, end: start } });
    at = end;
  }
  if (at < node.end) pieces.push({ span: { start: at, end: node.end } });
  return pieces;
}
