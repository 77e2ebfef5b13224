import { ts } from 'ts-morph';
import type { Claim, FileChange } from './model/edit.ts';
import type { Facts, Site } from './model/facts.ts';
import { within, type Span } from './model/ids.ts';
import type { Plan } from './model/plan.ts';
import type { Leftover } from './model/verdict.ts';

interface Converted {
  readonly facts: Facts;
  readonly plan: Plan;
  readonly changes: readonly FileChange[];
}

interface Claimed {
  readonly claim: Claim;
  readonly site: Site;
}

type Call = ts.CallExpression | ts.NewExpression | ts.TaggedTemplateExpression;

/**
 * Calls of the source that the result no longer makes, or makes in another order, though no claim says so: no awaited work is ever
 * dropped. The calls of each changed file are compared by name, in the order of the text. What a claim replaces by its own text (a
 * swapped API, `.then`, `new Promise`) or declares to drop is not expected.
 */
export function lostCalls({ facts, plan, changes }: Converted): Leftover[] {
  const sites = new Map(facts.sites.map((site) => [site.id, site]));
  const byFile = new Map<string, Claimed[]>();
  for (const claim of plan.claims) {
    const site = sites.get(claim.site)!;
    const claims = byFile.get(site.place.file);
    if (claims === undefined) byFile.set(site.place.file, [{ claim, site }]);
    else claims.push({ claim, site });
  }
  return changes.flatMap(({ file, before, after }) => {
    if (!/\.[cm]?[jt]sx?$/.test(file)) return [];
    const source = ts.createSourceFile(file, before, ts.ScriptTarget.Latest, true);
    const result = ts.createSourceFile(file, after, ts.ScriptTarget.Latest, true);
    const claims = byFile.get(file) ?? [];
    const expected = inOrderOf(claims, unanswered(callsOf(source), source, claims), source);
    return missing(expected, callsOf(result).map(nameOf)).map((call) => {
      const { line, character } = source.getLineAndCharacterOfPosition(call.getStart(source));
      const message = `The call of \`${nameOf(call)}\` is not where it was in the result, and no change says so.`;
      return { file, line: line + 1, column: character + 1, message };
    });
  });
}

/** Calls and what is made by `new`, in the order of the text. */
function callsOf(source: ts.SourceFile): Call[] {
  const calls: Call[] = [];
  const stack: ts.Node[] = [source];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (isImport(node)) continue;
    if (ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node)) calls.push(node);
    const children: ts.Node[] = [];
    ts.forEachChild(node, (child) => void children.push(child));
    for (const child of children.reverse()) stack.push(child);
  }
  return calls;
}

/** `const fs = require('fs').promises;` at the top of a module is an import: two of one module may become one, as with `import`. */
function isImport(node: ts.Node): boolean {
  if (!ts.isVariableStatement(node) || !ts.isSourceFile(node.parent)) return false;
  return node.declarationList.declarations.every(({ initializer }) => {
    let root = initializer;
    while (root && ts.isPropertyAccessExpression(root)) root = root.expression;
    return (
      root !== undefined &&
      ts.isCallExpression(root) &&
      ts.isIdentifier(root.expression) &&
      root.expression.text === 'require' &&
      root.arguments.length === 1 &&
      ts.isStringLiteral(root.arguments[0]!)
    );
  });
}

/** The last name of a callee, as a swap of its receiver or a cast leaves it. */
function nameOf(call: Call): string {
  let callee: ts.Expression = ts.isTaggedTemplateExpression(call) ? call.tag : call.expression;
  while (ts.isParenthesizedExpression(callee) || ts.isNonNullExpression(callee) || ts.isAwaitExpression(callee))
    callee = callee.expression;
  if (ts.isIdentifier(callee)) return callee.text;
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text;
  return `(${ts.SyntaxKind[callee.kind]})`;
}

