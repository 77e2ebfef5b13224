import { defineTransform, keep, refuse } from '../src/transform.ts';

const listed = 'The code under test turns blocking without it. Rewrite the test for blocking code, or delete it.';

export default defineTransform({
  id: 'async-test',
  code: 'UA194',
  claims: 'async-test',
  applicability: 'safe',
  summary: 'Keep tests async that are about asynchrony itself, and list them',
  docs:
    'Such a test says nothing of code that blocks: it is **async-only**. It stays async, and what it calls is wrapped so that it gets promises ' +
    'as before; the code under test need not wait for it. `unawait verify` runs it like the others, and lists it where it no longer passes.',
  reasons: {
    overlap: {
      short: 'Async-only: a promise is kept while the test goes on.',
      extra: `The test starts work and does something else before it waits. Blocking work is over when the call returns. ${listed}`,
    },
    cancellation: {
      short: 'Async-only: work is cancelled while it is under way.',
      extra: `Nobody can abort a call that blocks this thread. ${listed}`,
    },
    unhandled: {
      short: 'Async-only: the test waits for a rejection that nobody handles.',
      extra: `Blocking code throws where it is called. ${listed}`,
    },
    clock: {
      short: 'Async-only: the test turns a fake clock while timers wait.',
      extra: `A blocking wait looks at the real clock, and nobody can turn the fake one meanwhile. ${listed}`,
    },
    polling: {
      short: 'Async-only: the test looks again and again until something has happened.',
      extra: `Nothing else happens while code blocks. ${listed}`,
    },
    interceptor: {
      short: 'Async-only: its requests are answered inside of this process.',
      extra:
        'What nock, msw and `MockAgent` answer goes through the event loop; blocking requests go past them. Use a mock server in a module of ' +
        `its own, which moves to a worker thread. ${listed}`,
    },
    done: {
      short: 'Async-only: the test ends when it calls `done`.',
      extra: `Await the promise instead of passing \`done\` to it, then the test converts with the code. ${listed}`,
    },
  },
  rewrite(site) {
    const { topic } = site;
    return topic === 'concurrent'
      ? keep('This test ran beside others, and runs alone now: blocking code lets no other in.')
      : refuse(topic);
  },
});
