import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { apply } from '../src/edit/apply.ts';
import { parse, walk } from '../src/edit/source.ts';
import { fresh, type Rewrite, template, verbatim } from '../src/transform.ts';
import { make, type Made, removeAsync, removeAwait, rewrite, type Rule } from './edit-helper.ts';

const call = (name: string, rule: (node: ts.CallExpression, source: ts.SourceFile) => Rewrite): Rule => {
  return (node, source) =>
    ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === name
      ? rule(node, source)
      : undefined;
};

function applied(file: string, text: string, made: readonly Made[]) {
  return apply(
    new Map([[file, text]]),
    made.map(({ site }) => site),
    made.map(({ claim }) => claim),
  );
}

function find<T extends ts.Node>(source: ts.SourceFile, is: (node: ts.Node) => node is T, text?: string): T {
  let found: T | undefined;
  walk(source, (node) => {
    if (is(node) && (text === undefined || node.getText(source) === text)) found ??= node;
  });
  if (!found) throw new Error(`no ${text ?? 'node'}`);
  return found;
}

describe('comments in the gaps of a template', () => {
  it.each([
    ['x = await /* a */ f();', 'x = /* a */ f();'],
    ['x = await /* a */ /* b */ f();', 'x = /* a */ /* b */ f();'],
    ['x = await // a\n  f();', 'x = // a\n  f();'],
    ['return await // a\n  f();', 'return (// a\n  f());'],
    ['async () => { return (await /* a */ f()); }', 'async () => { return /* a */ f(); }'],
    ['x = (\n  // a\n  await f()\n);', 'x = (\n  // a\n  f()\n);'],
    ['x = (await f() /* a */);', 'x = (f() /* a */);'],
    ['x = (await f() // a\n);', 'x = (f() // a\n);'],
    ['x = await (\n  // a\n  f()\n);', 'x = (\n  // a\n  f()\n);'],
    ['await /* a */ (b ?? c).d', '/* a */ (b ?? c).d'],
    ['a()\nawait /* a */ [b].c', 'a()\n;/* a */ [b].c'],
    ['x = (await /* a */ (b ?? c)).d', 'x = (/* a */ b ?? c).d'],
    ["x = await '/* no comment */';", "x = '/* no comment */';"],
    ['x = await /\\/\\/ no comment/;', 'x = /\\/\\/ no comment/;'],
    ['x = <a>// no comment {/* a */} {await b}</a>;', 'x = <a>// no comment {/* a */} {b}</a>;'],
  ])('%j', (before, after) => {
    expect(rewrite(before.startsWith('return') ? `async () => { ${before} }` : before, undefined, 'a.tsx')).toBe(
      before.startsWith('return') ? `async () => { ${after} }` : after,
    );
  });

  it('go before the argument that follows, or behind the last one', () => {
    const swap = call('f', (node) => template`g(${node.arguments[1]!}, ${node.arguments[0]!})`);
    expect(rewrite('f(/* a */ a, /* b */ b /* c */);', [swap])).toBe('g(/* b */ b /* c */, /* a */ a);');
    expect(rewrite('f(\n  // a\n  a,\n  // b\n  b, // c\n);', [swap])).toBe('g(\n  // b\n  b // c\n,\n  // a\n  a);');
  });

  it('stay where a template has no child', () => {
    const gone = call('f', () => template`g()`);
    expect(rewrite('f(/* a */); b();', [gone])).toBe('g() /* a */; b();');
    expect(rewrite('f( // a\n); b();', [gone])).toBe('g() // a\n; b();');
  });
});

describe('lines', () => {
  const block = call('f', (node) => template`{\n  a();\n\n  ${node.arguments[0]!};\n    b(\n  );\n}`);
  const statement: Rule = (node, source) => {
    const inner = ts.isExpressionStatement(node) ? block(node.expression, source) : undefined;
    return inner;
  };

  it('of a template are indented like the place, in the unit of the file', () => {
    expect(rewrite('if (x) {\n    f(c);\n}\n', [statement])).toBe(
      'if (x) {\n    {\n        a();\n\n        c;\n            b(\n        );\n    }\n}\n',
    );
    expect(rewrite('if (x) {\n\tf(c);\n}\n', [statement])).toBe(
      'if (x) {\n\t{\n\t\ta();\n\n\t\tc;\n\t\t\tb(\n\t\t);\n\t}\n}\n',
    );
  });

  it('end as those of the file do', () => {
    expect(rewrite('x();\r\nf(c);\r\n', [statement])).toBe(
      'x();\r\n{\r\n  a();\r\n\r\n  c;\r\n    b(\r\n  );\r\n}\r\n',
    );
  });

  it('of a child move along, those of template literals do not', () => {
    const text = 'if (x) {\n  f(() => {\n    c(`\n  d\n`);\n  });\n}\n';
    expect(rewrite(text, [statement])).toBe(
      'if (x) {\n  {\n    a();\n\n    () => {\n      c(`\n  d\n`);\n    };\n      b(\n    );\n  }\n}\n',
    );
  });

  it('that were blank between two children stay blank', () => {
    const two: Rule = (node) =>
      ts.isBlock(node) && ts.isSourceFile(node.parent)
        ? template`${node.statements[0]!}\n${node.statements[1]!}`
        : undefined;
    expect(rewrite('{\n  a();\n\n  b();\n}\n', [two])).toBe('a();\n\nb();\n');
    expect(rewrite('{\n  a();\n  // c\n  b();\n}\n', [two])).toBe('a();\n// c\nb();\n');
  });
});

