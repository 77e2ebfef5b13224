import { ts } from 'ts-morph';
import type { SiteId } from '../model/ids.ts';
import type { Draft } from './draft.ts';
import { walk } from './syntax.ts';

/** `error instanceof HTTPError`, where the class is a library's that turns into another. */
export function collectErrorTest(draft: Draft, node: ts.Node): void {
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.InstanceOfKeyword) return;
  const api = draft.checker.api(node.right);
  if (api !== undefined && /Error$/.test(api) && draft.knownApis.has(api))
    draft.emit({ kind: 'api-value', api }, node.right, draft.enclosing(node), 2);
}

const ofImport = /^axios#(axios\.)?(default|AxiosStatic)\./;

/** `axios.defaults.baseURL = …` and `axios.interceptors.request.use(…)` reach every request that is made by the import. */
export function collectClientSettings(draft: Draft, sources: readonly ts.SourceFile[]): void {
  for (const source of sources) {
    if (!source.text.includes('axios')) continue;
    for (const node of walk(source)) {
      if (!ts.isPropertyAccessExpression(node) || !/^(defaults|interceptors)$/.test(node.name.text)) continue;
      const api = settingOf(draft, node);
      if (api !== undefined) draft.emit({ kind: 'api-member', api }, node, draft.enclosing(node), 2);
    }
  }
  joinCalls(draft);
}

function settingOf(draft: Draft, node: ts.PropertyAccessExpression): string | undefined {
  const api = draft.checker.api(node);
  return api !== undefined && ofImport.test(api) && draft.knownApis.has(api) ? api : undefined;
}

/** What a client throws, and what is set for all of its requests, changes with its calls: none of them without these. */
function joinCalls(draft: Draft): void {
  const callers = new Map<string, Set<string>>();
  const shared: { readonly module: string; readonly site: SiteId }[] = [];
  for (const site of draft.finish().sites) {
    if (site.kind === 'api-call') {
      const module = site.api === 'global#fetch' ? 'undici' : moduleOf(site.api);
      // The agent of all requests: of global `fetch` too.
      if (/^undici#(setGlobalDispatcher|install)$/.test(site.api)) shared.push({ module, site: site.id });
      callers.set(module, (callers.get(module) ?? new Set()).add(site.inside));
    } else if (
      (site.kind === 'api-value' && /Error$/.test(site.api)) ||
      (site.kind === 'api-member' && ofImport.test(site.api))
    )
      shared.push({ module: moduleOf(site.api), site: site.id });
  }
  for (const { module, site } of shared)
    for (const unit of callers.get(module) ?? []) draft.require(unit, site, 'shares its client with');
}

const moduleOf = (api: string): string => api.slice(0, api.indexOf('#'));
