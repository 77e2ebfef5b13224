import { ts } from 'ts-morph';
import { functionValues } from './calls.ts';
import type { Draft } from './draft.ts';
import { enclosingFunction, isFunctionLike, lineOf, outermost, skipParentheses, walk } from './syntax.ts';

/** `const limit = pLimit(4);`, `private readonly queue = new PQueue({ concurrency: 2 });` */
interface Limiter {
  readonly declaration: (ts.VariableDeclaration | ts.PropertyDeclaration) & { readonly name: ts.Identifier };
  /** What goes when it goes: the statement or the field. */
  readonly whole: ts.VariableStatement | ts.PropertyDeclaration;
  readonly queue: boolean;
  readonly single: boolean;
}

interface Use {
  readonly idiom: string;
  readonly node: ts.Node;
  readonly task?: ts.Expression;
}

/**
 * Limiters of `p-limit` and queues of `p-queue` that are only given tasks and waited for: each use is an idiom, and the declaration goes
 * when all of them are written out. One that is handed on, or asked for its state, is left to its row.
 */
export function collectLimiters(draft: Draft, source: ts.SourceFile): void {
  if (!/['"]p-(limit|queue)['"]/.test(source.text)) return;
  for (const node of walk(source)) {
    const limiter = limiterOf(draft, node);
    const uses = limiter && usesOf(draft, limiter);
    if (!limiter || !uses || uses.length === 0) continue;
    if (!uses.every((use) => isPlain(use, uses))) continue;
    const idiom = limiter.single ? 'limiter-of-one' : 'limiter';
    const whole = draft.emitOptional({ kind: 'idiom', idiom }, limiter.whole, lineOf(limiter.whole));
    for (const { idiom: name, node: at, task } of uses) {
      const inside = ts.isArrowFunction(at) ? draft.functionUnit(at) : draft.enclosing(at);
      const span = name === 'queue-wait' ? lineOf(at) : name === 'limited-body' ? withComma(at) : undefined;
      const site = draft.emit({ kind: 'idiom', idiom: name }, at, inside, -3, span);
      // A task that stays async would be a promise where its value is wanted.
      for (const unit of task ? functionValues(draft, task) : []) draft.require(site.id, unit, 'runs');
      draft.require(whole.id, site.id, 'is used by');
      // One at a time is a lock: it holds for all of its users or for none.
      if (limiter.single) draft.require(site.id, whole.id, 'is kept in order by');
    }
  }

  /** A task that puts more work into its own queue has another order when it runs in place. */
  function isPlain(use: Use, all: readonly Use[]): boolean {
    if (!use.task) return true;
    const seen = new Set<ts.Node>([use.task]);
    for (const root of seen) {
      for (const inner of walk(root)) {
        if (all.some((other) => other.idiom.startsWith('queued-') && other.node === inner)) return false;
        if (!ts.isCallExpression(inner) && !ts.isIdentifier(inner)) continue;
        const found = ts.isCallExpression(inner)
          ? draft.checker.callee(inner).declarations
          : draft.checker.declarations(inner);
        for (const d of found) {
          if (!draft.checker.isOwn(d)) continue;
          const body = ts.isVariableDeclaration(d) ? d.initializer : (d as ts.FunctionLikeDeclaration).body;
          if (body && (!ts.isVariableDeclaration(d) || isFunctionLike(body)) && seen.size < 500) seen.add(body);
        }
      }
    }
    return true;
  }
}

function limiterOf(draft: Draft, node: ts.Node): Limiter | undefined {
  if (!ts.isVariableDeclaration(node) && !ts.isPropertyDeclaration(node)) return undefined;
  const { initializer, name } = node;
  if (!initializer || !(ts.isIdentifier(name) || ts.isPrivateIdentifier(name))) return undefined;
  const made = skipParentheses(initializer);
  if (!ts.isCallExpression(made) && !ts.isNewExpression(made)) return undefined;
  const api = draft.checker.api(made) ?? '';
  const queue = /^p-queue#(default|PQueue)(\.constructor)?$/.test(api);
  if (!queue && api !== 'p-limit#default') return undefined;
  const [size, ...more] = made.arguments ?? [];
  const limit = more.length > 0 ? undefined : sizeOf(size, queue);
  if (limit === undefined) return undefined;
  const declaration = node as Limiter['declaration'];
  if (ts.isPropertyDeclaration(node)) {
    const hidden = ts.isPrivateIdentifier(name) || node.modifiers?.some((m) => m.kind === ts.SyntaxKind.PrivateKeyword);
    return hidden && !node.type ? { declaration, whole: node, queue, single: limit === '1' } : undefined;
  }
  const list = node.parent;
  if (!ts.isVariableDeclarationList(list) || list.declarations.length !== 1 || !(list.flags & ts.NodeFlags.Const))
    return undefined;
  const whole = list.parent;
  return ts.isVariableStatement(whole) && !whole.modifiers?.length
    ? { declaration, whole, queue, single: limit === '1' }
    : undefined;
}

/** How many may run at once, as text; undefined where there is more to it. */
function sizeOf(size: ts.Expression | undefined, queue: boolean): string | undefined {
  if (!size) return queue ? 'Infinity' : undefined;
  if (!ts.isObjectLiteralExpression(size)) return queue ? undefined : plain(size);
  let found = queue ? 'Infinity' : undefined;
  for (const property of size.properties) {
    const name = property.name?.getText();
    if (name !== 'concurrency') return undefined;
    const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
    found = value ? plain(value) : 'concurrency';
    if (found === undefined) return undefined;
  }
  return found;
}

/** A number, a name, or a count of processors: leaving it out changes nothing. */
function plain(value: ts.Expression): string | undefined {
  const calls = [...walk(value)].filter(
    (n) => ts.isCallExpression(n) || ts.isNewExpression(n) || ts.isAwaitExpression(n),
  );
  return calls.every((call) => /(^|\.)(availableParallelism|cpus)\(\)$|^Math\.\w+\(|^Number\(/.test(call.getText()))
    ? value.getText()
    : undefined;
}

/** Every use of the name in the project, as what it is; undefined where one of them is something else. */
function usesOf(draft: Draft, { declaration, queue }: Limiter): Use[] | undefined {
  const { text } = declaration.name;
  const found: Use[] = [];
  const sources = ts.isPropertyDeclaration(declaration) ? draft.files.keys() : [declaration.getSourceFile()];
  for (const source of sources) {
    if (!source.text.includes(text)) continue;
    for (const node of walk(source)) {
      if (!(ts.isIdentifier(node) || ts.isPrivateIdentifier(node)) || node.text !== text || node === declaration.name)
        continue;
      if (!draft.checker.declarations(node).includes(declaration)) continue;
      const value = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node ? node.parent : node;
      const use = useOf(value, queue);
      if (!use) return undefined;
      found.push(use);
    }
  }
  const floats = found.some((use) => use.idiom.startsWith('queued-'));
  return floats && !found.some((use) => use.idiom === 'queue-wait') ? undefined : found;
}

function useOf(value: ts.Expression, queue: boolean): Use | undefined {
  const { parent } = value;
  const member = ts.isPropertyAccessExpression(parent) && parent.expression === value ? parent.name.text : undefined;
  const call = member === undefined ? parent : parent.parent;
  if (
    !ts.isCallExpression(call) ||
    call.expression !== (member === undefined ? value : parent) ||
    call.questionDotToken
  )
    return undefined;
  if (call.arguments.some(ts.isSpreadElement)) return undefined;
  const [task] = call.arguments;
  if (queue && (member === 'onIdle' || member === 'onEmpty')) {
    const statement = awaitedStatement(call);
    return statement && call.arguments.length === 0 ? { idiom: 'queue-wait', node: statement } : undefined;
  }
  if (!task) return undefined;
  if (queue ? member === 'addAll' : member === 'map')
    return call.arguments.length === (queue ? 1 : 2)
      ? { idiom: queue ? 'limited-list' : 'limited-map', node: call, task: call.arguments.at(-1)! }
      : undefined;
  if (queue ? member !== 'add' || call.arguments.length !== 1 : member !== undefined) return undefined;
  const outer = outermost(call).parent;
  const floats = ts.isVoidExpression(outer) ? outer.parent : outer;
  if (ts.isExpressionStatement(floats)) {
    if (!queue) return undefined;
    const stands = isBlockTask(call) && standIn(call);
    return { idiom: stands ? 'queued-block' : 'queued-task', node: floats, task };
  }
  const statement = isBlockTask(call) ? standIn(call) : undefined;
  if (statement) return { idiom: 'limited-block', node: statement, task };
  if (ts.isArrowFunction(outer) && isBlockTask(call)) return { idiom: 'limited-body', node: outer, task };
  return { idiom: 'limited-task', node: call, task };
}

/** `(x) => limit(async () => {…})`: the block can be the body. */
function isBlockTask({ arguments: [task], arguments: { length } }: ts.CallExpression): boolean {
  return (
    length === 1 &&
    task !== undefined &&
    ts.isArrowFunction(task) &&
    task.parameters.length === 0 &&
    ts.isBlock(task.body)
  );
}

/** The statement in whose place the task's own statements can stand: `await limit(async () => {…});`, or a `return` of it at the end. */
function standIn(call: ts.CallExpression): ts.Statement | undefined {
  const { body } = call.arguments[0] as ts.ArrowFunction & { readonly body: ts.Block };
  const up = outermost(call).parent;
  const waits = ts.isAwaitExpression(up) || ts.isVoidExpression(up);
  const statement: ts.Node = waits ? outermost(up).parent : up;
  const block = statement.parent as ts.Node | undefined;
  if (body.statements.length === 0) return undefined;
  const alone = block && (ts.isIterationStatement(block, false) || ts.isIfStatement(block));
  if (!block || !(ts.isBlock(block) || alone)) return undefined;
  const declared = new Set(
    [...walk(body)].flatMap((n) => (isDeclared(n) && ts.isIdentifier(n.name) ? [n.name.text] : [])),
  );
  const owner = enclosingFunction(call);
  const clash =
    owner &&
    [...walk(owner)].some(
      (n) => ts.isIdentifier(n) && declared.has(n.text) && !(n.pos >= body.pos && n.end <= body.end),
    );
  if (clash) return undefined;
  if (ts.isReturnStatement(statement))
    return ts.isBlock(block) &&
      ts.isFunctionLike(block.parent) &&
      block.statements.at(-1) === statement &&
      !isGenerator(block.parent)
      ? statement
      : undefined;
  const returns = [...walk(body)].some((n) => ts.isReturnStatement(n) && enclosingFunction(n) === call.arguments[0]);
  return ts.isExpressionStatement(statement) && !returns ? statement : undefined;
}

function isDeclared(node: ts.Node): node is ts.NamedDeclaration & { readonly name: ts.Node } {
  return (
    (ts.isVariableDeclaration(node) ||
      ts.isBindingElement(node) ||
      ts.isFunctionDeclaration(node) ||
      ts.isClassDeclaration(node)) &&
    node.name !== undefined
  );
}

const isGenerator = (node: ts.Node): boolean => (node as ts.FunctionLikeDeclaration).asteriskToken !== undefined;

function awaitedStatement(call: ts.CallExpression): ts.Node | undefined {
  const up = outermost(call).parent;
  const statement = ts.isAwaitExpression(up) ? outermost(up).parent : undefined;
  const listed = statement && (ts.isBlock(statement.parent) || ts.isSourceFile(statement.parent));
  return statement &&
    listed &&
    ts.isExpressionStatement(statement) &&
    enclosingFunction(call) === enclosingFunction(statement)
    ? statement
    : undefined;
}

/** With the comma and the line break behind it, where it begins on the line of its parenthesis. */
function withComma(node: ts.Node): { start: number; end: number } {
  const { text } = node.getSourceFile();
  const start = node.getStart();
  const rest = text[start - 1] === '(' ? /^,\s*(?=\))/.exec(text.slice(node.end))?.[0] : undefined;
  return { start, end: node.end + (rest?.length ?? 0) };
}
