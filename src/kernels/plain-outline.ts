/** The plain twin of src/kernels/assembly/outline.ts. */
import { putHash, putMaskHash } from './mask.ts';
import {
  DECIDED,
  NO_NAME,
  NO_RANK,
  ODD_JSON,
  ODD_LOGFMT,
  OUTLINE,
  OUTLINE_TEXT_CAP,
  OUTLINE_WORDS,
  type OutlineName,
  type OutlinePlan,
  type Outliner,
  TEXT_LINE,
} from './outline-plan.ts';
import { ESCAPED_KEY, ESCAPED_VALUE, FIELD_WORDS, NO_PARENT, NULL, NUMBER, OBJECT, OPAQUE, PlainFields, STRING } from './plain-fields.ts';
import { plainTime } from './plain-times.ts';

const ROWS = 8 * 1024;
const BARE_CAP = 40;

export function plainOutliner(plan: OutlinePlan, capacity: number): Outliner {
  const buffer = new Uint8Array(capacity + 1);
  const out = new Uint32Array(ROWS * OUTLINE_WORDS);
  const times = new BigInt64Array(out.buffer);
  const lines = new Lines(plan, buffer, out, times);
  const view = buffer.subarray(0, capacity);
  return {
    engine: 'plain',
    capacity,
    words: OUTLINE_WORDS,
    out,
    resumeAt: 0,
    buffer: () => view,
    run(from, end) {
      let n = 0;
      let p = from;
      while (p < end && n < ROWS) p = lines.line(p, end, n++);
      this.resumeAt = p >= end ? end : p;
      return n;
    },
  };
}

class Lines {
  readonly #plan: OutlinePlan;
  readonly #b: Uint8Array;
  readonly #out: Uint32Array;
  readonly #times: BigInt64Array;
  readonly #fields = new PlainFields();
  readonly #keys: ReadonlyMap<string, OutlineName>;
  readonly #bare: ReadonlyMap<string, OutlineName>;
  readonly #levels: ReadonlyMap<string, number>;

  constructor(plan: OutlinePlan, b: Uint8Array, out: Uint32Array, times: BigInt64Array) {
    this.#plan = plan;
    this.#b = b;
    this.#out = out;
    this.#times = times;
    this.#keys = new Map(plan.keys.map((k) => [k.name, k]));
    this.#bare = new Map(plan.bare.map((k) => [k.name, k]));
    this.#levels = new Map(plan.levels.map((l) => [l.name, l.rank]));
  }

  /** Where the next line begins. */
  line(start: number, end: number, row: number): number {
    const b = this.#b;
    const lf = b.indexOf(10, start);
    let stop = lf < 0 || lf > end ? end : lf;
    let verdict = TEXT_LINE;
    if (b[start] === 123 && this.#plan.json) {
      verdict = ODD_JSON;
      const count = this.#fields.json(b, start, end);
      if (count >= 0) {
        stop = this.#fields.objectEnd;
        if (b[stop] === 13) stop++;
        if (stop >= end || b[stop] === 10) verdict = this.#weigh(count, 0, ODD_JSON, row);
        else {
          const next = b.indexOf(10, stop);
          stop = next < 0 || next > end ? end : next;
        }
      }
    } else if (this.#plan.logfmt && (b[start] as number) > 32) {
      const count = this.#fields.logfmt(b, start, stop);
      if (count > 0 && this.#fields.fields[0] === start) {
        verdict = ODD_LOGFMT;
        if (this.#fields.words <= count && !b.subarray(start, stop).includes(27)) verdict = this.#weigh(count, 1 << 9, ODD_LOGFMT, row);
      }
    }
    stop = Math.min(stop, end);
    this.#out.set([start, stop, verdict], row * OUTLINE_WORDS);
    return stop + 1;
  }

  #text(from: number, end: number): string {
    let text = '';
    for (let p = from; p < end; p++) text += String.fromCharCode(this.#b[p] as number);
    return text;
  }

  #weigh(count: number, shape: number, odd: number, row: number): number {
    const f = this.#fields.fields;
    const roles: { message?: number; level?: number; time?: number; error?: number; service?: number } = {};
    const names = { message: NO_NAME, level: NO_NAME, time: NO_NAME };
    const met = new Set<string>();
    let named = false;
    let duplicates = 0;
    for (let i = 0; i < count; i++) {
      const [keyAt = 0, keyLength = 0, valueAt = 0, valueEnd = 0, bits = 0, parent = 0] = f.subarray(i * FIELD_WORDS, (i + 1) * FIELD_WORDS);
      const kind = bits & 0xff;
      if ((bits & ESCAPED_KEY) !== 0) return odd;
      if (keyLength === 0) continue;
      const key = this.#text(keyAt, keyAt + keyLength);
      if (parent === NO_PARENT) {
        if (met.has(key)) duplicates = 1 << 8;
        met.add(key);
        const known = this.#keys.get(key);
        if (known !== undefined) {
          const { role } = known;
          if (role === 'message' || role === 'level' || role === 'time') {
            if (roles[role] !== undefined || (kind !== STRING && !(role === 'time' && kind === NUMBER))) return odd;
            if (role !== 'message' && (bits & ESCAPED_VALUE) !== 0) return odd;
            roles[role] = i;
            names[role] = known.number;
          } else if (role === 'service-name') {
            if (named || kind !== STRING) return odd;
            roles.service = i;
            named = true;
          } else return odd;
        }
      }
      const bare = this.#bareName(key);
      const known = bare === null ? undefined : this.#bare.get(bare);
      if (known === undefined) continue;
      if (known.role === 'undecidable' || kind === OBJECT) return odd;
      if (kind === NULL || kind === OPAQUE || valueAt === valueEnd) continue;
      if (known.role === 'error') roles.error ??= i;
      else if (known.role === 'service') roles.service ??= i;
    }
    if (roles.message === undefined || roles.time === undefined) return odd;
    return this.#fill(roles as Filled, names, duplicates | shape, odd, row);
  }

