/**
 * C converts · N converts with a note at the place · R is refused: the function stays async, and the report says why · P only by a policy
 * that the user names.
 */
export type AnswerKind = 'C' | 'N' | 'R' | 'P';

/** One promise to the user, and the fixtures that show it kept: folders below `fixtures/`, or test files where no fixture can. */
export interface SemanticsRow {
  readonly construct: string;
  readonly answers: readonly AnswerKind[];
  readonly says: string;
  readonly shown: readonly string[];
}

export interface SemanticsArea {
  readonly title: string;
  readonly rows: readonly SemanticsRow[];
}

const kinds: readonly AnswerKind[] = ['C', 'N', 'R', 'P'];

export function row(construct: string, answers: string, says: string, shown: string): SemanticsRow {
  return { construct, answers: kinds.filter((kind) => answers.includes(kind)), says, shown: shown.trim().split(/\s+/) };
}
