import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { storedSettler, type StoredSettler } from './settlers.ts';
import { isSocket } from './socket-idioms.ts';
import { enclosingFunction, isAsync, isFunctionLike, isNamed, skipParentheses, walk } from './syntax.ts';
import { pushes } from './socket-pushes.ts';
import { collectTimers } from './socket-timers.ts';

/** What a blocking socket can tell its listeners while something waits. */
const events = new Set(['data', 'end', 'close', 'error', 'timeout']);
const early = new Set([...events, 'connect', 'ready', 'secureConnect']);
const adds = /^(on|once|addListener)$/;
const removes = /^(off|removeListener|removeAllListeners)$/;

/** A call that gives a socket a listener, or takes one away. */
interface Listening {
  readonly call: ts.CallExpression;
  /** What the chain of calls begins with. */
  readonly socket: ts.Expression;
  readonly event: string | undefined;
  readonly listener: ts.Expression | undefined;
  readonly adds: boolean;
}

/**
 * `new Promise(…)` that the listeners of one socket settle: those that it registers itself, or those of its class, where one answer can
 * be pending at a time. The listeners and the promise are sites of their own.
 */
export function collectSocketSettle(draft: Draft, node: ts.Node): void {
  if (ts.isClassLike(node)) {
    const field = socketField(draft, node);
    if (field) collectOwner(draft, node, field);
  } else if (ts.isVariableDeclaration(node) || ts.isParameter(node)) {
    const owner = isNamed(node) ? enclosingFunction(node) : undefined;
    if (owner && ts.isIdentifier(node.name) && !isInPromise(draft, node) && isSocketName(draft, node.name))
      collectOwner(draft, owner, node as Local);
  } else if (ts.isNewExpression(node)) collectLocal(draft, node);
}

/** All listeners are written in the executor. */
function collectLocal(draft: Draft, node: ts.NewExpression): void {
  const executor = executorOf(draft, node);
  if (!executor) return;
  const found = listenings(draft, executor);
  const first = found.find((one) => one.adds && one.event === 'data');
  if (!first) return;
  const ends = found.filter((one) => one.adds && one.listener && /^(data|end|close)$/.test(one.event ?? ''));
  if (!ends.some((one) => settlesHere(draft, one.listener!, executor))) return;
  const socket = first.socket.getText();
  if (found.some((one) => one.socket.getText() !== socket || !fits(one, early))) return;
  // Where the executor makes the socket, what unwraps the executor tells where the wait begins.
  if (isOutside(draft, first.socket, executor)) emitSettle(draft, node, socket, slotOf(draft, first.socket));
  for (const one of found) emitListener(draft, one);
  collectTimers(draft, executor, socket);
}

/** The listener, or a function of the executor that it calls, calls what settles the promise. */
function settlesHere(draft: Draft, listener: ts.Node, executor: ts.ArrowFunction): boolean {
  const seen = new Set<ts.Node>([listener]);
  for (const root of seen) {
    for (const node of walk(root)) {
      if (!ts.isIdentifier(node)) continue;
      for (const d of draft.checker.declarations(node)) {
        if (ts.isParameter(d) && d.parent === executor) return true;
        const isLocal = d.pos > executor.pos && d.end < executor.end;
        if (isLocal && (ts.isFunctionDeclaration(d) || (ts.isVariableDeclaration(d) && d.initializer))) seen.add(d);
      }
    }
  }
  return false;
}

/** A class with one socket, or a function with a client of its own: listeners settle what executors leave in a field or variable. */
function collectOwner(draft: Draft, owner: Owner, field: Field | Local): void {
  const found = listenings(draft, owner);
  if (!found.some((one) => one.adds && one.event === 'data')) return;
  const stores = new Map<ts.NewExpression, StoredSettler>();
  for (const node of walk(owner)) {
    if (!ts.isNewExpression(node)) continue;
    const executor = executorOf(draft, node);
    const stored = executor && storedSettler(draft, executor, owner);
    if (stored) stores.set(node, stored);
  }
  if (stores.size === 0) return;
  const names = new Set([...stores.values()].flatMap((s) => s.names));
  // Who writes what is answered waits for no other: blocking code has one answer pending at a time, whatever keeps them.
  const many = [...stores].find(([node, s]) => s.many && !writes(draft, node))?.[1];
  const places = new Set([...stores.values()].filter((s) => s.many).map((s) => s.where));
  const kept: Listening[] = [];
  let refused = many && `More than one answer may be pending in \`${many.where}\``;
  for (const one of found) {
    const at = executorAround(draft, one.call, owner);
    const settles = at !== undefined && one.listener !== undefined && mentionsParameter(draft, one.listener, at);
    // A listener that settles another promise belongs to that one.
    if (settles && !stores.has(at)) continue;
    if (!isField(draft, one.socket, field, owner) || !fits(one, at && stores.has(at) ? early : events)) continue;
    const why = many
      ? `More than one answer may be pending in \`${many.where}\``
      : one.listener && !settles
        ? pushes(draft, one.listener, { names, places })
        : undefined;
    if (why !== undefined && one.adds) {
      refused ??= why;
      emitRefused(draft, one, why);
    } else kept.push(one);
  }
  for (const one of kept) {
    if (refused !== undefined && one.adds) emitRefused(draft, one, refused);
    else emitListener(draft, one);
  }
  if (refused !== undefined) return;
  const mayBeMissing = draft.checker.unionParts(draft.checker.typeOf(field.name)).length > 1;
  const mark = mayBeMissing && /\.[cm]?tsx?$/.test(owner.getSourceFile().fileName) ? '!' : '';
  const socket = `${ts.isClassLike(owner) ? 'this.' : ''}${field.name.getText()}${mark}`;
  for (const node of stores.keys()) {
    emitSettle(draft, node, socket, field);
    collectTimers(draft, node, socket, { node: owner, roots: [...stores.keys()] });
  }
}

