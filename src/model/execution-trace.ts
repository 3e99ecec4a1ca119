/** What `gorca trace` says of an execution trace, as data: the JSON it prints, and what its pages are made from. Times are nanoseconds. */

export interface TraceCodePlace {
  /** As the linker writes it. */
  readonly function: string;
  readonly file: string;
  readonly line: number;
}

/** Where in the program something happened. */
export interface TraceStack {
  /** The innermost frame of the program itself or of a module it uses; null: there is none on it. */
  readonly user: TraceCodePlace | null;
  /** Innermost first. */
  readonly frames: readonly TraceCodePlace[];
}

export interface TraceSum {
  readonly count: number;
  readonly totalNs: number;
  readonly mostNs: number;
  /** When the longest ended, since the begin of the trace; and its event in the file, -1: none ended it. */
  readonly mostAtNs: number;
  readonly mostOffset: number;
}

/** What a goroutine's time is spent on. */
export type TraceSpent = 'undetermined' | 'running' | 'runnable' | 'syscall' | 'network' | 'lock' | 'channel' | 'sleep' | 'collector' | 'other';

export interface TraceLedgerRow {
  readonly id: string;
  readonly title: string;
  readonly ns: number;
  /** Of the time of all processors. */
  readonly share: number;
  /** caller: the user's frame asked for it · program: the program as a whole brings it about · nobody: idle, or whoever looks. */
  readonly payer: 'caller' | 'program' | 'nobody';
}

export interface TraceLatency extends TraceSum {
  /** Why it could run: it was created, unblocked, came out of a system call, or was stopped while it ran. */
  readonly by: 'created' | 'unblocked' | 'syscall' | 'stopped' | 'already';
  /** At most 3.2 % below the true ones. */
  readonly p50Ns: number;
  readonly p90Ns: number;
  readonly p99Ns: number;
}

export interface TraceWorstLatency {
  readonly goroutine: number;
  readonly entry: string;
  readonly by: TraceLatency['by'];
  readonly stack: TraceStack;
  readonly ns: number;
  readonly atNs: number;
  readonly offset: number;
  /** Functions that the goroutines start in which ran on the other processors when it got to run. */
  readonly running: readonly string[];
}

export interface TraceBlocking extends TraceSum {
  /** As the runtime writes it; 'syscall' for system calls, '' where it began before the trace. */
  readonly reason: string;
  readonly spent: TraceSpent;
  readonly stack: TraceStack;
  /** Who ended it, greatest time first: at most 5. */
  readonly endedBy: readonly TraceWake[];
}

export interface TraceWake extends TraceSum {
  /** null: the scheduler: a timer, the network poller, or the end of a stop. */
  readonly by: TraceStack | null;
  /** The one goroutine that ended them all; null: several, or none. */
  readonly goroutine: number | null;
  /**
   * How long the waker was busy with it: of a lock, since it was last given back to somebody at that place; of a channel, since the same goroutine
   * last received from somebody there. So, added up, how long the lock was held, or how long items took.
   */
  readonly turnsNs: number;
  /** The longest of these turns. */
  readonly longestTurnNs: number;
  /** What the waker itself waited for in these turns: at most 3. */
  readonly meanwhile: readonly { readonly reason: string; readonly spent: TraceSpent; readonly stack: TraceStack; readonly ns: number; readonly mostOffset: number }[];
}

export interface TraceEdge extends TraceWake {
  readonly reason: string;
  readonly stack: TraceStack;
}

export interface TracePause extends TraceSum {
  readonly kind: string;
  /** What was done that needs it. */
  readonly means: string;
  /** capture: whoever looked at the process · program: the program asked for it · runtime: the collector. */
  readonly because: 'capture' | 'program' | 'runtime';
  readonly stack: TraceStack;
}

export interface TraceEntry {
  /** Function that these goroutines start in; '' where it is not known. */
  readonly entry: string;
  readonly created: number;
  readonly ended: number;
  readonly alive: number;
  readonly createdBy: TraceStack | null;
  readonly spent: Readonly<Record<TraceSpent, number>>;
  /** Of those seen from begin to end. */
  readonly lived: { readonly count: number; readonly meanNs: number; readonly mostNs: number };
  /** Some of those that are left at the end: what they do, since when. */
  readonly left: readonly { readonly goroutine: number; readonly spent: TraceSpent; readonly reason: string; readonly stack: TraceStack; readonly sinceNs: number }[];
}

export interface TraceTask {
  readonly id: number;
  readonly parent: number;
  readonly type: string;
  /** null: before the trace. */
  readonly beginNs: number | null;
  /** null: not in the trace. */
  readonly endNs: number | null;
  readonly beganOn: number;
  readonly endedOn: number;
  readonly beginOffset: number;
  readonly endOffset: number;
}

/** One stretch of a path, latest last. */
export interface TracePathStep {
  readonly goroutine: number;
  readonly entry: string;
  readonly fromNs: number;
  readonly toNs: number;
  readonly spent: TraceSpent;
  readonly reason: string;
  readonly stack: TraceStack;
  /** How the path came here: this goroutine created or unblocked the one of the next step, or ended a wait itself. */
  readonly wakes: 'unblocked' | 'created' | null;
  readonly offset: number;
}

