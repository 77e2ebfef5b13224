import { ts } from 'ts-morph';
import type { Draft } from './draft.ts';

const speaksOfPromise = /\b(resolv(e|es|ed|ing)|reject(s|ed|ing)?|promises?|await(s|ed|ing)?|async(hronous(ly)?)?)\b/i;

/** A JSDoc comment whose words, not only its types, say that the function yields a promise: nobody but its author can rewrite them. */
export function collectProse(draft: Draft, node: ts.SignatureDeclaration): void {
  const unit = draft.functionUnit(node);
  if (!draft.unit(unit).asynchronous) return;
  for (const doc of ts.getJSDocCommentsAndTags(node)) {
    if (!ts.isJSDoc(doc)) continue;
    const prose = [doc, ...(doc.tags ?? [])].some((each) => {
      if (ts.isJSDoc(each) || !/^(see|example|throws|template)$/.test(each.tagName.text))
        return speaksOfPromise.test(ts.getTextOfJSDocComment(each.comment) ?? '');
      return false;
    });
    if (prose) draft.emit({ kind: 'idiom', idiom: 'prose' }, doc, unit, 0);
  }
}
