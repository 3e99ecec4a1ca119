/** A search plan that is mostly empty, and what a searcher says of a text. */
import { type Needle, ROW_WORDS, type Searcher, type SearchPlan } from '../index.ts';

const utf8 = new TextEncoder();
export const needle = (text: string, fold = false): Needle => ({ bytes: utf8.encode(text), fold });
const LEVELS = [
  ['trace', 0],
  ['debug', 1],
  ['info', 2],
  ['warn', 3],
  ['warning', 3],
  ['error', 4],
  ['e', 4],
  ['fatal', 5],
] as const;

export function searchPlan(over: Partial<SearchPlan>): SearchPlan {
  return {
    needles: null,
    opening: 0,
    keys: [],
    bits: 0,
    truth: new Uint8Array([2]),
    json: true,
    logfmt: true,
    levels: LEVELS.map(([name, rank]) => ({ name, rank })),
    durations: null,
    ...over,
  };
}

interface Row {
  readonly line: string;
  readonly verdict: number;
  readonly time: bigint;
}

/** `behind`: what lines of an earlier call left in the buffer. */
export function rowsOf(searcher: Searcher, text: string, behind = '\xaa'): Row[] {
  const bytes = utf8.encode(text);
  const buffer = searcher.buffer();
  const stale = Uint8Array.from(behind, (c) => c.charCodeAt(0));
  for (let at = bytes.length; at + stale.length <= Math.min(buffer.length, bytes.length + 4096); at += stale.length) buffer.set(stale, at);
  buffer.set(bytes);
  const out: Row[] = [];
  for (let at = 0; at < bytes.length; at = searcher.resumeAt) {
    const n = searcher.run(at, bytes.length);
    for (let i = 0; i < n; i++) {
      const [start = 0, end = 0, verdict = 0] = searcher.out.subarray(i * ROW_WORDS, i * ROW_WORDS + 3);
      out.push({ line: new TextDecoder().decode(bytes.subarray(start, end)), verdict, time: searcher.times[i * 3 + 2] as bigint });
    }
  }
  return out;
}
