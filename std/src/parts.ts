/** Parts that are loaded on first use, so that a program which does without them does not carry them. */
export interface Parts {
  native: typeof import('./sockets/native.ts');
  bridge: typeof import('./sockets/bridge.ts');
  tls: typeof import('./tls/part.ts');
  proxy: typeof import('./http/proxy.ts');
  winsock: typeof import('./sockets/winsock.ts');
}

const loaded: Partial<Parts> = {};

/** A part makes itself known when it is imported: in a bundle, where no file lies beside this one, that is the way in. */
export function registerPart<Name extends keyof Parts>(name: Name, part: Parts[Name]): void {
  loaded[name] = part;
}

export function part<Name extends keyof Parts>(name: Name): Parts[Name] {
  try {
    return (loaded[name] ??= requireFromHere()(`./parts/${name}.js`) as Parts[Name]);
  } catch (cause) {
    throw new Error(
      `@unawait/std could not load its part \`${name}\`. In a bundle, import '@unawait/std/parts/${name}' in your entry file.`,
      { cause },
    );
  }
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
