import { html } from './html.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';
import type { Reporter } from './reporter.ts';
import { sarif } from './sarif.ts';
import { terminal } from './terminal.ts';

/** Every format of `--format`. */
export const reporters = { terminal, json, markdown, html, sarif } satisfies Record<string, Reporter>;
