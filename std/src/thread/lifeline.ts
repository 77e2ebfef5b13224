// How a blocked thread sees that another one has ended: its event loop, which would tell it, does not turn.
import { existsSync, fstatSync, openSync, readlinkSync } from 'node:fs';
import { slot } from './protocol.ts';

const tasks = '/proc/self/task/';

/**
 * The worker's side, as its first act: leaves what ends with it. On Linux that is the thread itself as the kernel lists
 * it. Elsewhere it is a descriptor, which Node closes when the worker ends, however it ends; its number may come to
 * name another file by then, but only if a third thread opens one in that very moment.
 */
export function leaveLifeline(state: Int32Array): void {
  const task = ownTask();
  if (task !== undefined) Atomics.store(state, slot.task, task);
  else Atomics.store(state, slot.lifeline, openSync(process.execPath, 'r') + 1);
}

function ownTask(): number | undefined {
  try {
    const task = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    return task > 0 && existsSync(`${tasks}${task}`) ? task : undefined;
  } catch {
    return undefined;
  }
}

/** The caller's side. Undefined until the worker has run its first line. */
export function isAlive(state: Int32Array): boolean | undefined {
  const task = Atomics.load(state, slot.task);
  if (task !== 0) return existsSync(`${tasks}${task}`);
  const descriptor = Atomics.load(state, slot.lifeline) - 1;
  if (descriptor < 0) return undefined;
  try {
    fstatSync(descriptor);
    return true;
  } catch {
    return false;
  }
}
