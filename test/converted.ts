import { loadWorkspace } from '../src/load/workspace.ts';
import { plan, type Planned } from '../src/pipeline.ts';
import { temporaryProject } from './temporary-project.ts';

/** The plan for a project of these files. */
export function planned(files: Readonly<Record<string, string>>): Planned {
  const workspace = loadWorkspace(temporaryProject(files));
  return plan(workspace, { onlySafe: false, policies: [], include: [], exclude: [] });
}

/** What a run changes in a project of these files: each file's name and its new text. */
export function converted(files: Readonly<Record<string, string>>): string {
  return planned(files)
    .changes.map(({ file, after }) => `${file}\n${after}`)
    .join('\n');
}
