import { ts } from 'ts-morph';
import { describe, expect, it } from 'vitest';
import { type Piece, imported, template } from '../src/transform.ts';
import { removeAwait, rewrite, type Rule } from './edit-helper.ts';

/** How names are swapped here: old name → module and new name. */
const swaps: Record<string, [module: string, name: string]> = {
  readFile: ['node:fs', 'readFileSync'],
  writeFile: ['node:fs', 'writeFileSync'],
  stat: ['node:fs', 'statSync'],
  execFile: ['node:child_process', 'execFileSync'],
  fetch: ['@unawait/std/http', 'fetchSync'],
  setTimeout: ['@unawait/std/time', 'sleepSync'],
  request: ['@unawait/std/undici', 'request'],
  local: ['./local-sync.js', 'local'],
};

/** `readFile(a)` → `readFileSync(a)`, `fs.readFile(a)` → through `fs`. */
const swapCalls: Rule = (node) => {
  if (!ts.isCallExpression(node)) return undefined;
  const { expression } = node;
  const access = ts.isPropertyAccessExpression(expression) ? expression : undefined;
  const name = access ? access.name.text : ts.isIdentifier(expression) ? expression.text : '';
  const swap = Object.hasOwn(swaps, name) ? swaps[name] : undefined;
  if (!swap || (access && !ts.isIdentifier(access.expression))) return undefined;
  const through = access ? (access.expression as ts.Identifier).text : undefined;
  const callee = imported(swap[0], swap[1], through === undefined ? {} : { through });
  return template`${callee}(${node.arguments.flatMap((one, i): Piece[] => (i > 0 ? [', ', one] : [one]))})`;
};

/** `Handle` → the type `HandleSync`; `Stat` → a namespace. */
const swapTypes: Rule = (node) => {
  if (!ts.isTypeReferenceNode(node) || !ts.isIdentifier(node.typeName)) return undefined;
  if (node.typeName.text === 'Handle') return template`${imported('@unawait/std/fs', 'HandleSync', { kind: 'type' })}`;
  if (node.typeName.text === 'Whole') return template`${imported('node:fs', 'fs', { kind: 'namespace' })}.Stats`;
  return undefined;
};

const lines = (...text: string[]): string => text.map((line) => `${line}\n`).join('');

type Row = [title: string, before: string, after: string, file?: string];

function table(title: string, rows: Row[]): void {
  describe(title, () => {
    it.each(rows)('%s', (_, before, after, file = 'a.ts') => {
      expect(rewrite(before, [removeAwait, swapCalls, swapTypes], file)).toBe(after);
    });
  });
}

