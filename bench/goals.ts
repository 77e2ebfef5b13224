import type { Contender } from './contenders.ts';
import type { Shares } from './phases.ts';
import { type Measured, ratio } from './rounds.ts';

/** One goal against what was measured. */
export interface Goal {
  readonly goal: string;
  readonly limit: number;
  /** The worst of what counts for the goal; null when nothing of this run does. */
  readonly measured: number | null;
  /** On what, or why nothing was measured. */
  readonly on: string;
}

export interface Findings {
  readonly inputs: readonly Measured[];
  /** Of `run`, by name of the input. */
  readonly shares: ReadonlyMap<string, Shares>;
  /** A generated file and one ten times as long. */
  readonly long: readonly Measured[];
}

const OURS: readonly Contender[] = ['report', 'run'];
const LARGE = 5000;
const BASE = 1000;

/** The limits of the project's own making: how fast unawait wants to be, beside tools that read the same code. */
export function judge({ inputs, shares, long }: Findings): Goal[] {
  const real = inputs.filter(({ input }) => input.real);
  const large = inputs.filter(({ input }) => input.files >= LARGE);
  const back = 'TypeScript 6 back end; the native one is not built';
  return [
    goal('wall ÷ tsc 7, real projects', 0.8, worst(real, 'tsc7', 'wallMs'), back),
    goal('cpu ÷ tsc 7, real projects', 0.6, worst(real, 'tsc7', 'cpuMs'), back),
    goal('wall ÷ tsc 7, any input', 1.2, worst(inputs, 'tsc7', 'wallMs'), back),
    goal('wall ÷ tsc 6, TypeScript 6 back end', 0.7, worst(inputs, 'tsc6', 'wallMs')),
    goal('cpu ÷ tsc 6 (no goal of its own)', 0.7, worst(inputs, 'tsc6', 'cpuMs')),
    goal('settle + render + write, share of run', 0.05, worstShare(shares)),
    goal('wall ÷ tsc 7 with the overlay check', 1.6, none, 'the overlay check is not built'),
    goal('peak memory ÷ tsc 7, real projects', 1, worst(real, 'tsc7', 'peakMb'), back),
    goal('peak memory ÷ tsc 7, 5,000 files', 1.25, worst(large, 'tsc7', 'peakMb'), back),
    goal('wall, 5,000 ÷ 1,000 files', 5.5, growth(inputs)),
    goal('wall, a file 10 × longer', 12, longer(long)),
    goal('wall ÷ jscodeshift, blind await removal', 0.5, worst(inputs, 'jscodeshift', 'wallMs')),
  ];
}

interface Found {
  readonly value: number | null;
  readonly on: string;
}

const none: Found = { value: null, on: '' };

function goal(name: string, limit: number, { value, on }: Found, remark?: string): Goal {
  const where = [on, remark].filter(Boolean).join('; ');
  return { goal: name, limit, measured: value, on: where === '' ? 'not measured in this run' : where };
}

function highest(all: readonly Found[]): Found {
  return all.reduce((a, b) => (b.value !== null && (a.value === null || b.value > a.value) ? b : a), none);
}

function worst(all: readonly Measured[], under: Contender, pick: 'wallMs' | 'cpuMs' | 'peakMb'): Found {
  return highest(
    all.flatMap((measured) =>
      OURS.map((over) => ({ value: ratio(measured, over, under, pick), on: `${over}, ${measured.input.name}` })),
    ),
  );
}

function worstShare(shares: ReadonlyMap<string, Shares>): Found {
  return highest([...shares].map(([on, { settle, render, write }]) => ({ value: settle + render + write, on })));
}

function growth(inputs: readonly Measured[]): Found {
  const find = (files: number): Measured | undefined =>
    inputs.find(({ input }) => !input.real && input.files === files);
  const [base, large] = [find(BASE), find(LARGE)];
  return base === undefined || large === undefined ? none : grown(base, large);
}

function longer([short, long]: readonly Measured[]): Found {
  return short === undefined || long === undefined ? none : grown(short, long);
}

function grown(base: Measured, large: Measured): Found {
  return highest(
    OURS.map((each) => {
      const [a, b] = [base.of[each]?.wallMs, large.of[each]?.wallMs];
      return { value: a === undefined || b === undefined ? null : b / a, on: each };
    }),
  );
}

export function met({ limit, measured }: Goal): boolean | null {
  return measured === null ? null : measured <= limit;
}
