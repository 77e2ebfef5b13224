import { ts } from 'ts-morph';
import {
  type Answer,
  type Context,
  defineTransform,
  imported,
  type Piece,
  refuse,
  semicolon,
} from '../src/transform.ts';
import { limitedCall, type LimitedCall } from './api-map/limited-call.ts';

const note =
  'The time limit is an option of the call now, and counts until all of it is done, the reading of a body included; what takes longer is given up, where it went on before.';

export default defineTransform({
  id: 'limit-call',
  code: 'UA163',
  claims: 'idiom',
  applicability: 'noted',
  summary: 'Turn a race against a timer, and `p-timeout`, into the time limit of the call',
  docs:
    '`Promise.race([fetch(url), timeout(ms)])` becomes `inTime(ms, (timeout) => fetchSync(url, { timeout }), …)`: the call is given its own ' +
    'time limit, and where that is over the same error is thrown as before. It converts where what races is one call of an API whose row ' +
    'names a time limit (`fetch`, `execFile` and `exec` promisified, `execa`, `undici`), and where the timer is written at the race, or made ' +
    'by a function of the same file that does nothing else. A function that only made such timers goes.',
  reasons: {
    work: {
      short: 'What is given a time limit by `p-timeout` cannot be given one when it blocks.',
      extra: 'Nothing can give up a call that blocks from outside. Give the call that waits a time limit of its own.',
    },
    setting: {
      short: 'A setting of `p-timeout` has no blocking form.',
      extra: '`milliseconds` and `message` have one. Catch the error where something else is to happen.',
    },
  },
  rewrite(site, node, context) {
    switch (site.idiom) {
      case 'race-limit':
        return race(node as ts.CallExpression, site.of!, context);
      case 'limited-call':
        return byPackage(node as ts.CallExpression, context);
      case 'race-timer':
        return {
          rewrite: { pieces: [] },
          drops: 'Only races called it, and each of them has its time limit now.',
          applicability: 'safe',
        };
      default:
        return undefined;
    }
  },
});

const unchanged = { keep: true, applicability: 'safe' } as const;

function race(node: ts.CallExpression, of: string, context: Context): Answer {
  const { ms, error, at } = JSON.parse(of) as { readonly ms: string; readonly error: string; readonly at: number };
  let list = node.arguments[0]!;
  while (ts.isParenthesizedExpression(list)) list = list.expression;
  const work = (list as ts.ArrayLiteralExpression).elements[1 - at]!;
  const call = limitedCall(work, context);
  if (!('pieces' in call)) return unchanged;
  return inTime(ms, call, [`throw ${error}`], context);
}

/** `pTimeout(work(), { milliseconds, message })`; what else the package can do has no blocking form. */
function byPackage(node: ts.CallExpression, context: Context): Answer {
  const [work, options, ...more] = node.arguments;
  if (!work) return unchanged;
  const call = limitedCall(work, context);
  if (!('pieces' in call)) return refuse('work', call.why, call.next);
  const settings = 'Give it `milliseconds`, and `message` where there is one, written out at the call.';
  if (!options || more.length > 0 || !ts.isObjectLiteralExpression(options) || node.questionDotToken)
    return refuse('setting', 'Which settings `pTimeout` has cannot be seen here.', settings);
  const given = new Map<string, ts.Expression>();
  for (const property of options.properties) {
    const name = property.name?.getText(context.source) ?? '';
    const value = ts.isShorthandPropertyAssignment(property)
      ? property.name
      : ts.isPropertyAssignment(property)
        ? property.initializer
        : undefined;
    if (!value || !/^(milliseconds|message)$/.test(name))
      return refuse(
        'setting',
        `\`${context.text(property).slice(0, 60)}\` of \`pTimeout\` has no blocking form.`,
        settings,
      );
    given.set(name, value);
  }
  const [limit, message] = [given.get('milliseconds'), given.get('message')];
  if (!limit || !isPlain(limit)) return refuse('setting', 'The time limit is computed in the call.', settings);
  const ms = context.text(limit);
  const shown = /^[\d_.]+$/.test(ms) ? ms.replaceAll('_', '') : `\${${ms}}`;
  const text = `Promise timed out after ${shown} milliseconds`;
  const error = message
    ? messageOf(message, context)
    : timeoutError(shown.startsWith('$') ? `\`${text}\`` : `'${text}'`);
  return error === undefined
    ? refuse('setting', `\`${context.text(message!).slice(0, 60)}\` may be a text or an error.`, settings)
    : inTime(ms, call, error, context);
}

/** What is thrown for `message`: an error as it is, a text in the package's own; `false` gives `undefined`. */
function messageOf(message: ts.Expression, { types, text }: Context): readonly Piece[] | undefined {
  if (message.kind === ts.SyntaxKind.FalseKeyword) return [];
  if (!isPlain(message) && !ts.isNewExpression(message)) return undefined;
  const type = types.text(message);
  if (/^(string|".*"|`.*`)$/s.test(type)) return timeoutError(text(message));
  return /^[A-Z]\w*Error$|^Error$/.test(type) ? [`throw ${text(message)}`] : undefined;
}

const timeoutError = (message: string): readonly Piece[] => [
  'throw new ',
  imported('p-timeout', 'TimeoutError'),
  `(${message})`,
];

/** A name, a member, or a literal: it may be read later, and again. */
function isPlain(node: ts.Expression): boolean {
  let root = node;
  while (ts.isPropertyAccessExpression(root)) root = root.expression;
  return (
    ts.isIdentifier(root) ||
    ts.isLiteralExpression(node) ||
    root.kind === ts.SyntaxKind.ThisKeyword ||
    (ts.isBinaryExpression(node) &&
      isPlain(node.left) &&
      isPlain(node.right) &&
      /^[*+/-]$/.test(node.operatorToken.getText()))
  );
}

function inTime(ms: string, work: LimitedCall, late: readonly Piece[], { source }: Context): Answer {
  const end = semicolon(source);
  const otherwise: Piece[] = late.length === 0 ? ['() => undefined'] : ['() => {\n    ', late, `${end}\n  }`];
  const limited: Piece[] = [`(${work.name}) => `, work.pieces];
  const name = imported('@unawait/std/time', 'inTime');
  return {
    rewrite: { pieces: [name, `(\n  ${ms},\n  `, limited, ',\n  ', otherwise, ',\n)'] },
    drops: 'The timer becomes the time limit of the call that it raced with.',
    note: [note, ...work.notes].join(' '),
  };
}
