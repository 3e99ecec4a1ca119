/**
 * Reads Go execution traces, from trace.Start, /debug/pprof/trace, go test -trace and runtime/trace.FlightRecorder: one format.
 * Written by: runtime/trace*.go, Go 1.11 to 1.27; headers `go 1.11|19|21|22|23|25|26 trace\0\0\0` (1.24 writes 23, 1.27 writes 26). Read as
 *             Go's own internal/trace does.
 * Sketch:   header · batches of one thread each: 01 generation thread base size, then events: type dt arguments… · batches of strings,
 *           stacks, CPU samples, clocks · 34 ends a generation (since 1.26) · the next generation …
 * Units:    ns since the first generation began (`originNs` of the trace clock); wall clock from Go 1.25 on.
 * Model:    light: generations, clocks, spans. `stream` gives all events in order as columns (columns.ts, events.ts say what each means):
 *
 *             const { model } = executionTrace.read(artifact);
 *             const { broken, tables } = model.stream({
 *               events(e, tables) {
 *                 for (let i = 0; i < e.length; i++) {
 *                   if (e.kind[i] !== KIND.GoBlock) continue;
 *                   tables.text(e.text[i]); tables.stackFrames(e.stack[i]); tables.goroutineId(e.subject[i]); e.time[i]; e.offset[i];
 *                 }
 *               },
 *             });
 *
 * Damage:   every complete generation is read, also behind a damaged one; keptBytes and lostBytes say how much of the file that is. Where bytes are
 *           lost, or the order of events makes no sense, a stream goes on behind that if its sink has a `gap`, knowing nothing of what went before;
 *           else it ends, and `broken` says so. `gaps` of the result lists all of them. Never throws on input.
 * Problems: execution-trace/empty, /no-header, /unknown-version, /old-format, /no-generation, /cut, /damaged.
 * Unlike Go's reader: references to strings and stacks that a generation lacks, because they are damaged or were cut off, are given as none and
 *           counted, instead of ending the trace; so are regions that a program ends in the wrong order.
 * Until Go 1.21 (first-format/) another format, translated to the same events. It does not say: on which thread a goroutine in a system call
 *           is, when a call that did not block was over (given as 1 ns), why a goroutine blocks beyond ten kinds, what the wall clock showed;
 *           a goroutine ended by Goexit and one that blocks for ever are told apart only by name. There is one generation, and nothing can be
 *           given of a trace that is cut, for clock and stacks stand at its end.
 * Not read: payload of experiments' batches (counted); formats before Go 1.11.
 */
import { type Artifact, type ByteSource, type Problem, placeAt, type Reader, type ReadResult, readSlice, type Sniff } from '../../model/index.ts';
import { readFirstFormat } from './first-format/index.ts';
import { BatchIndex, type FrameFault, Framing } from './framing.ts';
import { readClock } from './generation.ts';
import { HEADER_BYTES, streamEvents } from './stream.ts';
import type { ExecutionTrace, GenerationInfo } from './types.ts';

export type { EventColumns } from './columns.ts';
export { GO_STATUS, GO_STATUS_AFTER, KIND, type KindName, kindName, PROC_STATE, PROC_STATUS } from './events.ts';
export type { TraceFrame, TraceTables } from './tables.ts';
export type { ExecutionTrace, GenerationInfo, StreamResult, TraceGap, TraceSink } from './types.ts';

export const executionTrace: Reader<ExecutionTrace> = {
  id: 'execution-trace',
  title: 'Go execution trace',
  takes: 'whole',
  sniff,
  read: (artifact: Artifact): ReadResult<ExecutionTrace> => readTrace(artifact.source, artifact.id),
};

const HEADER = /^go 1\.(\d{1,2}) trace\0\0\0/;
const FIRST_FORMAT_UNTIL = 21;
/** 1.11 is written until 1.18, 1.19 also by 1.20. */
const FIRST_FORMAT = new Set([11, 19, 21]);
const KNOWN = new Set([22, 23, 25, 26]);

/** Minor version of Go in the header, or -1. */
function versionOf(head: Uint8Array): number {
  let text = '';
  for (let i = 0; i < Math.min(head.length, HEADER_BYTES + 1); i++) text += String.fromCharCode(head[i] as number);
  const m = HEADER.exec(text);
  return m === null ? -1 : Number(m[1]);
}

function sniff(head: Uint8Array): Sniff {
  const version = versionOf(head);
  if (version >= 0) return { confidence: 1, reached: HEADER_BYTES, why: `the header of an execution trace, format of Go 1.${version}` };
  const begin = 'go 1.';
  let same = 0;
  while (same < begin.length && head[same] === begin.charCodeAt(same)) same++;
  return { confidence: 0, reached: same, why: 'no header "go 1.NN trace"' };
}

/** Places at which a trace may be damaged and still be read on. */
const MOST_GAPS = 16;

const AGAIN = "take the trace again: curl -o trace.out 'http://HOST:PORT/debug/pprof/trace?seconds=5'";

