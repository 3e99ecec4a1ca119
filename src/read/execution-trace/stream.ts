/** Generation after generation through the ordering, in memory that does not grow with the file. */
import type { ByteSource } from '../../model/index.ts';
import type { EventColumns } from './columns.ts';
import { BatchIndex, Framing } from './framing.ts';
import { Frontier } from './frontier.ts';
import { Generation, readClock } from './generation.ts';
import { Ordering } from './order.ts';
import { TraceTables } from './tables.ts';
import type { GenerationInfo, StreamResult, TraceGap, TraceSink } from './types.ts';

export const HEADER_BYTES = 16;

export function streamEvents(source: ByteSource, version: number, generations: readonly GenerationInfo[], originNs: number, sink: TraceSink, from = 0): StreamResult {
  const tables = new TraceTables();
  const gaps: TraceGap[] = [];
  const size = source.sizeBytes;
  let events = 0;
  let stopped = false;
  let missing = 0;
  let regionMisuse = 0;
  let brokenTables = 0;
  let broken: StreamResult['broken'] = null;

  /** What lies between two stretches, before the first or after the last of them. */
  const gapOf = (before: GenerationInfo | undefined, after: GenerationInfo | undefined, last: number | null, fault: { offset: number; what: string } | null): TraceGap => {
    const offset = fault?.offset ?? (before === undefined ? HEADER_BYTES : before.offset + before.length);
    const until = after?.offset ?? size;
    const first = before === undefined ? null : before.number + 1;
    const next = after?.number ?? null;
    return {
      before: before?.place ?? null,
      after: after?.place ?? null,
      lost: first !== null && next !== null && next > first ? { from: first, to: next - 1 } : null,
      fromNs: last,
      toNs: after?.beginNs ?? null,
      offset,
      bytes: Math.max(0, until - offset),
      what: fault?.what ?? (after === undefined ? 'the trace is cut off' : 'bytes are damaged'),
    };
  };

  /** Generations from `start` on that are known to follow each other; the place after the last of them, and why it is the last. */
  const stretch = (start: number): { next: number; last: number; fault: { generation: number; offset: number; what: string } | null } => {
    const frontier = new Frontier(source);
    const ordering = new Ordering(tables, frontier, originNs);
    const framing = new Framing(source, version, HEADER_BYTES);
    const batches = new BatchIndex();
    const generation = new Generation(source, tables);
    const give = (): void => {
      const columns: EventColumns = ordering.columns;
      if (columns.length === 0) return;
      events += columns.length;
      if (sink.events(columns, tables) === false) stopped = true;
      columns.length = 0;
    };
    const run = (): ReturnType<typeof stretch> => {
      const end = (next: number, fault: ReturnType<typeof stretch>['fault'] = null): ReturnType<typeof stretch> => ({ next, last: ordering.last, fault });
      for (const info of generations.slice(start)) {
        const broke = (offset: number, what: string): ReturnType<typeof stretch> => end(info.place + 1, { generation: info.place, offset, what });
        if (info.afterLoss && info.place !== start) return end(info.place);
        framing.offset = info.offset;
        const { frame } = framing.next(batches);
        const clock = frame === null ? '' : readClock(source, frame, version);
        // the survey found this generation whole; only a source that changes meanwhile gets here
        if (frame === null || typeof clock === 'string') return broke(info.offset, 'the file changed while it was read');
        generation.load(frame);
        ordering.begin(info.place - start, generation, generation.samples(frame), clock.nsPerTick);
        frontier.open(frame, clock.nsPerTick, originNs, (id) => ordering.threads.number(id));
        ordering.sync(info.place, info.beginNs);
        if (frontier.fault !== null) {
          give();
          return broke(frontier.faultOffset, frontier.fault);
        }
        sink.generation?.(info, tables);
        for (;;) {
          const more = ordering.run();
          give();
          if (ordering.fault !== null) return broke(ordering.faultOffset, ordering.fault);
          if (stopped) return end(info.place + 1);
          if (!more) break;
        }
      }
      ordering.sync(generations.length, ordering.last);
      give();
      return end(generations.length);
    };
    const done = run();
    missing += ordering.missing;
    regionMisuse += ordering.regionMisuse;
    brokenTables += generation.broken;
    return done;
  };

  const first = generations[from];
  // what is missing before it is nothing that anybody has to get over
  if (first?.afterLoss === true && from === 0) gaps.push(gapOf(undefined, first, null, null));
  for (let at = from; at < generations.length && !stopped; ) {
    const { next, last, fault } = stretch(at);
    if (stopped) break;
    const before = generations[next - 1] as GenerationInfo;
    const after = generations[next];
    const end = before.offset + before.length;
    if (after !== undefined || fault !== null || end < size) {
      const gap = gapOf(before, after, last, fault);
      gaps.push(gap);
      if (after === undefined || sink.gap === undefined) {
        if (fault !== null) broken = fault;
        else if (after !== undefined) broken = { generation: after.place, offset: after.offset, what: 'bytes before this generation are lost' };
        break;
      }
      sink.gap(gap);
    }
    at = next;
  }
  return { events, tables, broken, gaps, stopped, missing, regionMisuse, brokenTables, tablesFull: tables.texts.full || tables.stacks.full };
}
