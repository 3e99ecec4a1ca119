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
    /** "goroutine running on other thread; stack unavailable": nothing is known but that they ran. */
    readonly withoutStack: number;
    readonly stacks: number;
    readonly waits: readonly { readonly wait: string; readonly count: number }[];
    readonly groups: readonly GoroutineGroup[];
    /** What was not asked for (--first). */
    readonly left: { readonly groups: number; readonly goroutines: number };
    /** Who started whom, from main downwards; with --tree. */
    readonly tree?: readonly GoroutineTree[];
  })[];
}

/** Goroutines that stand alike, through a series of dumps. */
export interface GoroutineChange {
  /** One a dump, in order. */
  readonly counts: readonly number[];
  /** Last less first. */
  readonly change: number;
  /** Of those in the first dump, how many are in the last, by id; null where a form has no ids, or the process is another. */
  readonly stayed: number | null;
  /** As it is in the last dump that holds it. */
  readonly group: GoroutineGroup;
}

export interface GoroutineDiff {
  readonly schema: 'gorca.goroutine-diff/1';
  readonly dumps: readonly DumpHead[];
  /** By what the dumps were put in order. */
  readonly order: 'times' | 'as given' | 'one file' | 'file names';
  /** Between the first and the last; null without times. */
  readonly seconds: number | null;
  /** What makes goroutines alike: forms that hold different parts of a stack are compared by lines. */
  readonly by: string;
  /** Said by goroutine ids; null: no form with ids. */
  readonly sameProcess: boolean | null;
  /** Largest change first. */
  readonly changes: readonly GoroutineChange[];
  readonly unchanged: { readonly groups: number; readonly goroutines: number };
  readonly left: { readonly groups: number; readonly goroutines: number };
}

export interface LeakGrowth {
  readonly counts: readonly number[];
  readonly wait: string;
  readonly at: CodeLine;
  /** Few dumps, or one: growth or a crowd, but a trend is not shown. */
  readonly weak: boolean;
  /** Why it is said to pile up. */
  readonly why: string;
  readonly perMinute: number | null;
  /** Of all goroutines of the last dump. */
  readonly share: number;
  /** Least share of them that was still there in the next dump, by id. */
  readonly stay: number | null;
  readonly longestMinutes: number | null;
  /** Share that the runtime itself found unable ever to run again; null where it was not asked. */
  readonly leaked: number | null;
  /** Who started them, and who started those, as far as they are still in the last dump: nearest first. */
  readonly startedBy: readonly (CodeLine & { readonly alive: boolean })[];
  /** Address that most of them wait for. */
  readonly object: string | null;
  readonly stack: readonly StackLine[];
  readonly ids: readonly number[];
  readonly places: readonly DumpPlace[];
}

export interface LeakFinding {
  /** Kind of the condition: gorca explain <kind>. */
  readonly kind: string;
  readonly says: string;
  /** Of a queue or a lock that is kept: its address. */
  readonly lock: string | null;
  readonly goroutines: number;
  /** Of a circle, edge by edge. */
  readonly edges: readonly { readonly goroutine: string; readonly holds: string; readonly waitsFor: string; readonly at: CodeLine }[];
  /** Who holds what is inferred from frames and source, never printed by the runtime. */
  readonly inferred: boolean;
  readonly places: readonly DumpPlace[];
}

export interface GoroutineLeaks {
  readonly schema: 'gorca.goroutine-leaks/1';
  readonly thresholds: { readonly [name: string]: number };
  readonly processes: readonly {
    readonly process: string;
    readonly dumps: readonly DumpHead[];
    readonly order: GoroutineDiff['order'];
    /** Goroutine ids show that all dumps are of one life of the process; otherwise it is assumed. */
    readonly sameLife: boolean;
    readonly perMinute: number | null;
    /** Nothing but goroutineleak profiles: of goroutines that are not leaked nothing is known. */
    readonly leaksOnly: boolean;
    readonly growing: readonly LeakGrowth[];
  }[];
  /** Circles, locks that are kept, crowds at a lock, goroutines that nobody can wake. */
  readonly findings: readonly LeakFinding[];
  readonly notObservable: readonly { readonly why: string; readonly next: string }[];
}

/** Who started whom. */
export interface GoroutineTree {
  /** The function they run. */
  readonly entry: string;
  /** Where they were started; null: main, or not printed. */
  readonly by: CodeLine | null;
  /** Such goroutines have ended, or are not in the dump: only their name is known, by what they started. */
  readonly ended: boolean;
  readonly count: number;
  /** Goroutines in all of what hangs below. */
  readonly below: number;
  readonly leaked: number;
  readonly longestMinutes: number | null;
  readonly waits: readonly { readonly wait: string; readonly count: number }[];
  readonly children: readonly GoroutineTree[];
}