  #bareName(key: string): string | null {
    const last = key.slice(key.lastIndexOf('.') + 1);
    const bare = last.replaceAll(/[_-]/g, '').replaceAll(/[A-Z]/g, (c) => c.toLowerCase());
    return bare.length > BARE_CAP ? null : bare;
  }

  #fill(roles: Filled, names: { message: number; level: number; time: number }, flags: number, odd: number, row: number): number {
    const f = this.#fields.fields;
    const out = this.#out;
    const to = row * OUTLINE_WORDS;
    const span = (i: number): readonly [number, number] => [f[i * FIELD_WORDS + 2] as number, f[i * FIELD_WORDS + 3] as number];
    const bits = (i: number): number => f[i * FIELD_WORDS + 4] as number;
    const escaped = (i: number): boolean => (bits(i) & ESCAPED_VALUE) !== 0;
    const [timeAt, timeEnd] = span(roles.time);
    const at = plainTime(this.#b, timeAt, timeEnd - timeAt);
    if (at === null) return odd;
    let rank = NO_RANK;
    let capitals = 0;
    if (roles.level !== undefined) {
      const [from, end] = span(roles.level);
      const text = this.#text(from, end);
      const known = /^[A-Za-z]{1,8}$/.test(text) ? this.#levels.get(text.toLowerCase()) : undefined;
      if (known === undefined) return odd;
      rank = known;
      if ((this.#b[from] as number) < 97) capitals = 1 << 25;
    }
    const [messageAt, messageEnd] = span(roles.message);
    if (messageEnd - messageAt > OUTLINE_TEXT_CAP) return odd;
    const [errorAt, errorEnd] = roles.error === undefined ? [0, 0] : span(roles.error);
    if (errorEnd - errorAt > OUTLINE_TEXT_CAP) return odd;
    const [serviceAt, serviceEnd] = roles.service === undefined ? [0, 0] : span(roles.service);
    if (roles.service !== undefined && escaped(roles.service)) return odd;
    const number = (bits(roles.time) & 0xff) === NUMBER ? 1 << 24 : 0;
    const before = roles.message < roles.time ? 1 << 26 : 0;
    out[to + OUTLINE.info] = rank | flags | (names.time << 12) | (names.level << 16) | (names.message << 20) | number | capitals | before;
    this.#times[(to + OUTLINE.time) / 2] = at;
    out.fill(0, to + OUTLINE.message, to + OUTLINE.messageAt);
    putMaskHash(this.#b, messageAt, messageEnd, escaped(roles.message), out, to + OUTLINE.message);
    if (roles.error !== undefined) putMaskHash(this.#b, errorAt, errorEnd, escaped(roles.error), out, to + OUTLINE.error);
    if (roles.service !== undefined) putHash(this.#b, serviceAt, serviceEnd, out, to + OUTLINE.service);
    putHash(this.#b, messageAt, messageEnd, out, to + OUTLINE.exact);
    out.set([messageAt, messageEnd, errorAt, errorEnd, serviceAt, serviceEnd], to + OUTLINE.messageAt);
    return DECIDED;
  }
}

interface Filled {
  readonly message: number;
  readonly time: number;
  readonly level?: number;
  readonly error?: number;
  readonly service?: number;
}
