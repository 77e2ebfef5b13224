import type { Parts } from './print-forms.ts';
import type { Stmt } from './program.ts';

/** Constructs that hold several calls or statements; `n` makes their names unique. */
export function printMore({ form }: Stmt & { kind: 'more' }, n: number, x: string, { next, body }: Parts): string {
  switch (form) {
    case 'switch':
      return `switch (${x} % 3) {\n  case 0:\n    log('zero', await ${next(x)});\n    break;\n  case (await ${next('2')}) % 3:\n    log('met');\n  default:\n${body()}\n}`;
    case 'labelled':
      return `outer${n}: for (let a = 0; a < 2; a++) {\n  for (const b of [1, 2]) {\n    if (a === 0 && b === 2) continue outer${n};\n    if ((await ${next(`${x} + b`)}) % 5 === 0) break outer${n};\n${body()}\n  }\n}`;
    case 'default':
      return `const with${n} = async (a: number, b = ${next(x)}) => a + (await b);\nlog('default', await with${n}(1), await with${n}(2, ${next('3')}));`;
    case 'destructuring':
      return `const { a: a${n}, ...rest${n} } = { a: await ${next(x)}, b: ${x} };\nconst [c${n} = await ${next('4')}, d${n}] = [undefined, await ${next('5')}];\nlog('parts', a${n}, rest${n}.b, c${n}, d${n});`;
    case 'closure':
      return `let count${n} = 0;\nconst tick${n} = async () => {\n  count${n}++;\n  await ${next(x)};\n  return count${n};\n};\nlog('ticks', await tick${n}(), await tick${n}(), count${n} + (await tick${n}()));`;
    case 'recursion':
      return `const down${n} = async (k: number): Promise<number> => (k <= 0 ? await ${next(x)} : (await down${n}(k - 1)) + k);\nlog('down', await down${n}(3));`;
    case 'race':
      return `log('race', await Promise.race([${next(x)}, ${next('6')}]));`;
    case 'using':
      return `{\n  await using held${n} = {\n    async [Symbol.asyncDispose]() {\n      log('disposed', await ${next(x)});\n    },\n  };\n  void held${n};\n${body()}\n}`;
    case 'getter':
      return `const has${n} = {\n  get value(): Promise<number> {\n    return ${next(x)};\n  },\n};\nlog('getter', (await has${n}.value) + (await has${n}.value));`;
  }
}
