import { join } from 'node:path';
import { ts } from 'ts-morph';
import { createChecker } from '../../src/checker/typescript6.ts';
import { declarationApi, moduleOf } from '../../src/checker/api-id.ts';
import type { Checker } from '../../src/checker/checker.ts';
import type { Workspace } from '../../src/load/workspace.ts';
import { promisified, swappedTypes } from '../../transforms/api-map/index.ts';

/** Ids of the library functions, members and types that the sources of a workspace use. */
export function seenApis(workspace: Workspace): ReadonlySet<string> {
  const seen = new Set<string>();
  for (const { program, files } of workspace.programs) {
    const own = new Set(files.map((file) => join(workspace.root, file)));
    const checker = createChecker(program, (file) => own.has(file.fileName), swappedTypes);
    const rest: ts.Node[] = program.getSourceFiles().filter((file) => own.has(file.fileName));
    for (let node = rest.pop(); node; node = rest.pop()) {
      const api = apiOf(node, checker);
      if (api !== undefined) seen.add(api);
      ts.forEachChild(node, (child) => void rest.push(child));
    }
  }
  return seen;
}

function apiOf(node: ts.Node, checker: Checker): string | undefined {
  if (ts.isCallExpression(node)) {
    const api = checker.api(node);
    const promisifies = api === 'node:util#promisify' && !ts.isCallExpression(node.expression);
    const inner = promisifies ? checker.api(unwrapped(node.arguments[0]!)) : undefined;
    return inner === undefined ? api : promisified(inner);
  }
  if (ts.isTaggedTemplateExpression(node)) return checker.api(node.tag);
  const known = ts.isNewExpression(node) || ts.isPropertyAccessExpression(node) || ts.isTypeReferenceNode(node);
  return known ? checker.api(node) : undefined;
}

function unwrapped(node: ts.Expression): ts.Expression {
  let inner = node;
  while (ts.isAsExpression(inner) || ts.isParenthesizedExpression(inner)) inner = inner.expression;
  return inner;
}

/** Ids of everything that `@types/node` declares. */
export function declaredApis(workspace: Workspace): ReadonlySet<string> {
  const declared = new Set<string>();
  const { program } = workspace.programs[0]!;
  // The checker's binder sets the parents by which a declaration is named.
  program.getTypeChecker();
  const files = program.getSourceFiles();
  const rest: ts.Node[] = files.filter(({ fileName }) => /\/(@types\/node|undici-types)\//.test(fileName));
  for (let node = rest.pop(); node; node = rest.pop()) {
    if (isNamed(node) && moduleOf(node) !== '') declared.add(declarationApi(node));
    ts.forEachChild(node, (child) => void rest.push(child));
  }
  return declared;
}

function isNamed(node: ts.Node): boolean {
  return (
    ts.isFunctionDeclaration(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isMethodSignature(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isConstructorDeclaration(node)
  );
}
