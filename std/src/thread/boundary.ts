import { hasWireForm } from './wire.ts';

/** Frames of this library, which say nothing to a reader. */
const ownFrame = /\/(thread\/(boundary|remote|connection)|bridge)\.[jt]s/;

/** Throws a `TypeError` that says what to do instead when `value`, found at `place`, cannot go to another thread. */
export function refuseWhatCannotPass(value: object, place: string, name: string): undefined {
  if (typeof value === 'function') {
    throw new TypeError(
      `${name} cannot take a function (${place}): functions do not pass between threads. ` +
        'Let the module in the thread define it, and pass the data that it needs.',
    );
  }
  if (hasWireForm(value) || !hasMethods(value)) return undefined;
  const type = (Reflect.get(value, 'constructor') as { name?: string } | undefined)?.name ?? 'a class';
  throw new TypeError(
    `${name} cannot take an instance of ${type} (${place}): its methods do not pass between threads. ` +
      'Pass plain data, or make the instance in the thread.',
  );
}

function hasMethods(value: object): boolean {
  for (
    let at: object | null = value;
    at !== null && at !== Object.prototype;
    at = Object.getPrototypeOf(at) as object | null
  ) {
    if (at !== value && Reflect.ownKeys(at).some((key) => key !== 'constructor')) return true;
  }
  return false;
}

/** The worker's frames say where it went wrong, the caller's say which test it was. */
export function appendLocalStack(error: Error, name: string): void {
  const local = new Error().stack?.split('\n').slice(1) ?? [];
  const frames = local.filter((line) => !ownFrame.test(line));
  if (typeof error.stack !== 'string' || frames.length === 0) return;
  Object.defineProperty(error, 'stack', {
    value: `${error.stack}\n    at ${name} in a thread, called\n${frames.join('\n')}`,
    enumerable: false,
    writable: true,
    configurable: true,
  });
}
