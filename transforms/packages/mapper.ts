import { ts } from 'ts-morph';
import { fresh, type Context, type Fresh, type Piece } from '../../src/transform.ts';

/** Why a call of a package is refused: the reason's name and one sentence. */
export class Stop extends Error {
  readonly reason: 'option' | 'input' | 'callback' | 'control';

  constructor(reason: Stop['reason'], detail: string) {
    super(detail);
    this.reason = reason;
  }
}

export const shown = (context: Context, node: ts.Node): string => context.text(node).split('\n', 1)[0]!.slice(0, 80);

/** The input as an array, to call a method of: `xs`, `[...xs]`. */
export function asArray(context: Context, input: ts.Expression): Piece {
  return isArray(context, input) ? input : ['[...', input, ']'];
}

/** `pMap` calls its mapper for the holes of an array too, array methods do not: `Array(3)` is spread. */
export function isArray({ types, text }: Context, input: ts.Expression): boolean {
  const type = types.text(input);
  return (
    !/^(new )?Array\(/.test(text(input)) &&
    (/\[\]$/.test(type) || /^(readonly )?\[/.test(type) || /^(Readonly)?Array<.*>$/s.test(type))
  );
}

/** Elements that nothing is known of, or that come one by one from the event loop. */
export function checkInput(context: Context, input: ts.Expression): void {
  const type = context.types.text(input);
  if (/Async(Iterable|Generator|Iterator)|ReadableStream|\bReadable\b/.test(type))
    throw new Stop('input', `\`${shown(context, input)}\` gives its elements one by one, from the event loop.`);
  if (/^(any|unknown)$|^any\[\]$/.test(type))
    throw new Stop('input', `Nothing says what \`${shown(context, input)}\` holds.`);
}

/** Parameters of a function that is written here, or of the one function type that a name has; undefined where that cannot be said. */
export function parameterCount(context: Context, callback: ts.Expression): number | undefined {
  if (ts.isArrowFunction(callback) || ts.isFunctionExpression(callback)) {
    if (callback.parameters.some((p) => p.dotDotDotToken)) return undefined;
    if (ts.isFunctionExpression(callback) && /\barguments\b/.test(context.text(callback))) return undefined;
    return callback.parameters.length;
  }
  const source = ts.createSourceFile('type.ts', `type F = ${context.types.text(callback)};`, ts.ScriptTarget.Latest);
  const [alias] = source.statements;
  if (!alias || !ts.isTypeAliasDeclaration(alias) || !ts.isFunctionTypeNode(alias.type)) return undefined;
  const { parameters } = alias.type;
  return parameters.some((p) => p.dotDotDotToken) ? undefined : parameters.length;
}

/**
 * The callback as an array method may call it, which gives `given` arguments where the package gives `wanted`: the function itself where it
 * takes no more, else an arrow function that hands on what the package did.
 */
export function handedOn(context: Context, callback: ts.Expression, wanted: readonly string[]): Piece {
  const count = parameterCount(context, callback);
  if (count !== undefined && count <= wanted.length) return callback;
  if (ts.isFunctionLike(callback))
    throw new Stop('callback', `\`${shown(context, callback)}\` takes more than it is given here.`);
  if (!ts.isIdentifier(callback) && !ts.isPropertyAccessExpression(callback))
    throw new Stop('callback', `\`${shown(context, callback)}\` is no function that is known here.`);
  const taken = new RegExp(`\\b(${wanted.join('|')})\\b`).test(context.text(callback));
  const names: (Fresh | string)[] = wanted.map((name) => (taken ? fresh(name) : name));
  const list = names.flatMap((name, i): Piece[] => (i === 0 ? [name] : [', ', name]));
  return ['(', list, ') => ', callback, '(', list, ')'];
}

/** A statement that only calls: nobody looks at what comes back. */
export function isUnused(node: ts.Node): boolean {
  let up: ts.Node = node.parent;
  while (ts.isParenthesizedExpression(up) || ts.isAwaitExpression(up)) up = up.parent;
  return ts.isExpressionStatement(up) && up !== node.parent;
}

/** What is known of how many may run at once. */
export interface Limit {
  /** Surely one at a time. */
  readonly single: boolean;
}

/**
 * Reads the options: `concurrency` may go, `names` are looked at by the caller, anything else is refused.
 */
export function readLimit(context: Context, options: ts.Expression | undefined, known: readonly string[] = []): Limit {
  if (!options) return { single: false };
  if (!ts.isObjectLiteralExpression(options)) {
    const type = context.types.text(options);
    if (/^\{ (readonly )?concurrency\??: number;? \}$/.test(type)) return { single: false };
    throw new Stop('option', `What \`${shown(context, options)}\` asks for cannot be seen here.`);
  }
  let single = false;
  for (const property of options.properties) {
    const name = property.name && ts.isIdentifier(property.name) ? property.name.text : undefined;
    const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
    if (name === 'concurrency') {
      if (value && !isCheap(value))
        throw new Stop('option', `\`${shown(context, value)}\` does something while it says how many run at once.`);
      single = value !== undefined && context.text(value) === '1';
    } else if (name === 'stopOnError' && value?.kind === ts.SyntaxKind.TrueKeyword) continue;
    else if (name === undefined || !known.includes(name))
      throw new Stop('option', `The option \`${shown(context, property)}\` has no meaning when each step blocks.`);
  }
  return { single };
}

/** Leaving it out changes nothing: names, numbers, `os.availableParallelism()`, `os.cpus().length * 2`. */
function isCheap(root: ts.Expression): boolean {
  const stack: ts.Node[] = [root];
  for (let node = stack.pop(); node; node = stack.pop()) {
    if (ts.isCallExpression(node)) {
      if (!/(^|\.)(availableParallelism|cpus)$|^Math\.\w+$|^Number(\.\w+)?$/.test(node.expression.getText()))
        return false;
    } else if (ts.isNewExpression(node) || ts.isAwaitExpression(node) || ts.isTaggedTemplateExpression(node))
      return false;
    if (
      ts.isBinaryExpression(node) &&
      node.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      node.operatorToken.kind <= ts.SyntaxKind.LastAssignment
    )
      return false;
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return true;
}
