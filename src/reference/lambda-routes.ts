import { headerOf, type WireHead } from './http-wire.ts';
import type { ExtraRoute } from './scenario.ts';

const BASE = '/2018-06-01/runtime';

/** A call of the Runtime API. */
export type ApiAsked =
  | { readonly is: 'next' }
  | { readonly is: 'init-error' }
  | { readonly is: 'response' | 'error'; readonly requestId: string; readonly mode: string | undefined };

/** What a request asks for; `unknown` gets 404 or 405. */
export type Asked =
  | ApiAsked
  | { readonly is: 'route'; readonly route: ExtraRoute }
  | { readonly is: 'unknown'; readonly status: 404 | 405 };

export function askedBy(head: WireHead, routes: readonly ExtraRoute[]): Asked {
  const path = head.path.split('?', 1)[0]!;
  const extra = routes.find((route) => route.method === head.method && matches(route.path, path));
  if (extra !== undefined) return { is: 'route', route: extra };
  if (path === `${BASE}/invocation/next`)
    return head.method === 'GET' ? { is: 'next' } : { is: 'unknown', status: 405 };
  if (path === `${BASE}/init/error`)
    return head.method === 'POST' ? { is: 'init-error' } : { is: 'unknown', status: 405 };
  const invocation = /^\/invocation\/([^/]+)\/(response|error)$/.exec(
    path.startsWith(BASE) ? path.slice(BASE.length) : '',
  );
  if (invocation === null) return { is: 'unknown', status: 404 };
  if (head.method !== 'POST') return { is: 'unknown', status: 405 };
  return {
    is: invocation[2] as 'response' | 'error',
    requestId: decodeURIComponentSafely(invocation[1]!),
    mode: headerOf(head.headers, 'lambda-runtime-function-response-mode'),
  };
}

function matches(pattern: string, path: string): boolean {
  return pattern.endsWith('*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
