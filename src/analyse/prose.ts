import { ts } from 'ts-morph';
import type { Span } from '../model/ids.ts';
import type { Draft } from './draft.ts';

const speaksOfPromise = /\b(resolv(e|es|ed|ing)|reject(s|ed|ing)?|promises?|await(s|ed|ing)?|async(hronous(ly)?)?)\b/i;

/** A JSDoc comment whose words, not only its types, say that the function yields a promise: nobody but its author can rewrite them. */
export function collectProse(draft: Draft, node: ts.SignatureDeclaration): void {
  const unit = draft.functionUnit(node);
  if (!draft.unit(unit).asynchronous) return;
  for (const doc of ts.getJSDocCommentsAndTags(node)) {
    if (!ts.isJSDoc(doc)) continue;
    for (const tag of doc.tags ?? []) {
      const span = tag.tagName.text === 'async' ? lineOfTag(doc, tag) : undefined;
      if (span) draft.emit({ kind: 'idiom', idiom: 'async-tag' }, tag, unit, -1, span);
    }
    const prose = [doc, ...(doc.tags ?? [])].some((each) => {
      if (ts.isJSDoc(each) || !/^(see|example|throws|template)$/.test(each.tagName.text))
        return speaksOfPromise.test(ts.getTextOfJSDocComment(each.comment) ?? '');
      return false;
    });
    if (prose) draft.emit({ kind: 'idiom', idiom: 'prose' }, doc, unit, 0);
  }
}

/** The line of a tag that says nothing else, in a comment with more to say. */
function lineOfTag(doc: ts.JSDoc, tag: ts.JSDocTag): Span | undefined {
  if (doc.comment === undefined && doc.tags?.length === 1) return undefined;
  const { text } = doc.getSourceFile();
  const start = text.lastIndexOf('\n', tag.getStart());
  const line = /^\n[ \t]*\*[ \t]*@async[ \t]*(?=\r?\n)/.exec(text.slice(start, doc.end))?.[0];
  if (line === undefined) return undefined;
  const from = text[start - 1] === '\r' ? start - 1 : start;
  return { start: from, end: start + line.length };
}
