import '../../src/parts/proxy.ts';
import '../../src/parts/bridge.ts';
import '../../src/parts/native.ts';
import '../../src/parts/tls.ts';
import { afterAll, beforeAll, describe } from 'vitest';
import { globalAgent } from '../../src/http.ts';
import { table, useSockets } from '../../src/sockets/choose.ts';
import type { BackendName, Sockets } from '../../src/sockets/table.ts';

const names: BackendName[] = ['koffi', 'ffi', 'descriptor', 'bridge'];

/** The backends that this machine has. */
export const backends = names.filter((name) => table(name) !== undefined);

/** Runs a suite once on each backend that this machine has. */
export function onEachBackend(title: string, suite: (name: BackendName, sockets: Sockets) => void): void {
  describe.each(backends)(`${title} on %s`, (name) => {
    beforeAll(() => {
      globalAgent.destroy();
      useSockets(table(name));
    });
    afterAll(() => {
      globalAgent.destroy();
      useSockets(undefined);
    });
    suite(name, table(name)!);
  });
}
