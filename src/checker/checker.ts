import type { ts } from 'ts-morph';
import type { Colour } from '../model/facts.ts';
import type { Importable } from './importable.ts';

/** A type of one back end; nothing outside of `src/checker` looks inside. */
export type Type = ts.Type;

/** What a value carries that turns blocking with it. `iterable`: an async iterator or generator · `container`: an array, map or set of promises. */
export type Bearing = 'promise' | 'iterable' | 'container' | 'swapped';

export interface Callee {
  /** Declaration of the signature that the call resolves to; several where the callee is a union. */
  readonly declarations: readonly ts.SignatureDeclaration[];
  readonly returns: Type;
  /** The declared return type is a type parameter, or contains one that carries the bearing: what comes out is what a callback returned. */
  readonly passesThrough: boolean;
}

/**
 * The type questions of analysis and of transforms. The first back end is the TypeScript 6 API; one over TypeScript 7's native server
 * must give byte-identical plans.
 */
export interface Checker {
  typeOf(node: ts.Node): Type;
  colour(type: Type): Colour;
  bearing(type: Type): Bearing | undefined;
  awaited(type: Type): Type;
  callee(call: ts.CallLikeExpression): Callee;
  /** Declarations of the name at this node, import aliases followed. */
  declarations(node: ts.Node): readonly ts.Declaration[];
  /** What a module exports by its names, re-exports followed; `export=` for what it is as a whole. */
  exportTypes(source: ts.SourceFile): ReadonlyMap<string, Type>;
  /** Declarations of all that a module exports, re-exports and `export *` followed. */
  moduleExports(source: ts.SourceFile): readonly ts.Declaration[];
  /** What bounds a type parameter. */
  bound(type: Type): Type | undefined;
  /** What its construct signatures make. */
  constructed(type: Type): readonly Type[];
  contextualType(node: ts.Expression): Type | undefined;
  /** Declared type of the parameter that receives this argument. */
  signatures(type: Type): readonly ts.SignatureDeclaration[];
  returnType(declaration: ts.SignatureDeclaration): Type;
  /** Return types of a type's call signatures, instantiated. */
  returnTypes(type: Type): readonly Type[];
  properties(
    type: Type,
  ): readonly { readonly name: string; readonly type: Type; readonly declarations: readonly ts.Declaration[] }[];
  /** By name; `[Symbol.asyncIterator]` for a member named by a symbol. */
  property(
    type: Type,
    name: string,
  ): { readonly type: Type; readonly declarations: readonly ts.Declaration[] } | undefined;
  /** What members of any name, or any number, are: `Command` of `Record<string, Command>`. */
  indexTypes(type: Type): readonly Type[];
  typeArguments(type: Type): readonly Type[];
  unionParts(type: Type): readonly Type[];
  baseTypes(node: ts.ClassLikeDeclaration | ts.InterfaceDeclaration): readonly Type[];
  assignable(from: Type, to: Type): boolean;
  isAnyLike(type: Type): boolean;
  /** `noUncheckedIndexedAccess` */
  readonly strictIndexes: boolean;
  isVoid(type: Type): boolean;
  text(type: Type, at: ts.Node): string;
  /** Declared in the project's own sources. */
  isOwn(declaration: ts.Node): boolean;
  /** API id of what a callee, member access or type name refers to, where a library declares it. */
  api(node: ts.Node): string | undefined;
  typeApi(type: Type): string | undefined;
  /** How another thread can name a library's function that is called here. */
  importable(callee: ts.Expression): Importable | undefined;
  /** Why values of the type may not be copied to another thread, to be read after "holds". */
  cloneProblem(type: Type, at: ts.Node): string | undefined;
}
