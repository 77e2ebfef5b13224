import { ts } from 'ts-morph';
import { defineTransform, keep } from '../src/transform.ts';

export default defineTransform({
  id: 'note-early-init',
  code: 'UA134',
  claims: 'idiom',
  applicability: 'safe',
  summary: 'Note where a constructor now runs the whole of a method that a subclass overrides',
  docs: 'The fields of a subclass get their first values when the constructors of its base classes are done. A method that such a constructor calls used to see them behind its first `await`; now they are not there yet, and overwrite what the method sets. Give the fields their values in the method, declare them without (`declare items: string[]`), or call the method after construction.',
  reasons: {},
  rewrite(site, node, { text }) {
    if (site.idiom !== 'early-init' || !ts.isCallExpression(node)) return undefined;
    return keep(
      `All of \`${text(node)}\` runs here now: field initialisers of the subclass that overrides it have not run, and overwrite what it sets.`,
    );
  },
});
