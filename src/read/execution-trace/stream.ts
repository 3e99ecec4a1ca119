/** Generation after generation through the ordering, in memory that does not grow with the file. */
import type { ByteSource } from '../../model/index.ts';
import type { EventColumns } from './columns.ts';
import { BatchIndex, Framing } from './framing.ts';
import { Frontier } from './frontier.ts';
import { Generation, readClock } from './generation.ts';
import { Ordering } from './order.ts';
import { TraceTables } from './tables.ts';
import type { GenerationInfo, StreamResult, TraceSink } from './types.ts';

export const HEADER_BYTES = 16;

export function streamEvents(source: ByteSource, version: number, generations: readonly GenerationInfo[], originNs: number, sink: TraceSink, from = 0): StreamResult {
  const tables = new TraceTables();
  const frontier = new Frontier(source);
  const ordering = new Ordering(tables, frontier, originNs);
  const framing = new Framing(source, version, HEADER_BYTES);
  const batches = new BatchIndex();
  const generation = new Generation(source, tables);
  let events = 0;
  let stopped = false;
  const give = (): void => {
    const columns: EventColumns = ordering.columns;
    if (columns.length === 0) return;
    events += columns.length;
    if (sink.events(columns, tables) === false) stopped = true;
    columns.length = 0;
  };
  const result = (broken: StreamResult['broken']): StreamResult => ({
    events,
    tables,
    broken,
    stopped,
    missing: ordering.missing,
    regionMisuse: ordering.regionMisuse,
    brokenTables: generation.broken,
    tablesFull: tables.texts.full || tables.stacks.full,
  });

  for (const info of generations.slice(from)) {
    if (info.afterLoss && info.place !== from) return result({ generation: info.place, offset: info.offset, what: 'bytes before this generation are lost' });
    framing.offset = info.offset;
    const { frame } = framing.next(batches);
    const clock = frame === null ? '' : readClock(source, frame, version);
    // the survey found this generation whole; only a source that changes meanwhile gets here
    if (frame === null || typeof clock === 'string') return result({ generation: info.place, offset: info.offset, what: 'the file changed while it was read' });
    generation.load(frame);
    ordering.begin(info.place - from, generation, generation.samples(frame), clock.nsPerTick);
    frontier.open(frame, clock.nsPerTick, originNs, (id) => ordering.threads.number(id));
    ordering.sync(info.place, info.beginNs);
    if (frontier.fault !== null) {
      give();
      return result({ generation: info.place, offset: frontier.faultOffset, what: frontier.fault });
    }
    sink.generation?.(info, tables);
    for (;;) {
      const more = ordering.run();
      give();
      if (ordering.fault !== null) return result({ generation: info.place, offset: ordering.faultOffset, what: ordering.fault });
      if (stopped) return result(null);
      if (!more) break;
    }
  }
  ordering.sync(generations.length, ordering.last);
  give();
  return result(null);
}
