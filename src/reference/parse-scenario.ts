import type { Fault, Scenario } from './scenario.ts';

type Fields = Readonly<Record<string, unknown>>;

const FAULTS: Readonly<Record<Fault['do'], (fault: Fields, at: string) => void>> = {
  refuse: (fault, at) => oneOf(fault, 'status', [400, 403, 413, 500], at),
  drop: (fault, at) => oneOf(fault, 'when', ['before-answer', 'in-head', 'in-body'], at),
  delay: (fault, at) => count(fault, 'ms', at),
  fragment: (fault, at) => count(fault, 'bytes', at, 1),
  chunked: (fault, at) => {
    if (fault['bytes'] !== undefined) count(fault, 'bytes', at, 1);
  },
  close: () => undefined,
  garbage: () => undefined,
  shutdown: () => undefined,
};

/** Checks what came out of a scenario file; throws a `TypeError` that names the place, such as `events[2].faults[0].status`. */
export function parseScenario(value: unknown, source: string): Scenario {
  const scenario = object(value, source);
  text(scenario, 'name', source);
  if (scenario['runtime'] === 'program') {
    list(scenario, 'argv', source).forEach((each, index) => {
      if (typeof each !== 'string') fail(`${source}: argv[${index}]`, 'a string');
    });
    if (scenario['stdin'] !== undefined) payload(scenario['stdin'], `${source}: stdin`);
    for (const [name, spec] of Object.entries(object(scenario['files'] ?? {}, `${source}: files`))) {
      payload(spec, `${source}: files[${JSON.stringify(name)}]`);
    }
  } else if (scenario['runtime'] === 'lambda') {
    const events = list(scenario, 'events', source);
    events.forEach((each, index) => {
      const at = `${source}: events[${index}]`;
      const event = object(each, at);
      payload(event['payload'], `${at}.payload`);
      list(event, 'faults', at).forEach((fault, n) => checkFault(fault, `${at}.faults[${n}]`));
    });
    list(scenario, 'faults', source).forEach((fault, n) => checkFault(fault, `${source}: faults[${n}]`));
    list(scenario, 'routes', source).forEach((each, n) => {
      const at = `${source}: routes[${n}]`;
      const route = object(each, at);
      text(route, 'method', at);
      text(route, 'path', at);
      count(route, 'status', at, 100);
      if (route['body'] !== undefined) payload(route['body'], `${at}.body`);
    });
    checkReach(scenario['reach'], events.length, `${source}: reach`);
  } else {
    fail(`${source}: runtime`, '"lambda" or "program"');
  }
  return value as Scenario;
}

function checkReach(reach: unknown, events: number, at: string): void {
  if (reach === 'init-error') return;
  const wanted = object(reach, at)['events'];
  // A run in which nothing need happen would be passed by two sides that both crash.
  if (!Number.isInteger(wanted) || (wanted as number) < 1 || (wanted as number) > events) {
    fail(`${at}.events`, `a number from 1 to ${events}`);
  }
}

function checkFault(value: unknown, at: string): void {
  const fault = object(value, at);
  oneOf(fault, 'on', ['next', 'response', 'error', 'init-error'], at);
  oneOf(fault, 'do', Object.keys(FAULTS), at);
  if (fault['times'] !== undefined) count(fault, 'times', at, 1);
  FAULTS[fault['do'] as Fault['do']](fault, at);
}

function payload(value: unknown, at: string): void {
  const spec = object(value, at);
  if ('json' in spec) return;
  if ('text' in spec) {
    text(spec, 'text', at);
    return;
  }
  if ('base64' in spec) {
    text(spec, 'base64', at);
    return;
  }
  if (!('fill' in spec)) fail(at, 'an object with json, text, base64 or fill');
  text(spec, 'fill', at);
  count(spec, 'bytes', at);
}

function object(value: unknown, at: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) fail(at, 'an object');
  return value as Fields;
}

function list(fields: Fields, key: string, at: string): readonly unknown[] {
  const value = fields[key] ?? [];
  if (!Array.isArray(value)) fail(`${at}: ${key}`, 'a list');
  return value as unknown[];
}

function text(fields: Fields, key: string, at: string): void {
  if (typeof fields[key] !== 'string') fail(`${at}.${key}`, 'a string');
}

function count(fields: Fields, key: string, at: string, least = 0): void {
  const value = fields[key];
  if (!Number.isInteger(value) || (value as number) < least) fail(`${at}.${key}`, `a whole number from ${least}`);
}

function oneOf(fields: Fields, key: string, allowed: readonly unknown[], at: string): void {
  if (!allowed.includes(fields[key])) fail(`${at}.${key}`, `one of ${allowed.join(', ')}`);
}

function fail(at: string, wanted: string): never {
  throw new TypeError(`${at} must be ${wanted}.`);
}
