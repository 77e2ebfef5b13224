import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';

/** The second argument of a file stream, with the comma in front; undefined where it says more than the names, or cannot be seen. */
export function fileOptions(call: ts.CallExpression, names: readonly string[]): readonly Piece[] | undefined {
  const [path, options, ...more] = call.arguments;
  if (!path || ts.isSpreadElement(path) || more.length > 0) return undefined;
  if (!options) return [];
  const isKnown =
    ts.isStringLiteralLike(options) ||
    (ts.isObjectLiteralExpression(options) &&
      options.properties.every((p) => p.name !== undefined && ts.isIdentifier(p.name) && names.includes(p.name.text)));
  return isKnown ? [', ', options] : undefined;
}

/** What a writer takes. */
export const writerOptions = ['flags', 'encoding', 'mode', 'start'];
