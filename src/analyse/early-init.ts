import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { isFunctionLike } from './syntax.ts';

/**
 * A constructor that calls a method which a subclass overrides runs it before the subclass's own fields have their first values. What the method
 * did behind its first `await` came after them; blocking, it comes before.
 */
export function collectEarlyInit(draft: Draft, node: ts.ClassLikeDeclaration): void {
  const methods = node.members.filter(
    (each): each is ts.MethodDeclaration =>
      ts.isMethodDeclaration(each) && ts.isIdentifier(each.name) && each.body !== undefined && !isStatic(each),
  );
  if (methods.length === 0 || !node.members.some(hasFirstValue)) return;
  for (const base of basesOf(draft, node)) {
    const constructor = base.members.find(ts.isConstructorDeclaration);
    if (!constructor?.body) continue;
    for (const call of callsOnThis(constructor.body)) {
      const { name } = call.expression as ts.PropertyAccessExpression;
      const method = methods.find((each) => (each.name as ts.Identifier).text === name.text);
      if (!method || !draft.unit(draft.functionUnit(method)).asynchronous) continue;
      const { source } = draft.files.get(call.getSourceFile())!;
      const span = { start: call.getStart(source), end: call.end };
      const site = draft.emitOptional({ kind: 'idiom', idiom: 'early-init' }, call, span);
      draft.require(site.id, draft.functionUnit(method), 'calls');
    }
  }
}

function basesOf(draft: Draft, node: ts.ClassLikeDeclaration): ts.ClassLikeDeclaration[] {
  const found: ts.ClassLikeDeclaration[] = [];
  let current: ts.ClassLikeDeclaration | undefined = node;
  while (current && found.length < MOST_BASES) {
    const extended: ts.Expression | undefined = current.heritageClauses?.find(
      (each) => each.token === ts.SyntaxKind.ExtendsKeyword,
    )?.types[0]?.expression;
    current =
      extended &&
      (draft.checker.declarations(extended).find((each) => ts.isClassLike(each) && draft.checker.isOwn(each)) as
        ts.ClassLikeDeclaration | undefined);
    if (current) found.push(current);
  }
  return found;
}

const MOST_BASES = 20;

function hasFirstValue(member: ts.ClassElement): boolean {
  if (ts.isConstructorDeclaration(member)) return member.parameters.some((each) => (each.modifiers?.length ?? 0) > 0);
  return ts.isPropertyDeclaration(member) && !isStatic(member) && member.initializer !== undefined;
}

const isStatic = (node: ts.Node): boolean =>
  ts.canHaveModifiers(node) && (ts.getModifiers(node) ?? []).some((each) => each.kind === ts.SyntaxKind.StaticKeyword);

/** `this.open()`, called while the body itself runs. */
function callsOnThis(body: ts.Block): ts.CallExpression[] {
  const calls: ts.CallExpression[] = [];
  const stack: ts.Node[] = [body];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (isFunctionLike(node)) continue;
    if (
      ts.isCallExpression(node) &&
      ts.isPropertyAccessExpression(node.expression) &&
      node.expression.expression.kind === ts.SyntaxKind.ThisKeyword
    )
      calls.push(node);
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return calls;
}
