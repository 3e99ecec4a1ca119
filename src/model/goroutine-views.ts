/** What `gorca goroutines summary`, `diff` and `leaks` say, as data: the JSON they print, and what their pages are made from. */

export interface CodeLine {
  /** Normalised symbol: one spelling for one function in every form of a dump. */
  readonly function: string;
  readonly file: string;
  /** 0: not printed. */
  readonly line: number;
}

export interface StackLine extends CodeLine {
  /** So often one after the other: recursion. */
  readonly times: number;
}

export interface DumpPlace {
  readonly file: string;
  readonly offset: number;
  readonly length: number;
}

/** Goroutines that stand alike. */
export interface GoroutineGroup {
  readonly count: number;
  /** Of all goroutines of the dump, 0 to 1. */
  readonly share: number;
  /** What most of them wait for: "chan send", "sync.Mutex.Lock", "running". */
  readonly wait: string;
  readonly waits: readonly { readonly wait: string; readonly count: number }[];
  /** Where the program waits: its own innermost frame, else a dependency's, else the entry of the goroutine. */
  readonly at: CodeLine;
  /** Of the runtime itself, or the goroutine that wrote the dump. */
  readonly system: boolean;
  /** Innermost first, the runtime's frames at both ends taken off; of the largest of its stacks. */
  readonly stack: readonly StackLine[];
  /** Frames that the runtime left out of it: 0 none, -1 some. */
  readonly elided: number;
  /** Different stacks in it. */
  readonly stacks: number;
  /** Most frequent first; [] where the form does not say. */
  readonly createdBy: readonly (CodeLine & { readonly count: number })[];
  /** Whole minutes, a lower bound; null: none printed. */
  readonly longestMinutes: number | null;
  /** Found by the runtime itself to be unable ever to run again. */
  readonly leaked: number;
  readonly lockedToThread: number;
  /** Addresses that they wait for (locks, channels, wait groups, condition variables), where they are printed; most waited for first. */
  readonly objects: readonly { readonly address: string; readonly waiters: number }[];
  /** Profiler labels, most frequent first. */
  readonly labels: readonly { readonly labels: string; readonly count: number }[];
  /** Ids of some; [] in profiles. */
  readonly ids: readonly number[];
  readonly places: readonly DumpPlace[];
}

export type DumpForm = 'debug2' | 'debug1' | 'protobuf' | 'leaks';

export interface DumpHead {
  readonly file: string;
  /** Which of its dumps, from 1. */
  readonly dump: number;
  readonly dumps: number;
  readonly form: DumpForm;
  /** RFC 3339; null: nothing says when. */
  readonly at: string | null;
  readonly goroutines: number;
  /** false: it is cut, all counts are lower bounds. */
  readonly complete: boolean;
}

export interface GoroutineSummary {
  readonly schema: 'gorca.goroutines/1';
  readonly dumps: readonly (DumpHead & {
    /** Of the runtime itself, and the one that wrote the dump. */
    readonly system: number;
    readonly stacks: number;
    readonly waits: readonly { readonly wait: string; readonly count: number }[];
    readonly groups: readonly GoroutineGroup[];
    /** What was not asked for (--first). */
    readonly left: { readonly groups: number; readonly goroutines: number };
  })[];
}
