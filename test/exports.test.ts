import { ts } from 'ts-morph';
import { expect, test } from 'vitest';
import { isExported } from '../src/analyse/exports.ts';

/** Names of the functions of a file that are exported. */
function exportedOf(text: string, file = 'a.ts'): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const stack: ts.Node[] = [source];
  while (stack.length > 0) {
    const node = stack.pop()!;
    if (ts.isFunctionLike(node) && isExported(node)) {
      const named = ts.isVariableDeclaration(node.parent) || ts.isPropertyAssignment(node.parent) ? node.parent : node;
      found.push((named as ts.NamedDeclaration).name?.getText() ?? '(none)');
    }
    ts.forEachChild(node, (child) => void stack.push(child));
  }
  return found.sort();
}

test.each([
  ['export function a() {} function b() {}', ['a']],
  ['function a() {} function b() {} export { a as c };', ['a']],
  ['const a = () => 1; const b = () => 2; export default b;', ['b']],
  ['const a = async () => 1; export = a;', ['a']],
  ['class A { open() {} #close() {} private end() {} } export { A };', ['open']],
  ['class A { open() {} } class B { open() {} }', []],
  ["export { a } from './other'; function a() {}", []],
  ['function a() { function inner() {} const nested = () => 1; } export { a };', ['a']],
  ['export default { a() {}, b: () => 1 };', ['a', 'b']],
  ['namespace N { export function a() {} function b() {} } export { N };', ['a']],
  ['namespace N { export function a() {} }', []],
])('%s', (text, names) => {
  expect(exportedOf(text)).toEqual(names);
});

test.each([
  ['function a() {} function b() {} module.exports = { a, c: b };', ['a', 'b']],
  ['function a() {} module.exports = a;', ['a']],
  ['function a() {} exports.a = a; function b() {}', ['a']],
  ['exports.a = function () {}; module.exports.b = () => 1; const c = () => 2;', ['(none)', '(none)']],
  ['function a() {} function use(exports) { exports.a = a; }', []],
])('CommonJS: %s', (text, names) => {
  expect(exportedOf(text, 'a.cjs')).toEqual(names);
});
