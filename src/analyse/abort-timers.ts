import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { spanOfStatement } from './settled-statements.ts';
import { isFunctionLike, walk } from './syntax.ts';

/**
 * A time limit by hand: `const controller = new AbortController()`, a timer that aborts it, `signal: controller.signal` in the options of one
 * `fetch`, and `clearTimeout`. The site spans from the controller to the last statement that knows of it; the option is a site of its own.
 */
export function collectAbortTimer(draft: Draft, node: ts.Node): void {
  if ((!ts.isBlock(node) && !ts.isSourceFile(node)) || !mayHold(node.getSourceFile())) return;
  for (const [i, statement] of node.statements.entries()) {
    const controller = declared(statement);
    if (!controller?.initializer || !/^new AbortController\(\)$/.test(controller.initializer.getText())) continue;
    const found = readUses(draft, node, controller);
    if (!found) continue;
    const { timer, option, last } = found;
    const limit = limitOf(timer);
    if (limit === undefined || node.statements.indexOf(timer) < i) continue;
    draft.emit({ kind: 'idiom', idiom: 'abort-timer' }, node, draft.enclosing(statement), -1, {
      start: statement.getStart(),
      end: spanOfStatement(last).end,
    });
    draft.emit({ kind: 'idiom', idiom: `abort-option:${limit}` }, option, draft.enclosing(option), -1);
  }
}

const held = new WeakMap<ts.SourceFile, boolean>();

/** What `fetch` throws for a controller has another name than what it throws for a time limit: the file must not look for it. */
function mayHold(source: ts.SourceFile): boolean {
  const known = held.get(source);
  if (known !== undefined) return known;
  const may = source.text.includes('new AbortController()') && !/\bAbortError\b|\bABORT_ERR\b/.test(source.text);
  held.set(source, may);
  return may;
}

interface Uses {
  readonly timer: ts.Statement;
  readonly option: ts.PropertyAssignment;
  readonly last: ts.Statement;
}

/** The statements that know of the controller and its timer, where each of them is one of the idiom's. */
function readUses(draft: Draft, block: ts.Block | ts.SourceFile, controller: ts.VariableDeclaration): Uses | undefined {
  const timers = new Set<ts.Statement>();
  const options: ts.PropertyAssignment[] = [];
  for (const use of referencesTo(draft, block, controller)) {
    const access = use.parent;
    if (!ts.isPropertyAccessExpression(access)) return undefined;
    if (
      access.name.text === 'signal' &&
      ts.isPropertyAssignment(access.parent) &&
      isFetchOption(draft, access.parent)
    ) {
      options.push(access.parent);
      continue;
    }
    const timer = block.statements.find((each) => each.pos <= use.pos && use.end <= each.end);
    if (access.name.text !== 'abort' || !timer || limitOf(timer) === undefined) return undefined;
    timers.add(timer);
  }
  const [timer, ...otherTimers] = timers;
  const [option, ...otherOptions] = options;
  if (!timer || !option || otherTimers.length > 0 || otherOptions.length > 0) return undefined;
  if (repeats(option, block)) return undefined;
  const name = declared(timer);
  const clears = name ? referencesTo(draft, block, name) : [];
  if (!clears.every((use) => isClear(use.parent))) return undefined;
  const end = Math.max(option.end, timer.end, ...clears.map((use) => use.end));
  const last = block.statements.find((each) => end <= each.end);
  return last && { timer, option, last };
}

/** `signal` in a literal that is the options of `fetch`. */
function isFetchOption(draft: Draft, property: ts.PropertyAssignment): boolean {
  const type = draft.checker.contextualType(property.parent);
  const parts = type ? draft.checker.unionParts(type) : [];
  return (
    property.name.getText() === 'signal' && parts.some((each) => draft.checker.typeApi(each) === 'global#RequestInit')
  );
}

function declared(statement: ts.Statement): (ts.VariableDeclaration & { readonly name: ts.Identifier }) | undefined {
  if (!ts.isVariableStatement(statement) || !(statement.declarationList.flags & ts.NodeFlags.Const)) return undefined;
  const [declaration, ...more] = statement.declarationList.declarations;
  return more.length === 0 && declaration && ts.isIdentifier(declaration.name)
    ? (declaration as ts.VariableDeclaration & { readonly name: ts.Identifier })
    : undefined;
}

/** `ms` of `setTimeout(() => controller.abort(), ms)`, as a statement or the value of a constant; only what may be read again later. */
function limitOf(statement: ts.Statement): string | undefined {
  const value = ts.isExpressionStatement(statement) ? statement.expression : declared(statement)?.initializer;
  if (!value || !ts.isCallExpression(value) || value.expression.getText() !== 'setTimeout') return undefined;
  const [callback, limit, ...more] = value.arguments;
  if (!callback || !limit || more.length > 0 || !/^[\w.]+$/.test(limit.getText())) return undefined;
  return /^\(\) => (\w+\.abort\(\)|\{\s*\w+\.abort\(\);?\s*\})$/.test(callback.getText()) ? limit.getText() : undefined;
}

function referencesTo(draft: Draft, block: ts.Node, declaration: ts.VariableDeclaration): readonly ts.Identifier[] {
  const name = declaration.name.getText();
  return [...walk(block)].filter(
    (node): node is ts.Identifier =>
      ts.isIdentifier(node) &&
      node.text === name &&
      node !== declaration.name &&
      draft.checker.declarations(node).includes(declaration),
  );
}

/** A loop or function stands between the node and the block: it may run more than once. */
function repeats(node: ts.Node, block: ts.Node): boolean {
  for (let up = node.parent; up !== block; up = up.parent)
    if (isFunctionLike(up) || ts.isIterationStatement(up, false)) return true;
  return false;
}

/** `clearTimeout(timer);` as a statement of a block. */
function isClear(call: ts.Node): boolean {
  return (
    ts.isCallExpression(call) &&
    call.expression.getText() === 'clearTimeout' &&
    call.arguments.length === 1 &&
    ts.isExpressionStatement(call.parent) &&
    (ts.isBlock(call.parent.parent) || ts.isSourceFile(call.parent.parent))
  );
}