table('named imports', [
  [
    'a new one takes the place of the one that goes',
    lines(`import { readFile } from 'node:fs/promises';`, ``, `await readFile(a);`),
    lines(`import { readFileSync } from 'node:fs';`, ``, `readFileSync(a);`),
  ],
  [
    'the old one stays while something uses it',
    lines(`import { readFile, open } from 'node:fs/promises';`, `await readFile(a);`, `open(b);`),
    lines(
      `import { open } from 'node:fs/promises';`,
      `import { readFileSync } from 'node:fs';`,
      `readFileSync(a);`,
      `open(b);`,
    ),
  ],
  [
    'names join the import from the same module, in its order',
    lines(
      `import { readFile, writeFile } from 'node:fs/promises';`,
      `import { existsSync, statSync } from 'node:fs';`,
      `await readFile(a), await writeFile(b), existsSync(c), statSync(d);`,
    ),
    lines(
      `import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';`,
      `readFileSync(a), writeFileSync(b), existsSync(c), statSync(d);`,
    ),
  ],
  [
    'a list that is not sorted gets new names at its end',
    lines(
      `import { stat } from 'fs/promises';`,
      `import { writeFileSync, existsSync } from 'fs';`,
      `await stat(a), writeFileSync(b), existsSync(c);`,
    ),
    lines(`import { writeFileSync, existsSync, statSync } from 'fs';`, `statSync(a), writeFileSync(b), existsSync(c);`),
  ],
  [
    'a name that is there is used, by its alias too',
    lines(
      `import { readFile } from 'node:fs/promises';`,
      `import { readFileSync as read } from 'fs';`,
      `await readFile(a);`,
      `read(b);`,
    ),
    lines(`import { readFileSync as read } from 'fs';`, `read(a);`, `read(b);`),
  ],
  [
    'broken lists stay broken',
    lines(
      `import { readFile } from "node:fs/promises"`,
      `import {`,
      `\texistsSync,`,
      `\tstatSync`,
      `} from "node:fs"`,
      `await readFile(a)`,
      `existsSync(statSync(b))`,
      `{`,
      `\ta()`,
      `}`,
    ),
    lines(
      `import {`,
      `\texistsSync,`,
      `\treadFileSync,`,
      `\tstatSync`,
      `} from "node:fs"`,
      `readFileSync(a)`,
      `existsSync(statSync(b))`,
      `{`,
      `\ta()`,
      `}`,
    ),
  ],
  [
    'comments in a list stay',
    lines(
      `import {`,
      `  // looks`,
      `  existsSync,`,
      `  statSync, // asks`,
      `} from 'node:fs';`,
      `import { readFile } from 'node:fs/promises';`,
      `existsSync(await readFile(statSync(b)));`,
    ),
    lines(
      `import {`,
      `  // looks`,
      `  existsSync,`,
      `  readFileSync,`,
      `  statSync, // asks`,
      `} from 'node:fs';`,
      `existsSync(readFileSync(statSync(b)));`,
    ),
  ],
  [
    'a default import takes names',
    lines(`import fs from 'fs';`, `import { readFile } from 'fs/promises';`, `await readFile(fs.a);`),
    lines(`import fs, { readFileSync } from 'fs';`, `readFileSync(fs.a);`),
  ],
  [
    'a namespace import does not',
    lines(`import * as fs from 'fs';`, `import { readFile } from 'fs/promises';`, `await readFile(fs.a);`),
    lines(`import * as fs from 'fs';`, `import { readFileSync } from 'fs';`, `readFileSync(fs.a);`),
  ],
  [
    'imports without use, and those for their effects, stay',
    lines(
      `import 'node:fs/promises';`,
      `import { unused } from './a.js';`,
      `import { readFile, open } from 'node:fs/promises';`,
      `await readFile(a);`,
    ),
    lines(
      `import 'node:fs/promises';`,
      `import { unused } from './a.js';`,
      `import { open } from 'node:fs/promises';`,
      `import { readFileSync } from 'node:fs';`,
      `readFileSync(a);`,
    ),
  ],
  [
    'a use in JSDoc counts',
    lines(`import { readFile } from 'node:fs/promises';`, `/** Like {@link readFile}. */`, `await readFile(a);`),
    lines(
      `import { readFile } from 'node:fs/promises';`,
      `import { readFileSync } from 'node:fs';`,
      `/** Like {@link readFile}. */`,
      `readFileSync(a);`,
    ),
  ],
  [
    'the same name from another module',
    lines(`import { request } from 'undici';`, `await request(a);`),
    lines(`import { request } from '@unawait/std/undici';`, `request(a);`),
  ],
  [
    'CRLF',
    `import { readFile, x } from 'node:fs/promises';\r\nawait readFile(x);\r\n`,
    `import { x } from 'node:fs/promises';\r\nimport { readFileSync } from 'node:fs';\r\nreadFileSync(x);\r\n`,
  ],
]);

table('clashes', [
  [
    'a local of that name',
    lines(`import { readFile } from 'node:fs/promises';`, `const readFileSync = 1;`, `await readFile(readFileSync);`),
    lines(
      `import { readFileSync as nodeReadFileSync } from 'node:fs';`,
      `const readFileSync = 1;`,
      `nodeReadFileSync(readFileSync);`,
    ),
  ],
  [
    'a parameter, and an import of that name',
    lines(`import { fetchSync } from './a.js';`, `await fetch(a);`, `fetchSync((stdFetchSync) => 1);`),
    lines(
      `import { fetchSync as stdFetchSync2 } from '@unawait/std/http';`,
      `import { fetchSync } from './a.js';`,
      `stdFetchSync2(a);`,
      `fetchSync((stdFetchSync) => 1);`,
    ),
  ],
  [
    'a member of that name is none',
    lines(`import { readFile } from 'node:fs/promises';`, `await readFile(a.readFileSync);`),
    lines(`import { readFileSync } from 'node:fs';`, `readFileSync(a.readFileSync);`),
  ],
]);

