import { ts } from 'ts-morph';
import type { Facts, Requirement } from '../model/facts.ts';
import type { UnitId } from '../model/ids.ts';
import type { Draft } from './draft.ts';

/**
 * A module that waits at its top level cannot be loaded by blocking code, nor can one that imports it: `import('./x.js')` turns blocking with
 * the top levels of all that it loads. `waiting`: the units that hold an await of their own.
 */
export function loadRequirements(draft: Draft, facts: Facts, waiting: ReadonlySet<UnitId>): Requirement[] {
  const modules = new Map<string, UnitId>();
  for (const unit of facts.units)
    if (unit.kind === 'module' && waiting.has(unit.id)) modules.set(unit.place.file, unit.id);
  if (modules.size === 0) return [];
  return facts.sites.flatMap((site) => {
    const call = site.kind === 'dynamic-import' ? draft.nodes.get(site.id) : undefined;
    const specifier = call && ts.isCallExpression(call) ? call.arguments[0] : undefined;
    const target = specifier && ownModule(draft, specifier);
    if (!target) return [];
    return loadedWith(draft, target).flatMap((file) => {
      const to = modules.get(file);
      return to === undefined || to === site.inside ? [] : [{ from: site.id, to, why: 'loads' }];
    });
  });
}

/** Files of the project that are loaded with a module: itself, and what it imports, directly or not. Types load nothing. */
export function loadedWith(draft: Draft, from: ts.SourceFile): string[] {
  const first = draft.files.get(from);
  const found = new Map(first ? [[from, first.file]] : []);
  for (const [source] of found) {
    for (const statement of source.statements) {
      const specifier = loadedSpecifier(statement);
      const target = specifier && ownModule(draft, specifier);
      const own = target && draft.files.get(target);
      if (own) found.set(own.source, own.file);
    }
  }
  return [...found.values()];
}

function loadedSpecifier(statement: ts.Statement): ts.Expression | undefined {
  if (ts.isImportDeclaration(statement))
    return statement.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ? undefined : statement.moduleSpecifier;
  return ts.isExportDeclaration(statement) && !statement.isTypeOnly ? statement.moduleSpecifier : undefined;
}

function ownModule(draft: Draft, specifier: ts.Expression): ts.SourceFile | undefined {
  return draft.checker.declarations(specifier).find((node): node is ts.SourceFile => ts.isSourceFile(node));
}