export interface TracePath {
  readonly what: string;
  readonly fromNs: number;
  readonly toNs: number;
  readonly steps: readonly TracePathStep[];
  /** Totals of the steps by what they are spent on. */
  readonly spent: Readonly<Record<TraceSpent, number>>;
  /** The path could not be followed further back than this, and why; null: it is whole. */
  readonly lost: { readonly atNs: number; readonly why: string } | null;
}

/** What a damaged trace does not give. Times since its first event. */
export interface TraceSummaryGap {
  /** The last event before it; null: the trace begins with it. */
  readonly fromNs: number | null;
  /** Begin of what follows; null: nothing does. */
  readonly toNs: number | null;
  /** Numbers of the generations that are not there at all. */
  readonly generations: { readonly from: number; readonly to: number } | null;
  readonly offset: number;
  readonly bytes: number;
  readonly why: string;
}

export interface TraceSummary {
  readonly schema: 'gorca.execution-trace/1';
  /** Minor version of Go in its header. */
  readonly version: number;
  /** RFC 3339; null before Go 1.25, which writes no wall clock. */
  readonly startedAt: string | null;
  /** What is covered: all stretches together. Shares of time are of this. */
  readonly wallNs: number;
  /** From the first event to the last, with what lies between stretches. */
  readonly spanNs: number;
  /** Each without a gap, since the first event; one unless the trace is damaged. What is counted is counted in each by itself. */
  readonly stretches: readonly { readonly fromNs: number; readonly toNs: number }[];
  readonly gaps: readonly TraceSummaryGap[];
  readonly events: number;
  readonly generations: number;
  readonly keptBytes: number;
  readonly lostBytes: number;
  /** What stands against trusting it, each a sentence. */
  readonly missing: readonly string[];
  readonly processors: {
    /** GOMAXPROCS at the end. */
    readonly count: number;
    /** GOMAXPROCS times wall time: what the rows add up to. */
    readonly capacityNs: number;
    readonly rows: readonly TraceLedgerRow[];
    /** Rows that callers pay, by the function that pays. */
    readonly assists: readonly (TraceSum & { readonly stack: TraceStack; readonly runningNs: number })[];
  };
  readonly goroutines: {
    readonly created: number;
    readonly ended: number;
    readonly alive: number;
    readonly spent: Readonly<Record<TraceSpent, number>>;
    readonly entries: readonly TraceEntry[];
  };
  readonly latency: {
    readonly by: readonly TraceLatency[];
    readonly worst: readonly TraceWorstLatency[];
    /** Goroutines that could run, times how long. */
    readonly waitedNs: number;
    readonly most: number;
    /** At least one could run: while a processor was idle, while none was; and while none was at all. */
    readonly whileIdleNs: number;
    readonly whileBusyNs: number;
    readonly allBusyNs: number;
    /** Stretches in which a goroutine ran and no thread wrote anything, not even that it gave way: the process got no processor time. */
    readonly standstills: {
      readonly count: number;
      readonly totalNs: number;
      readonly list: readonly { readonly fromNs: number; readonly toNs: number; readonly offset: number }[];
    };
  };
  readonly waits: readonly TraceBlocking[];
  readonly wakes: readonly TraceEdge[];
  readonly pauses: readonly TracePause[];
  readonly collector: {
    readonly cycles: number;
    readonly markNs: number;
    readonly list: readonly {
      readonly fromNs: number;
      readonly toNs: number;
      /** null: not said before, as of a cycle that runs when the trace begins. */
      readonly heapBefore: number | null;
      readonly heapAfter: number | null;
      readonly goal: number | null;
      readonly assists: number;
      readonly assistNs: number;
    }[];
    readonly heap: { readonly leastBytes: number; readonly mostBytes: number; readonly lastBytes: number; readonly values: number } | null;
    readonly goal: { readonly leastBytes: number; readonly mostBytes: number; readonly lastBytes: number } | null;
    readonly overGoalNs: number;
    readonly mostOfGoal: number;
    /** Heap in use over time: at most 1024 points. */
    readonly series: readonly { readonly atNs: number; readonly bytes: number }[];
    readonly utilization: readonly { readonly windowNs: number; readonly least: number; readonly atNs: number }[];
  };
  readonly tasks: {
    readonly begun: number;
    readonly unfinished: number;
    readonly startedBefore: number;
    readonly types: readonly (TraceSum & { readonly type: string })[];
    /** The slowest, at most 4096. */
    readonly list: readonly TraceTask[];
    readonly regions: readonly (TraceSum & { readonly type: string })[];
    readonly logs: readonly { readonly category: string; readonly count: number }[];
  };
}

export interface TraceGoroutineStep {
  readonly fromNs: number;
  readonly toNs: number;
  readonly spent: TraceSpent;
  readonly reason: string;
  /** Where it waits; of running: where that ended. */
  readonly stack: TraceStack;
  /** It ran on this one. */
  readonly processor: number | null;
  /** A wait: who ended it, goroutine -1 the scheduler. */
  readonly endedBy: { readonly goroutine: number; readonly stack: TraceStack } | null;
  readonly offset: number;
}

/** One goroutine from its begin to its end. */
export interface TraceGoroutine {
  readonly goroutine: number;
  readonly entry: string;
  /** null: before the trace. */
  readonly created: { readonly atNs: number; readonly by: number; readonly stack: TraceStack; readonly offset: number } | null;
  readonly ended: boolean;
  readonly spent: Readonly<Record<TraceSpent, number>>;
  readonly steps: readonly TraceGoroutineStep[];
  /** Further steps that are not listed. */
  readonly left: number;
}
