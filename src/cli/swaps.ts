import { rows, type Row } from '../../transforms/api-map/index.ts';
import { loadConfig } from '../load/config-file.ts';
import { EXIT } from './exit.ts';
import type { Terminal } from './output.ts';

/** `unawait swaps`: rows of the API map, the project's own first, that hold every word of the query. */
export async function swapsCommand(
  terminal: Terminal,
  query: readonly string[],
  flags: { readonly json?: boolean; readonly config?: string },
): Promise<number> {
  const { config } = await loadConfig('.', flags.config);
  const words = query.map((word) => word.toLowerCase());
  const found = [...(config.rows ?? []), ...rows].filter((row) => {
    const text = [row.api, row.sync, row.call, row.note, row.refuse, ...(row.example ?? [])].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  });
  if (flags.json === true) terminal.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
  else if (found.length > 0) terminal.stdout.write(found.map(rowText).join(''));
  else
    terminal.stderr.write(
      `No row of the API map holds ${query.join(' ')}. Rows of your own go into \`rows\` of unawait.config.ts.\n`,
    );
  return found.length > 0 ? EXIT.done : EXIT.findings;
}

function rowText(row: Row): string {
  const form = row.form === undefined || row.form === 'call' ? '' : ` (${row.form})`;
  const imports = Object.entries(row.imports ?? {}).map(([name, module]) => `${name} from ${module}`);
  const allowed = typeof row.applicability === 'object' ? ` [policy ${row.applicability.policy}]` : '';
  const lines = [
    `${row.api}${form}${allowed}`,
    `  ${blockingForm(row)}${imports.length === 0 ? '' : `   with ${imports.join(', ')}`}`,
    ...(row.note === undefined ? [] : [`  note: ${row.note}`]),
    ...(row.example === undefined ? [] : [`  ${row.example[0]}  ⇒  ${row.example[1]}`]),
  ];
  return `${lines.join('\n')}\n`;
}

function blockingForm(row: Row): string {
  if (row.refuse !== undefined) return `stays async: ${row.refuse}`;
  if (row.same === true) return '→ the same text';
  return `→ ${row.sync ?? row.call ?? '(by the number of arguments)'}`;
}
