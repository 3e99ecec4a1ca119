import type { EventColumns } from './columns.ts';
import type { TraceTables } from './tables.ts';

/** One generation: the runtime closes one about every second, and each can be read without those before it. */
export interface GenerationInfo {
  /** Index into `generations`. */
  readonly place: number;
  /** The runtime's own number. */
  readonly number: number;
  /** true: bytes before it were lost, so that nothing is known of what went on: a stream ends before it, and another may begin with it. */
  readonly afterLoss: boolean;
  /** Bytes of the decoded file, with the byte that ends it. */
  readonly offset: number;
  readonly length: number;
  /** Least time its batches begin at, ns since the origin. The last one's end is known only by streaming. */
  readonly beginNs: number;
  readonly nsPerTick: number;
  readonly batches: number;
  /** Threads that wrote events. */
  readonly threads: number;
  readonly eventBytes: number;
  readonly stringBytes: number;
  readonly stackBytes: number;
  readonly sampleBytes: number;
  /** Batches of experiments, which are not read: by number of the experiment (1 AllocFree). */
  readonly experiments: ReadonlyMap<number, { readonly batches: number; readonly bytes: number }>;
  /** Since Go 1.25: wall clock (ns since the epoch) and monotonic clock at the moment `atNs`. */
  readonly clock: { readonly atNs: number; readonly wallNs: bigint; readonly monoNs: number } | null;
}

/** Events that are not there: bytes were lost, or their order made no sense. Nothing is known across it: goroutines and processors begin anew. */
export interface TraceGap {
  /** Places of the generations before and after it; null: the trace begins, or ends, with the gap. */
  readonly before: number | null;
  readonly after: number | null;
  /** Numbers of generations that are not there at all, as the runtime counts them: from, up to and with; null none, or not known how many. */
  readonly lost: { readonly from: number; readonly to: number } | null;
  /** The last event before it, and the begin of the generation after it, on the scale of the events; null where there is none. */
  readonly fromNs: number | null;
  readonly toNs: number | null;
  /** Bytes of the file that are not given. Where the order broke: from there to the end of the generation, some of which was given. */
  readonly offset: number;
  readonly bytes: number;
  readonly what: string;
}

export interface TraceSink {
  /** Before the events of a generation; its Sync event stands first in the next block. */
  generation?(info: GenerationInfo, tables: TraceTables): void;
  /** A block of events, filled anew for the next call: keep nothing of it. false: enough. */
  // biome-ignore lint/suspicious/noConfusingVoidType: a sink that never stops need not return anything
  events(columns: EventColumns, tables: TraceTables): boolean | void;
  /**
   * Events before the next block are missing. A sink that has this is given what follows: slots and threads are numbered anew, statuses come from
   * "undetermined" again, texts and stacks keep their numbers, and times may be earlier than the last ones. For a sink without it the stream ends there.
   */
  gap?(gap: TraceGap): void;
}

export interface StreamResult {
  /** Events given, Sync events among them. */
  readonly events: number;
  readonly tables: TraceTables;
  /** Where the events stopped making sense and nothing after it was given; all before it were. */
  readonly broken: { readonly generation: number; readonly offset: number; readonly what: string } | null;
  /** Everything that is missing up to where the stream ended, in order; at the end of a trace that is cut as well. */
  readonly gaps: readonly TraceGap[];
  /** The sink said it had enough. */
  readonly stopped: boolean;
  /** References to stacks or strings that their generation does not hold: given as none. */
  readonly missing: number;
  /** Regions that ended though another one of their goroutine was innermost: a mistake of the program. */
  readonly regionMisuse: number;
  /** Batches of strings, stacks or CPU samples that broke: what stood in them beyond that is missing, the events are not. */
  readonly brokenTables: number;
  /** More text or stacks than are kept (48 MiB, 12 million frames): what came later reads as none. */
  readonly tablesFull: boolean;
}

export interface ExecutionTrace {
  /** Minor version in the header: 22, 23, 25, 26 (Go 1.24 writes 23, Go 1.27 writes 26). */
  readonly version: number;
  readonly generations: readonly GenerationInfo[];
  /** The trace clock at the first generation's begin, ns; times of events are since then. */
  readonly originNs: number;
  /** Wall clock (ns since the epoch) of time 0, from the first reading; null before Go 1.25. */
  readonly originWallNs: bigint | null;
  readonly keptBytes: number;
  readonly lostBytes: number;
  /**
   * All events in order, from generation `from` (the first) on; may be called again. Where something is missing the stream goes on behind it if the
   * sink has a `gap`, and else ends with `broken`: then `stream(sink, broken.generation + 1)`, or `broken.generation` itself if bytes were lost
   * before it, gives what follows. Memory: 64 MiB of windows at most, tables of strings and stacks, and about 60 bytes for each goroutine alive at once.
   */
  stream(sink: TraceSink, from?: number): StreamResult;
}
