// The worker's side of a module in a thread: it imports the module and answers requests about its objects, one by one.
import { types } from 'node:util';
import { workerData } from 'node:worker_threads';
import { leaveLifeline } from './lifeline.ts';
import { loadCall, slot, type Edit, type Message, type Reply, type Request, type WorkerData } from './protocol.ts';
import { workerObjects } from './worker-objects.ts';
import { writeStdioDirectly } from './worker-stdio.ts';
import { isPlainObject, type Wire } from './wire.ts';

const data = workerData as WorkerData;
const state = new Int32Array(data.state);
const objects = workerObjects();
let fatal: { error: unknown } | undefined;

leaveLifeline(state);

function post(reply: Reply): void {
  data.port.postMessage(reply);
  Atomics.add(state, slot.posted, 1);
  Atomics.notify(state, slot.posted);
}

function postThrown(call: number, error: unknown): void {
  try {
    post({ call, thrown: objects.encode(error) });
  } catch {
    post({ call, thrown: objects.encode(new Error(`The thread threw what cannot be copied: ${String(error)}`)) });
  }
}

async function answer(call: number, work: () => unknown): Promise<void> {
  try {
    post({ call, value: objects.encode(await work()) });
  } catch (error) {
    postThrown(call, error);
  }
}

/** An instance is not awaited: it may have a `then` of its own. */
function answerConstruct(call: number, id: number, args: readonly Wire[]): void {
  try {
    const made: unknown = Reflect.construct(objects.object(id) as new () => object, args.map(objects.decode));
    post({ call, value: objects.encode(made) });
  } catch (error) {
    postThrown(call, error);
  }
}

async function answerGet(call: number, id: number, key: Wire): Promise<void> {
  try {
    const value: unknown = await getFrom(objects.object(id), objects.decode(key) as PropertyKey);
    const wire = objects.encode(value);
    // Writes to the copy of a container are sent on, so its original is kept for as long as the copy is.
    const live = isContainer(value) && wire.k !== 'ref' ? { live: objects.idOf(value) } : {};
    post({ call, value: wire, ...live });
  } catch (error) {
    postThrown(call, error);
  }
}

function getFrom(object: object, key: PropertyKey): unknown {
  // The caller blocks: what is iterated and disposed asynchronously here looks synchronous from there.
  if (key === Symbol.iterator && !(key in object)) return Reflect.get(object, Symbol.asyncIterator);
  if (key === Symbol.dispose && !(key in object)) return Reflect.get(object, Symbol.asyncDispose);
  return Reflect.get(object, key);
}

function isContainer(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  return Array.isArray(value) || types.isMap(value) || types.isSet(value) || isPlainObject(value);
}

function perform(request: Exclude<Request, { op: 'get' | 'construct' | 'release' | 'stop' }>): unknown {
  switch (request.op) {
    case 'edit':
      edit(objects.objectAt(request.id, request.path), request.edit, objects.decode(request.key), request.value);
      return undefined;
    case 'has':
      return Reflect.has(objects.object(request.id), objects.decode(request.key) as PropertyKey);
    case 'delete':
      return Reflect.deleteProperty(objects.object(request.id), objects.decode(request.key) as PropertyKey);
    case 'describe':
      return Object.getOwnPropertyDescriptor(objects.object(request.id), objects.decode(request.key) as PropertyKey)
        ?.enumerable;
    case 'keys':
      return Reflect.ownKeys(objects.object(request.id)).filter((key) => typeof key === 'string');
    case 'instance':
      return objects.object(request.id) instanceof (objects.object(request.type) as new () => object);
    case 'call': {
      const args = request.args.map(objects.decode);
      return Reflect.apply(objects.object(request.id) as () => unknown, objects.decode(request.self), args);
    }
  }
}

function edit(target: object, how: Edit, key: unknown, wire: Wire): void {
  const value = objects.decode(wire);
  if (types.isMap(target) || types.isSet(target)) {
    if (how === 'clear') target.clear();
    else if (how === 'drop') target.delete(key);
    else if (types.isMap(target)) target.set(key, value);
    else target.add(key);
    return;
  }
  const property = key as PropertyKey;
  const done = how === 'put' ? Reflect.set(target, property, value) : Reflect.deleteProperty(target, property);
  if (!done)
    throw new TypeError(`Cannot ${how === 'put' ? 'assign to' : 'delete'} \`${String(property)}\` in the thread`);
}

function receive(message: Message): void {
  switch (message.op) {
    case 'stop':
      process.exit(0);
      break;
    case 'release':
      objects.release(message.ids);
      break;
    case 'get':
      void answerGet(message.call, message.id, message.key);
      break;
    case 'construct':
      answerConstruct(message.call, message.id, message.args);
      break;
    default:
      void answer(message.call, () => perform(message));
  }
}

process.on('uncaughtExceptionMonitor', (error) => {
  fatal = { error };
});
process.on('exit', (code) => {
  post({ call: -1, code, ...(fatal && { thrown: objects.encode(fatal.error) }) });
});

process.setSourceMapsEnabled(true);
writeStdioDirectly();
data.port.on('message', (message: Message) => receive(message));
try {
  const module: object = (await import(data.target)) as object;
  post({ call: loadCall, value: objects.encode(module) });
} catch (error) {
  postThrown(loadCall, error);
}
