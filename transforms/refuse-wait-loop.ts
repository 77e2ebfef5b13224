import { defineTransform, keep, refuse } from '../src/transform.ts';

export default defineTransform({
  id: 'refuse-wait-loop',
  code: 'UA193',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Refuse waits for what only other code changes, or what is only asked for later',
  docs:
    'A loop that asks anew each time (a file, a clock, a server) converts: `while (!(await isUp())) await sleep(50)`. A loop that looks at a ' +
    'variable which an event, a timer or another task sets would never end: none of them runs while this thread sleeps.',
  reasons: {
    'never-ends': {
      short: 'The loop waits for what only other code changes.',
      extra:
        'Nothing that runs within the loop changes what it looks at, and nothing else runs while code blocks. Ask for the condition itself ' +
        '(a file, a socket, an answer) within the loop, or leave the function async.',
    },
    'early-read': {
      short: 'An answer is waited for before the question is sent.',
      extra: 'One after the other, the answer would never come. Send first, then receive.',
    },
  },
  rewrite(site, node, { text }) {
    const shown = text(node).split('\n', 1)[0]!.slice(0, 80);
    if (site.idiom === 'wait-loop')
      return refuse(
        'never-ends',
        `Only code outside of this loop changes \`${shown}\`, and none of it runs meanwhile.`,
      );
    if (site.idiom === 'flag-loop')
      return keep(`Nothing that runs within this loop changes \`${shown}\`, and nothing else runs meanwhile.`);
    if (site.idiom === 'early-read')
      return refuse('early-read', `\`${shown}\` waits for an answer to what is only sent after it.`);
    return undefined;
  },
});