/** The calls, which come in the order of the text, that none of the claims answers for. */
function unanswered(calls: readonly Call[], source: ts.SourceFile, claims: readonly Claimed[]): Call[] {
  const ahead = claims.toSorted((a, b) => b.site.span.start - a.site.span.start);
  let around: Claimed[] = [];
  return calls.filter((call) => {
    const start = call.getStart(source);
    while (ahead.length > 0 && ahead.at(-1)!.site.span.start <= start) around.push(ahead.pop()!);
    around = around.filter(({ site }) => site.span.end > start);
    return !isAnsweredFor(call, source, around);
  });
}

/** A claim says what becomes of the call itself: its own text takes the place, or it declares a drop. Its children are not meant. */
function isAnsweredFor(call: Call, source: ts.SourceFile, claims: readonly Claimed[]): boolean {
  const span = { start: call.getStart(source), end: call.end };
  return claims.some(({ claim, site }) => {
    const children = childrenOf(claim);
    if (!within(span, site.span) || children.some((child) => within(span, child))) return false;
    // Written in parts, with another name between them: `xs.map(f)` as `xs.forEach(f)`.
    const renamed = children.some(({ start }) => start === span.start) && children.some(({ end }) => end === span.end);
    return claim.drops !== undefined || renamed || isSpoken(call, site.span, source);
  });
}

/** A claim that declares a drop may put its children in another order: their calls are expected in that one. */
function inOrderOf(claims: readonly Claimed[], calls: readonly Call[], source: ts.SourceFile): readonly Call[] {
  const moved = claims.filter(
    ({ claim }) =>
      claim.drops !== undefined && childrenOf(claim).some(({ start }, i, all) => start < (all[i - 1]?.start ?? 0)),
  );
  // What is around goes first: it moves what is in it as a whole.
  const outermost = moved.toSorted(
    (a, b) => b.site.span.end - b.site.span.start - (a.site.span.end - a.site.span.start),
  );
  return outermost.reduce<readonly Call[]>((list, { claim, site }) => {
    const children = childrenOf(claim);
    const isInside = (call: Call): boolean => within({ start: call.getStart(source), end: call.end }, site.span);
    const rank = (call: Call): number => {
      const at = call.getStart(source);
      return children.findIndex(({ start, end }) => start <= at && at < end);
    };
    const first = list.findIndex(isInside);
    if (first < 0) return list;
    const inside = list.filter(isInside);
    const ordered = inside.toSorted((a, b) => rank(a) - rank(b));
    return [...list.slice(0, first), ...ordered, ...list.slice(first + inside.length)];
  }, calls);
}

function childrenOf(claim: Claim): Span[] {
  return claim.template.parts.flatMap((part) => (typeof part === 'object' && 'child' in part ? [part.child] : []));
}

/** The call is what the site speaks of, or a link of its chain: nothing but `await`, parentheses and receivers lie between. */
function isSpoken(call: Call, site: Span, source: ts.SourceFile): boolean {
  let node: ts.Node = call;
  for (;;) {
    if (node.getStart(source) === site.start && node.end === site.end) return true;
    const { parent } = node as { parent: ts.Node };
    const through =
      ts.isParenthesizedExpression(parent) ||
      ts.isAwaitExpression(parent) ||
      ts.isNonNullExpression(parent) ||
      ts.isPropertyAccessExpression(parent) ||
      ((ts.isCallExpression(parent) || ts.isTaggedTemplateExpression(parent)) && !isArgument(node, parent));
    if (!through || parent.getStart(source) < site.start || parent.end > site.end) return false;
    node = parent;
  }
}

const isArgument = (node: ts.Node, call: ts.CallExpression | ts.TaggedTemplateExpression): boolean =>
  ts.isCallExpression(call) ? call.expression !== node : call.tag !== node;

/** Those of `expected` that `there` has not, in this order. */
function missing(expected: readonly Call[], there: readonly string[]): Call[] {
  let at = 0;
  return expected.filter((call) => {
    const found = there.indexOf(nameOf(call), at);
    if (found < 0) return true;
    at = found + 1;
    return false;
  });
}
