import { ts } from 'ts-morph';
import type { Site, SlotForm } from '../model/facts.ts';
import type { Span, UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { isNamed, lineOf, skipParentheses } from './syntax.ts';

/** `await this.ready;` as one statement among others: without its `await` it does nothing. */
export function collectIdleRead(draft: Draft, node: ts.AwaitExpression, plain: boolean): void {
  const statement = node.parent;
  if (!ts.isExpressionStatement(statement)) return;
  const block = statement.parent;
  if (!ts.isSourceFile(block) && !(ts.isBlock(block) && block.statements.length > 1)) return;
  if (!isPureRead(draft, skipParentheses(node.expression))) return;
  const idiom = plain ? 'idle-value' : 'idle-read';
  draft.emit({ kind: 'idiom', idiom }, statement, draft.enclosing(node), -1, placeOf(statement));
}

/** Its line, or what stands in front of a comment on it: nothing of it is left. */
export function placeOf(statement: ts.Statement): Span {
  const { start, end } = lineOf(statement);
  const isCommented = /\/[/*]/.test(statement.getText());
  if (end !== statement.end || isCommented) return { start, end };
  return { start, end: end + /^[ \t]*/.exec(statement.getSourceFile().text.slice(end))![0].length };
}

/** A variable, or a field of a class, with no function behind it. */
function isPureRead(draft: Draft, node: ts.Expression): boolean {
  if (!ts.isIdentifier(node) && !ts.isPropertyAccessExpression(node)) return false;
  if (ts.isPropertyAccessExpression(node)) {
    if (node.questionDotToken || draft.checker.isAnyLike(draft.checker.typeOf(node.expression))) return false;
    if (node.expression.kind !== ts.SyntaxKind.ThisKeyword && !isPureRead(draft, node.expression)) return false;
  }
  const found = draft.checker.declarations(node);
  return (
    found.length > 0 &&
    found.every(
      (d) =>
        draft.checker.isOwn(d) && (ts.isVariableDeclaration(d) || ts.isParameter(d) || ts.isPropertyDeclaration(d)),
    )
  );
}

interface SlotFacts {
  readonly declaration: ts.Node;
  readonly form: SlotForm;
  readonly reads: readonly ts.Expression[];
}

/**
 * Of the idle reads those whose slot holds the value itself: an outcome is unwrapped there, and throws. A name that nothing else reads keeps
 * them too, for an unused one is an error to some.
 */
export function onlyIdle(draft: Draft, sites: readonly Site[], slotOf: (id: UnitId) => SlotFacts): Site[] {
  const slots = new Map<ts.Node, UnitId>();
  const idle = new Set<ts.Node>();
  for (const site of sites) {
    const node = draft.nodes.get(site.id)!;
    if (site.kind === 'promise-value') slots.set(node, site.slot);
    else if (isIdle(site)) idle.add(readOf(node));
  }
  return sites.filter((site) => {
    if (!isIdle(site) || site.idiom === 'idle-value') return true;
    const id = slots.get(readOf(draft.nodes.get(site.id)!));
    if (id === undefined) return false;
    const { declaration, form, reads } = slotOf(id);
    return form === 'value' && (isSeenElsewhere(declaration) || reads.some((read) => !idle.has(read)));
  });
}

const isIdle = (site: Site): site is Extract<Site, { kind: 'idiom' }> =>
  site.kind === 'idiom' && /^idle-(read|value)$/.test(site.idiom);

function readOf(statement: ts.Node): ts.Expression {
  return skipParentheses(((statement as ts.ExpressionStatement).expression as ts.AwaitExpression).expression);
}

/** Others may read it: a field that is not private. */
function isSeenElsewhere(declaration: ts.Node): boolean {
  if (!ts.isPropertyDeclaration(declaration) || !isNamed(declaration)) return false;
  const isPrivate = declaration.modifiers?.some((m) => m.kind === ts.SyntaxKind.PrivateKeyword);
  return !isPrivate && !ts.isPrivateIdentifier(declaration.name);
}
