import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isFunctionLike, lineOf, skipParentheses, walk } from './syntax.ts';

/** What is held in turn: a variable of this file, or a private field. */
export interface Tail {
  readonly declaration: (ts.VariableDeclaration | ts.PropertyDeclaration) & {
    readonly name: ts.Identifier | ts.PrivateIdentifier;
  };
  /** What goes when it goes: the statement or the field. */
  readonly whole: ts.VariableStatement | ts.PropertyDeclaration;
}

/** A part of a function that waits for its turn: the statements that only do so, and what is done then. */
interface Turn {
  readonly idiom: 'lock-chain' | 'lock-turn' | 'lock-block';
  readonly first: ts.Statement;
  readonly last: ts.Statement;
  /** References to the tail in it. */
  readonly uses: readonly ts.Node[];
}

/**
 * Locks by hand, which are promises that each task chains itself on: `const result = this.tail.then(() => task()); this.tail =
 * result.catch(() => {}); return result;`, and `const before = tail; tail = new Promise(…); await before; try {…} finally { release(); }`.
 * Where every use of the promise is of this kind it is only a lock, which is always free among code that blocks.
 */
export function collectLocks(draft: Draft, source: ts.SourceFile): void {
  if (!source.text.includes('Promise.resolve(')) return;
  for (const node of walk(source)) {
    const tail = tailOf(draft, node);
    if (!tail) continue;
    const uses = usesOf(draft, tail);
    const turns = uses.map((use) => turnAt(draft, use, tail));
    if (uses.length === 0 || turns.includes(undefined)) continue;
    const whole = draft.emitOptional({ kind: 'idiom', idiom: 'lock-tail' }, tail.whole, lineOf(tail.whole));
    for (const { idiom, first, last } of distinct(turns as Turn[])) {
      const span = { start: first.getStart(), end: last.end };
      const site = draft.emit({ kind: 'idiom', idiom }, first, draft.enclosing(first), -3, span);
      draft.require(whole.id, site.id, 'is waited for by');
      draft.require(site.id, whole.id, 'waits for its turn by');
      draft.require(whole.id, draft.enclosing(first), 'is waited for in');
    }
  }
}

function distinct(turns: readonly Turn[]): Turn[] {
  return [...new Map(turns.map((turn) => [turn.first, turn])).values()];
}

/** `let tail = Promise.resolve();`, `private tail: Promise<unknown> = Promise.resolve();` */
function tailOf(draft: Draft, node: ts.Node): Tail | undefined {
  if (!ts.isVariableDeclaration(node) && !ts.isPropertyDeclaration(node)) return undefined;
  const { initializer, name } = node;
  if (!initializer || !(ts.isIdentifier(name) || ts.isPrivateIdentifier(name))) return undefined;
  if (!/^Promise\.resolve(<\w+>)?\((undefined|null)?\)$/.test(skipCast(initializer).getText())) return undefined;
  const declaration = node as Tail['declaration'];
  if (ts.isPropertyDeclaration(node)) {
    const hidden = ts.isPrivateIdentifier(name) || node.modifiers?.some((m) => m.kind === ts.SyntaxKind.PrivateKeyword);
    return hidden && !hasComment(node) ? { declaration, whole: node } : undefined;
  }
  const list = node.parent;
  if (!ts.isVariableDeclarationList(list) || list.declarations.length !== 1) return undefined;
  const whole = list.parent;
  const plain = ts.isVariableStatement(whole) && !whole.modifiers?.length && !hasComment(whole);
  return plain && !draft.checker.isAnyLike(draft.checker.typeOf(name)) ? { declaration, whole } : undefined;
}

/** JSDoc would speak of what stands next; other comments stay where they are. */
function hasComment(node: ts.Node): boolean {
  return node.getSourceFile().text.slice(node.getFullStart(), node.getStart()).includes('/**');
}

function usesOf(draft: Draft, { declaration }: Tail): ts.Node[] {
  const { text } = declaration.name;
  return [...walk(declaration.getSourceFile())].filter(
    (node) =>
      (ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) &&
      node.text === text &&
      node !== declaration.name &&
      draft.checker.declarations(node).includes(declaration),
  );
}

