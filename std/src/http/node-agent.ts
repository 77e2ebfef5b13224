import { codedError } from '../sockets/system-error.ts';
import { Agent } from './agent.ts';
import type { AgentOptions } from './agent.ts';

/** `http.Agent` or `https.Agent` of Node: whether it keeps connections and its TLS options have a meaning here. */
export interface NodeAgent {
  readonly maxSockets: number;
  readonly maxFreeSockets: number;
}

const known = new WeakMap<NodeAgent, Agent>();

/** The agent that stands for one of Node's. Throws for agents of other packages, which connect in ways of their own. */
export function agentFor(given: NodeAgent): Agent {
  let agent = known.get(given);
  if (!agent) {
    const prototype: unknown = Object.getPrototypeOf(given);
    const isNodes = (['http', 'https'] as const).some(
      (name) => process.getBuiltinModule(name).Agent.prototype === prototype,
    );
    if (!isNodes) throw withoutForm('agent');
    const { options } = given as unknown as { options: AgentOptions };
    agent = new Agent({ ...options, proxy: undefined, keepAlive: options.keepAlive === true });
    known.set(given, agent);
  }
  return agent;
}

/** Options of `http.request` that a blocking request cannot honour are errors: they would be missed. */
export const hasNoForm = new Set(
  'createConnection lookup signal checkServerIdentity localPort insecureHTTPParser'.split(' '),
);

export function withoutForm(name: string): Error {
  const message = `The option \`${name}\` of http.request has no blocking form`;
  return codedError(new TypeError(message), 'ERR_INVALID_ARG_VALUE');
}