table('written through a name', [
  [
    'the import is turned to the new module',
    lines(`import fs from 'node:fs/promises';`, `await fs.readFile(a);`, `await fs.stat(b);`),
    lines(`import fs from 'node:fs';`, `fs.readFileSync(a);`, `fs.statSync(b);`),
  ],
  [
    'a namespace import as well',
    lines(`import * as fsp from "fs/promises";`, `await fsp.readFile(a);`),
    lines(`import * as fsp from "fs";`, `fsp.readFileSync(a);`),
  ],
  [
    'names beside it come along',
    lines(
      `import fsp, { readFile, constants } from 'node:fs/promises';`,
      `await readFile(a, constants);`,
      `await fsp.stat(b);`,
    ),
    lines(
      `import { constants } from 'node:fs/promises';`,
      `import fsp, { readFileSync } from 'node:fs';`,
      `readFileSync(a, constants);`,
      `fsp.statSync(b);`,
    ),
  ],
  [
    'the module has it already',
    lines(`import fs from 'fs';`, `await fs.readFile(a);`, `fs.existsSync(b);`),
    lines(`import fs from 'fs';`, `fs.readFileSync(a);`, `fs.existsSync(b);`),
  ],
  [
    'another name of that module is at hand',
    lines(`import fs from 'fs';`, `import fsp from 'fs/promises';`, `await fsp.readFile(a);`, `fs.existsSync(b);`),
    lines(`import fs from 'fs';`, `fs.readFileSync(a);`, `fs.existsSync(b);`),
  ],
  [
    'the old module is still in use',
    lines(`import fs from 'node:fs/promises';`, `await fs.readFile(a);`, `fs.open(b);`),
    lines(
      `import fs from 'node:fs/promises';`,
      `import { readFileSync } from 'node:fs';`,
      `readFileSync(a);`,
      `fs.open(b);`,
    ),
  ],
  [
    'promises as a name',
    lines(`import { promises as fs } from 'fs';`, `await fs.readFile(a);`),
    lines(`import * as fs from 'fs';`, `fs.readFileSync(a);`),
  ],
  [
    'promises itself',
    lines(`import { promises } from 'fs';`, `await promises.readFile(a);`),
    lines(`import { readFileSync } from 'fs';`, `readFileSync(a);`),
  ],
  [
    'promises beside the default import',
    lines(`import fs, { promises as fsp } from 'fs';`, `await fsp.readFile(a);`, `fs.existsSync(b);`),
    lines(`import fs from 'fs';`, `fs.readFileSync(a);`, `fs.existsSync(b);`),
  ],
  [
    'a default import for a module that has none',
    lines(`import timers from 'node:timers/promises';`, `await timers.setTimeout(a);`),
    lines(`import * as timers from '@unawait/std/time';`, `timers.sleepSync(a);`),
  ],
  [
    'names beside it that stay',
    lines(`import fs, { constants } from 'node:fs/promises';`, `await fs.readFile(constants.a);`),
    lines(
      `import { constants } from 'node:fs/promises';`,
      `import fs from 'node:fs';`,
      `fs.readFileSync(constants.a);`,
    ),
  ],
  [
    'names beside it that are turned into members',
    lines(`import fs, { readFile } from 'node:fs/promises';`, `await fs.stat(a);`, `await readFile(b);`),
    lines(`import fs, { readFileSync } from 'node:fs';`, `fs.statSync(a);`, `readFileSync(b);`),
  ],
]);