/** The executor, or what it calls of the project's own, writes to a socket. */
function writes(draft: Draft, executor: ts.Node): boolean {
  const seen = new Set<ts.Node>([executor]);
  for (const root of seen) {
    for (const node of walk(root)) {
      if (!ts.isCallExpression(node)) continue;
      const callee = skipParentheses(node.expression);
      if (ts.isPropertyAccessExpression(callee) && callee.name.text === 'write' && isSocket(draft, callee.expression))
        return true;
      for (const d of draft.checker.declarations(callee)) if (draft.checker.isOwn(d) && isFunctionLike(d)) seen.add(d);
    }
  }
  return false;
}

/** The promise stands and falls with the socket. */
function emitSettle(draft: Draft, node: ts.NewExpression, socket: string, slot: ts.Node | undefined): void {
  const site = draft.emit({ kind: 'idiom', idiom: 'socket-settle', of: socket }, node, draft.enclosing(node), -1);
  // A listener of a blocking socket is called by who waits for it, and by nobody else.
  if (slot) draft.join(site.id, draft.slotUnit(slot), 'is read in');
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

function emitListener(draft: Draft, { call, adds: added }: Listening): void {
  draft.emit({ kind: 'idiom', idiom: added ? 'socket-listener' : 'socket-unlisten' }, call, draft.enclosing(call), -1);
}

function emitRefused(draft: Draft, { call, event }: Listening, why: string): void {
  draft.emit(
    {
      kind: 'idiom',
      idiom: 'socket-push',
      of: `${why}: the event \`${event ?? ''}\` comes when the other side likes.`,
    },
    call,
    draft.enclosing(call),
    -1,
  );
}

/** The function of `new Promise(…)`, which has the `this` of what is around it. */
export function executorOf(draft: Draft, node: ts.NewExpression): ts.ArrowFunction | undefined {
  if (!ts.isIdentifier(node.expression) || node.expression.text !== 'Promise') return undefined;
  if (draft.checker.declarations(node.expression).some((d) => draft.checker.isOwn(d))) return undefined;
  const [given] = node.arguments ?? [];
  const executor = given && skipParentheses(given);
  if (!executor || !ts.isArrowFunction(executor) || isAsync(executor)) return undefined;
  const colour = draft.checker.colour(draft.checker.awaited(draft.checker.typeOf(node)));
  return colour === 'plain' || (colour === 'unknown' && isResolvedPlainly(draft, executor)) ? executor : undefined;
}

/** JavaScript has no `new Promise<Buffer>(…)`: there, all that it is resolved with says what it is of. */
function isResolvedPlainly(draft: Draft, executor: ts.ArrowFunction): boolean {
  const [resolve] = executor.parameters;
  if (!(executor.flags & ts.NodeFlags.JavaScriptFile) || !resolve || !ts.isIdentifier(resolve.name)) return false;
  const { text } = resolve.name;
  let calls = 0;
  for (const node of walk(executor.body)) {
    if (!ts.isIdentifier(node) || node.text !== text) continue;
    if (ts.isShorthandPropertyAssignment(node.parent)) return false;
    if (!draft.checker.declarations(node).includes(resolve)) continue;
    calls++;
    const { parent } = node;
    if (!ts.isCallExpression(parent)) return false;
    // A socket tells its listeners of nothing that could be a promise.
    if (parent.expression !== node && !isListenerOf(draft, parent, node)) return false;
    const given = parent.expression === node ? parent.arguments : [];
    if (given.some((each) => ts.isSpreadElement(each) || draft.checker.colour(draft.checker.typeOf(each)) !== 'plain'))
      return false;
  }
  return calls > 0;
}

function isListenerOf(draft: Draft, { expression, arguments: given }: ts.CallExpression, node: ts.Node): boolean {
  return (
    ts.isPropertyAccessExpression(expression) &&
    adds.test(expression.name.text) &&
    given[1] === node &&
    isSocket(draft, expression.expression)
  );
}

function listenings(draft: Draft, root: ts.Node): Listening[] {
  const found: Listening[] = [];
  for (const node of walk(root)) {
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) continue;
    const { name, expression } = node.expression;
    const added = adds.test(name.text);
    if ((!added && !removes.test(name.text)) || !isSocket(draft, expression)) continue;
    const [event, listener] = node.arguments;
    found.push({
      call: node,
      socket: rootOf(expression),
      event: event && ts.isStringLiteralLike(event) ? event.text : undefined,
      listener,
      adds: added,
    });
  }
  return found;
}

