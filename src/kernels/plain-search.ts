/** The plain twin of src/kernels/assembly/search.ts: the same verdicts, byte by byte. */
import { plainDuration } from './plain-durations.ts';
import { ESCAPED_KEY, ESCAPED_VALUE, FIELD_WORDS, NO_PARENT, OBJECT, PlainFields } from './plain-fields.ts';
import { compares, plainNumber } from './plain-numbers.ts';
import { plainTime } from './plain-times.ts';
import { type Needle, NO_TIME, ROW_WORDS, type Searcher, type SearchKey, type SearchPlan, type SearchTerm, UNSURE } from './plan.ts';

const OUT_CAP = 32 * 1024;
const LEVEL_LETTERS = 11;
const BARE_CAP = 40;
const lower = (c: number): number => (c >= 65 && c <= 90 ? c | 32 : c);

function standsAt(needle: Needle, b: Uint8Array, p: number, end: number): boolean {
  const { bytes, fold } = needle;
  if (p + bytes.length > end) return false;
  for (let i = 0; i < bytes.length; i++) {
    const c = b[p + i] as number;
    if ((fold ? lower(c) : c) !== bytes[i]) return false;
  }
  return true;
}

export function plainSearcher(plan: SearchPlan, capacity: number): Searcher {
  const buffer = new Uint8Array(capacity);
  const out = new Uint32Array(OUT_CAP * ROW_WORDS);
  const times = new BigInt64Array(out.buffer);
  const judge = new PlainJudge(plan, buffer);
  let looked = 0;
  return {
    engine: 'plain',
    capacity,
    out,
    times,
    resumeAt: 0,
    get looked() {
      return looked;
    },
    buffer: () => buffer,
    run(from, end) {
      let n = 0;
      let p = from;
      while (p < end) {
        let start = p;
        if (plan.needles !== null) {
          const at = firstHit(plan, plan.needles, buffer, p, end);
          if (at < 0) break;
          start = at === 0 ? p : Math.max(p, buffer.lastIndexOf(10, at - 1) + 1);
        }
        looked++;
        const { stop, verdict } = judge.line(start, end);
        if (verdict !== 0) {
          if (n >= OUT_CAP) {
            this.resumeAt = start;
            return n;
          }
          out.set([start, Math.min(stop, end), verdict, 0], n * ROW_WORDS);
          times[n * 3 + 2] = judge.stamp ?? NO_TIME;
          n++;
        }
        p = stop + 1;
      }
      this.resumeAt = end;
      return n;
    },
  };
}

function firstHit(plan: SearchPlan, needles: readonly Needle[], b: Uint8Array, from: number, end: number): number {
  if (plan.opening !== 0 && b[from] !== plan.opening) return from;
  for (let p = from; p < end; p++) {
    if (plan.opening !== 0 && b[p] === 10 && p + 1 < end && b[p + 1] !== plan.opening) return p + 1;
    for (const n of needles) if (standsAt(n, b, p, end)) return p;
  }
  return -1;
}

const latin1 = new TextDecoder('latin1');

/** One character a byte of its UTF-8: names are compared byte by byte. */
const bytewise = (name: string): string => latin1.decode(utf8.encode(name));
const utf8 = new TextEncoder();

/** Grammar and terms of one line in a buffer. */
export class PlainJudge {
  readonly #plan: SearchPlan;
  readonly #b: Uint8Array;
  readonly #fields = new PlainFields();
  readonly #exact: ReadonlyMap<string, SearchKey>;
  readonly #bare: ReadonlyMap<string, SearchKey>;
  /** Whether members of objects are asked for. */
  readonly #dotted: boolean;
  readonly #levels: ReadonlyMap<string, number>;
  #yes = 0;
  #unsure = 0;
  #decided = 0;
  #maybe = 0;
  #stamps = 0;
  #stamp: bigint | null = null;
  #rankSeen = 0;
  #timeSeen = 0n;

  constructor(plan: SearchPlan, buffer: Uint8Array) {
    this.#plan = plan;
    this.#b = buffer;
    this.#exact = new Map(plan.keys.filter((k) => !k.bare).map((k) => [bytewise(k.name), k]));
    this.#bare = new Map(plan.keys.filter((k) => k.bare).map((k) => [bytewise(k.name), k]));
    this.#dotted = plan.keys.some((k) => !k.bare && k.name.includes('.'));
    this.#levels = new Map(plan.levels.map((l) => [l.name, l.rank]));
  }

  /** Of the last line; null when it has no time or several. */
  get stamp(): bigint | null {
    return this.#stamps === 1 ? this.#stamp : null;
  }

