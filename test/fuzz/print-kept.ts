import type { Parts } from './print-forms.ts';

/** Promises that are kept in something, and awaited where they are taken out of it. */
export const keptForms = {
  'taken-in-loop': (n: number, x: string, { next }: Parts) =>
    `for (const job of [1, 2].map((k) => ${next(`${x} + k`)})) {\n  try {\n    log('job', await job);\n  } catch (error) {\n    log('job failed', (error as Error).message);\n  }\n}\nfor (const job of [1, 2].map((k) => ${next('k')})) log('plain job', await job);\nlog('jobs', ${n});`,
  'taken-by-pattern': (n: number, x: string, { next }: Parts) =>
    `const both${n} = (k: number): [Promise<number>, Promise<number>] => [${next('k')}, ${next('k + 1')}];\nconst [left${n}, right${n}] = both${n}(${x});\nlog('between');\ntry {\n  log('both', (await left${n}) + (await right${n}));\n} catch (error) {\n  log('both failed', (error as Error).message);\n}`,
  'taken-by-name': (n: number, x: string, { next }: Parts) =>
    `const named${n}: Record<string, Promise<number>> = { first: ${next(x)} };\nfor (const k of [1, 2]) named${n}[\`k\${k}\`] = ${next('k')};\nnamed${n}.last = ${next('3')};\nfor (const name in named${n}) log(name, await named${n}[name]);\nlog('names', Object.keys(named${n}).join(), 'last' in named${n});`,
  'caught-by-name': (n: number, x: string, { next }: Parts) =>
    `const kept${n}: Record<string, Promise<number>> = {};\nfor (const k of [1, 2]) kept${n}[\`k\${k}\`] = ${next(`${x} + k`)};\nfor (const [name, job] of Object.entries(kept${n})) {\n  try {\n    log(name, await job);\n  } catch (error) {\n    log(name, 'failed', (error as Error).message);\n  }\n}`,
  'taken-by-callback': (n: number, x: string, { next }: Parts) =>
    `const queued${n}: Promise<number>[] = [];\nfor (const k of [1, 2]) queued${n}.push(${next(`${x} + k`)});\nlog('each', (await Promise.all(queued${n}.map(async (job) => { try { return await job; } catch { return -1; } }))).join());`,
  'written-by-number': (n: number, x: string, { next }: Parts) =>
    `const slots${n}: Promise<number>[] = [];\nlet at${n} = 0;\nfor (const k of [1, 2]) slots${n}[at${n}++] = ${next(`${x} + k`)};\nlog('slots', (await Promise.all(slots${n})).join(), await slots${n}[0]);`,
  'kept-in-object': (n: number, x: string, { next }: Parts) =>
    `const pair${n} = (k: number) => ({ job: ${next('k')}, k });\nconst made${n} = [1, 2].map((k) => pair${n}(k + ${x}));\nfor (const { job, k } of made${n}) {\n  try {\n    log('pair', k, await job);\n  } catch (error) {\n    log('pair', k, (error as Error).message);\n  }\n}`,
  'one-of-two': (n: number, x: string, { next }: Parts) =>
    `const choice${n} = ${x} % 2 === 0 ? async (): Promise<never> => { throw new Error('chosen'); } : async (): Promise<number> => ${next('2')};\nlog('choice', await choice${n}().then((v: number) => v, (error: Error) => error.message));\nconst either${n} = [async () => ${next('1')}, async (): Promise<never> => { throw new Error('second'); }];\nfor (const one of either${n}) log('one', await one().catch((error: Error) => error.message));`,
} satisfies Readonly<Record<string, (n: number, x: string, parts: Parts) => string>>;
