import { ANSWER_FAULTS, checkProgram, checkRoute } from './parse-program.ts';
import type { Fault, Scenario } from './scenario.ts';
import { count, fail, list, object, oneOf, payload, text, type Fields } from './scenario-fields.ts';

const FAULTS: Readonly<Record<Fault['do'], (fault: Fields, at: string) => void>> = {
  ...ANSWER_FAULTS,
  refuse: (fault, at) => oneOf(fault, 'status', [400, 403, 413, 500], at),
  delay: (fault, at) => count(fault, 'ms', at),
  shutdown: () => undefined,
};

/** Checks what came out of a scenario file; throws a `TypeError` that names the place, such as `events[2].faults[0].status`. */
export function parseScenario(value: unknown, source: string): Scenario {
  const scenario = object(value, source);
  text(scenario, 'name', source);
  if (scenario['runtime'] === 'program') {
    checkProgram(scenario, source);
  } else if (scenario['runtime'] === 'lambda') {
    const events = list(scenario, 'events', source);
    events.forEach((each, index) => {
      const at = `${source}: events[${index}]`;
      const event = object(each, at);
      payload(event['payload'], `${at}.payload`);
      list(event, 'faults', at).forEach((fault, n) => checkFault(fault, `${at}.faults[${n}]`));
    });
    list(scenario, 'faults', source).forEach((fault, n) => checkFault(fault, `${source}: faults[${n}]`));
    list(scenario, 'routes', source).forEach((each, n) => checkRoute(each, `${source}: routes[${n}]`));
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
