import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { callsFromLoop, isLoopApi } from './loop.ts';
import { isFunctionLike, skipParentheses, walk } from './syntax.ts';

/** A variable or field that an expression looks at, or the library's own state (`signal.aborted`) by the id of its member. */
export type State = readonly (ts.Declaration | { readonly api: string })[];

/** Members of library values that events change. */
const changedByEvents = /(^|[.#])(AbortSignal\.aborted|ChildProcess\.(exitCode|killed|signalCode|connected))$/;
/** Library functions that only look at what they are given. */
const pure =
  /^global#(Readonly)?(Array|Map|Set|WeakMap|WeakSet|String|Number|Object|Boolean|JSON|RegExp|ArrayConstructor|NumberConstructor|ObjectConstructor|StringConstructor)\b/;
const mutating =
  /^(push|pop|shift|unshift|splice|sort|reverse|fill|set|add|delete|clear|copyWithin|next|return|abort|dispose)$/;

/**
 * What an expression looks at that somebody else changes; undefined where it may answer anew each time by itself (a clock, a file, a
 * function that is not known here). Names declared within `loop` are followed to what they are made from.
 */
export function stateOf(draft: Draft, expression: ts.Expression, loop: ts.Node): State | undefined {
  const found: (ts.Declaration | { api: string })[] = [];
  const seen = new Set<ts.Node>();
  const stack: ts.Node[] = [expression];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (seen.has(node)) continue;
    seen.add(node);
    if (ts.isCallExpression(node)) {
      const { declarations } = draft.checker.callee(node);
      const own = declarations.filter((d) => draft.checker.isOwn(d));
      if (own.length === 0) {
        if (!pure.test(draft.checker.api(node) ?? '')) return undefined;
      } else {
        if (own.some((d) => bodyOf(d) === undefined) || seen.size > 500) return undefined;
        stack.push(...own.map((d) => bodyOf(d)!));
      }
    } else if (ts.isNewExpression(node) || ts.isTaggedTemplateExpression(node) || ts.isYieldExpression(node)) {
      return undefined;
    } else if (ts.isPropertyAccessExpression(node)) {
      const declared = draft.checker.declarations(node.name).filter((d) => draft.checker.isOwn(d));
      const api = declared.length === 0 ? draft.checker.api(node) : undefined;
      if (api !== undefined && changedByEvents.test(api)) found.push({ api });
      for (const d of declared) {
        const body = ts.isGetAccessor(d) ? d.body : undefined;
        if (body) stack.push(body);
        else if (isChanged(draft, d, loop)) found.push(d);
      }
      if (declared.length === 0 && api !== undefined && !changedByEvents.test(api) && !pure.test(api)) return undefined;
      stack.push(node.expression);
      continue;
    } else if (ts.isIdentifier(node)) {
      for (const d of draft.checker.declarations(node)) {
        if (!draft.checker.isOwn(d)) continue;
        if (ts.isVariableDeclaration(d) && within(d, loop)) {
          if (!d.initializer) return undefined;
          stack.push(d.initializer);
        } else if (ts.isBindingElement(d) && within(d, loop)) return undefined;
        else if (isChanged(draft, d, loop)) found.push(d);
      }
    }
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return found;
}

function bodyOf(declaration: ts.Declaration): ts.Node | undefined {
  return (declaration as ts.FunctionLikeDeclaration).body;
}

/** Somebody outside of the loop changes it, once it is made. */
function isChanged(draft: Draft, declaration: ts.Declaration, loop: ts.Node): boolean {
  const name = (declaration as ts.NamedDeclaration).name;
  if (!name || !(ts.isIdentifier(name) || ts.isPrivateIdentifier(name))) return false;
  if (isFunctionLike(declaration) || ts.isClassLike(declaration)) return false;
  return writesOf(draft, name.text, declaration).some((target) => !within(target, loop) && !isMaking(target));
}

/** `this.open = false` in the constructor itself. */
function isMaking(target: ts.Node): boolean {
  for (let up = target.parent; !ts.isSourceFile(up); up = up.parent) {
    if (ts.isConstructorDeclaration(up)) return true;
    if (isFunctionLike(up)) return false;
  }
  return false;
}

/** Something that runs within the loop may change it; with `grows`, taking an element out is no change: it may be empty already. */
export function isReached(draft: Draft, state: State[number], loop: ts.Node, grows = false): boolean {
  const seen = new Set<ts.Node>([loop]);
  for (const root of seen) {
    for (const node of runs(draft, root)) {
      if ('api' in state) {
        if (ts.isCallExpression(node) && /(^|\.)(abort|kill|disconnect)$/.test(node.expression.getText())) return true;
      } else {
        const target = grows && isTaking(node) ? undefined : writeTarget(node);
        if (target && refersTo(draft, target, state)) return true;
        if (isHandedOn(draft, node, state)) return true;
      }
      if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) continue;
      const { declarations } = draft.checker.callee(node);
      for (const d of declarations) {
        if (!draft.checker.isOwn(d)) continue;
        const body = bodyOf(d);
        // Which function it is cannot be seen here: it may do anything.
        if (!body && !('api' in state) && !isLocal(state)) return true;
        if (body && seen.size < 2000) seen.add(body);
      }
    }
  }
  return false;
}

/** `queue.shift()` */
function isTaking(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    /^(shift|pop)$/.test(node.expression.name.text)
  );
}

/** Nodes of what is done when `root` runs: listeners and timers that are set up there are not. */
export function* runs(draft: Draft, root: ts.Node): Generator<ts.Node> {
  const stack: ts.Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    yield node;
    const api = ts.isCallExpression(node) ? draft.checker.api(node) : undefined;
    const later = api !== undefined && (isLoopApi(api) || callsFromLoop(api));
    ts.forEachChild(node, (child) => {
      if (!(later && isFunctionLike(child))) stack.push(child);
    });
  }
}

