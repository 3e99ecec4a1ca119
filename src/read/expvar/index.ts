/**
 * Reads what GET /debug/vars answers: the variables of package expvar, and with them runtime.MemStats.
 * Written by: expvar/expvar.go (expvarHandler) and encoding/json of runtime.MemStats, (testdata: Go 1.22, 1.26).
 * Sample:   "memstats": {"Alloc":5941480,"TotalAlloc":11829072,"Sys":20073480,…,"NextGC":11612344,"LastGC":1764229841131466543,…
 * Units:    as MemStats has them (bytes, counts); LastGC in nanoseconds since the epoch.
 * Model:    one scrape, with the names that client_golang gives to the same numbers (go_memstats_…): whoever judges series needs no other.
 *           Numbers that the program publishes are expvar_<name>, those of a map expvar_<name>{key="…"}.
 * Problems: expvar/cut. Never throws on input.
 * Not read: cmdline (arguments may hold secrets: nothing of it is kept), PauseNs, PauseEnd, BySize, texts and what is nested deeper.
 */
import { decodeText, type Instant, placeAt, type Reader, readSlice, type Span } from '../../model/index.ts';

export interface ExpvarSample {
  readonly name: string;
  readonly labels: { readonly [name: string]: string };
  readonly value: number;
  /** The answer says no time of its own. */
  readonly at: Instant | null;
  readonly span: Span;
}

export interface Expvar {
  readonly scrapes: readonly { readonly samples: readonly ExpvarSample[] }[];
  /** When the last collection ended; null before the first. The answer is not older than that. */
  readonly lastCollectionNs: bigint | null;
}

/** Fields of MemStats (client_golang prometheus/go_collector.go). */
const MEMSTATS: Readonly<Record<string, string>> = {
  Alloc: 'go_memstats_alloc_bytes',
  TotalAlloc: 'go_memstats_alloc_bytes_total',
  Sys: 'go_memstats_sys_bytes',
  Mallocs: 'go_memstats_mallocs_total',
  Frees: 'go_memstats_frees_total',
  HeapAlloc: 'go_memstats_heap_alloc_bytes',
  HeapSys: 'go_memstats_heap_sys_bytes',
  HeapIdle: 'go_memstats_heap_idle_bytes',
  HeapInuse: 'go_memstats_heap_inuse_bytes',
  HeapReleased: 'go_memstats_heap_released_bytes',
  HeapObjects: 'go_memstats_heap_objects',
  StackInuse: 'go_memstats_stack_inuse_bytes',
  StackSys: 'go_memstats_stack_sys_bytes',
  NextGC: 'go_memstats_next_gc_bytes',
  NumGC: 'go_gc_duration_seconds_count',
};
const CAP = 16 * 1024 * 1024;
const MOST_SAMPLES = 10_000;
const AGAIN = 'curl -s http://HOST:PORT/debug/vars > vars.json';

export const expvar: Reader<Expvar> = {
  id: 'expvar',
  title: 'variables of package expvar (/debug/vars)',
  takes: 'whole',

  sniff(head) {
    const text = decodeText(head).trimStart();
    if (!text.startsWith('{')) return { confidence: 0, reached: 0, why: 'no JSON object' };
    if (/"memstats": ?\{"Alloc":\d/.test(text)) return { confidence: 0.95, reached: head.length, why: 'a JSON object with memstats' };
    // expvar sorts its names, and cmdline is always one of them
    const named = /^\{\s*(?:"[^"\\]{0,200}": ?[^\n]{0,20000},\n)*"cmdline": ?\["/.test(text);
    return named
      ? { confidence: 0.6, reached: head.length, why: 'a JSON object with a cmdline, as expvar prints it' }
      : { confidence: 0, reached: 1, why: 'JSON without memstats or cmdline' };
  },

  read(artifact) {
    const text = decodeText(readSlice(artifact.source, 0, CAP));
    let top: Record<string, unknown>;
    try {
      top = JSON.parse(text) as Record<string, unknown>;
      if (typeof top !== 'object' || top === null || Array.isArray(top)) throw new SyntaxError('no object');
    } catch {
      return {
        model: null,
        problems: [
          {
            code: 'expvar/cut',
            severity: 'error',
            place: placeAt(artifact.id, { offset: Math.max(0, artifact.source.sizeBytes - 16), length: Math.min(16, artifact.source.sizeBytes) }),
            what: 'the answer of /debug/vars is not whole',
            why: 'it is no JSON object up to its end: the capture was cut off, or a variable of the program prints something else',
            next: AGAIN,
          },
        ],
      };
    }
    const samples: ExpvarSample[] = [];
    const bytes = new TextEncoder();
    // one position after the other, each counted on from the last
    let counted = 0;
    let countedBytes = 0;
    const put = (name: string, labels: Record<string, string>, value: unknown, at: number, length: number): void => {
      if (typeof value !== 'number' || at < 0 || samples.length >= MOST_SAMPLES) return;
      if (at < counted) {
        counted = 0;
        countedBytes = 0;
      }
      countedBytes += bytes.encode(text.slice(counted, at)).length;
      counted = at;
      samples.push({ name, labels, value, at: null, span: { offset: countedBytes, length: bytes.encode(text.slice(at, at + length)).length } });
    };
    const member = (key: string, from: number): { at: number; length: number } => {
      const quoted = JSON.stringify(key);
      const at = text.indexOf(`${quoted}:`, from);
      const end = /^[:\s]{1,8}-?[\d.eE+-]{1,40}/.exec(text.slice(at + quoted.length, at + quoted.length + 60));
      return { at, length: quoted.length + (end?.[0].length ?? 0) };
    };
    for (const [key, value] of Object.entries(top)) {
      if (key === 'cmdline') continue;
      const from = member(key, 0);
      if (key === 'memstats' && typeof value === 'object' && value !== null) {
        for (const [field, name] of Object.entries(MEMSTATS)) {
          const m = member(field, from.at);
          put(name, {}, (value as Record<string, unknown>)[field], m.at, m.length);
        }
      } else if (typeof value === 'number') put(`expvar_${key}`, {}, value, from.at, from.length);
      else if (typeof value === 'object' && value !== null && !Array.isArray(value))
        for (const [inner, number] of Object.entries(value)) {
          const m = member(inner, from.at);
          put(`expvar_${key}`, { key: inner }, number, m.at, m.length);
        }
    }
    // as text: it has more digits than a double
    const last = /"LastGC":(\d{1,20})/.exec(text.slice(Math.max(0, text.indexOf('"memstats"'))))?.[1];
    return { model: { scrapes: samples.length === 0 ? [] : [{ samples }], lastCollectionNs: last === undefined || last === '0' ? null : BigInt(last) }, problems: [] };
  },
};
