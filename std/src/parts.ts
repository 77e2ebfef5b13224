import { createRequire } from 'node:module';

/** Parts that are loaded on first use, so that a program which does without them does not carry them. */
export interface Parts {
  tls: typeof import('./tls/part.ts');
  bridge: typeof import('./sockets/bridge.ts');
  winsock: typeof import('./sockets/winsock.ts');
}

const files = { tls: './tls/part.js', bridge: './sockets/bridge.js', winsock: './sockets/winsock.js' };

const loaded: Partial<Parts> = {};

/** A part makes itself known when it is imported: in a bundle, where no file lies beside this one, that is the way in. */
export function registerPart<Name extends keyof Parts>(name: Name, part: Parts[Name]): void {
  loaded[name] = part;
}

export function part<Name extends keyof Parts>(name: Name): Parts[Name] {
  const known: Parts[Name] | undefined = loaded[name];
  if (known !== undefined) return known;
  const require = createRequire(moduleBase());
  let found: Parts[Name];
  try {
    found = require(files[name]) as typeof found;
  } catch (cause) {
    throw new Error(
      `@unawait/std could not load its part \`${name}\`. In a bundle, import '@unawait/std/parts/${name}' in your entry file.`,
      { cause },
    );
  }
  loaded[name] = found;
  return found;
}

/** Where `require` starts: this file, or the working directory where a bundler left no `import.meta.url`. */
export function moduleBase(): string {
  const meta: Partial<ImportMeta> = import.meta;
  return meta.url ?? `${process.cwd()}/`;
}
