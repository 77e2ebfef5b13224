import { nearestPolicy, policies } from '../model/policies.ts';
import { UsageError } from './usage-error.ts';

/**
 * Throws a `UsageError` for a policy that does not exist, with the nearest name. `known` are names of the project's own rows; `where` says
 * who named it: `--policy`, a configuration file.
 */
export function checkPolicies(names: readonly string[], where: string, known: readonly string[] = []): void {
  for (const name of names) {
    if (Object.hasOwn(policies, name) || known.includes(name)) continue;
    const near = nearestPolicy(name);
    const all = [...Object.keys(policies), ...known].sort().join(', ');
    throw new UsageError(
      `${where}: there is no policy \`${name}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}${near === undefined ? `; known are ${all}.` : ''}`,
    );
  }
}