  line(start: number, end: number): { stop: number; verdict: number } {
    this.#stamps = 0;
    const first = this.#b[start];
    const { stop, count } = this.fieldsOf(start, end, first === 123 ? this.#plan.json : this.#plan.logfmt);
    return { stop, verdict: count < 0 ? UNSURE : this.#judge(count) };
  }

  get fields(): Uint32Array {
    return this.#fields.fields;
  }

  /** Where the line ends, and how many fields it has; -1 where another reader must decide. */
  fieldsOf(start: number, end: number, decidable = true): { stop: number; count: number } {
    const b = this.#b;
    const lineEnd = (from: number): number => {
      const at = b.indexOf(10, from);
      return at < 0 || at > end ? end : at;
    };
    if (b[start] === 123 && decidable) {
      const count = this.#fields.json(b, start, end);
      if (count < 0) return { stop: lineEnd(start), count };
      let stop = this.#fields.objectEnd;
      if (b[stop] === 13) stop++;
      return stop >= end || b[stop] === 10 ? { stop, count } : { stop: lineEnd(stop), count: -1 };
    }
    const stop = lineEnd(start);
    if (b[start] !== 123 && decidable && (b[start] as number) > 32) {
      const count = this.#fields.logfmt(b, start, stop);
      if (count > 0 && this.#fields.words <= count && this.#fields.fields[0] === start) return { stop, count };
    }
    return { stop, count: -1 };
  }

  /** Terms that hold and that are not decided, with the rank and the time that decided. */
  bitsOf(count: number): { yes: number; unsure: number; rank: number; time: bigint } {
    this.#judge(count);
    return { yes: this.#yes, unsure: this.#unsure, rank: this.#rankSeen, time: this.#timeSeen };
  }

  /** The keys of a field and of the objects around it, with dots between. */
  #wholeName(field: number): string {
    const [key = 0, length = 0, , , , parent = 0] = this.#fields.fields.subarray(field * FIELD_WORDS, (field + 1) * FIELD_WORDS);
    const own = latin1.decode(this.#b.subarray(key, key + length));
    return parent === NO_PARENT ? own : `${this.#wholeName(parent)}.${own}`;
  }

  #judge(count: number): number {
    const { fields } = this.#fields;
    this.#yes = 0;
    this.#unsure = 0;
    this.#decided = 0;
    this.#maybe = 0;
    for (let i = 0; i < count; i++) {
      const at = i * FIELD_WORDS;
      const [key = 0, length = 0, , , bits = 0, parent = 0] = fields.subarray(at, at + FIELD_WORDS);
      if ((bits & ESCAPED_KEY) !== 0) {
        this.#unsure = -1;
        return UNSURE;
      }
      if (length === 0) continue;
      const name = latin1.decode(this.#b.subarray(key, key + length));
      const exact = parent === NO_PARENT ? this.#exact.get(name) : this.#dotted ? this.#exact.get(this.#wholeName(i)) : undefined;
      if (exact !== undefined) for (const t of exact.terms) this.#weigh(t, at);
      const last = name.slice(name.lastIndexOf('.') + 1).replaceAll(/[_-]/g, '');
      const bare = last.length > BARE_CAP ? undefined : this.#bare.get(last.replaceAll(/[A-Z]/g, (c) => c.toLowerCase()));
      if (bare !== undefined) for (const t of bare.terms) this.#weigh(t, at);
    }
    if (this.#plan.durations !== null) {
      const seconds = plainDuration(this.#plan.durations.reading, this.#b, fields, count);
      for (const c of this.#plan.durations.conditions) {
        if (seconds === 'maybe') this.#unsure |= 1 << c.bit;
        else if (seconds !== null && compares(c.op, seconds, c.than)) this.#yes |= 1 << c.bit;
      }
    }
    this.#unsure |= this.#maybe & ~this.#decided;
    return this.#unsure !== 0 ? UNSURE : (this.#plan.truth[this.#yes] as number);
  }

  #weigh(term: SearchTerm, at: number): void {
    const [, , value = 0, valueEnd = 0, bits = 0] = this.#fields.fields.subarray(at, at + FIELD_WORDS);
    const bit = 1 << term.bit;
    const isObject = (bits & 0xff) === OBJECT;
    switch (term.kind) {
      case 'equal':
        if (isObject) return;
        if ((bits & ESCAPED_VALUE) !== 0) this.#unsure |= bit;
        else if (sameBytes(this.#b, value, valueEnd, term.value)) this.#yes |= bit;
        return;
      case 'level': {
        if ((this.#decided & bit) !== 0) return;
        this.#decided |= bit;
        const rank = this.#rank(value, valueEnd);
        this.#rankSeen = rank ?? 0;
        if (rank === null) this.#unsure |= bit;
        else if (((term.ranks >> rank) & 1) === 1) this.#yes |= bit;
        return;
      }
      case 'exists':
        if (!isObject) this.#yes |= bit;
        return;
      case 'maybe':
        this.#maybe |= bit;
        return;
      case 'undecidable':
        this.#unsure |= bit;
        return;
      case 'time': {
        if ((this.#decided & bit) !== 0) {
          this.#unsure |= bit;
          return;
        }
        this.#decided |= bit;
        const time = plainTime(this.#b, value, valueEnd - value);
        this.#timeSeen = time ?? 0n;
        if (time === null) this.#unsure |= bit;
        else if (time >= term.from && time <= term.to) this.#yes |= bit;
        return;
      }
      case 'number': {
        if (isObject) return;
        const read = (bits & ESCAPED_VALUE) !== 0 ? 'maybe' : plainNumber(latin1.decode(this.#b.subarray(value, valueEnd)));
        if (read === 'maybe') this.#unsure |= bit;
        else if (read !== null && compares(term.op, read, term.than)) this.#yes |= bit;
        return;
      }
      case 'stamp':
        if (this.#fields.fields[at + 5] !== NO_PARENT) return;
        this.#stamps++;
        this.#stamp = plainTime(this.#b, value, valueEnd - value);
    }
  }

  #rank(from: number, end: number): number | null {
    if (end <= from || end - from > LEVEL_LETTERS) return null;
    const name = latin1.decode(this.#b.subarray(from, end)).toLowerCase();
    return /^[a-z]+$/.test(name) ? (this.#levels.get(name) ?? null) : null;
  }
}

function sameBytes(b: Uint8Array, from: number, end: number, value: Uint8Array): boolean {
  if (end - from !== value.length) return false;
  for (let i = 0; i < value.length; i++) if (b[from + i] !== value[i]) return false;
  return true;
}
