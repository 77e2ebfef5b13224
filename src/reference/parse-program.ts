import type { AnswerFault } from './scenario.ts';
import { count, fail, list, object, oneOf, payload, text, type Fields } from './scenario-fields.ts';

export const ANSWER_FAULTS: Readonly<Record<AnswerFault['do'], (fault: Fields, at: string) => void>> = {
  drop: (fault, at) => oneOf(fault, 'when', ['before-answer', 'in-head', 'in-body'], at),
  fragment: (fault, at) => count(fault, 'bytes', at, 1),
  chunked: (fault, at) => {
    if (fault['bytes'] !== undefined) count(fault, 'bytes', at, 1);
  },
  close: () => undefined,
  garbage: () => undefined,
};

const START = ['argv', 'stdin', 'env', 'exit', 'crashes'];
const PROGRAM = ['runtime', 'name', 'about', 'files', 'peers', 'then', 'ignore', 'reach', 'timeoutMs', ...START];
const ROUTE = ['method', 'path', 'status', 'headers', 'body', 'delayMs', 'times', 'faults'];

/** Checks a scenario of a plain program, apart from its name and runtime. A field that is not known is an error: it may be a misspelt one. */
export function checkProgram(scenario: Fields, source: string): void {
  knownOnly(scenario, PROGRAM, source);
  checkStart(scenario, source);
  if (scenario['timeoutMs'] !== undefined) count(scenario, 'timeoutMs', source, 1);
  list(scenario, 'then', source).forEach((each, n) => {
    const at = `${source}: then[${n}]`;
    const start = object(each, at);
    knownOnly(start, START, at);
    checkStart(start, at);
  });
  strings(scenario, 'ignore', source);
  for (const [name, spec] of Object.entries(object(scenario['files'] ?? {}, `${source}: files`)))
    checkFile(name, spec, `${source}: files[${JSON.stringify(name)}]`);
  for (const [name, peer] of Object.entries(object(scenario['peers'] ?? {}, `${source}: peers`)))
    checkPeer(object(peer, `${source}: peers.${name}`), `${source}: peers.${name}`);
  if (scenario['reach'] !== undefined) count(object(scenario['reach'], `${source}: reach`), 'requests', source, 1);
}

/** A path that a server answers. */
export function checkRoute(value: unknown, at: string): void {
  const route = object(value, at);
  text(route, 'method', at);
  text(route, 'path', at);
  count(route, 'status', at, 100);
  if (route['body'] !== undefined) payload(route['body'], `${at}.body`);
}

function checkStart(start: Fields, at: string): void {
  strings(start, 'argv', at);
  if (start['stdin'] !== undefined) payload(start['stdin'], `${at}: stdin`);
  if (start['exit'] !== undefined) count(start, 'exit', at);
  if (start['crashes'] !== undefined) oneOf(start, 'crashes', [true, false], at);
  const env = object(start['env'] ?? {}, `${at}: env`);
  for (const name of Object.keys(env)) text(env, name, `${at}: env`);
}

function checkFile(name: string, value: unknown, at: string): void {
  if (/^[/\\]|(^|[/\\])\.\.([/\\]|$)/.test(name)) fail(at, 'a path inside of the working folder');
  const file = object(value, at);
  if (name.endsWith('/')) {
    knownOnly(file, [], at);
    return;
  }
  payload(file, at);
  const { mode, modified } = file;
  if (mode !== undefined && !(typeof mode === 'string' && /^[0-7]{3,4}$/.test(mode)))
    fail(`${at}.mode`, 'octal text such as "755"');
  if (modified !== undefined && (typeof modified !== 'string' || Number.isNaN(Date.parse(modified))))
    fail(`${at}.modified`, 'a date and time');
}

function checkPeer(peer: Fields, at: string): void {
  oneOf(peer, 'speaks', ['http', 'bytes', 'nothing'], at);
  if (peer['speaks'] === 'http') {
    knownOnly(peer, ['speaks', 'routes', 'order', 'answerDelayMs'], at);
    if (peer['order'] !== undefined) oneOf(peer, 'order', ['any'], at);
    list(peer, 'routes', at).forEach((each, n) => checkPeerRoute(each, `${at}.routes[${n}]`));
  } else if (peer['speaks'] === 'bytes') {
    knownOnly(peer, ['speaks', 'connections'], at);
    const connections = list(peer, 'connections', at);
    if (connections.length === 0) fail(`${at}.connections`, 'a list with a script');
    connections.forEach((script, n) => {
      if (!Array.isArray(script)) fail(`${at}.connections[${n}]`, 'a list of steps');
      script.forEach((step: unknown, m) => checkStep(step, `${at}.connections[${n}][${m}]`));
    });
  }
}

function checkPeerRoute(value: unknown, at: string): void {
  checkRoute(value, at);
  const route = object(value, at);
  knownOnly(route, ROUTE, at);
  if (route['times'] !== undefined) count(route, 'times', at, 1);
  list(route, 'faults', at).forEach((each, n) => {
    const place = `${at}.faults[${n}]`;
    const fault = object(each, place);
    oneOf(fault, 'do', Object.keys(ANSWER_FAULTS), place);
    ANSWER_FAULTS[fault['do'] as AnswerFault['do']](fault, place);
  });
}

function checkStep(value: unknown, at: string): void {
  const step = object(value, at);
  knownOnly(step, ['until', 'delayMs', 'send', 'pieces', 'then'], at);
  if (step['until'] !== undefined) {
    text(step, 'until', at);
    if (step['until'] === '') fail(`${at}.until`, 'a text that is not empty');
  }
  if (step['send'] !== undefined) payload(step['send'], `${at}.send`);
  if (step['delayMs'] !== undefined) count(step, 'delayMs', at);
  if (step['pieces'] !== undefined) count(step, 'pieces', at, 1);
  if (step['then'] !== undefined) oneOf(step, 'then', ['close', 'reset'], at);
}

function strings(fields: Fields, key: string, at: string): void {
  list(fields, key, at).forEach((each, index) => {
    if (typeof each !== 'string') fail(`${at}: ${key}[${index}]`, 'a string');
  });
}

function knownOnly(fields: Fields, known: readonly string[], at: string): void {
  const stray = Object.keys(fields).find((key) => !known.includes(key));
  if (stray !== undefined)
    throw new TypeError(`${at}: there is no field \`${stray}\` here. Known are: ${known.join(', ')}.`);
}
