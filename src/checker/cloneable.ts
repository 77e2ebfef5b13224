import { ts } from 'ts-morph';
import { moduleOf } from './api-id.ts';

/** Classes of JavaScript and Node whose values are copied as what they are. */
const copied = new Set([
  ...[
    'Date',
    'RegExp',
    'ArrayBuffer',
    'DataView',
    'Buffer',
    'URL',
    'Error',
    'EvalError',
    'RangeError',
    'ReferenceError',
  ],
  ...['SyntaxError', 'TypeError', 'URIError', 'Int8Array', 'Uint8Array', 'Uint8ClampedArray', 'Int16Array'],
  ...['Uint16Array', 'Int32Array', 'Uint32Array', 'Float32Array', 'Float64Array', 'BigInt64Array', 'BigUint64Array'],
]);
const containers = new Set(['Map', 'Set', 'ReadonlyMap', 'ReadonlySet', 'Array', 'ReadonlyArray']);

const plain =
  ts.TypeFlags.StringLike |
  ts.TypeFlags.NumberLike |
  ts.TypeFlags.BigIntLike |
  ts.TypeFlags.BooleanLike |
  ts.TypeFlags.VoidLike |
  ts.TypeFlags.Null |
  ts.TypeFlags.Never;

/**
 * Why a value of this type may not pass to another thread by structured clone, to be read after "holds"; undefined where all that the type
 * says is plain data.
 */
export function cloneProblem(type: ts.Type, checker: ts.TypeChecker, at: ts.Node): string | undefined {
  const seen = new Set<ts.Type>();
  const stack = [type];
  while (stack.length > 0) {
    const each = stack.pop()!;
    if (seen.has(each)) continue;
    seen.add(each);
    const parts = partsOf(each, checker, at);
    if (typeof parts === 'string') return parts;
    stack.push(...parts);
  }
  return undefined;
}

/** The types of what a value holds, or what is in the way. */
function partsOf(type: ts.Type, checker: ts.TypeChecker, at: ts.Node): readonly ts.Type[] | string {
  if (type.flags & plain) return [];
  if (type.isUnion() || type.isIntersection()) return type.types;
  if (!(type.flags & ts.TypeFlags.Object)) {
    const shown = checker.typeToString(type);
    return type.flags & ts.TypeFlags.ESSymbolLike
      ? 'a symbol'
      : `a value of type \`${shown}\`, which says nothing of it`;
  }
  if (checker.isArrayType(type) || checker.isTupleType(type)) return checker.getTypeArguments(type as ts.TypeReference);
  const symbol = type.symbol as ts.Symbol | undefined;
  if (symbol && isBuiltIn(symbol)) {
    if (copied.has(symbol.name)) return [];
    if (containers.has(symbol.name)) return checker.getTypeArguments(type as ts.TypeReference);
  }
  if (type.getCallSignatures().length > 0 || type.getConstructSignatures().length > 0) return 'a function';
  if (symbol && symbol.flags & ts.SymbolFlags.Class) return `an instance of \`${symbol.name}\``;
  const indexes = checker.getIndexInfosOfType(type).map((info) => info.type);
  const properties = checker.getPropertiesOfType(type);
  const isLiteral = ((type as ts.ObjectType).objectFlags & ts.ObjectFlags.ObjectLiteral) !== 0;
  if (properties.length + indexes.length === 0 && !isLiteral)
    return `a value of type \`${checker.typeToString(type)}\`, which says nothing of it`;
  const types = properties.map((property) => checker.getTypeOfSymbolAtLocation(property, at));
  const functions = properties.find((_, i) => types[i]!.getCallSignatures().length > 0);
  if (functions) return `the function \`${functions.name}\``;
  return [...types, ...indexes];
}

function isBuiltIn(symbol: ts.Symbol): boolean {
  return (symbol.declarations ?? []).some((d) => /^(global|node:(buffer|url))$/.test(moduleOf(d)));
}
