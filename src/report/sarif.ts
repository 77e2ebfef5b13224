import { createHash } from 'node:crypto';
import type { Place } from '../model/ids.ts';
import type { Finding, Report } from '../model/report.ts';
import type { Reporter } from './reporter.ts';

const LEVELS = { 'stays-async': 'warning', note: 'note', bug: 'error', 'breaking-change': 'warning' } as const;

/** SARIF 2.1.0 for code scanning: one result for each finding and each change with a note. */
export const sarif: Reporter = (report) => {
  const results = [
    ...report.findings.map((finding) => findingResult(finding)),
    ...report.changes.flatMap(({ place, code, note, unit }) =>
      note === undefined ? [] : [result(code, 'note', note, place, `${code} ${unit} ${note}`)],
    ),
  ];
  const rules = [...new Set(results.map(({ ruleId }) => ruleId))]
    .sort()
    .map((id) => ({ id, shortDescription: { text: about(id, report) } }));
  const log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: { name: report.tool.name, version: report.tool.version, semanticVersion: report.tool.version, rules },
        },
        columnKind: 'utf16CodeUnits',
        originalUriBaseIds: { SRCROOT: { description: { text: 'The root of the project.' } } },
        results: results.map((each) => ({ ...each, ruleIndex: rules.findIndex(({ id }) => id === each.ruleId) })),
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
};

function about(rule: string, report: Report): string {
  const change = report.changes.find(({ code }) => code === rule);
  if (change !== undefined) return `A change by ${change.transform} with something to know.`;
  return `A function stays async, or needs care: ${rule.replaceAll('/', ', ').replaceAll('-', ' ')}.`;
}

function findingResult(finding: Finding) {
  const unlock = finding.unlocks === undefined ? '' : ` To unlock: ${finding.unlocks}.`;
  const text =
    finding.kind === 'stays-async' ? `${finding.name} stays async. ${finding.message}${unlock}` : finding.message;
  const base = result(finding.reason, LEVELS[finding.kind], text, finding.place, `${finding.reason} ${finding.unit}`);
  if (finding.chain.length === 0) return base;
  const relatedLocations = finding.chain.map(({ name, place, why }, id) => ({
    id,
    ...location(place),
    message: { text: `${name} ${why}` },
  }));
  return { ...base, relatedLocations };
}

function result(ruleId: string, level: string, text: string, place: Place, identity: string) {
  return {
    ruleId,
    level,
    message: { text },
    locations: [location(place)],
    partialFingerprints: { 'unawait/v1': createHash('sha256').update(identity).digest('hex').slice(0, 32) },
  };
}

function location({ file, line, column }: Place) {
  const uri = file.split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri, uriBaseId: 'SRCROOT' },
      region: { startLine: line, startColumn: column },
    },
  };
}
