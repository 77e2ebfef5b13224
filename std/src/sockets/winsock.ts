import type { Sockets } from './table.ts';
export function windowsSockets(_name: 'koffi' | 'ffi'): Sockets | undefined {
  return undefined;
}
