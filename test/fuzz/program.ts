import fc from 'fast-check';
import { rareForms, type RareForm } from './print-rare.ts';

/** A program as data: functions call only functions of a higher index, so every program ends. */
export interface Program {
  readonly functions: readonly Fn[];
  /** Function `i` is a method of a class where `methods[i]`, and lies in `lib.ts` where `inLibrary[i]`. */
  readonly start: number;
}

export interface Fn {
  readonly shape:
    | 'function'
    | 'arrow'
    | 'method'
    | 'generic'
    | 'generator'
    | 'plain-returning'
    | 'override'
    | 'interface'
    | 'namespace';
  readonly library: boolean;
  readonly body: readonly Stmt[];
}

export type Stmt =
  | { readonly kind: 'log'; readonly n: number }
  | { readonly kind: 'call'; readonly callee: number; readonly form: CallForm }
  | { readonly kind: 'if'; readonly then: readonly Stmt[]; readonly otherwise: readonly Stmt[]; readonly odd: boolean }
  | { readonly kind: 'loop'; readonly body: readonly Stmt[]; readonly leave: 'break' | 'continue' | 'none' }
  | {
      readonly kind: 'try';
      readonly body: readonly Stmt[];
      readonly handler: readonly Stmt[];
      readonly last: readonly Stmt[];
      readonly has: 'catch' | 'finally' | 'both';
    }
  | { readonly kind: 'throw'; readonly when: number }
  | { readonly kind: 'return'; readonly callee: number; readonly form: 'promise' | 'awaited' | 'value' }
  | {
      readonly kind: 'all';
      readonly callees: readonly number[];
      readonly form: 'all' | 'allSettled' | 'map' | 'map-statement';
    }
  | { readonly kind: 'stored'; readonly callee: number; readonly between: readonly Stmt[]; readonly guarded: boolean }
  | {
      readonly kind: 'then';
      readonly callee: number;
      readonly links: readonly ('then' | 'then2' | 'catch' | 'finally')[];
    }
  | { readonly kind: 'iterate'; readonly callee: number; readonly leave: boolean; readonly body: readonly Stmt[] }
  | { readonly kind: 'wait'; readonly form: 'sleep' | 'timer' | 'null' | 'resolve' | 'reject' | 'read' | 'missing' }
  | {
      readonly kind: 'callback';
      readonly body: readonly Stmt[];
      readonly form: 'apply' | 'forEach' | 'filter' | 'stored';
    }
  | { readonly kind: 'floating'; readonly callee: number; readonly form: 'void' | 'bare' | 'caught' }
  | { readonly kind: 'memo'; readonly callee: number; readonly form: 'field' | 'map' }
  | { readonly kind: 'pass'; readonly callee: number }
  | { readonly kind: 'form'; readonly form: Form; readonly callee: number; readonly body: readonly Stmt[] }
  | { readonly kind: 'more'; readonly form: MoreForm; readonly callee: number; readonly body: readonly Stmt[] }
  | { readonly kind: 'rare'; readonly form: RareForm; readonly callee: number; readonly body: readonly Stmt[] };

/** Constructs as people write them, each with calls inside. */
export type Form = (typeof formNames)[number];

const formNames = [
  'deferred',
  'retry',
  'poll',
  'reduce',
  'table',
  'list',
  'static',
  'memo-class',
  'iterable',
  'delegate',
  'by-hand',
  'nested-then',
  'cause',
  'return-finally',
  'write',
  'entries',
  'concurrent',
  'conditional',
  'overload',
  'generic',
  'settled',
  'shorthand',
  'timer',
  'sorted',
  'thenable',
  'try-return',
  'tagged',
  'queue',
  'loops',
] as const;

/** Constructs with a shape of their own. */
export type MoreForm = (typeof moreForms)[number];

export type CallForm =
  'statement' | 'const' | 'sum' | 'power' | 'template' | 'nested' | 'conditional' | 'spread' | 'optional' | 'object';

const moreForms = [
  'switch',
  'labelled',
  'default',
  'destructuring',
  'closure',
  'recursion',
  'race',
  'using',
  'getter',
] as const;

const callForms: readonly CallForm[] = [
  'statement',
  'const',
  'sum',
  'power',
  'template',
  'nested',
  'conditional',
  'spread',
  'optional',
  'object',
];
const callee = fc.nat(9);

