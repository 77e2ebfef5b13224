/** HTTP/1.1 with blocking calls: `fetchSync`, `requestSync` and the agent that keeps their connections. */
export { fetchSync } from './http/fetch.ts';
export { requestSync } from './http/request.ts';
export { Agent, globalAgent } from './http/agent.ts';
export { SyncHeaders } from './http/headers.ts';
export { SyncResponse } from './http/response.ts';
export { HttpResponse, StreamedHttpResponse } from './http/message.ts';
export type { AgentOptions } from './http/agent.ts';
export type { FetchSyncInit } from './http/fetch.ts';
export type { HeadersInput, NodeHeaders } from './http/headers.ts';
export type { RequestBody, RequestSyncOptions } from './http/request.ts';
export type { TlsOptions } from './tls/options.ts';
