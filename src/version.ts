import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Manifest {
  readonly name?: string;
  readonly version?: string;
  readonly bugs?: string | { readonly url?: string };
}

/** Version of unawait and where its bugs are reported, from its own package.json (the nearest one above that bears its name). */
export function ownManifest(): { readonly version: string; readonly bugs: string | undefined } {
  for (let folder = import.meta.dirname; ; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    const manifest = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
    if (manifest?.name === 'unawait' && manifest.version !== undefined) {
      return {
        version: manifest.version,
        bugs: typeof manifest.bugs === 'string' ? manifest.bugs : manifest.bugs?.url,
      };
    }
    if (dirname(folder) === folder) return { version: '0.0.0', bugs: undefined };
  }
}