table('types', [
  [
    'a type-only import is added',
    lines(`import { a } from './a.js';`, `let x: Handle = a;`),
    lines(
      `import type { HandleSync } from '@unawait/std/fs';`,
      `import { a } from './a.js';`,
      `let x: HandleSync = a;`,
    ),
  ],
  [
    'inline, where the file writes it so',
    lines(`import { type B, sleep } from '@unawait/std/fs';`, `let x: Handle = sleep as B;`),
    lines(`import { type B, type HandleSync, sleep } from '@unawait/std/fs';`, `let x: HandleSync = sleep as B;`),
  ],
  [
    'joins a type-only import',
    lines(`import type { Z } from '@unawait/std/fs';`, `let x: Handle | Z;`),
    lines(`import type { HandleSync, Z } from '@unawait/std/fs';`, `let x: HandleSync | Z;`),
  ],
  [
    'a value of a type-only import',
    lines(`import type { readFileSync, Stats } from 'node:fs';`, `await readFile(a as typeof readFileSync & Stats);`),
    lines(
      `import type { Stats } from 'node:fs';`,
      `import { readFileSync } from 'node:fs';`,
      `readFileSync(a as typeof readFileSync & Stats);`,
    ),
  ],
  [
    'a value of an inline type import',
    lines(`import { type readFileSync, statSync } from 'node:fs';`, `await readFile(statSync as typeof readFileSync);`),
    lines(`import { readFileSync, statSync } from 'node:fs';`, `readFileSync(statSync as typeof readFileSync);`),
  ],
  [
    'a namespace',
    lines(`import { a } from 'node:os';`, `let x: Whole = a;`),
    lines(`import { a } from 'node:os';`, `import * as fs from 'node:fs';`, `let x: fs.Stats = a;`),
  ],
  [
    'a namespace that is there',
    lines(`import nodeFs from 'node:fs';`, `let x: Whole = nodeFs.a;`),
    lines(`import nodeFs from 'node:fs';`, `let x: nodeFs.Stats = nodeFs.a;`),
  ],
]);

table('places', [
  [
    'the first import of a file stands below its head',
    lines(`#!/usr/bin/env node`, `// Copyright of somebody`, ``, `// says why`, `await fetch(a);`),
    lines(
      `#!/usr/bin/env node`,
      `// Copyright of somebody`,
      ``,
      `import { fetchSync } from '@unawait/std/http';`,
      ``,
      `// says why`,
      `fetchSync(a);`,
    ),
  ],
  [
    'below directives',
    lines(`'use strict';`, ``, `await fetch(a);`),
    lines(`'use strict';`, `import { fetchSync } from '@unawait/std/http';`, ``, `fetchSync(a);`),
  ],
  [
    'at the very top',
    lines(`await fetch("a")`, `b()`),
    lines(`import { fetchSync } from "@unawait/std/http"`, ``, `fetchSync("a")`, `b()`),
  ],
  [
    'after imports of its sort, a comment on the line included',
    lines(
      `import os from 'node:os'; // why`,
      `import p from 'pkg';`,
      `import q from './q.js';`,
      ``,
      `await fetch(os, p, q);`,
    ),
    lines(
      `import os from 'node:os'; // why`,
      `import p from 'pkg';`,
      `import { fetchSync } from '@unawait/std/http';`,
      `import q from './q.js';`,
      ``,
      `fetchSync(os, p, q);`,
    ),
  ],
  [
    'in the order of the modules',
    lines(
      `import a from 'node:assert';`,
      `import { open, stat } from 'node:fs/promises';`,
      `import p from 'node:path';`,
      `await stat(a, open, p);`,
    ),
    lines(
      `import a from 'node:assert';`,
      `import { statSync } from 'node:fs';`,
      `import { open } from 'node:fs/promises';`,
      `import p from 'node:path';`,
      `statSync(a, open, p);`,
    ),
  ],
  [
    'before what sorts after it',
    lines(`/* Licence */`, ``, `import q from './q.js';`, ``, `await readFile(q);`),
    lines(
      `/* Licence */`,
      ``,
      `import { readFileSync } from 'node:fs';`,
      `import q from './q.js';`,
      ``,
      `readFileSync(q);`,
    ),
  ],
  [
    'the licence above an import that goes',
    lines(
      `/* Licence */`,
      ``,
      `import { readFile } from 'fs/promises';`,
      ``,
      `import { readFileSync } from 'fs';`,
      ``,
      `await readFile(readFileSync);`,
    ),
    lines(`/* Licence */`, ``, `import { readFileSync } from 'fs';`, ``, `readFileSync(readFileSync);`),
  ],
  [
    'a comment for a tool goes with its import',
    lines(
      `import { readFileSync } from 'fs';`,
      `// @ts-expect-error no types`,
      `import { readFile } from 'fs/promises';`,
      `await readFile(readFileSync);`,
    ),
    lines(`import { readFileSync } from 'fs';`, `readFileSync(readFileSync);`),
  ],
  [
    'a relative module',
    lines(`import { local } from './local.js';`, `await local(1);`),
    lines(`import { local } from './local-sync.js';`, `local(1);`),
  ],
  [
    'several modules for one import',
    lines(`import { readFile, setTimeout } from 'x';`, `await readFile(await setTimeout(a));`, `await execFile(b);`),
    lines(
      `import { readFileSync } from 'node:fs';`,
      `import { execFileSync } from 'node:child_process';`,
      `import { sleepSync } from '@unawait/std/time';`,
      `readFileSync(sleepSync(a));`,
      `execFileSync(b);`,
    ),
  ],
]);