describe('claims in claims', () => {
  it('are rendered where the template has their place', () => {
    const g = call('g', (node) => template`h(${node.arguments[0]!}, 1)`);
    expect(rewrite('x = await g(await g(await a));', [removeAwait, g])).toBe('x = h(h(a, 1), 1);');
  });

  it('may have the same span: the lower rank is outside', () => {
    const source = parse('a.ts', 'x = f(a);');
    const node = find(source, ts.isCallExpression);
    const outer = make('a.ts', source, node, template`outer(${node})`, { rank: 0, kind: 'call' });
    const inner = make('a.ts', source, node, template`inner(${node.arguments[0]!})`, { rank: 1, kind: 'await' });
    expect(applied('a.ts', source.text, [inner, outer]).changes[0]?.after).toBe('x = outer(inner(a));');
  });

  it('go deep without recursion', () => {
    const depth = 150;
    const text = `x = ${'(await f('.repeat(depth)}a${'))'.repeat(depth)};`;
    expect(rewrite(text)).toBe(`x = ${'f('.repeat(depth)}a${')'.repeat(depth)};`);
  });

  it('that a template leaves out are a problem, unless it says so', () => {
    const source = parse('a.ts', 'x = f(await a, b);');
    const f = find(source, ts.isCallExpression);
    const a = find(source, ts.isAwaitExpression);
    const inner = make('a.ts', source, a, template`${a.expression}`);
    const outer = make('a.ts', source, f, template`g(${f.arguments[1]!})`, { transform: 'lossy' });
    const { changes, problems } = applied('a.ts', source.text, [inner, outer]);
    expect(changes).toEqual([]);
    expect(problems).toEqual([
      {
        file: 'a.ts',
        transform: 'lossy',
        site: outer.site.id,
        message: 'The template leaves out `await a`, which test claims',
      },
    ]);
    const said = make('a.ts', source, f, template`g(${f.arguments[1]!})`, { drops: 'not needed' });
    expect(applied('a.ts', source.text, [inner, said]).changes[0]?.after).toBe('x = g(b);');
  });

  it('take parentheses that the template looked through', () => {
    const source = parse('a.ts', 'x = f((await a));');
    const f = find(source, ts.isCallExpression);
    const a = find(source, ts.isAwaitExpression);
    const inner = make('a.ts', source, a, template`${a.expression}`);
    const outer = make('a.ts', source, f, template`g(${a})`);
    expect(applied('a.ts', source.text, [inner, outer]).changes[0]?.after).toBe('x = g(a);');
  });
});

describe('problems', () => {
  const source = parse('a.ts', 'x = f(a, b); y = await c;');
  const f = find(source, ts.isCallExpression);
  const waits = find(source, ts.isAwaitExpression);
  const fine = make('a.ts', source, waits, template`${waits.expression}`);

  it.each<[string, Rewrite, string]>([
    ['a child twice', template`g(${f.arguments[0]!}, ${f.arguments[0]!})`, 'The template has `a` twice'],
    ['a child from elsewhere', template`g(${waits})`, 'The template takes `await c` from outside of its site'],
    ['text that does not parse', template`g(${f.arguments[0]!}]`, 'The rewritten file does not parse: '],
    ['a name for an expression', template`g.${verbatim(source, f.arguments[0]!)}${f.arguments[1]!}`, ''],
  ])('%s', (_, bad, message) => {
    const made = make('a.ts', source, f, bad, { transform: 'bad' });
    const { changes, problems } = applied('a.ts', source.text, [made, fine]);
    if (message === '') expect(changes[0]?.after).toBe('x = g.ab; y = c;');
    else {
      expect(changes).toEqual([]);
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatchObject({ file: 'a.ts', transform: 'bad', site: made.site.id });
      expect(problems[0]!.message).toContain(message);
    }
  });

  it('overlapping sites', () => {
    const left = make('a.ts', source, f, template`g()`);
    const span = { start: left.site.span.start + 1, end: left.site.span.end + 3 };
    const right: Made = {
      site: { ...left.site, id: 'right', span },
      claim: { ...left.claim, site: 'right', transform: 'right' },
    };
    expect(applied('a.ts', source.text, [left, right]).problems[0]).toMatchObject({
      transform: 'right',
      message: 'The site overlaps with that of test',
    });
  });

  it('of one file leave the others alone', () => {
    const bad = make('a.ts', source, f, template`]`);
    const other = parse('b.ts', 'await x;');
    const node = find(other, ts.isAwaitExpression);
    const good = make('b.ts', other, node, template`${node.expression}`);
    const made = [bad, good];
    const { changes, problems } = apply(
      new Map([
        ['a.ts', source.text],
        ['b.ts', other.text],
        ['c.ts', 'untouched'],
      ]),
      made.map(({ site }) => site),
      made.map(({ claim }) => claim),
    );
    expect(changes).toEqual([{ file: 'b.ts', before: 'await x;', after: 'x;' }]);
    expect(problems.map(({ file }) => file)).toEqual(['a.ts']);
  });

  it('a claim without a site or a file', () => {
    expect(apply(new Map(), [], [fine.claim]).problems[0]?.message).toBe('The claim names a site that does not exist');
    expect(apply(new Map(), [fine.site], [fine.claim]).problems[0]?.message).toBe('The file was not read');
  });
});

