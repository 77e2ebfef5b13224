import { builtinModules } from 'node:module';
import { ts } from 'ts-morph';

const builtins = new Set(builtinModules.filter((name) => !name.startsWith('_')));

/** `fs` → `node:fs`; packages as they are. */
export function normaliseModule(specifier: string): string {
  return specifier.startsWith('node:') ? specifier : builtins.has(specifier) ? `node:${specifier}` : specifier;
}

/** Module that a library declaration belongs to: `node:fs`, a package's name, or `global`. */
export function moduleOf(declaration: ts.Node): string {
  for (let node: ts.Node | undefined = declaration; node; node = node.parent as ts.Node | undefined) {
    if (ts.isModuleDeclaration(node)) {
      if (ts.isStringLiteral(node.name)) return normaliseModule(node.name.text);
      if (node.name.text === 'global') return 'global';
    }
    if (ts.isSourceFile(node)) return moduleOfFile(node);
  }
  return 'global';
}

const modules = new WeakMap<ts.SourceFile, string>();

function moduleOfFile(file: ts.SourceFile): string {
  let module = modules.get(file);
  if (module === undefined) modules.set(file, (module = moduleByPath(file)));
  return module;
}

function moduleByPath(file: ts.SourceFile): string {
  const path = file.fileName;
  const at = path.lastIndexOf('/node_modules/');
  // A package that is linked into the project, or a path of a tsconfig: no globals are declared there.
  if (at < 0) return ts.isExternalModule(file) ? '(outside)' : 'global';
  const [scope, name] = path.slice(at + '/node_modules/'.length).split('/');
  const pack = scope!.startsWith('@') ? `${scope}/${name}` : scope!;
  if (pack === 'typescript' || pack === '@types/node' || pack === 'undici-types') return 'global';
  if (!ts.isExternalModule(file)) return 'global';
  if (!pack.startsWith('@types/')) return pack;
  const bare = pack.slice('@types/'.length);
  return bare.includes('__') ? `@${bare.replace('__', '/')}` : bare;
}

/** `Socket.write`, `readFile`, `promises.readFile`: the names from the module's top level down to the declaration. */
export function qualifiedName(declaration: ts.Node): string {
  const names: string[] = [];
  for (let node: ts.Node | undefined = declaration; node; node = node.parent as ts.Node | undefined) {
    if (ts.isSourceFile(node)) break;
    if (ts.isModuleDeclaration(node)) {
      if (ts.isStringLiteral(node.name) || node.name.text === 'global') break;
      names.push(node.name.text);
      continue;
    }
    if (ts.isConstructorDeclaration(node) || ts.isConstructSignatureDeclaration(node)) names.push('constructor');
    else if (ts.isCallSignatureDeclaration(node) || ts.isFunctionTypeNode(node)) continue;
    else {
      const name = (node as ts.NamedDeclaration).name;
      if (isDefaultFunction(node)) names.push('default');
      else if (name && (ts.isIdentifier(name) || ts.isStringLiteral(name) || ts.isPrivateIdentifier(name)))
        names.push(name.text);
      else if (name && ts.isComputedPropertyName(name)) names.push(`[${name.expression.getText()}]`);
    }
  }
  return names.reverse().join('.') || 'default';
}

/** `export default function map()`: importers know it by no other name. */
function isDefaultFunction(node: ts.Node): boolean {
  return (
    ts.isFunctionDeclaration(node) && node.modifiers?.some((m) => m.kind === ts.SyntaxKind.DefaultKeyword) === true
  );
}

export function declarationApi(declaration: ts.Node): string {
  const api = `${moduleOf(declaration)}#${qualifiedName(declaration)}`;
  // The types of Node put the functions of the module into its class, for `stream.pipeline` of a default import.
  const inModule = api.replace(/^node:stream#Stream\.(pipeline|finished)$/, 'node:stream#$1');
  return isStatic(declaration) ? inModule.replace(/^node:events#EventEmitter\.(once|on)$/, 'node:events#$1') : inModule;
}

const isStatic = (declaration: ts.Node): boolean =>
  (ts.getCombinedModifierFlags(declaration as ts.Declaration) & ts.ModifierFlags.Static) !== 0;
