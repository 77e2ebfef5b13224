import * as babel from '@babel/core';
import swc from '@swc/core';
import { parse as parseCsv } from 'csv-parse';
import * as esbuild from 'esbuild';
import { promisify } from 'node:util';
import * as sass from 'sass';
import { minify } from 'terser';
import { writeFileSync } from 'node:fs';

export const built = async () => {
  const { outputFiles } = await esbuild.build({
    stdin: { contents: 'export const a: number = 1', loader: 'ts' },
    write: false,
  });
  return outputFiles.map((file) => file.text);
};
export const transformed = async () => (await esbuild.transform('let a: number = 1', { loader: 'ts' })).code;
export const transformedBroken = async () => {
  try {
    return await esbuild.transform('let a = ;');
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
};
export const messages = async () => esbuild.formatMessages([{ text: 'Wrong' }], { kind: 'error' });
export const sassed = async () => (await sass.compileStringAsync('a { b { c: 1 + 2 } }')).css;
export const sassedFile = async () => {
  writeFileSync('a.scss', '$a: red; b { c: $a }');
  return (await sass.compileAsync('a.scss')).css;
};
export const sassedBroken = async () => {
  try {
    return (await sass.compileStringAsync('a {')).css;
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
};
export const swcTransformed = async () =>
  (await swc.transform('let a: number = 1', { jsc: { parser: { syntax: 'typescript' } } })).code;
export const swcMinified = async () => (await swc.minify('let abc = 1; console.log(abc)')).code;
export const swcParsed = async () => (await swc.parse('a')).type;
export const swcPrinted = async () => (await swc.print(await swc.parse('a + b'))).code;
export const swcFile = async () => {
  writeFileSync('a.js', 'let a = 1 ;');
  return [(await swc.transformFile('a.js')).code, (await swc.parseFile('a.js')).type];
};
export const tersed = async () => (await minify('function f(abc) { return abc + 1 }')).code;
export const tersedBroken = async () => {
  try {
    return (await minify('function (')).code;
  } catch (error) {
    return [/** @type {Error} */ (error).name, /** @type {Error} */ (error).message];
  }
};
export const babelled = async () =>
  (await babel.transformAsync('let a = 1 ;', { configFile: false, babelrc: false }))?.code;
export const babelledFile = async () => {
  writeFileSync('a.js', 'let a = 1 ;');
  return (await babel.transformFileAsync('a.js', { configFile: false, babelrc: false }))?.code;
};
export const babelParsed = async () => (await babel.parseAsync('a', { configFile: false, babelrc: false }))?.type;
export const babelTree = async () => {
  const tree = await babel.parseAsync('a +b', { configFile: false, babelrc: false });
  return (await babel.transformFromAstAsync(/** @type {any} */ (tree), 'a +b', { configFile: false, babelrc: false }))
    ?.code;
};
export const babelOptions = async () =>
  typeof (await babel.loadPartialConfigAsync({ configFile: false, babelrc: false }));
export const csv = async () =>
  promisify(
    /** @type {(text: string, done: (error: Error | undefined, rows: unknown) => void) => void} */ (
      /** @type {unknown} */ (parseCsv)
    ),
  )('a,b\n1,2');
