import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';
import { fileHas } from './file-has.ts';
import { enclosingFunction, walk } from './syntax.ts';

const fetches = /^(global|undici)#fetch$/;
/** Methods of `FormData`, and whether they put something in. */
const methods: Readonly<Record<string, boolean>> = { append: true, set: true, delete: false, get: false, has: false };

/** Form data in the options of a `fetch`, unless it is made in the same function and holds nothing but text. */
export function collectForm(draft: Draft, node: ts.Node): void {
  if (!ts.isCallExpression(node) || node.arguments.length < 2 || !fileHas(node, 'FormData')) return;
  const options = node.arguments[1]!;
  const { checker } = draft;
  if (!fetches.test(checker.api(node) ?? '') || !/\bFormData\b/.test(checker.text(checker.typeOf(options), options)))
    return;
  if (!holdsText(draft, options)) draft.emit({ kind: 'idiom', idiom: 'form-data' }, options, draft.enclosing(node), -1);
}

function holdsText(draft: Draft, options: ts.Expression): boolean {
  if (!ts.isObjectLiteralExpression(options)) return false;
  const body = options.properties.find((each) => each.name?.getText() === 'body');
  const value =
    body && ts.isPropertyAssignment(body)
      ? body.initializer
      : body && ts.isShorthandPropertyAssignment(body)
        ? body.name
        : undefined;
  if (!value || !ts.isIdentifier(value)) return false;
  const [declaration, ...more] = draft.checker.declarations(value);
  if (!declaration || more.length > 0 || !isNewForm(declaration)) return false;
  const scope = enclosingFunction(declaration);
  if (!scope || scope !== enclosingFunction(value)) return false;
  for (const each of walk(scope))
    if (
      ts.isIdentifier(each) &&
      each.text === value.text &&
      each !== value &&
      each !== declaration.name &&
      draft.checker.declarations(each).includes(declaration) &&
      !putsText(draft, each)
    )
      return false;
  return true;
}

/** `const form = new FormData()` */
function isNewForm(node: ts.Declaration): node is ts.VariableDeclaration {
  return (
    ts.isVariableDeclaration(node) &&
    (ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) !== 0 &&
    node.initializer !== undefined &&
    /^new FormData\(\)$/.test(node.initializer.getText())
  );
}

/** `form.append('name', text)`, or a method that puts nothing in. */
function putsText(draft: Draft, name: ts.Identifier): boolean {
  const access = name.parent;
  if (ts.isShorthandPropertyAssignment(access)) return false;
  if (!ts.isPropertyAccessExpression(access) || access.expression !== name) return false;
  const call = access.parent;
  const puts = methods[access.name.text];
  if (puts === undefined || !ts.isCallExpression(call) || call.expression !== access) return false;
  if (!puts) return true;
  const [, value] = call.arguments;
  if (!value || call.arguments.some(ts.isSpreadElement)) return false;
  const text = draft.checker.text(draft.checker.typeOf(value), value);
  return /^(string|number|boolean|"[^]*"|'[^]*'|`[^]*`|[\d.]+)$/.test(text);
}
