import { language } from './language.ts';
import type { SemanticsArea } from './row.ts';
import { surroundings } from './surroundings.ts';

export type { AnswerKind, SemanticsRow } from './row.ts';

/** What unawait does with each construct, area by area. `docs/semantics.md` is made of it. */
export const semantics: readonly SemanticsArea[] = [...language, ...surroundings];
