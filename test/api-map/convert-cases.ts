import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { plan, type Planned } from '../../src/pipeline.ts';
import { loadWorkspace, type Workspace } from '../../src/load/workspace.ts';

/** Case modules of one folder, as written and as converted. */
export interface ConvertedCases {
  readonly folder: string;
  readonly workspace: Workspace;
  readonly planned: Planned;
  /** File name → text. */
  readonly before: ReadonlyMap<string, string>;
  readonly after: ReadonlyMap<string, string>;
  /** Rows' API ids → names of the cases (`file#case`) in which a site of theirs was claimed. */
  readonly covered: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Converts a folder in which every exported async function without parameters is a case. */
export function convertCases(folder: string): ConvertedCases {
  const workspace = loadWorkspace(folder);
  const planned = plan(workspace, { onlySafe: false, policies: [], include: [], exclude: [] });
  const files = readdirSync(folder).filter((name) => /\.m?[jt]s$/.test(name));
  const before = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
  const changed = new Map(planned.changes.map((change) => [change.file, change.after]));
  const after = new Map([...before].map(([name, text]) => [name, changed.get(name) ?? text]));
  return { folder, workspace, planned, before, after, covered: coverage(planned) };
}

function coverage(planned: Planned): Map<string, Set<string>> {
  const claims = new Map(planned.plan.claims.map((claim) => [claim.site, claim]));
  const covered = new Map<string, Set<string>>();
  for (const site of planned.facts.sites) {
    if (!('api' in site) || site.api === null || !claims.has(site.id)) continue;
    const known = covered.get(site.api) ?? new Set();
    covered.set(site.api, known.add(site.inside));
  }
  return covered;
}
