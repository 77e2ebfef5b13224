import type { Row } from './row.ts';

const plugins = 'plugins need the asynchronous API';

/** Compilers, bundlers, minifiers and formatters. */
export const npmCompilers: readonly Row[] = [
  { api: 'esbuild#build', sync: 'esbuild#buildSync', options: { at: 1, refuse: { plugins } } },
  { api: 'esbuild#transform', sync: 'esbuild#transformSync' },
  { api: 'esbuild#formatMessages', sync: 'esbuild#formatMessagesSync' },
  { api: 'esbuild#analyzeMetafile', sync: 'esbuild#analyzeMetafileSync' },
  { api: 'esbuild#context', refuse: 'watching and serving live on the event loop' },
  {
    api: 'sass#compileAsync',
    sync: 'sass#compile',
    options: {
      at: 2,
      plain: { importers: 'an asynchronous importer', functions: 'an asynchronous function' },
    },
  },
  {
    api: 'sass#compileStringAsync',
    sync: 'sass#compileString',
    options: {
      at: 2,
      plain: { importers: 'an asynchronous importer', functions: 'an asynchronous function' },
    },
  },
  {
    api: 'sass#initAsyncCompiler',
    refuse: 'its type differs from that of `initCompiler`',
    unlocks: 'Write `initCompiler`',
  },
  { api: '@swc/core#transform', sync: '@swc/core#transformSync' },
  { api: '@swc/core#transformFile', sync: '@swc/core#transformFileSync' },
  { api: '@swc/core#parse', sync: '@swc/core#parseSync' },
  { api: '@swc/core#parseFile', sync: '@swc/core#parseFileSync' },
  { api: '@swc/core#print', sync: '@swc/core#printSync' },
  { api: '@swc/core#minify', sync: '@swc/core#minifySync' },
  { api: '@swc/core#bundle', refuse: 'the bundler has no blocking form' },
  { api: 'terser#minify', sync: 'terser#minify_sync', versions: '>=5.32' },
  { api: '@babel/core#transformAsync', sync: '@babel/core#transformSync' },
  { api: '@babel/core#transformFileAsync', sync: '@babel/core#transformFileSync' },
  { api: '@babel/core#transformFromAstAsync', sync: '@babel/core#transformFromAstSync' },
  { api: '@babel/core#parseAsync', sync: '@babel/core#parseSync' },
  { api: '@babel/core#loadOptionsAsync', sync: '@babel/core#loadOptionsSync' },
  { api: '@babel/core#loadPartialConfigAsync', sync: '@babel/core#loadPartialConfigSync', versions: '>=8' },
  // Its types name only this one, which blocks where it gets no callback.
  { api: '@babel/core#loadPartialConfigAsync', sync: '@babel/core#loadPartialConfig', versions: '<8' },
  { api: '@babel/core#createConfigItemAsync', sync: '@babel/core#createConfigItemSync' },
  { api: 'csv-parse#parse', form: 'callback', sync: 'csv-parse/sync#parse' },
  ...['format', 'formatWithCursor', 'check', 'resolveConfig', 'getFileInfo'].map((name): Row => ({
    api: `prettier#${name}`,
    refuse: 'since version 3 it has no blocking form',
    versions: '>=3',
    unlocks: 'Policy `bridge`, or `@prettier/sync`',
  })),
];
