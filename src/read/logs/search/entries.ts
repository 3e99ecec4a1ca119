/**
 * Search by reading every record: for what is no line of text by itself (entries of the journal's export and of log stores, and
 * OTLP, of which one line holds many), and for formats of the user, whose levels no kernel knows.
 */
import type { Artifact, Instant } from '../../../model/index.ts';
import type { Wrapper } from '../../lib/lines.ts';
import { BUILT_IN, type FormatSet } from '../format-set.ts';
import type { LogRecord } from '../log-source.ts';
import { scanLog } from '../scan.ts';
import type { Hit, RangeSummary } from './range.ts';

const ENTRIES: ReadonlySet<Wrapper> = new Set<Wrapper>(['journal-export', 'loki', 'otlp', 'victorialogs']);

/** Whether fields of the driver stand beside the line in its records. */
export const standsBeside = (wrapper: Wrapper): boolean => wrapper === 'journal-json';

export const readsEntries = (wrapper: Wrapper | null, formats: FormatSet): boolean => formats !== BUILT_IN || (wrapper !== null && ENTRIES.has(wrapper));

/** An entry cannot be found from the middle: the range that begins the log reads all of it, the others nothing. */
export function searchEntries(
  artifact: Artifact,
  near: Instant | null,
  formats: FormatSet,
  matches: (record: LogRecord) => boolean,
  from: number,
  hit: (h: Hit) => boolean | undefined,
): RangeSummary {
  if (from > 0) return { bytes: 0, hits: 0, looked: 0, asked: 0, longLines: 0, stopped: false };
  let hits = 0;
  const total = scanLog(
    artifact,
    near,
    {},
    (record) => {
      if (!matches(record)) return true;
      hits++;
      return hit({ offset: record.span.offset, length: record.span.length, time: record.time?.at ?? null, record });
    },
    formats,
  );
  return { bytes: artifact.source.sizeBytes, hits, looked: total.lines, asked: total.records, longLines: total.cut.length, stopped: total.stopped };
}
