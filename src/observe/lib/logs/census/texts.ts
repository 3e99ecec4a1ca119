/** Counts of masked texts: what every record is counted under, before texts are made one pattern (cluster.ts). Two of them add up to one. */
import { matchErrorText, outerMatches } from '../../../../knowledge/go-errors/index.ts';
import { errorOf, type LogRecord, maskedText } from '../../../../read/logs/index.ts';
import { crashFingerprint, holdsTrace } from './fingerprint.ts';
import { Histogram, type HistogramState } from './histogram.ts';

export const NO_LEVEL = 6;
const TEXTS_CAP = 20_000;
const SHOWN_CAP = 512;
const SERVICES_CAP = 16;
const BUCKETS = 64;

export interface Example {
  /** Path of the log. */
  readonly file: string;
  readonly offset: number;
  readonly length: number;
  readonly text: string;
}

export interface TextState {
  readonly key: string;
  /** Place in LEVELS, or NO_LEVEL. */
  readonly level: number;
  readonly pattern: string;
  /** Ids of the known errors in it, outermost first. */
  readonly errors: readonly string[];
  readonly crash: boolean;
  readonly count: number;
  /** Seconds since 1970; infinite where no record has a time. */
  readonly first: number;
  readonly last: number;
  readonly example: Example;
  readonly services: ReadonlyMap<string, number>;
  readonly windows: readonly [number, number];
  readonly over: HistogramState;
}

export class TextCount {
  readonly key: string;
  readonly level: number;
  readonly pattern: string;
  readonly errors: readonly string[];
  readonly crash: boolean;
  example: Example;
  count = 0;
  first = Number.POSITIVE_INFINITY;
  last = Number.NEGATIVE_INFINITY;
  readonly services = new Map<string, number>();
  readonly windows: [number, number] = [0, 0];
  readonly over = new Histogram(BUCKETS);

  constructor(of: Pick<TextState, 'key' | 'level' | 'pattern' | 'errors' | 'crash' | 'example'>) {
    this.key = of.key;
    this.level = of.level;
    this.pattern = of.pattern;
    this.errors = of.errors;
    this.crash = of.crash;
    this.example = of.example;
  }

  add(at: number | null, service: string | null): void {
    this.count++;
    if (at !== null) {
      if (at < this.first) this.first = at;
      if (at > this.last) this.last = at;
      this.over.add(at);
    }
    if (service === null) return;
    const n = this.services.get(service);
    if (n !== undefined || this.services.size < SERVICES_CAP) this.services.set(service, (n ?? 0) + 1);
  }

  merge(s: TextState): void {
    this.count += s.count;
    this.first = Math.min(this.first, s.first);
    this.last = Math.max(this.last, s.last);
    if (isBefore(s.example, this.example)) this.example = s.example;
    for (const [name, n] of s.services) if (this.services.has(name) || this.services.size < SERVICES_CAP) this.services.set(name, (this.services.get(name) ?? 0) + n);
    this.windows[0] += s.windows[0];
    this.windows[1] += s.windows[1];
    this.over.merge(s.over);
  }

  state(): TextState {
    const { key, level, pattern, errors, crash, count, first, last, example, services, windows } = this;
    return { key, level, pattern, errors, crash, count, first, last, example, services, windows, over: this.over.state() };
  }
}

export const isBefore = (a: Example, b: Example): boolean => (a.file === b.file ? a.offset < b.offset : a.file < b.file);

export class Texts {
  readonly #byKey = new Map<string, TextCount>();
  /** Raw texts seen before: most records repeat one of few. */
  readonly #raw = new Map<string, TextCount>();
  /** Records of texts that came when there was no room left. */
  beyond: TextCount | null = null;

  all(): Iterable<TextCount> {
    return this.#byKey.values();
  }

  /** The text a record is counted under. */
  of(r: LogRecord, level: number): TextCount {
    const crash = r.format === 'go-crash';
    const message = r.message;
    const error = crash ? null : (errorOf(r)?.text ?? null);
    const raw = message.length + (error?.length ?? 0) <= 200 ? `${level} ${message}\u0000${error ?? ''}` : null;
    const seen = raw === null ? undefined : this.#raw.get(raw);
    if (seen !== undefined) return seen;
    const traced = crash || holdsTrace(message);
    const masked = traced ? crashFingerprint(message) : maskedText(message);
    const maskedError = error === null || error === message ? '' : maskedText(error);
    const pattern = (maskedError === '' ? masked : masked === '' ? maskedError : `${masked}: ${maskedError}`).slice(0, 2 * SHOWN_CAP);
    const key = `${level} ${pattern}`;
    let text = this.#byKey.get(key);
    if (text === undefined) {
      const whole = error === null ? message : `${message}: ${error}`;
      const example = { file: r.artifact.member ?? r.artifact.path, offset: r.span.offset, length: r.span.length, text: whole.slice(0, SHOWN_CAP) };
      if (this.#byKey.size >= TEXTS_CAP) {
        this.beyond ??= new TextCount({ key: '', level: NO_LEVEL, pattern: '', errors: [], crash: false, example });
        return this.beyond;
      }
      const errors = [...new Set(outerMatches(matchErrorText(whole.slice(0, 4 * SHOWN_CAP))).map((m) => m.pattern.id))];
      text = new TextCount({ key, level, pattern, errors, crash: traced, example });
      this.#byKey.set(key, text);
    }
    if (raw !== null && this.#raw.size < TEXTS_CAP) this.#raw.set(raw, text);
    return text;
  }

  merge(states: readonly TextState[], beyond: TextState | null): void {
    for (const s of states) {
      let text = this.#byKey.get(s.key);
      if (text === undefined && this.#byKey.size >= TEXTS_CAP) text = this.beyond ??= new TextCount({ ...s, key: '', level: NO_LEVEL, pattern: '', errors: [], crash: false });
      else if (text === undefined) {
        text = new TextCount(s);
        this.#byKey.set(s.key, text);
      }
      text.merge(s);
    }
    if (beyond === null) return;
    this.beyond ??= new TextCount(beyond);
    this.beyond.merge(beyond);
  }
}
