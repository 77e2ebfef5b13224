import { ts } from 'ts-morph';
import type { Piece } from '../../src/transform.ts';
import { mayLackOutput, runCall } from '../child/call.ts';
import type { Out } from './layout.ts';
import { failureOuts, finishOuts, laterNodes, readAll, type Reading } from './reader.ts';
import { isHandlerDeclaration, listeningOf, type Handler } from './scene.ts';
import { mentionsSettler, referencesTo, shown, skipParentheses, Stop, type Work } from './shape.ts';

interface Child {
  readonly call: ts.CallExpression;
  readonly name: ts.Identifier | undefined;
  readonly handlers: Map<string, Handler>;
  readonly outputs: Map<'stdout' | 'stderr', { onPart: Handler | undefined; encoding: ts.Expression | undefined }>;
  input: ts.Expression | undefined;
}

/** `spawn(…)` that is waited for until `exit` or `close`. */
export function settleChild(
  work: Work,
  list: readonly ts.Statement[],
  concise?: ts.Expression,
): readonly Out[] | undefined {
  const before: ts.Statement[] = [];
  let child: Child | undefined;
  for (const statement of list) {
    const made = spawnOf(work, statement);
    if (made) {
      if (child) throw new Stop('event', 'The executor starts two children.');
      child = made;
    } else if (isHandlerDeclaration(statement) && mentionsSettler(work, statement)) continue;
    else if (child && readLater(work, child, statement)) continue;
    else if (mentionsSettler(work, statement)) return undefined;
    else if (child && !ts.isVariableStatement(statement))
      throw new Stop('event', `\`${shown(work, statement)}\` runs beside the child.`);
    else before.push(statement);
  }
  if (!child) return undefined;
  if (concise && !readExpression(work, child, concise)) return undefined;
  const ended = child.handlers.get('close') ?? child.handlers.get('exit');
  if (!ended || (child.handlers.has('close') && child.handlers.has('exit')))
    throw new Stop('never-settles', 'Nothing waits for the end of the child.');
  for (const event of child.handlers.keys())
    if (!/^(close|exit|error)$/.test(event))
      throw new Stop('event', `The event \`${event}\` of the child has no blocking form.`);
  return run(work, child, before, ended);
}

function spawnOf(work: Work, statement: ts.Statement): Child | undefined {
  let expression: ts.Expression | undefined;
  let name: ts.Identifier | undefined;
  if (ts.isVariableStatement(statement) && statement.declarationList.declarations.length === 1) {
    const [declaration] = statement.declarationList.declarations;
    expression = declaration!.initializer;
    name = ts.isIdentifier(declaration!.name) ? declaration!.name : undefined;
  } else if (ts.isExpressionStatement(statement)) ({ expression } = statement);
  if (!expression) return undefined;
  const plain = skipParentheses(expression);
  const found = isSpawn(work, plain) ? undefined : listeningOf(work, plain);
  const call = found?.emitter ?? plain;
  if (!isSpawn(work, call)) return undefined;
  return {
    call,
    name,
    handlers: new Map(found?.registrations.map((r) => [r.event, r.handler])),
    outputs: new Map(),
    input: undefined,
  };
}

function isSpawn(work: Work, node: ts.Expression): node is ts.CallExpression {
  return ts.isCallExpression(node) && work.context.types.api(node) === 'node:child_process#spawn';
}

/** `child.on(…)`, `child.stdout.on('data', …)`, `child.stdin.end(input)`. */
function readLater(work: Work, child: Child, statement: ts.Statement): boolean {
  return ts.isExpressionStatement(statement) && readExpression(work, child, statement.expression);
}

function readExpression(work: Work, child: Child, expression: ts.Expression): boolean {
  const found = listeningOf(work, expression);
  const stream = found && streamOf(work, child, found.emitter);
  if (found && stream === 'child') {
    for (const { event, handler } of found.registrations) {
      if (child.handlers.has(event)) throw new Stop('event', `Two listeners wait for the event \`${event}\`.`);
      child.handlers.set(event, handler);
    }
    return true;
  }
  if (found && (stream === 'stdout' || stream === 'stderr')) {
    if (mayLackOutput(child.call, work.context) && /\?\.\s*(on|once|addListener)\b/.test(work.context.text(expression)))
      throw new Stop('event', `Whether the child has a \`${stream}\` depends on its options: write \`stdio\` out.`);
    for (const { event, handler } of found.registrations) {
      if (event !== 'data') throw new Stop('event', `The event \`${event}\` of \`${stream}\` has no blocking form.`);
      child.outputs.set(stream, { encoding: undefined, ...child.outputs.get(stream), onPart: handler });
    }
    return true;
  }
  const call = skipParentheses(expression);
  if (!ts.isCallExpression(call) || !ts.isPropertyAccessExpression(call.expression)) return false;
  const target = streamOf(work, child, call.expression.expression);
  const { text: method } = call.expression.name;
  const [value, ...more] = call.arguments;
  if ((target === 'stdout' || target === 'stderr') && method === 'setEncoding' && value) {
    child.outputs.set(target, { onPart: undefined, ...child.outputs.get(target), encoding: value });
    return true;
  }
  if (target !== 'stdin' || (method !== 'write' && method !== 'end') || more.length > 0) return false;
  if (value && child.input) throw new Stop('event', 'The input of the child is written in parts.');
  child.input ??= value;
  return true;
}