describe('new local names', () => {
  const result = fresh('result');
  const keep = call('f', (node) => template`(${result} = ${node.arguments[0]!}, ${result})`);

  it('are no identifier of the file', () => {
    expect(rewrite('f(1); result2;', [keep])).toBe('(result = 1, result); result2;');
    expect(rewrite('f(1); a.result; result2;', [keep])).toBe('(result3 = 1, result3); a.result; result2;');
  });

  it('are shared only between functions', () => {
    expect(rewrite('function a() { f(f(1)); }\nfunction b() { f(2); }', [keep])).toBe(
      'function a() { (result = (result2 = 1, result2), result); }\nfunction b() { (result = 2, result); }',
    );
    expect(rewrite('f(1);\nfunction b() { f(2); }', [keep])).toBe(
      '(result = 1, result);\nfunction b() { (result2 = 2, result2); }',
    );
  });
});

describe('what is left alone', () => {
  it('sentinel characters of the source', () => {
    expect(rewrite("x = '\ue000\ue001\ue002\ue003 imported$0_' + (await (a ?? b)).c;")).toBe(
      "x = '\ue000\ue001\ue002\ue003 imported$0_' + (a ?? b).c;",
    );
  });

  it('everything outside of the sites', () => {
    const text = '/* a */\r\n\r\n\r\nif( x )   y ( ( 1 ) )  ;;\r\nz=await  q ( );// b\r\n\t\r\n';
    expect(rewrite(text)).toBe('/* a */\r\n\r\n\r\nif( x )   y ( ( 1 ) )  ;;\r\nz=q ( );// b\r\n\t\r\n');
  });

  it('shorthand properties get their name', () => {
    const named: Rule = (node) =>
      ts.isIdentifier(node) && ts.isShorthandPropertyAssignment(node.parent) ? template`other` : undefined;
    expect(rewrite('x = { a, b: 1 };', [named])).toBe('x = { a: other, b: 1 };');
  });
});

describe('async functions', () => {
  it.each([
    ['async function f() { await a; }', 'function f() { a; }'],
    ['export default async function () {}', 'export default function () {}'],
    ['export default async () => await { a };', 'export default () => ({ a });'],
    ['x = { async a() { await b; }, async *c() {}, async [d]() {} };', 'x = { a() { b; }, *c() {}, [d]() {} };'],
    ['class A { @d private static async /* a */ b() {} }', 'class A { @d private static /* a */ b() {} }'],
    ['x = (async () => {})();', 'x = (() => {})();'],
    ['x = async function* () {};', 'x = function* () {};'],
    ['x = (async y => await y).z;', 'x = (y => y).z;'],
    ['x = a || (async () => {});', 'x = a || (() => {});'],
    ['x = async <T,>(y: T) => await y;', 'x = <T,>(y: T) => y;'],
    ['class A {\n  a = async () => {}\n\n  [b]() {}\n}', 'class A {\n  a = () => {}\n\n  [b]() {}\n}'],
    ['class A {\n  a = async () => await b\n\n  c() {}\n}', 'class A {\n  a = () => b\n\n  c() {}\n}'],
    ['const a = async () => {}\n\nb()', 'const a = () => {}\n\nb()'],
    ['const a = async () => {}\n\n;(b)()', 'const a = () => {}\n\n;(b)()'],
    ['const a = async () => {}\n\nasync () => {}', 'const a = () => {}\n\n;() => {}'],
  ])('%j', (before, after) => {
    expect(rewrite(before, [removeAwait, removeAsync], 'a.tsx')).toBe(after);
  });
});
