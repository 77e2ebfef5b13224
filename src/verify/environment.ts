import { delimiter, dirname, join } from 'node:path';

const OURS_ALONE =
  /^(VITEST|JEST|NODE_OPTIONS|NODE_V8_COVERAGE|NODE_ENV|NODE_TEST_CONTEXT|TEST|MODE|DEV|PROD|SSR|BASE_URL|FORCE_COLOR|npm_|INIT_CWD)/;

/** The environment of the user's own tools in a staged project: ours, without what our own runner put there. */
export function toolEnvironment(folder: string): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(process.env)) {
    if (value !== undefined && !OURS_ALONE.test(name)) env[name] = value;
  }
  env['PATH'] = [...commandFolders(folder), env['PATH'] ?? ''].join(delimiter);
  env['NO_COLOR'] = '1';
  env['CI'] = 'true';
  return env;
}

/** Where npm looks for the commands of packages: in the folder's own and in those of all folders above. */
function commandFolders(folder: string): string[] {
  const found: string[] = [];
  for (let at = folder; ; at = dirname(at)) {
    found.push(join(at, 'node_modules', '.bin'));
    if (dirname(at) === at) return found;
  }
}

/** The last lines of a text, for messages. */
export function tail(text: string, lines = 15): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