/** `tail`, `this.tail` */
function valueOf(use: ts.Node): ts.Expression {
  return ts.isPropertyAccessExpression(use.parent) && use.parent.name === use ? use.parent : (use as ts.Expression);
}

function turnAt(draft: Draft, use: ts.Node, tail: Tail): Turn | undefined {
  let statement: ts.Node = use;
  while (!ts.isStatement(statement) && !isFunctionLike(statement)) statement = statement.parent;
  const block = statement.parent;
  if (!ts.isStatement(statement) || !ts.isBlock(block) || !ts.isFunctionLike(block.parent)) return undefined;
  const name = valueOf(use).getText();
  return chainIn(draft, block, name, tail) ?? turnIn(draft, block, name, tail);
}

/** The chain ends its function: the last statements are to chain, to keep the end of the chain, and to return. */
function chainIn(draft: Draft, block: ts.Block, name: string, tail: Tail): Turn | undefined {
  const list = block.statements;
  const last = list.at(-1);
  if (!last || !ts.isReturnStatement(last) || !last.expression) return undefined;
  const returned = skipAwait(last.expression);
  const uses = usesOf(draft, tail).filter((use) => block.pos <= use.pos && use.end <= block.end);
  const turn = (first: ts.Statement, count: number): Turn | undefined =>
    uses.length === count && uses.every((use) => first.pos <= use.pos)
      ? { idiom: 'lock-chain', first, last, uses }
      : undefined;
  // `this.tail = this.tail.then(task, task); return this.tail;`
  const before = list.at(-2);
  if (!before) return undefined;
  if (returned.getText() === name) {
    const chained = assignedTo(before, name);
    return chained && taskOf(draft, chained, name)?.always ? turn(before, 3) : undefined;
  }
  if (!ts.isIdentifier(returned)) return undefined;
  const made = list.at(-3);
  const declared = made && ts.isVariableStatement(made) ? made.declarationList.declarations : [];
  const [result, ...more] = declared;
  if (!made || !result?.initializer || more.length > 0 || result.name.getText() !== returned.text) return undefined;
  const task = taskOf(draft, skipCast(result.initializer), name);
  const kept = assignedTo(before, name);
  if (!task || !kept) return undefined;
  const swallows = isSwallowed(kept, returned.text);
  return swallows || (task.always && kept.getText() === returned.text) ? turn(made, 2) : undefined;
}

/** `value` of `name = value;` */
function assignedTo(statement: ts.Statement, name: string): ts.Expression | undefined {
  const node = ts.isExpressionStatement(statement) ? skipParentheses(statement.expression) : undefined;
  return node &&
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    node.left.getText() === name
    ? skipCast(node.right)
    : undefined;
}

/** `task` of `tail.then(task)`; `always`: it runs after a failure too. */
function taskOf(
  draft: Draft,
  value: ts.Expression,
  name: string,
): { readonly task: ts.Expression; readonly always: boolean } | undefined {
  const node = skipCast(value);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return undefined;
  const { name: member, expression } = node.expression;
  const [task, other, ...more] = node.arguments;
  if (member.text !== 'then' || !task || more.length > 0 || !isTask(draft, task)) return undefined;
  if (other && other.getText() !== task.getText()) return undefined;
  const caught = ts.isCallExpression(expression) && isSwallowed(expression, name);
  if (expression.getText() !== name && !caught) return undefined;
  return { task, always: other !== undefined || caught };
}

/** It is called without arguments, whatever the chain hands it. */
function isTask(draft: Draft, task: ts.Expression): boolean {
  if (ts.isArrowFunction(task)) return task.parameters.length === 0;
  const signatures = draft.checker.signatures(draft.checker.typeOf(task));
  return ts.isIdentifier(task) && signatures.length > 0 && signatures.every((d) => d.parameters.length === 0);
}

/** `result.catch(() => {})`, `result.then(() => {}, () => {})` */
function isSwallowed(value: ts.Expression, name: string): boolean {
  const node = skipCast(value);
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return false;
  const { name: member, expression } = node.expression;
  if (expression.getText() !== name || !node.arguments.every(isEmpty)) return false;
  return member.text === 'catch' ? node.arguments.length === 1 : member.text === 'then' && node.arguments.length === 2;
}