/** `socket` of `socket.on(…).on(…)`. */
function rootOf(node: ts.Expression): ts.Expression {
  let at = skipParentheses(node);
  while (
    ts.isCallExpression(at) &&
    ts.isPropertyAccessExpression(at.expression) &&
    (adds.test(at.expression.name.text) || removes.test(at.expression.name.text))
  )
    at = skipParentheses(at.expression.expression);
  return at;
}

/** A blocking socket has the event, and the listener is no async function. */
function fits(one: Listening, known: ReadonlySet<string>): boolean {
  if (one.event === undefined) return !one.adds && one.call.arguments.length === 0;
  if (!known.has(one.event) || one.call.arguments.length > 2) return false;
  return !(one.listener && ts.isFunctionLike(one.listener) && isAsync(one.listener));
}

/** It can be named where the executor stands. */
function isOutside(draft: Draft, socket: ts.Expression, executor: ts.ArrowFunction): boolean {
  let root: ts.Expression = socket;
  while (ts.isPropertyAccessExpression(root)) root = skipParentheses(root.expression);
  if (root.kind === ts.SyntaxKind.ThisKeyword) return true;
  return (
    ts.isIdentifier(root) && draft.checker.declarations(root).every((d) => d.pos < executor.pos || d.end > executor.end)
  );
}

function executorAround(draft: Draft, node: ts.Node, owner: ts.Node): ts.NewExpression | undefined {
  for (let up = node.parent; up !== owner; up = up.parent)
    if (ts.isNewExpression(up) && executorOf(draft, up)) return up;
  return undefined;
}

function mentionsParameter(draft: Draft, node: ts.Node, promise: ts.NewExpression): boolean {
  const parameters: readonly ts.Node[] = executorOf(draft, promise)?.parameters ?? [];
  for (const inner of walk(node))
    if (ts.isIdentifier(inner) && draft.checker.declarations(inner).some((d) => parameters.includes(d))) return true;
  return false;
}

type Owner = ts.ClassLikeDeclaration | ts.FunctionLikeDeclaration;
type Local = (ts.VariableDeclaration | ts.ParameterDeclaration) & { readonly name: ts.Identifier };
type Field = (ts.PropertyDeclaration | ts.ParameterDeclaration) & {
  readonly name: ts.Identifier | ts.PrivateIdentifier;
};

/** The one field of the class that holds a socket. */
function socketField(draft: Draft, owner: ts.ClassLikeDeclaration): Field | undefined {
  const declared: ts.Node[] = owner.members.flatMap((m): ts.Node[] =>
    ts.isConstructorDeclaration(m)
      ? m.parameters.filter((p) => ts.isParameterPropertyDeclaration(p, m))
      : ts.isPropertyDeclaration(m)
        ? [m]
        : [],
  );
  const fields = declared.filter((d): d is Field => {
    const { name } = d as ts.PropertyDeclaration;
    if (!ts.isIdentifier(name) && !ts.isPrivateIdentifier(name)) return false;
    return isSocketName(draft, name);
  });
  return fields.length === 1 ? fields[0] : undefined;
}

function isSocketName(draft: Draft, name: ts.Node): boolean {
  const type = draft.checker.typeOf(name);
  return [type, ...draft.checker.unionParts(type)].some((part) =>
    /^node:(net#Socket|tls#TLSSocket)$/.test(draft.checker.typeApi(part) ?? ''),
  );
}

function isInPromise(draft: Draft, node: ts.Node): boolean {
  for (let up: ts.Node = node.parent; !ts.isSourceFile(up); up = up.parent)
    if (ts.isNewExpression(up) && executorOf(draft, up)) return true;
  return false;
}

/** `this.socket`, or the local variable or parameter that becomes it in the same function. */
function isField(draft: Draft, node: ts.Expression, field: Field | Local, owner: Owner): boolean {
  const declarations = draft.checker.declarations(node);
  if (declarations.includes(field)) return true;
  if (!ts.isIdentifier(node)) return false;
  const scope = enclosingFunction(node) ?? owner;
  for (const inner of walk(scope)) {
    if (
      ts.isBinaryExpression(inner) &&
      inner.operatorToken.kind === ts.SyntaxKind.EqualsToken &&
      ts.isIdentifier(inner.right) &&
      draft.checker.declarations(inner.right)[0] === declarations[0] &&
      draft.checker.declarations(inner.left).includes(field)
    )
      return true;
  }
  return false;
}
