import type { SiteId } from '../model/ids.ts';

/** A bug of ours met while writing: the file it names is not written. */
export interface EditProblem {
  readonly file: string;
  /** Empty where no single claim is to blame. */
  readonly transform: string;
  readonly site: SiteId;
  readonly message: string;
}

/** Carries a problem out of the depth of one file; caught where the file is written. */
export class EditError extends Error {
  readonly transform: string;
  readonly site: SiteId;

  constructor(message: string, claim?: { readonly transform: string; readonly site: SiteId }) {
    super(message);
    this.name = 'EditError';
    this.transform = claim?.transform ?? '';
    this.site = claim?.site ?? '';
  }
}
