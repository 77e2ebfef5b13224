import { posix } from 'node:path';

const keys = ['main', 'module', 'exports', 'types', 'typings', 'browser'];

/**
 * Whether code outside of the project may import a file: not that of a private package which names no entry, an application. What
 * cannot be told counts as a library.
 */
export function handedOut(packageJsons: ReadonlyMap<string, string>): (file: string) => boolean {
  const applications = new Map([...packageJsons].map(([path, text]) => [posix.dirname(path), isApplication(text)]));
  return (file) => {
    for (let folder = posix.dirname(file); ; folder = posix.dirname(folder)) {
      const found = applications.get(folder);
      if (found !== undefined) return !found;
      if (folder === '.' || folder === '/') return true;
    }
  };
}

function isApplication(text: string): boolean {
  try {
    const json = JSON.parse(text) as Readonly<Record<string, unknown>> | null;
    return json?.['private'] === true && keys.every((key) => json[key] === undefined);
  } catch {
    return false;
  }
}
