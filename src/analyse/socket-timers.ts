import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isSocket } from './socket-idioms.ts';
import { enclosingFunction, isAsync, skipParentheses, walk } from './syntax.ts';

const setsTimer = /^(global|node:timers)#setTimeout$/;

/**
 * Timers beside a socket that is waited for in `root`: each becomes a timer of the socket, which the waits look at. What sets one and what
 * ends it are sites of their own.
 */
export function collectTimers(draft: Draft, root: ts.Node, socket: string, owner?: TimerOwner): void {
  for (const node of walk(root)) if (isTimer(draft, node)) emitTimer(draft, node, socket, undefined, owner);
}

/** `const timer = setTimeout(() => socket.destroy(error), ms)` outside of an executor: it can only end what waits on the socket. */
export function collectDestroyTimer(draft: Draft, node: ts.Node): void {
  if (!isTimer(draft, node) || isInPromise(node)) return;
  const [callback] = node.arguments;
  const { body } = skipParentheses(callback!) as ts.ArrowFunction;
  const only = ts.isBlock(body) ? (body.statements.length === 1 ? body.statements[0] : undefined) : body;
  const call = only && ts.isExpressionStatement(only) ? skipParentheses(only.expression) : only;
  if (!call || !ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return;
  const { name, expression } = call.expression;
  const socket = skipParentheses(expression);
  if (name.text !== 'destroy' || call.expression.questionDotToken || !isSocket(draft, socket)) return;
  if (!ts.isIdentifier(socket) && !ts.isPropertyAccessExpression(socket)) return;
  emitTimer(draft, node, expression.getText(), slotOf(draft, socket));
}

/** `setTimeout(() => …, ms)` whose callback is written there, and which nothing but `clearTimeout` looks at. */
function isTimer(draft: Draft, node: ts.Node): node is ts.CallExpression {
  if (!ts.isCallExpression(node)) return false;
  const [callback, , ...more] = node.arguments;
  const literal = callback && skipParentheses(callback);
  if (literal === undefined || more.length > 0 || !ts.isArrowFunction(literal) || isAsync(literal)) return false;
  return setsTimer.test(draft.checker.api(node) ?? '');
}

function emitTimer(
  draft: Draft,
  call: ts.CallExpression,
  socket: string,
  slot: ts.Node | undefined,
  owner?: TimerOwner,
): void {
  const kept = owner && keptTimer(draft, call, owner);
  const endings = kept?.endings ?? endingsOf(draft, call);
  if (!endings) return;
  const site = draft.emit({ kind: 'idiom', idiom: 'socket-timer', of: socket }, call, draft.enclosing(call), -1);
  if (kept?.type) {
    const { type } = kept;
    const span = { start: type.getStart(), end: type.end };
    const typed = draft.emitOptional({ kind: 'idiom', idiom: 'socket-timer-type' }, type, span);
    draft.require(typed.id, site.id, 'is the type of');
  }
  if (slot) draft.join(site.id, draft.slotUnit(slot), 'is a time limit of');
  for (const ending of endings) {
    const ended = draft.emit(
      { kind: 'idiom', idiom: 'socket-timer-end', of: socket },
      ending,
      draft.enclosing(ending),
      -1,
    );
    draft.join(ended.id, site.id, 'ends the same timer as');
  }
}

/** The calls of `clearTimeout` that end it; undefined where more is done with it. */
function endingsOf(draft: Draft, call: ts.CallExpression, kept?: string): readonly ts.CallExpression[] | undefined {
  const { parent } = call;
  if (ts.isExpressionStatement(parent)) return [];
  const declaration = declarationOf(call);
  if (!declaration || !ts.isIdentifier(declaration.name) || declaration.type) return undefined;
  const scope = enclosingFunction(declaration) ?? declaration.getSourceFile();
  const endings: ts.CallExpression[] = [];
  for (const node of walk(scope)) {
    if (!ts.isIdentifier(node) || node === declaration.name || node.text !== declaration.name.text) continue;
    if (draft.checker.declarations(node)[0] !== declaration) continue;
    const use = node.parent;
    if (ts.isCallExpression(use) && use.arguments[0] === node && use.expression.getText() === 'clearTimeout')
      endings.push(use);
    else if (ts.isShorthandPropertyAssignment(use) && kept !== undefined) continue;
    else if (!(ts.isIfStatement(use) && use.expression === node)) return undefined;
  }
  return endings;
}

/** Who owns the socket, and the promises whose executors may set its timers. */
export interface TimerOwner {
  readonly node: ts.Node;
  readonly roots: readonly ts.Node[];
}

interface KeptTimer {
  readonly endings: readonly ts.CallExpression[];
  /** As it is declared, where it is. */
  readonly type: ts.TypeNode | undefined;
}

/** A timer in a member: `this.timer = setTimeout(…)`, or `const timer = setTimeout(…)` in `{ resolve, reject, timer }`. */
function keptTimer(draft: Draft, call: ts.CallExpression, { node: owner, roots }: TimerOwner): KeptTimer | undefined {
  const local = declarationOf(call);
  const { parent } = call;
  const target = ts.isBinaryExpression(parent) && parent.right === call ? skipParentheses(parent.left) : undefined;
  const name =
    local && !local.type
      ? local.name.getText()
      : target && ts.isPropertyAccessExpression(target)
        ? target.name.text
        : '';
  const endings: ts.CallExpression[] = [];
  const members = new Set<ts.Node>();
  for (const node of walk(owner)) {
    if (!ts.isCallExpression(node) || node.expression.getText() !== 'clearTimeout') continue;
    const [given] = node.arguments;
    const ended = given && skipParentheses(given);
    if (!ended || !ts.isPropertyAccessExpression(ended) || ended.name.text !== name) continue;
    endings.push(node);
    for (const d of draft.checker.declarations(ended)) members.add(d);
  }
  const [member, ...others] = members;
  if (!member || others.length > 0 || !draft.checker.isOwn(member)) return undefined;
  if (!ts.isPropertySignature(member) && !ts.isPropertyDeclaration(member)) return undefined;
  if (member.type && !timerType.test(member.type.getText())) return undefined;
  if (local) endings.push(...(endingsOf(draft, call, name) ?? []));
  const isOnlyKept = [...walk(owner.getSourceFile())].every((node) => {
    if (!ts.isIdentifier(node) || node.text !== name) return true;
    const { parent: use } = node;
    if (ts.isShorthandPropertyAssignment(use) || ts.isPropertyAssignment(use)) {
      const type = ts.isObjectLiteralExpression(use.parent) ? draft.checker.contextualType(use.parent) : undefined;
      const parts = type ? draft.checker.unionParts(type) : [];
      const wanted = parts.flatMap((part) => draft.checker.property(part, name)?.declarations ?? []);
      return isInside(use, roots) || (wanted.length > 0 && !wanted.includes(member));
    }
    const known = draft.checker.declarations(node);
    return (known.length > 0 && !known.includes(member)) || isTimerUse(node, member, roots, endings);
  });
  return isOnlyKept ? { endings, type: member.type } : undefined;
}

const timerType = /^(NodeJS\.Timeout|ReturnType<typeof setTimeout>)( \| (undefined|null))*$/;

/** It is declared, set, kept beside what settles, or ended. Whatever else has its name counts against it. */
function isTimerUse(
  node: ts.Identifier,
  member: ts.Node,
  roots: readonly ts.Node[],
  endings: readonly ts.CallExpression[],
): boolean {
  const { parent } = node;
  const isSet = (value: ts.Expression | undefined): boolean =>
    value !== undefined &&
    (/^(undefined|null)$/.test(value.getText()) || (/^setTimeout\(/.test(value.getText()) && isInside(value, roots)));
  if (parent === member) return true;
  const whole = ts.isPropertyAccessExpression(parent) && parent.name === node ? parent : node;
  const use = whole.parent;
  if (ts.isCallExpression(use)) return endings.includes(use);
  if (ts.isNonNullExpression(use)) return ts.isCallExpression(use.parent) && endings.includes(use.parent);
  if (ts.isIfStatement(use)) return use.expression === whole;
  return (
    ts.isBinaryExpression(use) &&
    use.left === whole &&
    use.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
    isSet(use.right)
  );
}

const isInside = (node: ts.Node, roots: readonly ts.Node[]): boolean =>
  roots.some((root) => root.pos <= node.pos && node.end <= root.end);

/** `timer` of `const timer = setTimeout(…)`. */
function declarationOf(call: ts.CallExpression): ts.VariableDeclaration | undefined {
  const { parent } = call;
  return ts.isVariableDeclaration(parent) && parent.initializer === call ? parent : undefined;
}

function isInPromise(node: ts.Node): boolean {
  for (let at: ts.Node | undefined = node; at; at = at.parent as ts.Node | undefined)
    if (ts.isNewExpression(at) && at.expression.getText() === 'Promise') return true;
  return false;
}

/** The variable, parameter or field of the project that a socket is kept in. */
function slotOf(draft: Draft, socket: ts.Expression): ts.Node | undefined {
  return draft.checker
    .declarations(socket)
    .find(
      (d) =>
        draft.checker.isOwn(d) && (ts.isVariableDeclaration(d) || ts.isParameter(d) || ts.isPropertyDeclaration(d)),
    );
}
