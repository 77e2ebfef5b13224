import { builtinModules } from 'node:module';
import { ts } from 'ts-morph';
import type { Colour } from '../model/facts.ts';
import { declarationApi, moduleOf, normaliseModule } from './api-id.ts';
import { askOnce } from './ask-once.ts';
import type { Bearing, Callee, Checker, Type } from './checker.ts';
import { cloneProblem } from './cloneable.ts';
import { isUnreadComment } from './comment-types.ts';
import { importable, rootOf } from './importable.ts';
import { isComment } from './declared.ts';
import { exportTypes, moduleExports } from './exported.ts';
import { inferCalleesFirst } from './infer.ts';
import { recordElements } from './record.ts';
import { resolved } from './resolved.ts';
import { createReturned } from './returned.ts';

const builtins = new Set(builtinModules.flatMap((name) => [name, `node:${name}`]));
const promiseNames = new Set(['Promise', 'PromiseLike']);
const iterableNames = new Set([
  'AsyncIterable',
  'AsyncIterator',
  'AsyncIterableIterator',
  'AsyncGenerator',
  'AsyncIteratorObject',
]);
const containerNames = new Set([
  'Array',
  'ReadonlyArray',
  'Map',
  'ReadonlyMap',
  'Set',
  'ReadonlySet',
  'WeakMap',
  'Iterable',
  'IterableIterator',
  'Generator',
  'Record',
]);

