/** `undici` with calls that block: `request`, and `Client`, `Pool` and `Agent`. */
import type { UndiciSyncAgent, UndiciSyncClient } from './undici/dispatcher.ts';
import { send, type UndiciSyncResponse, type UndiciSyncSettings } from './undici/request.ts';

/** The options of `undici.request` that have a meaning here. `timeout` stands for `signal: AbortSignal.timeout(ms)`. */
export interface UndiciRequestSyncOptions extends UndiciSyncSettings {
  /** Sends the request, by its connections. */
  dispatcher?: UndiciSyncClient | UndiciSyncAgent | undefined;
}

/**
 * The blocking form of `undici.request`: no redirects are followed, no content coding is undone, and no status is an
 * error. Throws the errors of the system and of `undici`.
 *
 * @example
 * ```ts
 * const { statusCode, body } = undiciRequestSync('https://example.org/items', { headersTimeout: 5000 });
 * const items = body.json() as Item[];
 * ```
 */
export function undiciRequestSync(url: string | URL, options: UndiciRequestSyncOptions = {}): UndiciSyncResponse {
  const { dispatcher, ...settings } = options;
  const target = new URL(url);
  return dispatcher ? dispatcher.toAny(target, settings) : send(target, settings, undefined, {});
}

export { UndiciSyncBody } from './undici/body.ts';
export { UndiciSyncAgent, UndiciSyncClient, UndiciSyncPool } from './undici/dispatcher.ts';
export type { UndiciSyncAgentRequest, UndiciSyncClientRequest, UndiciSyncOptions } from './undici/dispatcher.ts';
export { UndiciSyncError } from './undici/error.ts';
export type { UndiciSyncResponse, UndiciSyncSettings } from './undici/request.ts';
