import type { Headers, WireAnswer } from './http-wire.ts';
import type { Refused } from './invocation-state.ts';
import { payloadBytes } from './payload.ts';
import { requestIdOf, type ExtraRoute, type ScenarioEvent } from './scenario.ts';

const FUNCTION_ARN = 'arn:aws:lambda:eu-central-1:123456789012:function:reference';

function json(status: number, value: unknown): WireAnswer {
  return { status, headers: [['Content-Type', 'application/json']], body: Buffer.from(JSON.stringify(value)) };
}

export function acceptedAnswer(): WireAnswer {
  return json(202, { status: 'OK' });
}

export function refusalAnswer(refused: Refused): WireAnswer {
  return json(refused.status, { errorMessage: refused.errorMessage, errorType: refused.errorType });
}

/** The answer to a path or method that the API does not have. */
export function unknownAnswer(status: 404 | 405): WireAnswer {
  return { status, headers: [['Content-Type', 'text/plain']], body: Buffer.from(`${status} page not found\n`) };
}

export function malformedAnswer(): WireAnswer {
  return { status: 400, headers: [['Connection', 'close']], body: Buffer.from('Bad Request') };
}

export function routeAnswer(route: ExtraRoute): WireAnswer {
  const body = route.body === undefined ? Buffer.alloc(0) : payloadBytes(route.body);
  return { status: route.status, headers: Object.entries(route.headers ?? {}), body };
}

/**
 * The answer to `next`: the payload, and the headers that describe the event. `now` is epoch milliseconds; `{address}` in a payload of text
 * or JSON becomes `address`.
 */
export function eventAnswer(event: ScenarioEvent, index: number, now: number, address: string): WireAnswer {
  const number = (index + 1).toString(16).padStart(8, '0');
  const headers = new Map<string, string>([
    ['Content-Type', 'application/json'],
    ['Lambda-Runtime-Aws-Request-Id', requestIdOf(event, index)],
    ['Lambda-Runtime-Deadline-Ms', String(Math.round(now) + (event.deadlineInMs ?? 30_000))],
    ['Lambda-Runtime-Invoked-Function-Arn', FUNCTION_ARN],
    ['Lambda-Runtime-Trace-Id', `Root=1-${number}-000000000000000000000000;Parent=00000000${number};Sampled=0`],
    ['Lambda-Runtime-Invocation-Id', `invocation-${index + 1}`],
    ['Date', new Date(now).toUTCString()],
  ]);
  for (const [name, value] of Object.entries(event.headers ?? {})) {
    const known = [...headers.keys()].find((key) => key.toLowerCase() === name.toLowerCase()) ?? name;
    if (value === null) headers.delete(known);
    else headers.set(known, value);
  }
  const lines: Headers = [...headers];
  const bytes = payloadBytes(event.payload);
  const spoken = 'json' in event.payload || 'text' in event.payload;
  const body =
    spoken && bytes.includes('{address}')
      ? Buffer.from(bytes.toString('utf8').replaceAll('{address}', address))
      : bytes;
  return { status: 200, headers: lines, body };
}
