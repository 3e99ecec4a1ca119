/** What `gorca profile` prints, as data: its JSON, and what its pages are made from. Values are in the unit of the type. */

export interface ProfileHead {
  readonly file: string;
  /** The type the numbers are of, and its unit. */
  readonly type: string;
  readonly unit: string;
  /** All types the file holds. */
  readonly types: readonly string[];
  /** Sum over the samples that count, and without their signs. */
  readonly total: number;
  readonly magnitude: number;
  /** Rows of the profile that count, and all of them. */
  readonly samples: number;
  readonly allSamples: number;
  /** RFC 3339; of a CPU profile when it began, of a difference when it ended; null: the file does not say. */
  readonly taken: string | null;
  /** Length of the capture; 0: a snapshot, or the file does not say. */
  readonly seconds: number;
  /** A difference of two snapshots: values may be negative. */
  readonly delta: boolean;
  /** How the values are known: ticks (CPU), by-size (heap), contention, counted, unknown. */
  readonly sampling: string;
  readonly program: string;
  readonly buildId: string;
  readonly comments: readonly string[];
}

export interface ProfileTop {
  readonly schema: 'gorca.profile-top/1';
  readonly profile: ProfileHead;
  readonly by: string;
  readonly rows: readonly ProfileTopRow[];
  /** Rows that are not shown, and what they hold flat. */
  readonly left: { readonly rows: number; readonly flat: number };
}

export interface ProfileTopRow {
  readonly name: string;
  readonly flat: number;
  readonly cum: number;
  /** One standard error of `flat`; 0 where values are counted or their sampling is not known. */
  readonly error: number;
}

export interface ProfileCharge {
  /** '' = no frame of the program on the stack. */
  readonly function: string;
  readonly file: string;
  readonly line: number;
  readonly value: number;
  readonly error: number;
}

export interface ProfileLedger {
  readonly schema: 'gorca.profile-ledger/1';
  readonly profile: ProfileHead;
  /** Samples taken: ticks of a CPU profile; 0 where the file does not say. */
  readonly ticks: number;
  /** Charged to nobody: idle work, the observer, lost samples. */
  readonly unblamed: number;
  readonly rows: readonly {
    readonly class: string;
    readonly title: string;
    readonly payer: string;
    readonly means: string;
    readonly lookFor: string;
    readonly value: number;
    readonly error: number;
    readonly share: number;
    readonly charges: readonly ProfileCharge[];
    readonly decidedBy: readonly { readonly function: string; readonly value: number }[];
  }[];
  readonly users: readonly (ProfileCharge & { readonly share: number; readonly classes: readonly { readonly class: string; readonly value: number }[] })[];
}

export interface ProfileChange {
  readonly base: number;
  readonly now: number;
  readonly delta: number;
  readonly error: number;
  readonly significant: boolean;
}

export interface ProfilePath {
  /** Root first. */
  readonly frames: readonly string[];
  readonly base: number;
  readonly now: number;
  readonly delta: number;
  readonly error: number;
  readonly share: number;
}

export interface ProfileDifference {
  readonly schema: 'gorca.profile-diff/1';
  /** null: `now` is a difference by itself. */
  readonly base: ProfileHead | null;
  readonly now: ProfileHead;
  readonly by: string;
  readonly normalisation: string;
  readonly scale: number;
  readonly total: ProfileChange;
  readonly rows: readonly { readonly name: string; readonly flat: ProfileChange; readonly cum: ProfileChange }[];
  /** Rows that changed no more than sampling may change them. */
  readonly unsure: number;
  /** Significant rows that are not shown. */
  readonly left: number;
  readonly grew: readonly ProfilePath[];
  readonly shrank: readonly ProfilePath[];
  /** Heaps: what was allocated between the two, beside what stayed. */
  readonly allocated: ProfileChange | null;
}

export interface ProfileLabels {
  readonly schema: 'gorca.profile-labels/1';
  readonly profile: ProfileHead;
  readonly keys: readonly {
    readonly key: string;
    /** Of samples that have the key, and of those that have not. */
    readonly value: number;
    readonly without: number;
    readonly numeric: boolean;
    readonly values: readonly { readonly text: string; readonly value: number }[];
    readonly left: number;
  }[];
}
