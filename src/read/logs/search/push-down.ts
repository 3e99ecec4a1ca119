/** Answers a selective LogQuery by the search engine: literals find the lines, only their records are decoded. */
import type { Artifact, Instant } from '../../../model/index.ts';
import { BUILT_IN, type FormatSet } from '../format-set.ts';
import type { LogQuery, LogRecord, ScanSummary } from '../log-source.ts';
import { queryMatcher } from '../scan.ts';
import { LogSearcher, mayBeSearched } from './index.ts';
import type { Query } from './query.ts';

/** A shorter text is met too often for a search to spare anything. */
const LEAST = 4;
const context = { regexes: new Map(), day: null as Instant | null };

/** null where a pass over the whole log is as good: nothing selective is asked for, or the log holds entries that are no lines. */
export function scanSelected(artifact: Artifact, query: LogQuery, visit: (record: LogRecord) => boolean | undefined, formats: FormatSet = BUILT_IN): ScanSummary | null {
  const literals = literalsOf(query);
  if (literals === null || !mayBeSearched(artifact, formats)) return null;
  const matches = queryMatcher(query);
  let matched = 0;
  const searcher = new LogSearcher({ text: '', query: literals, context }, { formats });
  const summary = searcher.open(artifact).run(0, artifact.source.sizeBytes, ({ record }) => {
    if (record === null || !matches(record)) return true;
    matched++;
    return visit(record);
  });
  return { bytes: artifact.source.sizeBytes, lines: summary.looked, records: summary.asked, matched, plain: 0, envelopes: false, cut: [], stopped: summary.stopped };
}

/** What a matching record surely holds, as texts: the records found are asked the whole query afterwards. */
function literalsOf(query: LogQuery): Query | null {
  const texts = (query.contains ?? []).map((text): Query => ({ kind: 'text', text }));
  if (texts.length > 0) return texts.every((t) => t.kind === 'text' && t.text.length >= LEAST) ? (texts.length === 1 ? (texts[0] as Query) : { kind: 'or', of: texts }) : null;
  const value = query.fields?.map((f) => f.value).sort((a, b) => b.length - a.length)[0];
  return value === undefined || value.length < LEAST ? null : { kind: 'text', text: value };
}
