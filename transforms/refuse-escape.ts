import { defineTransform, refuse } from '../src/transform.ts';

export default defineTransform({
  id: 'refuse-escape',
  code: 'UA190',
  claims: 'escape',
  applicability: 'safe',
  summary: 'Refuse promises that go where they cannot be followed',
  reasons: {
    'to-library': {
      short: 'The promise is handed to a library.',
      extra: 'The library decides when it looks at it. Await it first and hand over the value.',
    },
    untyped: {
      short: 'The promise is handed to code without types.',
      extra: 'Nothing says what is done with it. Give the parameter a type, or await the promise first.',
    },
    tested: {
      short: 'A promise is tested for truth or compared.',
      extra: 'A promise is always true; its value may not be. Await it first.',
    },
    exported: { short: 'A promise is exported as a value.', extra: 'Importers await it. Export a function instead.' },
    expected: {
      short: 'A test looks at the promise itself.',
      extra: 'The test is about asynchrony: it stays as it is.',
    },
    'untyped-result': {
      short: 'What an untyped call gives is returned, and may be a promise.',
      extra:
        'An async function unwraps what it returns, and a chain what its handlers return. Give what is called a type.',
    },
    'own-thenable': {
      short: 'What is returned has a `then` of its own.',
      extra: 'An async function unwraps it, which calls that `then`. Return a promise of the language, or the value.',
    },
    'untyped-callers': {
      short: 'The function may be called by code without types, which wants its promise.',
      extra:
        'A call of a member with this name has no type that says whose member it is. Give the receiver a type, or await the call.',
    },
    asked: {
      short: 'A conditional type asks about promises that stay.',
      extra: 'What it gives would change with some of them and not with others. Write the type that is meant.',
    },
    asserted: {
      short: 'A value without a type is taken for a promise.',
      extra: 'Nothing says where it comes from, so it stays a promise. Give what makes it a type.',
    },
    declared: {
      short: 'The function is declared here and defined elsewhere.',
      extra:
        'Nothing says that its definition turns blocking too. Convert the definition, and this declaration with it.',
    },
    decorated: {
      short: 'A decorator may put another function in place of the method.',
      extra:
        'What the decorator puts there may await the method, or chain on it. Give the decorator the return type `void` where it only notes the method, or types of its own that say what it takes and gives.',
    },
    overload: {
      short: 'Two overloads would take the same.',
      extra: 'Callers choose between them by the promise alone. Take one of them out.',
    },
    'function-kind': {
      short: 'The code asks whether a function is async.',
      extra: 'A function that blocks is none, and would be taken for another kind. Ask for what it gives instead.',
    },
    wrapped: {
      short: 'A library makes another function of it.',
      extra:
        'Whoever calls that wants a promise, and cannot be seen. Give the place where it is kept a type of your own, or write a function that calls it.',
    },
    other: {
      short: 'The promise is used in a way that is not known.',
      extra: 'Await it where it is made, and use the value.',
    },
  },
  rewrite(site, node, { text }) {
    const shown = text(node).split('\n', 1)[0]!.slice(0, 80);
    switch (site.how) {
      case 'passed-library':
        return refuse('to-library', `A promise is handed to a library: ${site.detail}.`);
      case 'shim':
        return refuse('to-library', `${site.detail}.`);
      case 'passed-unknown':
        return refuse('untyped', `A promise is handed to untyped code: ${site.detail}.`);
      case 'tested':
        return refuse('tested', `A promise is tested or compared in \`${shown}\`.`);
      case 'exported':
        return refuse('exported', 'A promise is exported as a value.');
      case 'matched':
        return refuse('expected', `The test looks at the promise itself: \`${shown}\`.`);
      case 'returned':
        if (site.detail === 'thenable')
          return refuse('own-thenable', `\`${shown}\` has a \`then\` of its own, which is called for what it gives.`);
        return refuse(
          'untyped-result',
          `\`${shown}\` may give a promise: its type does not say.`,
          'a type for what is called',
        );
      case 'untyped-caller':
        return refuse(
          'untyped-callers',
          `\`${shown}\` has no types and may call \`${site.detail}\`, whose promise it wants.`,
        );
      case 'untyped-reader':
        return refuse(
          'untyped-callers',
          `\`${shown}\` has no types and may be \`${site.detail}\`, whose promise may be wanted where it goes.`,
        );
      case 'asked':
        return refuse('asked', `A conditional type asks for \`${shown}\`: ${site.detail}.`);
      case 'asserted':
        return refuse(
          'asserted',
          `\`${shown}\` has no type of its own, and is taken for a promise.`,
          'a type for what makes it',
        );
      case 'declared':
        return refuse('declared', `\`${shown}\` is declared here and defined elsewhere${site.detail}.`);
      case 'decorated':
        return refuse(
          'decorated',
          `\`${shown}\` may put a function in place of \`${site.detail}\` that wants its promise.`,
        );
      case 'overload':
        return refuse('overload', `\`${shown}\` would take the same as the overload at ${site.detail}.`);
      case 'function-kind':
        return refuse('function-kind', `\`${shown}\` asks whether a function is async.`);
      case 'wrapped':
        return refuse(
          'wrapped',
          `\`${shown}\` makes another function of ${site.detail.startsWith('(') ? 'what it is given' : `\`${site.detail}\``}, whose callers want its promise.`,
          'a type of your own for what it gives, or a function that calls it',
        );
      default:
        return refuse(
          'other',
          site.detail === ''
            ? `The promise in \`${shown}\` cannot be followed.`
            : `The promise in \`${shown}\` cannot be followed: ${site.detail}.`,
        );
    }
  },
});