function isEmpty(node: ts.Expression): boolean {
  return /^(\(\w*\)|\w+) => (\{\s*\}|undefined|null|void 0)$/.test(node.getText());
}

/** `const before = tail; let release; tail = new Promise((r) => { release = r; }); await before; try {…} finally { release(); }` */
function turnIn(draft: Draft, block: ts.Block, name: string, tail: Tail): Turn | undefined {
  const list = block.statements;
  const end = list.findIndex((s) => ts.isTryStatement(s) && s.finallyBlock !== undefined && !s.catchClause);
  const attempt = list[end];
  if (!attempt || !ts.isTryStatement(attempt) || end < 4) return undefined;
  const steps = list.slice(end - 4, end);
  const waits = steps.at(-1)!;
  const awaited = ts.isExpressionStatement(waits) ? skipParentheses(waits.expression) : undefined;
  const before = awaited && ts.isAwaitExpression(awaited) ? awaited.expression.getText() : undefined;
  const held = steps.find((s) => nameOf(s)?.name.getText() === before && nameOf(s)?.initializer?.getText() === name);
  const kept = steps.flatMap((s) => assignedTo(s, name) ?? []);
  const release = kept.length === 1 ? releaseOf(kept[0]!) : undefined;
  const declared = steps.find((s) => release !== undefined && nameOf(s)?.name.getText() === release);
  if (!held || !release || !declared || held === declared) return undefined;
  const freed = attempt.finallyBlock!.statements.filter((s) => s.getText().replace(/;$/, '') === `${release}()`);
  if (freed.length !== 1) return undefined;
  const uses = usesOf(draft, tail).filter((use) => block.pos <= use.pos && use.end <= block.end);
  const named = [...walk(block)].filter((n) => ts.isIdentifier(n) && (n.text === release || n.text === before));
  // Declared and freed, declared and waited for; and what settles is named once where the promise is made.
  if (uses.length !== 2 || named.length !== 5) return undefined;
  return { idiom: clashes(attempt, block) ? 'lock-block' : 'lock-turn', first: steps[0]!, last: attempt, uses };
}

/** A name that the `try` declares stands elsewhere in the function too. */
function clashes(attempt: ts.TryStatement, block: ts.Block): boolean {
  const declared = new Set<string>();
  for (const node of walk(attempt.tryBlock)) {
    const named =
      ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node);
    if (named && node.name && ts.isIdentifier(node.name)) declared.add(node.name.text);
  }
  return [...walk(block.parent)].some(
    (node) =>
      ts.isIdentifier(node) &&
      declared.has(node.text) &&
      !(attempt.tryBlock.pos <= node.pos && node.end <= attempt.tryBlock.end),
  );
}

function nameOf(statement: ts.Statement): ts.VariableDeclaration | undefined {
  if (!ts.isVariableStatement(statement) || statement.declarationList.declarations.length !== 1) return undefined;
  const [declaration] = statement.declarationList.declarations;
  const plain =
    !declaration!.initializer ||
    /^(\w+(\.#?\w+)?|\(\) => (\{\s*\}|undefined))$/.test(declaration!.initializer.getText());
  return plain ? declaration : undefined;
}

/** `release` of `new Promise<void>((resolve) => { release = resolve; })` */
function releaseOf(made: ts.Expression): string | undefined {
  const found =
    /^new Promise(?:<void>)?\(\s*\(?(\w+)\)? => (?:\{\s*(\w+) = \1;?\s*\}|\((\w+) = \1\)|(\w+) = \1),?\s*\)$/.exec(
      made.getText(),
    );
  return found?.slice(2).join('') || undefined;
}

function skipAwait(node: ts.Expression): ts.Expression {
  const value = skipParentheses(node);
  return ts.isAwaitExpression(value) ? skipParentheses(value.expression) : value;
}

function skipCast(node: ts.Expression): ts.Expression {
  let inner = skipParentheses(node);
  while (ts.isAsExpression(inner) || ts.isNonNullExpression(inner)) inner = skipParentheses(inner.expression);
  return inner;
}
