import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Project-relative files of a folder with `/`, without packages and hidden folders; links are not followed. */
export function projectFiles(folder: string): string[] {
  const files: string[] = [];
  const open = [''];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const entry of readdirSync(join(folder, at), { withFileTypes: true })) {
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isFile()) files.push(path);
      else if (entry.isDirectory() && entry.name !== 'node_modules' && !entry.name.startsWith('.')) open.push(path);
    }
  }
  return files.sort();
}
