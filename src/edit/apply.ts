import MagicString from 'magic-string';
import { ts } from 'ts-morph';
import type { Claim, FileChange } from '../model/edit.ts';
import type { Site } from '../model/facts.ts';
import { growClaims, type ClaimNode } from './claim-tree.ts';
import { nameFresh } from './fresh.ts';
import { type ImportEdit, settleImports, type Wanted } from './imports.ts';
import { chooseMarks, type Marked, type Marks, realise } from './marks.ts';
import { judgeParens, removals, type Verdicts } from './parentheses.ts';
import { EditError, type EditProblem } from './problem.ts';
import { render } from './render.ts';
import { firstDifference } from './same-tree.ts';
import { readSure } from './tight.ts';
import { parse, parseErrors, readSource, type Source } from './source.ts';

export type { EditProblem } from './problem.ts';

export interface ApplyOptions {
  /** Whether a file is an ES module, where its syntax does not tell. */
  readonly esm?: (file: string) => boolean | undefined;
  /** A file that was parsed before, of the same text. */
  readonly parsed?: (file: string) => ts.SourceFile | undefined;
}

/**
 * Writes claims: pure, text in and text out. `files` has the text of each file without its byte order mark, by project-relative name.
 * A file without claims is left out; one that cannot be written as claimed is a problem and is not among the changes.
 */
export function apply(
  files: ReadonlyMap<string, string>,
  sites: readonly Site[],
  claims: readonly Claim[],
  options: ApplyOptions = {},
): { changes: FileChange[]; problems: EditProblem[] } {
  const byId = new Map(sites.map((site) => [site.id, site]));
  const byFile = new Map<string, Claim[]>();
  const problems: EditProblem[] = [];
  for (const claim of claims) {
    const file = byId.get(claim.site)?.place.file;
    if (file === undefined || !files.has(file)) {
      const message = file === undefined ? 'The claim names a site that does not exist' : 'The file was not read';
      problems.push({ file: file ?? '', transform: claim.transform, site: claim.site, message });
      continue;
    }
    const list = byFile.get(file);
    if (list === undefined) byFile.set(file, [claim]);
    else list.push(claim);
  }
  const changes: FileChange[] = [];
  for (const [file, list] of [...byFile].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const before = files.get(file)!;
    try {
      const after = rewriteFile(file, before, byId, list, options);
      if (after !== before) changes.push({ file, before, after });
    } catch (error) {
      if (!(error instanceof EditError)) throw error;
      problems.push({ file, transform: error.transform, site: error.site, message: error.message });
    }
  }
  return { changes, problems };
}

function rewriteFile(
  file: string,
  text: string,
  sites: ReadonlyMap<string, Site>,
  claims: readonly Claim[],
  options: ApplyOptions,
): string {
  const source = readSource(file, text, options.parsed?.(file));
  const { roots, written } = growClaims(source, sites, claims);
  const literals = written.flatMap(({ claim }) => claim.template.parts.filter((part) => typeof part === 'string'));
  const marks = chooseMarks([text, ...literals]);
  const needs = new Map<ClaimNode, readonly number[]>();
  const wanted: Wanted[] = [];
  for (const node of written) {
    needs.set(
      node,
      node.claim.imports.map((need) => wanted.push({ need, claim: node.claim }) - 1),
    );
  }
  const rendered = render(written, {
    source,
    marks,
    needs,
    sure: readSure(source.tree, sites, claims),
    fresh: nameFresh(source, written),
  });
  const put = new MagicString(text);
  for (const root of roots) put.update(root.span.start, root.span.end, rendered.get(root)!);
  const marked = realise(put.toString(), marks);
  const tree = parse(file, marked.text);
  const verdicts = judgeParens(tree, marked);
  const { lost } = verdicts;
  if (lost.length > 0) {
    const claim = claimAt(lost[0]!, roots, rendered);
    throw new EditError(`${claim?.transform ?? 'A claim'} puts an expression where none can stand`, claim);
  }
  const imports = settleImports(source, tree, wanted, marks, options.esm?.(file));
  return finish(file, source, tree, marked, marks, verdicts, imports, (at) => claimAt(at, roots, rendered));
}

/** Takes the redundant marks out, puts the imports in, and proves by a parse that the tree is still the one that was rendered. */
function finish(
  file: string,
  source: Source,
  tree: ts.SourceFile,
  marked: Marked,
  marks: Marks,
  verdicts: Verdicts,
  imports: readonly ImportEdit[],
  blame: (at: number) => Claim | undefined,
): string {
  const kept = new Set(verdicts.kept);
  for (let attempt = 0; ; attempt++) {
    const out = new MagicString(marked.text);
    for (const [at, instead] of removals(marked, { kept, sealed: verdicts.sealed })) {
      if (instead === '') out.remove(at, at + 1);
      else out.update(at, at + 1, instead);
    }
    for (const { start, end, text } of imports) {
      if (start === end) out.appendLeft(start, text);
      else if (text === '') out.remove(start, end);
      else out.update(start, end, text);
    }
    const after = out.toString();
    const result = parse(file, after, true, false);
    const errors = parseErrors(result);
    if (errors.length > 0 && errors.length > parseErrors(source.tree).length) {
      const [before] = parseErrors(tree);
      const claim = before && blame(before.start);
      if (before !== undefined || attempt > 1) {
        throw new EditError(`The rewritten file does not parse: ${(before ?? errors[0]!).message}`, claim);
      }
    }
    const difference = firstDifference(tree, result, (name) => name.startsWith(marks.imported));
    if (difference === undefined && errors.length === 0) return after;
    if (difference === undefined && errors.length <= parseErrors(source.tree).length) return after;
    if (attempt > 1) {
      throw new EditError('Parentheses could not be settled', difference && blame(difference.getStart(tree)));
    }
    // Rare: a hazard that the rules do not know. All marks of the statement stay, then all of the file.
    let around: ts.Node = difference ?? tree;
    while (attempt === 0 && !ts.isStatement(around) && !ts.isSourceFile(around)) around = around.parent;
    if (attempt > 0) around = tree;
    for (const at of verdicts.outermost) if (around.pos <= at && at < around.end) kept.add(at);
  }
}

/** The outermost claim whose rendered text has that place. */
function claimAt(at: number, roots: readonly ClaimNode[], rendered: ReadonlyMap<ClaimNode, string>): Claim | undefined {
  let shift = 0;
  for (const root of roots) {
    const start = root.span.start + shift;
    const { length } = rendered.get(root)!;
    if (at >= start && at <= start + length) return root.claim;
    if (start > at) break;
    shift += length - (root.span.end - root.span.start);
  }
  return undefined;
}