table('CommonJS', [
  [
    'a pattern',
    lines(`const { readFile } = require('node:fs/promises');`, `await readFile(a);`),
    lines(`const { readFileSync } = require('node:fs');`, `readFileSync(a);`),
    'a.js',
  ],
  [
    'merged',
    lines(
      `'use strict'`,
      ``,
      `const { existsSync } = require('fs')`,
      `const { readFile } = require('fs').promises`,
      ``,
      `async () => { await readFile(existsSync) }`,
    ),
    lines(
      `'use strict'`,
      ``,
      `const { existsSync, readFileSync } = require('fs')`,
      ``,
      `async () => { readFileSync(existsSync) }`,
    ),
    'a.js',
  ],
  [
    'turned',
    lines(`const fs = require('fs').promises;`, `await fs.readFile(a);`),
    lines(`const fs = require('fs');`, `fs.readFileSync(a);`),
    'a.cjs',
  ],
  [
    'turned, without promises',
    lines(`const fs = require("fs/promises");`, `await fs.readFile(a);`),
    lines(`const fs = require("fs");`, `fs.readFileSync(a);`),
    'a.cts',
  ],
  [
    'new, with an alias',
    lines(`const a = require('a');`, `let fetchSync;`, `await fetch(a);`),
    lines(
      `const a = require('a');`,
      `const { fetchSync: stdFetchSync } = require('@unawait/std/http');`,
      `let fetchSync;`,
      `stdFetchSync(a);`,
    ),
    'a.js',
  ],
  [
    'no import at all',
    lines(`module.exports = async () => await fetch('a');`),
    lines(`const { fetchSync } = require('@unawait/std/http');`, ``, `module.exports = async () => fetchSync('a');`),
    'a.js',
  ],
  [
    'an ES module by its syntax',
    lines(`export default async () => await fetch('a');`),
    lines(`import { fetchSync } from '@unawait/std/http';`, ``, `export default async () => fetchSync('a');`),
    'a.js',
  ],
  [
    'one of several declarations',
    lines(
      `const fs = require("node:fs"),`,
      `\t{ readFile, stat } = require("node:fs/promises"),`,
      `\tpath = require("node:path");`,
      `async () => await readFile(await stat(fs), path);`,
    ),
    lines(
      `const fs = require("node:fs"),`,
      `\tpath = require("node:path");`,
      `const { readFileSync, statSync } = require("node:fs");`,
      `async () => readFileSync(statSync(fs), path);`,
    ),
    'a.js',
  ],
  [
    'the first of several, and all of them',
    lines(`var { stat } = require('fs/promises'), b = require('b');`, `async () => await stat(b);`),
    lines(`const { statSync } = require('fs');`, `var b = require('b');`, `async () => statSync(b);`),
    'a.js',
  ],
  [
    'all of several',
    lines(
      `const { stat } = require('a'), { readFile } = require('b');`,
      ``,
      `async () => await stat(await readFile(b));`,
    ),
    lines(`const { readFileSync, statSync } = require('node:fs');`, ``, `async () => statSync(readFileSync(b));`),
    'a.js',
  ],
  [
    'import equals',
    lines(`import fs = require('fs/promises');`, `await fs.readFile(a);`),
    lines(`import fs = require('fs');`, `fs.readFileSync(a);`),
    'a.cts',
  ],
]);
