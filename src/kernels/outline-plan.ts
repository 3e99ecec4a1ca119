/** What each line of a log says in outline, without a record of it: src/kernels/assembly/outline.ts. */
export type OutlineRole = 'message' | 'level' | 'time' | 'service-name' | 'error' | 'service' | 'undecidable';

/** Places in this list are the kernel's numbers. */
export const OUTLINE_ROLES: readonly OutlineRole[] = ['undecidable', 'message', 'level', 'time', 'service-name', 'error', 'service'];

export interface OutlineName {
  readonly name: string;
  readonly role: OutlineRole;
  /** Its number among the names of its role, at most 14. */
  readonly number: number;
}

export interface OutlinePlan {
  /** Exact names of top-level fields; at most KEYS_CAP. */
  readonly keys: readonly OutlineName[];
  /** Last parts of names at any depth: lower case, without _ and -. The first field of a role counts. */
  readonly bare: readonly OutlineName[];
  readonly levels: readonly { readonly name: string; readonly rank: number }[];
  readonly json: boolean;
  readonly logfmt: boolean;
}

export const OUTLINE_WORDS = 20;
/** Verdicts: all is known; an object, or pairs, that a reader must decide; text of another kind. */
export const DECIDED = 0;
export const ODD_JSON = 1;
export const ODD_LOGFMT = 2;
export const TEXT_LINE = 3;
export const NO_RANK = 255;
export const NO_NAME = 15;
/** Longer messages and errors are a reader's. */
export const OUTLINE_TEXT_CAP = 1000;

/** Words of a row of OUTLINE_WORDS; hashes are two words each, 0 0 where there is none. */
export const OUTLINE = {
  start: 0,
  end: 1,
  verdict: 2,
  info: 3,
  /** i64. */
  time: 4,
  message: 6,
  error: 8,
  service: 10,
  /** Of the message unmasked. */
  exact: 12,
  messageAt: 14,
  messageEnd: 15,
  errorAt: 16,
  errorEnd: 17,
  serviceAt: 18,
  serviceEnd: 19,
} as const;

export const INFO = {
  rank: (info: number): number => info & 0xff,
  duplicates: (info: number): boolean => (info & 0x100) !== 0,
  /** Which names, of which kind, in which order: lines alike here are of one logger. */
  shape: (info: number): number => info >>> 9,
} as const;

export interface Outliner {
  /** To be filled by the caller. A view: asked for anew before each use. */
  buffer(): Uint8Array;
  readonly capacity: number;
  /** Rows of the lines of buffer[from, end); their number. buffer[from] begins a line, and the line at `end` is complete. */
  run(from: number, end: number): number;
  readonly out: Uint32Array;
  /** Of a row. */
  readonly words: number;
  /** `end`, or the line to go on with when `out` was full. */
  resumeAt: number;
  readonly engine: 'wasm' | 'plain';
}
