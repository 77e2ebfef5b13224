import type { Facts } from './model/facts.ts';
import type { Plan, Remark } from './model/plan.ts';
import { cycles } from './settle/cycles.ts';
import { group, reach } from './settle/islands.ts';

const serverApi = /^node:(http|https|http2|net|tls)#(createServer|createSecureServer|Server\.constructor)$/;
const network = /^@unawait\/std\/(http|net|tls|fetch|dns)\b/;

/**
 * Dangers that no single site shows. **Deadlock**: a server whose thread blocks on the network, in the same test file or the same
 * program: the client waits for an answer that the server cannot give.
 */
export function lint(facts: Facts, plan: Plan): Remark[] {
  return [...deadlocks(facts, plan), ...recursions(facts, plan)];
}

/** **Recursion**: calls behind an `await` had a fresh stack; now all share one, and it ends. */
function recursions(facts: Facts, plan: Plan): Remark[] {
  const units = new Map(facts.units.map((u) => [u.id, u]));
  const blocking = new Set(plan.blocking);
  const calls = facts.calls.filter((c) => c.site !== '' && blocking.has(c.caller) && blocking.has(c.callee));
  const edges = group(
    calls,
    (c) => c.caller,
    (c) => c.callee,
  );
  return cycles(edges).map((all): Remark => {
    const { id, place, name } = units.get(all[0]!)!;
    const through = all.slice(1, 4).map((each) => `\`${units.get(each)!.name}\``);
    const how = through.length === 0 ? '' : ` through ${through.join(', ')}${all.length > 4 ? ' and others' : ''}`;
    const message = `\`${name}\` calls itself${how}: calls behind an \`await\` used to start on a fresh stack, and now all share one, which ends after some ten thousand.`;
    return { place, unit: id, reason: 'lint/recursion', message };
  });
}

function deadlocks(facts: Facts, plan: Plan): Remark[] {
  const units = new Map(facts.units.map((u) => [u.id, u]));
  const sites = new Map(facts.sites.map((s) => [s.id, s]));
  const moved = new Set(facts.units.filter((u) => u.kind === 'threaded').map((u) => u.place.file));
  const servers = facts.sites.flatMap((s) =>
    s.kind === 'loop' && serverApi.test(s.api) && !moved.has(s.place.file) ? [s] : [],
  );
  if (servers.length === 0) return [];
  const ends = plan.claims.flatMap((claim) => {
    const need = claim.imports.find((i) => i.kind === 'value' && network.test(i.module));
    return need ? [{ site: sites.get(claim.site)!, name: need.name }] : [];
  });
  if (ends.length === 0) return [];
  const blocking = new Set(plan.blocking);
  const callers = group(
    facts.calls.filter((c) => blocking.has(c.callee) && units.get(c.callee)!.kind === 'function'),
    (c) => c.callee,
    (c) => c.caller,
  );
  const allCallers = group(
    facts.calls,
    (c) => c.callee,
    (c) => c.caller,
  );
  const allCallees = group(
    facts.calls,
    (c) => c.caller,
    (c) => c.callee,
  );
  return servers.flatMap((server): Remark[] => {
    // The same file for a test; for the rest, what is called from where the server is started.
    const region = server.test ? undefined : reach(reach([server.inside], allCallers), allCallees);
    const meets = (unit: string): boolean =>
      region ? region.has(unit) && units.get(unit)?.test === false : units.get(unit)?.place.file === server.place.file;
    for (const end of ends) {
      if (!server.test && end.site.test) continue;
      const waiting = firstFrom(end.site.inside, callers, meets);
      if (waiting === undefined) continue;
      const who = units.get(waiting)!;
      const via = `\`${end.name}\` at ${end.site.place.file}:${end.site.place.line}`;
      const name = server.api.slice(server.api.indexOf('#') + 1);
      const message = server.test
        ? `\`${name}\` starts a server in the thread of \`${who.name}\` (${who.place.file}:${who.place.line}), which waits for the network in ${via} now: the server cannot answer, and the test hangs. Put the server in a module of its own, which then moves to a worker thread. \`unawait verify\` cuts a hanging test run off.`
        : `\`${name}\` starts a server in the program in which \`${who.name}\` waits for the network in ${via} now: where one process runs both and they talk to each other, neither goes on. Run the server in a process or worker thread of its own.`;
      return [{ place: server.place, unit: server.inside, reason: 'lint/deadlock', message }];
    }
    return [];
  });
}

/** The first unit, from `start` on to its callers, that fits. */
function firstFrom(
  start: string,
  callers: ReadonlyMap<string, readonly string[]>,
  fits: (unit: string) => boolean,
): string | undefined {
  const seen = new Set([start]);
  for (const unit of seen) {
    if (fits(unit)) return unit;
    for (const caller of callers.get(unit) ?? []) seen.add(caller);
  }
  return undefined;
}
