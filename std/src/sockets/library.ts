/** The C types that the bindings use. `long` is a signed register-wide integer, `size` is size_t. */
export type CType = 'int' | 'size' | 'pointer' | 'void';

/** What a foreign function takes: numbers, addresses, and bytes that are passed in place. */
export type CArgument = number | bigint | Uint8Array | Int32Array | null;

export type IntFunction = (...values: CArgument[]) => number;
export type PointerFunction = (...values: CArgument[]) => bigint;

/** The symbols of this process, reached through koffi or node:ffi. */
export interface Library {
  int(symbol: string, parameters: CType[]): IntFunction;
  pointer(symbol: string, parameters: CType[]): PointerFunction;
  /** The error number that the last call left in this thread. */
  errno: () => number;
}

/** A copy of `length` bytes of native memory. */
export function readMemory(library: Library, address: bigint, length: number): Buffer {
  const copy = Buffer.alloc(length);
  library.pointer('memcpy', ['pointer', 'pointer', 'size'])(copy, address, length);
  return copy;
}

/** The C string at an address. */
export function readString(library: Library, address: bigint): string {
  const length = library.int('strlen', ['pointer'])(address);
  return readMemory(library, address, length).toString('utf8');
}

export const cString = (text: string): Buffer => Buffer.from(`${text}\0`, 'utf8');
