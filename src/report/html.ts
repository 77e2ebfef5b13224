import type { Place } from '../model/ids.ts';
import type { Finding, Report } from '../model/report.ts';
import { at, count, grouped, headline, type Reporter } from './reporter.ts';
import { chainText } from './terminal.ts';

/** One page without anything to load: findings to filter by reason and text, a diff for each file. */
export const html: Reporter = (report, { written = false } = {}) => {
  const breaking = report.findings.filter(({ kind }) => kind === 'breaking-change');
  const found = report.findings.filter(({ kind }) => kind !== 'breaking-change');
  const changed = new Map(report.files.map(({ file }, index) => [file, `file-${index}`]));
  const reasons = [...grouped(found, (finding) => finding.reason)].sort((a, b) => b[1].length - a[1].length);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>unawait: ${escape(report.project)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escape(report.project)}</h1>
<p>${escape(headline(report, written))}</p>
${unlocks(report)}${rows(report)}${breakingChanges(breaking, changed)}
<h2>Findings (<output id="shown">${found.length}</output>)</h2>
<form id="filter">
<label>Reason <select name="reason"><option value="">all</option>${reasons
    .map(([reason, each]) => `<option value="${escape(reason)}">${escape(reason)} (${each.length})</option>`)
    .join('')}</select></label>
<label>Text <input name="text" type="search"></label>
</form>
${found.length === 0 ? '<p>None.</p>' : `<ol id="findings">\n${found.map((each) => finding(each, changed)).join('\n')}\n</ol>`}
<h2>${written ? 'Changed files' : 'Files that would change'} (${report.files.length})</h2>
${report.files.map((file) => diff(file, report, changed)).join('\n')}
<script>${SCRIPT}</script>
</body>
</html>
`;
};

function unlocks(report: Report): string {
  const best = report.unlocks.filter(({ frees }) => frees > 0).slice(0, 10);
  if (best.length + report.policies.length === 0) return '';
  const items = [
    ...best.map(
      ({ place, message, frees }) =>
        `<li><b>${count(frees, 'function')}</b> <code>${escape(at(place))}</code> ${code(message)}</li>`,
    ),
    ...report.policies.map(
      ({ policy, frees }) => `<li><b>${count(frees, 'function')}</b> <code>--policy ${escape(policy)}</code></li>`,
    ),
  ];
  return `<h2>Would unlock most</h2>\n<ul>${items.join('\n')}</ul>\n`;
}

function rows(report: Report): string {
  if (report.missingRows.length === 0) return '';
  const lines = report.missingRows.map(
    ({ api, sites, frees, row }) =>
      `<tr><td><code>${escape(api)}</code></td><td>${sites}</td><td>${frees}</td><td><code>${escape(row)}</code></td></tr>`,
  );
  return `<h2>Library calls without a blocking form</h2>\n<table><tr><th>API</th><th>calls</th><th>frees</th><th>a row to begin with, for <code>rows</code> of unawait.config.ts</th></tr>${lines.join('\n')}</table>\n`;
}

/** What callers outside of the project have to know: exports that no longer return a promise. */
function breakingChanges(findings: readonly Finding[], changed: ChangedFiles): string {
  if (findings.length === 0) return '';
  const items = findings.map(
    ({ place, name, message }) => `<li>${link(place, changed)} <b>${escape(name)}</b> ${code(message)}</li>`,
  );
  return `<h2>Breaking changes (${findings.length})</h2>\n<ul>${items.join('\n')}</ul>\n`;
}

/** The id of a changed file's diff on the page. */
type ChangedFiles = ReadonlyMap<string, string>;

/** A place, as a link to its file's diff where there is one. */
function link(place: Place, changed: ChangedFiles): string {
  const text = `<code>${escape(at(place))}</code>`;
  const id = changed.get(place.file);
  return id === undefined ? text : `<a href="#${id}">${text}</a>`;
}

function finding(each: Finding, changed: ChangedFiles): string {
  const root = each.chain.at(-1);
  const chain = each.chain.length > 2 ? `<br>${escape(chainText(each))}` : '';
  const place = root === undefined ? '' : `${link(root.place, changed)} `;
  const unlock = each.unlocks === undefined ? '' : `<br><em>Unlock: ${code(each.unlocks)}</em>`;
  return `<li class="${each.kind}" data-reason="${escape(each.reason)}">${link(each.place, changed)} <b>${escape(each.name)}</b> <small>${escape(each.reason)}</small>${chain}<br>${place}${code(each.message)}${unlock}</li>`;
}

function diff({ file, claims, diff: text }: Report['files'][number], report: Report, changed: ChangedFiles): string {
  const notes = report.changes.filter((change) => change.place.file === file && change.note !== undefined);
  const remarks = notes.map(
    ({ place, note, code: id }) =>
      `<li><code>${place.line}:${place.column}</code> ${code(note ?? '')} <small>${escape(id)}</small></li>`,
  );
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => {
      const kind = line.startsWith('@@') ? 'at' : line.startsWith('+') ? 'add' : line.startsWith('-') ? 'del' : '';
      return kind === '' ? escape(line) : `<span class="${kind}">${escape(line)}</span>`;
    });
  const list = remarks.length === 0 ? '' : `<ul>${remarks.join('')}</ul>`;
  return `<details id="${changed.get(file)}"><summary><code>${escape(file)}</code> ${count(claims, 'change')}, ${count(notes.length, 'note')}</summary>${list}<pre>${lines.join('\n')}</pre></details>`;
}

function code(text: string): string {
  return escape(text).replaceAll(/`([^`]*)`/g, '<code>$1</code>');
}

function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

const STYLE = `
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
code, pre { font: 13px/1.45 ui-monospace, monospace; }
pre { overflow-x: auto; padding: .75rem; border: 1px solid #8886; }
li { margin: .4rem 0; } .bug b { color: #c22; } .add { color: #0a7a3b; } .del { color: #c0392b; } .at { color: #2471a3; }
td, th { padding: .1rem .8rem .1rem 0; text-align: left; } form { display: flex; gap: 1rem; flex-wrap: wrap; }
`;

const SCRIPT = `
const form = document.getElementById('filter');
const items = [...document.querySelectorAll('#findings > li')];
function apply() {
  const text = form.elements.text.value.toLowerCase();
  const reason = form.elements.reason.value;
  let shown = 0;
  for (const item of items) {
    item.hidden = (reason !== '' && item.dataset.reason !== reason) || !item.textContent.toLowerCase().includes(text);
    if (!item.hidden) shown++;
  }
  document.getElementById('shown').textContent = shown;
}
function open() {
  const target = document.getElementById(location.hash.slice(1));
  if (target instanceof HTMLDetailsElement) target.open = true;
}
addEventListener('hashchange', open);
open();
form.addEventListener('input', apply);
form.addEventListener('submit', (event) => event.preventDefault());
apply();
`;