/** What `read` of the reader does, for a source that is no artifact. */
export function readTrace(source: ByteSource, id: string): ReadResult<ExecutionTrace> {
  const size = source.sizeBytes;
  const problem = (code: string, severity: Problem['severity'], offset: number, what: string, why: string, next: string): Problem => ({
    code: `execution-trace/${code}`,
    severity,
    place: placeAt(id, { offset: Math.min(offset, size), length: Math.max(0, Math.min(16, size - offset)) }),
    what,
    why,
    next,
  });
  const nothing = (...problems: Problem[]): ReadResult<ExecutionTrace> => ({ model: null, problems });
  if (size === 0) return nothing(problem('empty', 'error', 0, 'the trace has no bytes', 'the capture wrote nothing: tracing was on already, or the endpoint failed', AGAIN));
  const version = versionOf(readSlice(source, 0, HEADER_BYTES + 1));
  if (version < 0) return nothing(problem('no-header', 'error', 0, 'the file does not begin with "go 1.NN trace"', 'it is no execution trace, or its begin was lost', AGAIN));
  if (version <= FIRST_FORMAT_UNTIL) {
    if (!FIRST_FORMAT.has(version))
      return nothing(
        problem(
          'old-format',
          'error',
          0,
          `the trace is in the format of Go 1.${version}`,
          'formats before Go 1.11 are read by nothing that is still maintained',
          'go tool trace FILE, of the Go version that wrote it',
        ),
      );
    const { model, fault } = readFirstFormat(source, version);
    if (model !== null) return { model, problems: [] };
    const { offset, what } = fault;
    return nothing(
      problem(
        offset >= size ? 'cut' : 'damaged',
        'error',
        offset,
        `the trace is ${offset >= size ? 'cut off' : 'damaged'}: ${what}`,
        `until Go 1.21 the clock and all stacks stand at the end of a trace: without it nothing can be given; 0 of ${size} bytes are kept`,
        AGAIN,
      ),
    );
  }
  const problems: Problem[] = [];
  if (!KNOWN.has(version))
    problems.push(
      problem(
        'unknown-version',
        'warning',
        0,
        `the trace says it is of format Go 1.${version}`,
        'that format is not known here; it is read as the newest known, Go 1.26, and may be misread',
        'a newer gorca may know it',
      ),
    );

  const generations: GenerationInfo[] = [];
  const framing = new Framing(source, version, Math.min(HEADER_BYTES, size));
  const batches = new BatchIndex();
  let originNs = 0;
  /** What first stopped the walk. */
  let stop: FrameFault | null = null;
  let lost = false;
  let after = 0;
  for (;;) {
    const begin = framing.offset;
    const { frame, fault } = framing.next(batches);
    stop ??= fault;
    if (frame === null) {
      if (fault === null || ++after > MOST_GAPS || !framing.resume(begin, fault.offset)) break;
      // a length that leads beyond the end looks like a cut until something follows
      stop = { ...(stop ?? fault), kind: 'damaged' };
      lost = true;
      continue;
    }
    const clock = readClock(source, frame, version);
    if (typeof clock === 'string') {
      stop ??= { kind: framing.offset < size ? 'damaged' : 'cut', offset: begin, what: `generation ${frame.number} is not whole: ${clock}` };
      lost = true;
      if (framing.offset >= size) break;
      continue;
    }
    const at = Math.floor(frame.minTicks * clock.nsPerTick);
    if (generations.length === 0) originNs = at;
    const { snapshot } = clock;
    const afterLoss = lost;
    lost = false;
    generations.push({
      place: generations.length,
      number: frame.number,
      afterLoss,
      offset: frame.offset,
      length: frame.end - frame.offset,
      beginNs: at - originNs,
      nsPerTick: clock.nsPerTick,
      batches: frame.batches.count,
      threads: frame.batches.threads.length,
      eventBytes: frame.eventBytes,
      stringBytes: frame.strings.reduce((n, e) => n + e.size, 0),
      stackBytes: frame.stacks.reduce((n, e) => n + e.size, 0),
      sampleBytes: frame.samples.reduce((n, e) => n + e.size, 0),
      experiments: frame.experiments,
      clock:
        snapshot === null
          ? null
          : {
              atNs: Math.floor(snapshot.ticks * clock.nsPerTick) - originNs,
              wallNs: BigInt(snapshot.wallSeconds) * 1_000_000_000n + BigInt(snapshot.wallNs),
              monoNs: snapshot.monoNs,
            },
    });
  }
  const kept = generations.length === 0 ? 0 : generations.reduce((n, g) => n + g.length, HEADER_BYTES);
  const apart = generations.filter((g) => g.afterLoss).length;
  if (stop !== null)
    problems.push(
      stop.kind === 'cut'
        ? problem(
            'cut',
            generations.length === 0 ? 'error' : 'warning',
            stop.offset,
            `the trace is cut off: ${stop.what}`,
            `${generations.length} complete generations are read; ${kept} of ${size} bytes are kept, ${size - kept} are lost`,
            AGAIN,
          )
        : problem(
            'damaged',
            generations.length === 0 ? 'error' : 'warning',
            stop.offset,
            `the trace is damaged: ${stop.what}`,
            `${generations.length} complete generations are read${apart > 0 ? `, in ${apart + 1} pieces that know nothing of each other` : ''}; ${kept} of ${size} bytes are kept, ${size - kept} are lost`,
            AGAIN,
          ),
    );
  const first = generations[0];
  if (first === undefined) {
    problems.push(
      problem(
        'no-generation',
        'error',
        Math.min(HEADER_BYTES, size),
        'the trace holds no complete generation',
        'the runtime closes one about every second, and when tracing stops',
        AGAIN,
      ),
    );
    return nothing(...problems);
  }
  const wall = first.clock === null ? null : first.clock.wallNs - BigInt(Math.round(first.clock.atNs));
  const model: ExecutionTrace = {
    version,
    generations,
    originNs,
    originWallNs: wall,
    keptBytes: kept,
    lostBytes: size - kept,
    stream: (sink, from) => streamEvents(source, version, generations, originNs, sink, from),
  };
  return { model, problems };
}
