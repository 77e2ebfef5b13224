import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  imported,
  type Piece,
  refuse,
  type RefuseAnswer,
  type SiteNodes,
} from '../../src/transform.ts';
import { argumentsOf, calleeOf } from './call-arguments.ts';

/** Type texts that mean the same in every file. */
const known =
  /^(string|number|boolean|bigint|undefined|null|void|true|false|Buffer|Uint8Array|Date|\[\]|[ |"\w]*"|[ |])+$/;

/**
 * The call through a worker thread, by the policy `bridge`: for what has no blocking form. `otherwise` is what is refused where the policy
 * is not asked for, or where the call cannot pass; it then says why.
 */
export function bridged(node: SiteNodes['api-call'], context: Context, otherwise: RefuseAnswer): Answer {
  const { types, source, text } = context;
  if (!ts.isCallExpression(node) || node.questionDotToken) return otherwise;
  const callee = calleeOf(node);
  const found = types.importable(callee);
  const name = found && nameThere(found, source);
  if (!found || name === undefined) return otherwise;
  const problem = cloneProblem(node, context);
  if (problem !== undefined) return cannot(otherwise, problem);
  const typeScript = /\.[cm]?tsx?$/.test(source.fileName);
  const typed =
    typeScript && found.simple
      ? found.typed
        ? `typeof import('${found.module}').${found.name}`
        : `typeof ${text(callee)}`
      : undefined;
  const result = types.text(node, true);
  if (typeScript && typed === undefined && !known.test(result))
    return cannot(otherwise, `its type is generic or overloaded, and \`${result}\` cannot be written here`);
  const type = typed ?? (typeScript ? `(...args: unknown[]) => ${result}` : undefined);
  const given = argumentsOf(node);
  const list: Piece = given.length === 0 ? '' : [', [', given.map((each, i) => (i > 0 ? [', ', each] : [each])), ']'];
  const copies = given.some(
    (each) => !/^(string|number|boolean|bigint|true|false|"[^"]*"|\d+|undefined|null|[ |])+$/.test(types.text(each)),
  );
  return {
    rewrite: {
      pieces: [
        imported('@unawait/std/bridge', 'callSync'),
        type === undefined ? '' : `<${type}>`,
        `(${moduleText(found.module, source)}, '${name}'`,
        list,
        ')',
      ],
    },
    applicability: { policy: 'bridge' },
    note: `\`${text(callee)}\` runs in a worker thread, with a copy of its module's state${copies ? ' and of its arguments' : ''}.`,
    otherwise: {
      ...otherwise,
      unlocks: [withoutBridge(otherwise.unlocks ?? '').replace(/\.$/, ''), '--policy bridge']
        .filter(Boolean)
        .join(', or '),
    },
  };
}

function cannot(otherwise: RefuseAnswer, why: string): RefuseAnswer {
  const unlocks = otherwise.unlocks && withoutBridge(otherwise.unlocks);
  return refuse(otherwise.refuse, `${otherwise.detail!} It cannot go through a worker: ${why}.`, unlocks || undefined);
}

function withoutBridge(unlocks: string): string {
  return unlocks.replace(/^Policy `bridge`(, or )?/, '');
}

function cloneProblem(node: ts.CallExpression, { types }: Context): string | undefined {
  for (const [i, argument] of argumentsOf(node).entries()) {
    const problem = types.cloneProblem(ts.isSpreadElement(argument) ? argument.expression : argument);
    if (problem !== undefined) return `argument ${i + 1} holds ${problem}`;
  }
  const problem = types.cloneProblem(node, true);
  return problem === undefined ? undefined : `its result holds ${problem}`;
}

/** What the function is to `import()`, which gives all of a CommonJS module as its default. */
function nameThere({ module, name }: { module: string; name: string }, source: ts.SourceFile): string | undefined {
  const [first, ...rest] = name.split('.');
  if (module.startsWith('node:')) return first === 'default' && rest.length > 0 ? rest.join('.') : name;
  if (source.impliedNodeFormat !== ts.ModuleKind.CommonJS) return name;
  if (first !== 'default') return `default.${name}`;
  // Of a default import, it depends on the compiler what stands there.
  return /\.[cm]?ts$/.test(source.fileName) ? undefined : name;
}

/** The module as this file finds it, wherever the program is started from. */
function moduleText(module: string, source: ts.SourceFile): string {
  if (module.startsWith('node:')) return `'${module}'`;
  const isModule = source.impliedNodeFormat !== ts.ModuleKind.CommonJS;
  return `${isModule ? 'import.meta' : 'require'}.resolve('${module}')`;
}
