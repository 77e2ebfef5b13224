import type { Claim, Refusal } from './edit.ts';
import type { Place, SiteId, UnitId } from './ids.ts';

/** Why a unit stays async: the requirement it fell by, and the refusal at the root of the chain. */
export interface Stays {
  readonly unit: UnitId;
  /** The unit or site that took this one down. */
  readonly because: UnitId;
  /** Reads after the unit's name: "calls", "holds", "implements". */
  readonly why: string;
  /** The refused site at the end of the chain. */
  readonly root: SiteId;
}

/** Something to tell that is no change and keeps no function async: a comment with nothing to steer, a danger between two places. */
export interface Remark {
  readonly place: Place;
  readonly unit: UnitId;
  /** `steering/stale`, `lint/deadlock` */
  readonly reason: string;
  readonly message: string;
}

/** Everything settled; plain JSON, sorted, the same for the same input whatever the order of files. */
export interface Plan {
  /** Units that turn blocking. */
  readonly blocking: readonly UnitId[];
  /** Claims that are applied. */
  readonly claims: readonly Claim[];
  readonly refusals: readonly Refusal[];
  readonly staysAsync: readonly Stays[];
  /** Every unit and site that fell, for chains of reasons: `because` of one is the `id` of another, or itself at the root. */
  readonly fallen: readonly {
    readonly id: string;
    readonly because: string;
    readonly why: string;
    readonly root: SiteId;
  }[];
  readonly remarks: readonly Remark[];
  /** Blocking functions that are written beside those that stay async, by the policy `emit-twin`. */
  readonly twins?: readonly UnitId[];
}

/** What the user allows and selects. */
export interface Choices {
  readonly onlySafe: boolean;
  readonly policies: readonly string[];
  /** Globs over project-relative files, or unit ids; empty includes everything. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}
