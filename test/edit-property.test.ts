import fc from 'fast-check';
import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { parse, parseErrors, walk } from '../src/edit/source.ts';
import { rewrite } from './edit-helper.ts';

const runs = Number(process.env['EDIT_RUNS'] ?? 60);
/** `EDIT_SEED=n` for one other seed. */
const seeds = process.env['EDIT_SEED'] === undefined ? [1, 2, 3, 4] : [Number(process.env['EDIT_SEED'])];

/** The tree as text, without parentheses, empty statements and, if asked, awaits. */
function shape(text: string, awaits: boolean): string | undefined {
  const tree = parse('a.tsx', text);
  if (parseErrors(tree).length > 0) return undefined;
  const print = (node: ts.Node): string => {
    if (ts.isParenthesizedExpression(node) || (!awaits && ts.isAwaitExpression(node))) return print(node.expression);
    if (ts.isEmptyStatement(node)) return '';
    const children: string[] = [];
    ts.forEachChild(node, (child) => {
      children.push(print(child));
    });
    const own = [
      ts.SyntaxKind[node.kind],
      ts.isPrefixUnaryExpression(node) ? node.operator : '',
      node.flags & ts.NodeFlags.OptionalChain ? '?' : '',
      children.length === 0 ? node.getText(tree) : '',
    ];
    return `(${own.join(' ')}${children.join('')})`;
  };
  return print(tree);
}

/** Pairs of parentheses around expressions. */
function pairs(text: string): ts.ParenthesizedExpression[] {
  const found: ts.ParenthesizedExpression[] = [];
  walk(parse('a.tsx', text), (node) => {
    if (ts.isParenthesizedExpression(node)) found.push(node);
  });
  return found;
}

function without(text: string, pair: ts.ParenthesizedExpression): string {
  const start = pair.getStart();
  return `${text.slice(0, start)} ${text.slice(start + 1, pair.end - 1)} ${text.slice(pair.end)}`;
}

/** Takes away what changes nothing, but for pairs that an `await` touches: these are what rewriting has to judge. */
function minimal(text: string, keep: (n: number) => boolean): string {
  const wanted = shape(text, true);
  let current = text;
  let last = '';
  let n = 0;
  for (let i = 0; ;) {
    const pair = pairs(current)[i];
    if (pair === undefined) {
      if (current.length === last.length) return current;
      last = current;
      i = 0;
      continue;
    }
    const touched = ts.isAwaitExpression(pair.expression) || ts.isAwaitExpression(pair.parent);
    const shorter = without(current, pair);
    if (!(touched && keep(n++)) && shape(shorter, true) === wanted) current = shorter;
    else i++;
  }
}

const atom = fc.constantFrom(
  'a',
  'b',
  'f',
  '1',
  '/r/',
  '[a]',
  '{ k: a }',
  '`t`',
  'function () {}',
  'class {}',
  '<a />',
  'null',
);

const { expression } = fc.letrec<{ expression: string }>((tie) => {
  const e = tie('expression').map((text) => `(${text})`);
  const one = (...forms: string[]) =>
    fc.tuple(fc.constantFrom(...forms), e).map(([form, x]) => form.replace('$', () => x));
  const two = (...forms: string[]) =>
    fc.tuple(fc.constantFrom(...forms), e, e).map(([form, x, y]) => form.replace('$', () => x).replace('%', () => y));
  return {
    expression: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      atom,
      { weight: 5, arbitrary: one('await $') },
      one('-$', '+$', '!$', 'typeof $', 'void $', 'yield $', '$.p', '$?.p', '$?.()', '$()', 'new $', 'new $()', '$!'),
      one(
        '$ as T',
        '$ satisfies T',
        '() => $',
        'async () => $',
        'x => $',
        '[...$]',
        '`${$}`',
        '$`t`',
        'v = $',
        'f(a, $)',
      ),
      two(
        '$ + %',
        '$ - %',
        '$ * %',
        '$ / %',
        '$ ** %',
        '$ ?? %',
        '$ || %',
        '$ && %',
        '$ < %',
        '$ > %',
        '$ >= %',
        '$ == %',
        '$ in %',
      ),
      two(
        '$ & %',
        '$ | %',
        '$ << %',
        '$, %',
        '$[%]',
        '$(%)',
        'new $(%)',
        '$ instanceof %',
        '$?.[%]',
        '{ k: $, [%]: a }',
      ),
      fc.tuple(e, e, e).map(([x, y, z]) => `${x} ? ${y} : ${z}`),
    ),
  };
});

