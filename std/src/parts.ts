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
    return (loaded[name] ??= requireFromHere()(`./${folders[name]}.js`)) as Parts[Name];
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

/**
 * `require` of this file, whose name a bundle in CommonJS knows by itself; never of the working directory, where anybody's
 * file may lie. Node's modules are asked for by `getBuiltinModule` wherever a first request passes: an `import` of
 * `node:fs` or `node:util` visits their every export and so loads streams, which costs more than the request.
 */
export function requireFromHere(): NodeJS.Require {
  const meta: Partial<ImportMeta> = import.meta;
  return process.getBuiltinModule('node:module').createRequire(meta.url ?? __filename);
}