const { block } = fc.letrec<{ stmt: Stmt; block: Stmt[] }>((tie) => ({
  block: fc.array(tie('stmt'), { minLength: 0, maxLength: 4, depthIdentifier: 'stmt' }),
  stmt: fc.oneof(
    { depthIdentifier: 'stmt', maxDepth: 3, depthSize: 'small' },
    { weight: 4, arbitrary: fc.record<Stmt & { kind: 'log' }>({ kind: fc.constant('log'), n: fc.nat(9) }) },
    {
      weight: 8,
      arbitrary: fc.record<Stmt & { kind: 'call' }>({
        kind: fc.constant('call'),
        callee,
        form: fc.constantFrom(...callForms),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record<Stmt & { kind: 'if' }>({
        kind: fc.constant('if'),
        then: tie('block'),
        otherwise: tie('block'),
        odd: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record<Stmt & { kind: 'loop' }>({
        kind: fc.constant('loop'),
        body: tie('block'),
        leave: fc.constantFrom('break', 'continue', 'none'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record<Stmt & { kind: 'try' }>({
        kind: fc.constant('try'),
        body: tie('block'),
        handler: tie('block'),
        last: tie('block'),
        has: fc.constantFrom('catch', 'finally', 'both'),
      }),
    },
    { weight: 1, arbitrary: fc.record<Stmt & { kind: 'throw' }>({ kind: fc.constant('throw'), when: fc.nat(3) }) },
    {
      weight: 2,
      arbitrary: fc.record<Stmt & { kind: 'return' }>({
        kind: fc.constant('return'),
        callee,
        form: fc.constantFrom('promise', 'awaited', 'value'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record<Stmt & { kind: 'all' }>({
        kind: fc.constant('all'),
        callees: fc.array(callee, { minLength: 1, maxLength: 3 }),
        form: fc.constantFrom('all', 'allSettled', 'map', 'map-statement'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record<Stmt & { kind: 'stored' }>({
        kind: fc.constant('stored'),
        callee,
        between: tie('block'),
        guarded: fc.boolean(),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record<Stmt & { kind: 'then' }>({
        kind: fc.constant('then'),
        callee,
        links: fc.array(fc.constantFrom('then', 'then2', 'catch', 'finally'), { minLength: 1, maxLength: 3 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record<Stmt & { kind: 'iterate' }>({
        kind: fc.constant('iterate'),
        callee,
        leave: fc.boolean(),
        body: tie('block'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record<Stmt & { kind: 'wait' }>({
        kind: fc.constant('wait'),
        form: fc.constantFrom('sleep', 'timer', 'null', 'resolve', 'reject', 'read', 'missing'),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record<Stmt & { kind: 'callback' }>({
        kind: fc.constant('callback'),
        body: tie('block'),
        form: fc.constantFrom('apply', 'forEach', 'filter', 'stored'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record<Stmt & { kind: 'floating' }>({
        kind: fc.constant('floating'),
        callee,
        form: fc.constantFrom('void', 'bare', 'caught'),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record<Stmt & { kind: 'memo' }>({
        kind: fc.constant('memo'),
        callee,
        form: fc.constantFrom('field', 'map'),
      }),
    },
    {
      weight: 4,
      arbitrary: fc.record<Stmt & { kind: 'more' }>({
        kind: fc.constant('more'),
        form: fc.constantFrom(...moreForms),
        callee,
        body: tie('block'),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record<Stmt & { kind: 'form' }>({
        kind: fc.constant('form'),
        form: fc.constantFrom(...formNames),
        callee,
        body: tie('block'),
      }),
    },
    {
      weight: 5,
      arbitrary: fc.record<Stmt & { kind: 'rare' }>({
        kind: fc.constant('rare'),
        form: fc.constantFrom(...(Object.keys(rareForms) as RareForm[])),
        callee,
        body: tie('block'),
      }),
    },
    { weight: 1, arbitrary: fc.record<Stmt & { kind: 'pass' }>({ kind: fc.constant('pass'), callee }) },
  ),
}));

const fn: fc.Arbitrary<Fn> = fc.record({
  shape: fc.constantFrom<Fn['shape'][]>(
    'function',
    'function',
    'arrow',
    'method',
    'generic',
    'generator',
    'plain-returning',
    'override',
    'interface',
    'namespace',
  ),
  library: fc.boolean(),
  body: block,
});

export const program: fc.Arbitrary<Program> = fc.record({
  functions: fc.array(fn, { minLength: 2, maxLength: 6 }),
  start: fc.nat(3),
});
