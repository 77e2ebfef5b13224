import type { MessagePort } from 'node:worker_threads';
import type { Wire } from './wire.ts';

/** What the calling thread asks of the worker. Ids name objects that live in the worker; 0 is the module itself. */
export type Request =
  | { op: 'get' | 'has' | 'delete' | 'describe'; id: number; key: Wire }
  /** One change of the container at `path` below `id`: a property, or an entry of a map or set. */
  | { op: 'edit'; id: number; path: Wire[]; edit: Edit; key: Wire; value: Wire }
  | { op: 'keys'; id: number }
  | { op: 'call'; id: number; self: Wire; args: Wire[] }
  | { op: 'construct'; id: number; args: Wire[] }
  | { op: 'instance'; id: number; type: number }
  | { op: 'release'; ids: number[] }
  | { op: 'stop' };

/** `put` sets a property, a map's entry or a set's member, `drop` removes one, `clear` empties a map or set. */
export type Edit = 'put' | 'drop' | 'clear';

export type Message = Request & { call: number };

/** What the worker answers. `live` numbers a copied container, so that writes to the copy can reach the original. */
export type Reply =
  | { call: number; value: Wire; live?: number }
  | { call: number; thrown: Wire }
  /** The last word of a thread that ends by itself. */
  | { call: -1; code: number; thrown?: Wire };

/** The number of the module's own object. */
export const moduleId = 0;

/** The call number of the module's import; calls count up from 1. */
export const loadCall = 0;

export interface WorkerData {
  /** What to import: a URL, or a specifier behind `cwdScheme`, looked up from the current directory. */
  target: string;
  state: SharedArrayBuffer;
  port: MessagePort;
  hooksUrl: string;
  workerUrl: string;
}

/** Slots of the shared state: how many messages the worker has posted, its lifeline descriptor plus one, its thread. */
export const slot = { posted: 0, lifeline: 1, task: 2 } as const;

/** Marks a specifier that is resolved as if a module in the current directory had imported it. */
export const cwdScheme = 'unawait-cwd:';