/** Which stream of the child an expression is. */
function streamOf(
  work: Work,
  { name }: Child,
  node: ts.Expression,
): 'child' | 'stdin' | 'stdout' | 'stderr' | undefined {
  const plain = skipParentheses(node);
  if (!name) return undefined;
  if (ts.isIdentifier(plain)) return work.context.types.same(name, plain) ? 'child' : undefined;
  if (!ts.isPropertyAccessExpression(plain) || !ts.isIdentifier(skipParentheses(plain.expression))) return undefined;
  if (!work.context.types.same(name, skipParentheses(plain.expression))) return undefined;
  const { text } = plain.name;
  return text === 'stdin' || text === 'stdout' || text === 'stderr' ? text : undefined;
}

function run(work: Work, child: Child, before: readonly ts.Statement[], ended: Handler): readonly Out[] {
  const mark = work.typescript ? '!' : '';
  const result = child.name?.text ?? 'child';
  const readings = [...child.outputs].map(([stream, { onPart, encoding }]): Reading => {
    const whole = [`${result}.${stream}${mark}`];
    return {
      reader: { whole, text: (e) => [...whole, '.toString(', ...e, ')'], each: ['[', ...whole, ']'], isRead: true },
      onPart,
      encoding,
    };
  });
  const read = readAll(work, readings, before, laterNodes(ended));
  if (!work.around && read.outs.some((out) => 'line' in out && out.line[0] === 'for (const '))
    throw new Stop('event', 'The output of the child is used while it runs.');
  const failure = failureOuts(work, child.handlers.get('error'), []);
  const codes = 'literal' in ended ? ended.literal.parameters : [];
  const bound = codes.flatMap((p, i) => {
    if (!ts.isIdentifier(p.name)) throw new Stop('event', 'The listener takes its arguments apart.');
    const property = ['code', 'signal'][i];
    if (property === undefined || referencesTo(work, p.name, laterNodes(ended)).length === 0) return [];
    return [p.name.text === property ? property : `${property}: ${p.name.text}`];
  });
  const call = calledAtOnce(work, child);
  const after = 'settles' in ended ? settledOuts(work, ended, result) : finishOuts(work, ended, []);
  const lines: Out[] = read.before.map((s): Out => ({ line: [s] }));
  const needsName = child.outputs.size > 0;
  const pattern = bound.length > 0 ? `{ ${bound.join(', ')} }` : undefined;
  if (failure) {
    lines.push({ line: [`let ${result}`, work.semi] });
    lines.push({
      sections: [
        { head: ['try'], body: [{ line: [`${result} = `, ...call, work.semi] }] },
        { head: failure.head, body: failure.outs },
      ],
      short: false,
    });
    if (pattern !== undefined) lines.push({ line: [`const ${pattern} = ${result}${work.semi}`] });
  } else if (needsName) {
    lines.push({ line: [`const ${result} = `, ...call, work.semi] });
    if (pattern !== undefined) lines.push({ line: [`const ${pattern} = ${result}${work.semi}`] });
  } else if ('settles' in ended && !work.context.types.isVoid(work.node, true)) {
    return [...lines, { resolve: [...call, `.code${codeMark(work)}`], effect: false, inert: false, tail: true }];
  } else lines.push({ line: [pattern === undefined ? '' : `const ${pattern} = `, ...call, work.semi] });
  return [...lines, ...read.outs, ...after];
}

/** `child.on('close', resolve)`: the promise's value is the code. */
function settledOuts(work: Work, ended: Extract<Handler, { settles: unknown }>, result: string): readonly Out[] {
  if (ended.settles === 'reject') throw new Stop('event', 'The promise is rejected when the child ends.');
  const isVoid = work.context.types.isVoid(work.node, true);
  return [
    {
      resolve: isVoid ? undefined : [`${result}.code${codeMark(work)}`],
      effect: isVoid,
      inert: true,
      tail: true,
    },
  ];
}

/** Who took the code for a number goes on doing so. */
function codeMark(work: Work): string {
  return work.typescript && !/\b(null|unknown|any)\b/.test(work.context.types.text(work.node, true)) ? '!' : '';
}

function calledAtOnce(work: Work, { call, input }: Child): readonly Piece[] {
  const run = runCall(call, input, work.context);
  if ('stop' in run) throw new Stop('event', run.stop);
  if (run.note !== undefined) work.notes.add(run.note);
  return run.pieces;
}