/** A container or object that is given to a function may be changed there. */
function isHandedOn(draft: Draft, node: ts.Node, state: ts.Declaration): boolean {
  if (!ts.isCallExpression(node) && !ts.isNewExpression(node)) return false;
  return (node.arguments ?? []).some((argument) => {
    const value = skipParentheses(argument);
    if (!ts.isIdentifier(value) && !ts.isPropertyAccessExpression(value)) return false;
    return refersTo(draft, value, state) && !isPrimitive(draft, value);
  });
}

function isPrimitive(draft: Draft, value: ts.Expression): boolean {
  const type = draft.checker.text(draft.checker.typeOf(value), value);
  return /^((boolean|number|string|bigint|undefined|null|true|false|"[^"]*"|-?[\d.]+)( \| )?)+$/.test(type);
}

/** Only its own function sees it. */
function isLocal(declaration: ts.Declaration): boolean {
  if (!ts.isVariableDeclaration(declaration) && !ts.isParameter(declaration)) return false;
  let owner: ts.Node = declaration.parent;
  while (!isFunctionLike(owner) && !ts.isSourceFile(owner)) owner = owner.parent;
  if (ts.isSourceFile(owner) || !ts.isIdentifier(declaration.name)) return false;
  const { text } = declaration.name;
  for (const node of walk(owner)) {
    if (!ts.isIdentifier(node) || node.text !== text) continue;
    let around: ts.Node = node.parent;
    while (!isFunctionLike(around) && !ts.isSourceFile(around)) around = around.parent;
    if (around !== owner) return false;
  }
  return true;
}

/** The variable or member that a node changes: `x` of `x = 1`, `x++`, `x.push(1)`, `x[0] = 1`, `delete x.a`. */
export function writeTarget(node: ts.Node): ts.Expression | undefined {
  let target: ts.Expression | undefined;
  if (
    ts.isBinaryExpression(node) &&
    node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
    node.operatorToken.kind <= ts.SyntaxKind.LastAssignment
  )
    target = node.left;
  else if (
    (ts.isPrefixUnaryExpression(node) || ts.isPostfixUnaryExpression(node)) &&
    (node.operator === ts.SyntaxKind.PlusPlusToken || node.operator === ts.SyntaxKind.MinusMinusToken)
  )
    target = node.operand;
  else if (ts.isDeleteExpression(node)) target = node.expression;
  else if (
    ts.isCallExpression(node) &&
    ts.isPropertyAccessExpression(node.expression) &&
    mutating.test(node.expression.name.text)
  )
    target = node.expression.expression;
  if (!target) return undefined;
  target = skipParentheses(target);
  return ts.isElementAccessExpression(target) ? skipParentheses(target.expression) : target;
}

/** `target` is the variable or member of that declaration, or takes one apart that is. */
export function refersTo(draft: Draft, target: ts.Expression, declaration: ts.Declaration): boolean {
  return referents(draft, target).includes(declaration);
}

function referents(draft: Draft, target: ts.Expression): readonly ts.Declaration[] {
  const name = ts.isPropertyAccessExpression(target) ? target.name : target;
  if (ts.isArrayLiteralExpression(name) || ts.isObjectLiteralExpression(name))
    return [...walk(name)].flatMap((inner) => (ts.isIdentifier(inner) ? draft.checker.declarations(inner) : []));
  return draft.checker.declarations(name);
}

/** What is changed somewhere in the project: by name, and of one name by what it refers to, as far as that was asked. */
interface Writes {
  readonly byName: ReadonlyMap<string, readonly ts.Expression[]>;
  readonly byTarget: Map<string, ReadonlyMap<ts.Declaration, readonly ts.Expression[]>>;
}

const indexes = new WeakMap<Draft, Writes>();

/** Every place of the project where what is declared there, by that name, is changed. */
function writesOf(draft: Draft, name: string, declaration: ts.Declaration): readonly ts.Expression[] {
  let index = indexes.get(draft);
  if (!index) indexes.set(draft, (index = { byName: writesByName(draft), byTarget: new Map() }));
  let found = index.byTarget.get(name);
  if (!found) index.byTarget.set(name, (found = byTarget(draft, index.byName.get(name) ?? [])));
  return found.get(declaration) ?? [];
}

function byTarget(draft: Draft, targets: readonly ts.Expression[]): Map<ts.Declaration, ts.Expression[]> {
  const found = new Map<ts.Declaration, ts.Expression[]>();
  for (const target of targets) for (const each of new Set(referents(draft, target))) addTo(found, each, target);
  return found;
}

function writesByName(draft: Draft): Map<string, ts.Expression[]> {
  const found = new Map<string, ts.Expression[]>();
  for (const source of draft.files.keys()) {
    for (const node of walk(source)) {
      const target = writeTarget(node);
      if (!target) continue;
      if (ts.isPropertyAccessExpression(target)) addTo(found, target.name.text, target);
      else if (ts.isIdentifier(target)) addTo(found, target.text, target);
      else for (const inner of walk(target)) if (ts.isIdentifier(inner)) addTo(found, inner.text, target);
    }
  }
  return found;
}

function addTo<K>(all: Map<K, ts.Expression[]>, key: K, target: ts.Expression): void {
  const list = all.get(key);
  if (list === undefined) all.set(key, [target]);
  else list.push(target);
}

function within(inner: ts.Node, outer: ts.Node): boolean {
  return inner.pos >= outer.pos && inner.end <= outer.end && inner.getSourceFile() === outer.getSourceFile();
}