/** The TypeScript 6 API as a `Checker`. `isOwn` tells the project's own files; `swapped` the API ids of types whose values change. */
export function createChecker(
  program: ts.Program,
  isOwn: (file: ts.SourceFile) => boolean,
  swapped: ReadonlySet<string>,
): Checker {
  const checker = program.getTypeChecker();
  inferCalleesFirst(checker, program.getSourceFiles().filter(isOwn));
  const colours = new Map<Type, Colour>();
  const bearings = new Map<Type, Bearing | null>();
  const returned = createReturned(checker, (type) => bearing(type) === 'promise');

  const own = (node: ts.Node): boolean => isOwn(node.getSourceFile());

  const isGlobal = (symbol: ts.Symbol | undefined, names: ReadonlySet<string>): boolean =>
    symbol !== undefined &&
    names.has(symbol.name) &&
    (symbol.declarations ?? []).some((d) => !own(d) && moduleOf(d) === 'global');

  /** Promise itself, or a class or interface of a library built on it. */
  function isPromise(type: Type, depth = 0): boolean {
    if (isGlobal(type.symbol, promiseNames)) return true;
    if (type.isIntersection()) return type.types.some((part) => isPromise(part, depth + 1));
    if (depth > 4 || !type.isClassOrInterface() || own(type.symbol.declarations![0]!)) {
      const target = (type as ts.TypeReference).target as ts.InterfaceType | undefined;
      return target !== undefined && target !== type && depth <= 4 && isPromise(target, depth + 1);
    }
    return checker.getBaseTypes(type).some((base) => isPromise(base, depth + 1));
  }

  function colour(type: Type): Colour {
    const known = colours.get(type);
    if (known) return known;
    colours.set(type, 'unknown');
    const found = computeColour(type);
    colours.set(type, found);
    return found;
  }

  function computeColour(type: Type): Colour {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return 'unknown';
    if (type.isUnion()) {
      const parts = new Set(type.types.map(colour));
      if (parts.has('unknown')) return 'unknown';
      return parts.size === 1 ? parts.values().next().value! : 'mixed';
    }
    if (
      type.flags &
      (ts.TypeFlags.TypeParameter | ts.TypeFlags.IndexedAccess | ts.TypeFlags.Conditional | ts.TypeFlags.Substitution)
    ) {
      const constraint = checker.getBaseConstraintOfType(type);
      if (!constraint || constraint === type || constraint.flags & ts.TypeFlags.Unknown) {
        return isAwaitedType(type) ? 'plain' : 'unknown';
      }
      // A constraint that is an object type may have subtypes with a `then`.
      const bound = colour(constraint);
      return bound === 'plain' &&
        constraint.flags & ts.TypeFlags.Object &&
        checker.getPropertiesOfType(constraint).length === 0
        ? 'unknown'
        : bound;
    }
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return 'plain';
    if (isPromise(type)) return 'promise';
    const then = type.getProperty('then');
    if (!then) return 'plain';
    // A client's request, which is sent when somebody waits for it, turns with what is waited for.
    if (bearing(type) === 'swapped') return 'promise';
    const thenType = checker.getTypeOfSymbol(then);
    return thenType.getCallSignatures().length > 0 || thenType.flags & ts.TypeFlags.Any ? 'unknown' : 'plain';
  }

  function isAwaitedType(type: Type): boolean {
    return type.aliasSymbol?.name === 'Awaited';
  }

  function bearing(type: Type): Bearing | undefined {
    const known = bearings.get(type);
    if (known !== undefined) return known ?? undefined;
    bearings.set(type, null);
    const found = computeBearing(type);
    bearings.set(type, found ?? null);
    return found;
  }

  function computeBearing(type: Type): Bearing | undefined {
    if (type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return undefined;
    if (type.isUnion()) {
      for (const part of type.types) {
        const found = bearing(part);
        if (found) return found;
      }
      return undefined;
    }
    if (!(type.flags & (ts.TypeFlags.Object | ts.TypeFlags.Intersection))) return undefined;
    if (isPromise(type)) return 'promise';
    const symbol = type.symbol as ts.Symbol | undefined;
    if (isGlobal(symbol, iterableNames)) return 'iterable';
    const api = typeApi(type);
    if (api !== undefined && swapped.has(api)) return 'swapped';
    if (checker.isTupleType(type) || isGlobal(symbol, containerNames)) {
      for (const argument of typeArguments(type)) {
        const inner = bearing(argument);
        if (inner) return inner === 'swapped' ? 'swapped' : 'container';
      }
    }
    return recordElements(checker, type, own).some((each) => bearing(each) === 'promise') ? 'container' : undefined;
  }

  function typeArguments(type: Type): readonly Type[] {
    const direct = isReference(type) ? checker.getTypeArguments(type) : [];
    return direct.length > 0 ? direct : (type.aliasTypeArguments ?? []);
  }

  /** A swapped type that is an alias: `Got`, which is an intersection. */
  function aliasApi(type: Type): string | undefined {
    const alias = type.aliasSymbol?.declarations?.[0];
    const api = alias && !own(alias) ? declarationApi(alias) : undefined;
    return api !== undefined && swapped.has(api) ? api : undefined;
  }

  const typeApi = askOnce((type: Type): string | undefined => {
    const alias = aliasApi(type);
    if (alias !== undefined) return alias;
    const symbol = type.symbol as ts.Symbol | undefined;
    const declaration = symbol?.declarations?.[0];
    if (
      !declaration ||
      own(declaration) ||
      symbol.flags & (ts.SymbolFlags.TypeLiteral | ts.SymbolFlags.ValueModule | ts.SymbolFlags.Function)
    )
      return undefined;
    return declarationApi(declaration);
  });

  function declarations(node: ts.Node): readonly ts.Declaration[] {
    if (ts.isShorthandPropertyAssignment(node))
      return checker.getShorthandAssignmentValueSymbol(node)?.declarations ?? [];
    const parent = node.parent as ts.Node | undefined;
    if (parent && ts.isShorthandPropertyAssignment(parent) && parent.name === node) return declarations(parent);
    return resolved(checker, node)?.declarations ?? [];
  }

  function typeOf(node: ts.Node): Type {
    if (isUnreadComment(node)) return checker.getAnyType();
    const type = checker.getTypeAtLocation(node);
    const isAny = Boolean(type.flags & ts.TypeFlags.Any);
    // In JavaScript a comment may say `string` of an async function.
    if (!ts.isCallExpression(node) || (!isAny && !(node.flags & ts.NodeFlags.JavaScriptFile))) return type;
    const signature = checker.getResolvedSignature(node);
    const given = signature ? returned(signature) : type;
    return isAny || (bearing(type) === undefined && bearing(given) === 'promise') ? given : type;
  }

  const callee = askOnce((call: ts.CallLikeExpression): Callee => {
    const signature = checker.getResolvedSignature(call);
    const returns = signature ? returned(signature) : checker.getTypeAtLocation(call);
    const composite = (signature as { compositeSignatures?: ts.Signature[] } | undefined)?.compositeSignatures;
    const found = (composite ?? (signature ? [signature] : []))
      .map((s) => s.declaration as ts.SignatureDeclaration | undefined)
      .filter((d): d is ts.SignatureDeclaration => d !== undefined && !isComment(d));
    const passesThrough = found.some((d) => {
      const declared = checker.getSignatureFromDeclaration(d);
      if (!declared?.typeParameters?.length || bearing(returns) === undefined) return false;
      const type = declared.getReturnType();
      return bearing(type) === undefined;
    });
    return { declarations: found, returns, passesThrough };
  });

  /** Name chain of a callee written through an import: `it.only` from `vitest` → `vitest#it.only`. */
  function importedApi(node: ts.Node): string | undefined {
    const chain: string[] = [];
    let root: ts.Node = node;
    while (ts.isPropertyAccessExpression(root)) {
      chain.unshift(root.name.text);
      root = root.expression;
    }
    if (!ts.isIdentifier(root)) return undefined;
    const declaration = checker.getSymbolAtLocation(root)?.declarations?.[0];
    if (!declaration) return undefined;
    let specifier: ts.Expression;
    if (ts.isImportSpecifier(declaration)) {
      specifier = declaration.parent.parent.parent.moduleSpecifier;
      chain.unshift((declaration.propertyName ?? declaration.name).text);
    } else if (ts.isImportClause(declaration)) {
      specifier = declaration.parent.moduleSpecifier;
      chain.unshift('default');
    } else if (ts.isNamespaceImport(declaration)) {
      specifier = declaration.parent.parent.moduleSpecifier;
    } else return chain.length === 0 && ts.isVariableDeclaration(declaration) ? requiredApi(root) : undefined;
    if (!ts.isStringLiteral(specifier) || specifier.text.startsWith('.')) return undefined;
    if (chain[0] === 'default' && chain.length === 1 && builtins.has(specifier.text)) return undefined;
    return `${normaliseModule(specifier.text)}#${chain.join('.') || '*'}`;
  }

  /** `const which = require('which')` is what the package exports as a whole. */
  function requiredApi(name: ts.Identifier): string | undefined {
    const module = rootOf(name, checker)?.module;
    return module === undefined || /^[.#]/.test(module) || builtins.has(module) ? undefined : `${module}#default`;
  }

  const api: (node: ts.Node) => string | undefined = askOnce((node: ts.Node) => {
    if (ts.isCallExpression(node)) {
      const called = api(node.expression);
      if (called !== undefined) return called;
      // `client(url)`, where the client is a value that can be called.
      const client = typeApi(checker.getTypeAtLocation(node.expression));
      return client !== undefined && swapped.has(client) ? client : undefined;
    }
    if (ts.isNewExpression(node)) {
      const made = checker.getTypeAtLocation(node);
      const direct = typeApi(made);
      return direct && `${direct}.constructor`;
    }
    if (ts.isParenthesizedExpression(node) || ts.isNonNullExpression(node)) return api(node.expression);
    // `(0, fs_1.readFile)(…)`, as compilers write a call without a receiver.
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind === ts.SyntaxKind.CommaToken &&
      ts.isNumericLiteral(node.left)
    )
      return api(node.right);
    if (ts.isTypeReferenceNode(node) || ts.isExpressionWithTypeArguments(node) || ts.isImportTypeNode(node)) {
      return typeApi(typeOf(node));
    }
    const declaration = declarations(node)[0];
    if (declaration && own(declaration) && !ts.isImportClause(declaration))
      return ts.isIdentifier(node) ? aliasedApi(declaration) : undefined;
    if (ts.isPropertyAccessExpression(node)) {
      const receiver = checker.getApparentType(checker.getNonNullableType(checker.getTypeAtLocation(node.expression)));
      const receiverApi = receiver.isUnion() ? receiver.types.map(typeApi).find(Boolean) : typeApi(receiver);
      const symbol = receiver.symbol as ts.Symbol | undefined;
      if (receiverApi && receiver.aliasSymbol && swapped.has(receiverApi))
        return importedApi(node) ?? `${receiverApi}.${node.name.text}`;
      if (receiverApi && symbol && symbol.flags & (ts.SymbolFlags.Class | ts.SymbolFlags.Interface)) {
        const rooted = importedApi(node);
        // A callable object of a package (`it.only`) is known by its import, an instance by its type.
        return rooted && !rooted.startsWith('node:') ? rooted : `${receiverApi}.${node.name.text}`;
      }
    }
    const rooted = importedApi(node);
    // A named import says it best; through `fs.promises` and the like the declaration knows the module.
    if (rooted && (!rooted.startsWith('node:') || ts.isIdentifier(node))) return rooted;
    if (declaration) return moduleOf(declaration) === 'global' && rooted ? rooted : declarationApi(declaration);
    return rooted;
  });

  /** `const read = fs.readFile` and `const run = promisify(execFile)` are other names for a library's function. */
  function aliasedApi(declaration: ts.Declaration): string | undefined {
    if (ts.isBindingElement(declaration)) return destructuredApi(declaration);
    if (
      !ts.isVariableDeclaration(declaration) ||
      !declaration.initializer ||
      !(ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const)
    )
      return undefined;
    const { initializer } = declaration;
    if (ts.isIdentifier(initializer) || ts.isPropertyAccessExpression(initializer)) return api(initializer);
    if (
      !ts.isCallExpression(initializer) ||
      initializer.arguments.length !== 1 ||
      api(initializer) !== 'node:util#promisify'
    )
      return undefined;
    const inner = api(initializer.arguments[0]!);
    return inner && `node:util#promisify(${inner})`;
  }

  /** `const { readFile } = fs.promises`, `const { promises: { readFile } } = fs`; a destructured `require` is an import and known already. */
  function destructuredApi(element: ts.BindingElement): string | undefined {
    const name = element.propertyName ?? element.name;
    const declaration = ts.walkUpBindingElementsAndPatterns(element);
    if (!ts.isIdentifier(name) || element.initializer || element.dotDotDotToken || !declaration.initializer)
      return undefined;
    const { parent } = element.parent;
    // Of a pattern in a pattern the type is that of the member that it takes apart.
    const taken = typeOf(parent === declaration ? declaration.initializer : element.parent);
    const member = checker.getPropertyOfType(taken, name.text)?.declarations?.[0];
    return member && ts.getCombinedNodeFlags(declaration) & ts.NodeFlags.Const && !own(member)
      ? declarationApi(member)
      : undefined;
  }

  return {
    typeOf,
    colour,
    strictIndexes: program.getCompilerOptions().noUncheckedIndexedAccess === true,
    bearing,
    awaited: (type) => checker.getAwaitedType(type) ?? type,
    callee,
    declarations,
    moduleExports: (source) => moduleExports(checker, source),
    exportTypes: (source) => exportTypes(checker, source),
    bound: (type) => (type.flags & ts.TypeFlags.TypeParameter ? checker.getBaseConstraintOfType(type) : undefined),
    constructed: (type) => type.getConstructSignatures().map((s) => s.getReturnType()),
    contextualType: (node) => checker.getContextualType(node),
    signatures: askOnce((type: Type) =>
      (type.isUnion() ? type.types : [type])
        .flatMap((part) => part.getCallSignatures())
        .map((s) => s.declaration as ts.SignatureDeclaration | undefined)
        .filter((d): d is ts.SignatureDeclaration => d !== undefined && !isComment(d)),
    ),
    returnType: (declaration) => {
      const signature = checker.getSignatureFromDeclaration(declaration);
      return signature ? returned(signature) : checker.getTypeAtLocation(declaration);
    },
    returnTypes: askOnce((type: Type) =>
      (type.isUnion() ? type.types : [type]).flatMap((part) => part.getCallSignatures()).map(returned),
    ),
    properties: askOnce((type: Type) =>
      checker
        .getPropertiesOfType(type)
        .map((p) => ({ name: p.name, type: checker.getTypeOfSymbol(p), declarations: p.declarations ?? [] })),
    ),
    property: (type, name) => {
      const found = name.startsWith('[')
        ? checker
            .getPropertiesOfType(type)
            .find((p) => p.declarations?.some((d) => (d as ts.NamedDeclaration).name?.getText() === name))
        : checker.getPropertyOfType(type, name);
      return found && { type: checker.getTypeOfSymbol(found), declarations: found.declarations ?? [] };
    },
    indexTypes: (type) => checker.getIndexInfosOfType(type).map((info) => info.type),
    typeArguments,
    unionParts: (type) => (type.isUnion() ? type.types : [type]),
    baseTypes: (node) =>
      [
        ...(node.heritageClauses ?? []).flatMap((clause) => [...clause.types]),
        // In JavaScript the comment says what a class implements.
        ...(ts.isClassLike(node) ? ts.getJSDocImplementsTags(node).map((tag) => tag.class) : []),
      ].map((each) => checker.getTypeAtLocation(each)),
    assignable: (from, to) => checker.isTypeAssignableTo(from, to),
    isAnyLike: (type) =>
      Boolean(type.flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) ||
      (type.symbol as ts.Symbol | undefined)?.name === 'Function',
    isVoid: (type) => Boolean(type.flags & (ts.TypeFlags.VoidLike | ts.TypeFlags.Never)),
    text: (type, at) =>
      checker.typeToString(
        type,
        at,
        ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope,
      ),
    isOwn: own,
    api,
    typeApi,
    importable: (callee) => importable(callee, checker),
    cloneProblem: (type, at) => cloneProblem(type, checker, at),
  };
}

function isReference(type: Type): type is ts.TypeReference {
  return (type as Partial<ts.TypeReference>).target !== undefined;
}
