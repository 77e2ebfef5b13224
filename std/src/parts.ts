import { createRequire } from 'node:module';

/** Parts that are loaded on first use, so that a program which does without them does not carry them. */
export interface Parts {
  native: typeof import('./sockets/native.ts');
  bridge: typeof import('./sockets/bridge.ts');
  tls: typeof import('./tls/part.ts');
  proxy: typeof import('./http/proxy.ts');
  winsock: typeof import('./sockets/winsock.ts');
}

const folders = {
  native: 'sockets/native',
  bridge: 'sockets/bridge',
  tls: 'tls/part',
  proxy: 'http/proxy',
  winsock: 'sockets/winsock',
};

const loaded: Partial<Record<keyof Parts, unknown>> = {};

/** A part makes itself known when it is imported: in a bundle, where no file lies beside this one, that is the way in. */
export function registerPart<Name extends keyof Parts>(name: Name, part: Parts[Name]): void {
  loaded[name] = part;
}

/** A part, or undefined where it is not there. */
export function findPart<Name extends keyof Parts>(name: Name): Parts[Name] | undefined {
  try {
    return (loaded[name] ??= createRequire(moduleBase())(`./${folders[name]}.js`)) as Parts[Name];
  } catch (error) {
    failure = error;
    return undefined;
  }
}

let failure: unknown;

export function part<Name extends keyof Parts>(name: Name): Parts[Name] {
  const found = findPart(name);
  if (found !== undefined) return found;
  throw new Error(
    `@unawait/std could not load its part \`${name}\`. In a bundle, import '@unawait/std/parts/${name}' in your entry file.`,
    { cause: failure },
  );
}

/** Where `require` starts: this file, or the working directory where a bundler left no `import.meta.url`. */
export function moduleBase(): string {
  const meta: Partial<ImportMeta> = import.meta;
  return meta.url ?? `${process.cwd()}/`;
}