const statement = fc
  .tuple(
    fc.constantFrom(
      '($)',
      '($)',
      '(await ($))',
      'x = ($)',
      'return ($)',
      'throw ($)',
      'const c = ($)',
      'if (($)) { }',
      'for (let i = ($); ; ) { }',
      'for (const i of ($)) { }',
      'class A extends ($) { }',
      'class B { p = ($); [f(($))]() { } }',
      'label: ($)',
      'do { } while (($))',
      'switch (($)) { case f(($)): ($) }',
    ),
    expression,
  )
  .map(([form, text]) => form.replaceAll('$', () => text));

/** Parentheses that are kept although the tree would be the same: style, or a hazard that depends on what follows. */
function tolerated(pair: ts.ParenthesizedExpression): boolean {
  // JavaScript, other than the parser, wants parentheses there.
  if (ts.isComputedPropertyName(pair.parent)) return true;
  if (ts.isNumericLiteral(pair.expression)) return true;
  if (ts.isNewExpression(pair.parent) && ts.isNewExpression(pair.expression)) return true;
  if (isLogical(pair.parent) && isLogical(pair.expression)) return true;
  let inner: ts.Node = pair.expression;
  for (;;) {
    if (ts.isAsExpression(inner) || ts.isSatisfiesExpression(inner) || ts.isJsxSelfClosingElement(inner)) return true;
    if (ts.isBinaryExpression(inner)) inner = inner.right;
    else if (ts.isPrefixUnaryExpression(inner)) inner = inner.operand;
    else break;
  }
  return false;
}

function isLogical(node: ts.Node): boolean {
  return ts.isBinaryExpression(node) && /^(?:\?\?|\|\||&&)$/.test(node.operatorToken.getText());
}

/**
 * Beside `?` and between `<` and `>` the parser is of two minds (a nullable type, an arrow function with a return type, type arguments):
 * there a problem is an answer.
 */
function attempt(before: string): string | undefined {
  try {
    return rewrite(before, undefined, 'a.tsx');
  } catch (error) {
    if (/\?|<[^]*>/.test(before) && /where none can stand|does not parse/.test(String(error))) return undefined;
    throw error;
  }
}

describe('removing every await', () => {
  it.each(seeds)(
    'leaves the tree without its awaits, and no redundant parentheses: seed %i',
    { timeout: 240_000 },
    (seed) => {
      fc.assert(
        fc.property(
          fc.array(statement, { minLength: 1, maxLength: 4 }),
          fc.boolean(),
          fc.infiniteStream(fc.boolean()),
          (statements, semicolons, keeps) => {
            const joined = statements.join(semicolons ? ';\n' : '\n;');
            const full = `async function* g() {\n${joined}\n}`;
            fc.pre(shape(full, true) !== undefined && full.includes('await'));
            let before = minimal(full, () => keeps.next().value as boolean);
            if (!semicolons) {
              for (let at = before.lastIndexOf('\n;'); at > 0; at = before.lastIndexOf('\n;', at - 1)) {
                const less = `${before.slice(0, at + 1)}${before.slice(at + 2)}`;
                if (shape(less, true) === shape(before, true)) before = less;
              }
            }
            const after = attempt(before);
            fc.pre(after !== undefined);
            const wanted = shape(before, false);
            expect(shape(after, true), `${before}\n→\n${after}`).toBe(wanted);
            for (const pair of pairs(after)) {
              if (tolerated(pair)) continue;
              expect(shape(without(after, pair), true), `${before}\n→\n${after}\n: ${pair.getText()}`).not.toBe(wanted);
            }
          },
        ),
        { numRuns: runs, seed },
      );
    },
  );
});
