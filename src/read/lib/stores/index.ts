/** Answers of log stores as lines, so that everything that reads a log reads them too: the log reader, crash text, race reports. */
import type { ByteSource } from '../../../model/index.ts';
import type { StoreEntry } from './entry.ts';
import { isLokiAnswer, lokiEntries, lokiIndex } from './loki.ts';
import { isVictoriaLogsRow, victoriaLogsEntries } from './victorialogs.ts';

export type { StoreEntry } from './entry.ts';
export type Store = 'loki' | 'victorialogs';

const STORES: ReadonlySet<string> = new Set<Store>(['loki', 'victorialogs']);
export const isStore = (wrapper: string | null): wrapper is Store => wrapper !== null && STORES.has(wrapper);

const LF = 0x0a;

/** Which store wrote this; by content alone. */
export function storeOf(head: Uint8Array): Store | null {
  if (isLokiAnswer(head)) return 'loki';
  let rows = 0;
  let others = 0;
  let start = 0;
  while (start < head.length && rows + others < 50) {
    const end = head.indexOf(LF, start);
    const line = head.subarray(start, end < 0 ? head.length : end);
    // the last line of the head may be cut; alone it is all there is
    if (end < 0 && rows + others > 0) break;
    if (line.length > 0) {
      if (isVictoriaLogsRow(line)) rows++;
      else others++;
    }
    if (others > rows && others >= 3) return null;
    if (end < 0) break;
    start = end + 1;
  }
  return rows > 0 && others * 10 <= rows ? 'victorialogs' : null;
}

/** The answer ends before its document does. Rows of VictoriaLogs are a line each: only their count could tell. */
export const isCutAnswer = (source: ByteSource, store: Store): boolean => store === 'loki' && lokiIndex(source).cut;

/** Entries that touch [from, to). */
export const storeEntries = (source: ByteSource, store: Store, from = 0, to?: number): Generator<StoreEntry> =>
  store === 'loki' ? lokiEntries(source, from, to) : victoriaLogsEntries(source, from, to);
