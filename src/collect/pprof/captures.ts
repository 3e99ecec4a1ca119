/** Takes the captures of one debug server in their order, round by round, into a folder; what fails is a gap and the rest goes on. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { BundleArtifact } from '../../model/bundle.ts';
import { formatInstant, instantFromMs, type ReportGap } from '../../model/index.ts';
import { growingFile } from '../lib/bundle-folder.ts';
import type { Endpoint } from '../lib/http.ts';
import { correctionMs, offsetOf } from './clock.ts';
import { goroutinesOf, ONCE, type PprofWanted } from './costs.ts';
import type { Endpoints } from './endpoints.ts';
import { type Exchange, exchange } from './exchange.ts';
import { failureOf, tooLongFor } from './failures.ts';

export interface Kept {
  readonly path: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly url: string;
  /** Milliseconds on this machine's clock: when it was asked for and when it had come. */
  readonly fromMs: number;
  readonly toMs: number;
  /** The moment it shows: the end of a window, the beginning of an answer. */
  readonly takenMs: number;
  readonly incomplete: NonNullable<BundleArtifact['incomplete']> | null;
}

export interface Taken {
  readonly kept: readonly Kept[];
  readonly gaps: readonly ReportGap[];
  readonly interrupted: boolean;
  /** Of the CPU profile and the trace, as they were granted; null: none was taken. */
  readonly seconds: number | null;
}

export interface TakingOptions {
  readonly endpoint: Endpoint;
  readonly folder: string;
  readonly signal?: AbortSignal;
  readonly onProgress?: (what: string) => void;
}

interface Form {
  /** What a first glance at the body must show, or it is no such thing. */
  readonly begins: (head: Uint8Array) => boolean;
  readonly is: string;
  /** What came of it is of use though its end is missing. */
  readonly cutIsUseful: boolean;
}

interface More {
  readonly url?: URL;
  /** Of a window: the answer takes so long. */
  readonly seconds?: number;
  /** What the server says when somebody else has it, and what to do then. */
  readonly busy?: RegExp;
  readonly next?: string;
  /** Called instead of a gap when the window was longer than the server grants. */
  readonly tooLong?: (why: string) => void;
}

const text = (head: Uint8Array, n = 400): string => new TextDecoder().decode(head.subarray(0, n));
const FORMS = {
  packed: { begins: (h) => h[0] === 0x1f && h[1] === 0x8b, is: 'a profile', cutIsUseful: false },
  counts: { begins: (h) => /^\w+ profile: /.test(text(h)), is: 'a profile in text', cutIsUseful: true },
  dump: { begins: (h) => /^goroutine \d/.test(text(h)), is: 'a goroutine dump', cutIsUseful: true },
  trace: { begins: (h) => /^go 1\.\d+ trace\0/.test(text(h)), is: 'an execution trace', cutIsUseful: true },
  metrics: { begins: (h) => /^(?:#|[a-zA-Z_:][\w:]*[{ ])/.test(text(h)) && !/^\s{0,20}[<{]/.test(text(h)), is: 'metrics of Prometheus', cutIsUseful: true },
} as const satisfies Readonly<Record<string, Form>>;

/** The runtime stops writing `debug=2` there, in the middle of a goroutine. */
const DUMP_CAP = 64 * 1024 * 1024;
/** A server that let so many answers time out in a row is asked no more. */
const MOST_TIMEOUTS = 2;

export class Captures {
  readonly #endpoints: Endpoints;
  readonly #wanted: PprofWanted;
  readonly #options: TakingOptions;
  readonly #kept: Kept[] = [];
  readonly #gaps: ReportGap[] = [];
  readonly #exchanges: Exchange[];
  #metrics: URL | null;
  #goroutines: number | null;
  #seconds: number | null = null;
  #started: string | null = null;
  #timeouts = 0;
  #interrupted = false;

  constructor(endpoints: Endpoints, metrics: URL | null, wanted: PprofWanted, options: TakingOptions) {
    this.#endpoints = endpoints;
    this.#metrics = metrics;
    this.#wanted = wanted;
    this.#options = options;
    this.#exchanges = [...endpoints.exchanges];
    this.#goroutines = goroutinesOf(endpoints);
  }

  get exchanges(): readonly Exchange[] {
    return this.#exchanges;
  }

  async run(): Promise<Taken> {
    const { rounds, everySeconds, seconds } = this.#wanted;
    const began = Date.now();
    for (let round = 1; round <= rounds && !this.#over; round++) {
      if (round > 1) await this.#until(began + (round - 1) * everySeconds * 1000);
      await this.#round(round);
      if (round === 1 && seconds > 0) await this.#window(seconds);
    }
    for (const name of ONCE) if (this.#endpoints.profiles.has(name)) await this.#take(name, `${name}.pb.gz`, FORMS.packed);
    if (this.#endpoints.profiles.has('goroutineleak')) {
      for (const n of [1, 2]) await this.#take('goroutineleak', `goroutineleak-${n}.pb.gz`, FORMS.packed);
    }
    if (this.#timeouts >= MOST_TIMEOUTS) {
      this.#gap(
        'what would have come after that was not asked for',
        `${MOST_TIMEOUTS} answers in a row did not come in time`,
        'see whether the service still answers at all; wait longer: --timeout SECONDS',
      );
    }
    return { kept: this.#kept, gaps: this.#gaps, interrupted: this.#interrupted, seconds: this.#seconds };
  }

  get #over(): boolean {
    return this.#interrupted || this.#timeouts >= MOST_TIMEOUTS;
  }

  async #round(n: number): Promise<void> {
    const { rounds, gc, mostDumped } = this.#wanted;
    const { profiles } = this.#endpoints;
    if (this.#metrics !== null) {
      const e = await this.#take('metrics', `metrics-${n}.txt`, FORMS.metrics, { url: this.#metrics });
      if (e !== null) this.#sameProcess(text(e.head, e.head.length));
    }
    if (profiles.has('heap')) await this.#take(gc ? 'heap?gc=1' : 'heap', `heap-${n}.pb.gz`, FORMS.packed);
    if (!profiles.has('goroutine')) return;
    const counts = await this.#take('goroutine?debug=1', `goroutine-${n}.debug1.txt`, FORMS.counts);
    const total = /^goroutine profile: total (\d{1,12})/.exec(counts === null ? '' : text(counts.head));
    if (total !== null) this.#goroutines = Number(total[1]);
    if (n !== 1 && n !== rounds) return;
    if (this.#goroutines !== null && this.#goroutines <= mostDumped) await this.#take('goroutine?debug=2', `goroutine-${n}.debug2.txt`, FORMS.dump);
    else if (!this.#over && n === 1) {
      const many = this.#goroutines === null ? 'how many goroutines there are is not known' : `there are ${this.#goroutines} goroutines, more than ${mostDumped}`;
      this.#gap(
        'no goroutine?debug=2: for how long and for which lock each goroutine waits is not known',
        `${many}, and the world is stopped while all of them are written`,
        `gorca collect --pprof … --max-dump-goroutines ${this.#goroutines === null ? 'N' : 2 * this.#goroutines}, when the service can stand it`,
      );
    }
  }

  /** CPU profile and trace of the same seconds; where the server grants less to one of them, less is asked for of both. */
  async #window(asked: number): Promise<void> {
    const { handlers } = this.#endpoints;
    const names = (['profile', 'trace'] as const).filter((h) => handlers.has(h));
    for (let seconds = asked; names.length > 0 && !this.#over; seconds = Math.floor(seconds / 2)) {
      const before = this.#kept.length;
      const refused = new Map<string, string>();
      await Promise.all(names.map((name) => this.#windowed(name, seconds, refused)));
      const short = refused.size > 0 && seconds > 1;
      if (short) for (const k of this.#kept.splice(before)) rmSync(join(this.#options.folder, k.path), { force: true });
      else {
        if (this.#kept.length > before) this.#seconds = seconds;
        for (const [name, why] of refused) this.#gap(`no ${name}`, `${why}, for one second too`, WITHOUT_TIMEOUT);
        if (seconds < asked && this.#kept.length > before)
          this.#gap(
            `CPU profile and trace cover ${seconds} s instead of ${asked} s`,
            'the server grants no more: its WriteTimeout, or that of a proxy, is shorter',
            WITHOUT_TIMEOUT,
          );
        return;
      }
      this.#options.onProgress?.(`${seconds} s are too long for the server: asking for less`);
    }
  }

  #windowed(name: 'profile' | 'trace', seconds: number, refused: Map<string, string>): Promise<Exchange | null> {
    const tooLong = (why: string): void => void refused.set(name, why);
    return name === 'profile'
      ? this.#take(`profile?seconds=${seconds}`, `profile-${seconds}s.pb.gz`, FORMS.packed, { seconds, tooLong, busy: /already in use/, next: AFTER_PROFILE })
      : this.#take(`trace?seconds=${seconds}`, `trace-${seconds}s.trace`, FORMS.trace, { seconds, tooLong, busy: /already enabled/, next: AFTER_TRACE });
  }

  async #take(path: string, file: string, form: Form, more: More = {}): Promise<Exchange | null> {
    if (this.#over) return null;
    const { endpoint, folder, signal } = this.#options;
    this.#options.onProgress?.(path);
    const url = more.url ?? new URL(path, this.#endpoints.folder);
    const out = growingFile(folder, join('pprof', file));
    const e = await exchange(url.origin === endpoint.base.origin ? endpoint : { ...endpoint, headers: {} }, url, {
      ...(signal === undefined ? {} : { signal }),
      timeoutMs: this.#wanted.timeoutMs + (more.seconds ?? 0) * 1000,
      mostBytes: this.#wanted.mostBytes,
      sink: (part) => out.write(part),
    });
    this.#exchanges.push(e);
    this.#timeouts = e.ended === 'timeout' ? this.#timeouts + 1 : 0;
    if (e.ended === 'interrupted') this.#interrupted = true;
    const right = e.status === 200 && e.sizeBytes > 0 && form.begins(e.head);
    // a window that was cut off was too long: a shorter one is whole
    const useful = form.cutIsUseful && e.ended !== 'not-kept' && (more.tooLong === undefined || e.ended !== 'broken-off');
    if (right && (e.ended === 'whole' || useful)) {
      const cut = e.ended !== 'whole' ? e.fault : form === FORMS.dump && e.sizeBytes === DUMP_CAP ? 'the runtime stops writing at 64 MiB, in the middle of a goroutine' : null;
      this.#kept.push({
        path: `pprof/${file}`,
        sha256: out.keep(),
        sizeBytes: e.sizeBytes,
        url: e.url,
        fromMs: e.sentMs,
        toMs: e.endedMs,
        takenMs: more.seconds === undefined ? (e.answeredMs ?? e.endedMs) : e.endedMs,
        incomplete: cut === null ? null : { how: 'cut', why: cut },
      });
      if (cut !== null) this.#gap(`pprof/${file} is cut after ${e.sizeBytes} bytes`, cut, form === FORMS.trace ? 'what came before can be read' : 'its counts are lower bounds');
      return e;
    }
    out.drop();
    const tooLong = more.tooLong === undefined ? null : tooLongFor(e);
    if (tooLong !== null) more.tooLong?.(tooLong);
    else this.#gaps.push(failureOf(path, form.is, e, more.busy === undefined ? null : { busy: more.busy, next: more.next ?? '' }));
    return null;
  }

  /** Metrics of client_golang tell when the process began. */
  #sameProcess(scrape: string): void {
    const started = /^process_start_time_seconds (\S{1,40})$/m.exec(scrape)?.[1] ?? null;
    if (this.#started !== null && started !== null && started !== this.#started) {
      this.#gap('the captures are of two lives of the process', 'it began anew in between (process_start_time_seconds)', 'gorca collect again for captures of one life');
    }
    this.#started = started ?? this.#started;
  }

  #gap(what: string, why: string, next: string): void {
    this.#gaps.push({ what, why, next });
  }

  async #until(ms: number): Promise<void> {
    const { signal } = this.#options;
    while (Date.now() < ms && !this.#interrupted) {
      this.#options.onProgress?.(`next round in ${Math.ceil((ms - Date.now()) / 1000)} s`);
      await new Promise<void>((next) => {
        const done = (): void => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', done);
          next();
        };
        const timer = setTimeout(done, Math.min(1000, Math.max(0, ms - Date.now())));
        signal?.addEventListener('abort', done, { once: true });
      });
      if (signal?.aborted === true) {
        this.#interrupted = true;
        this.#gap('not every round was taken', 'it was interrupted', 'run it again');
      }
    }
  }
}

const WITHOUT_TIMEOUT = 'serve /debug/pprof/ from an http.Server of its own without WriteTimeout (Go 1.24 extends it by itself where nothing wraps the ResponseWriter)';
const AFTER_PROFILE = 'wait until the other CPU profile ends (a continuous profiler may hold it), then gorca collect again';
const AFTER_TRACE = 'wait until the other trace ends, then gorca collect again';

/** An entry of the manifest; times are those of the server's clock, as far as it is known. */
export function entryOf(
  k: Kept,
  about: { readonly server: string; readonly covers: NonNullable<BundleArtifact['covers']>; readonly exchanges: readonly Exchange[] },
): BundleArtifact {
  const add = correctionMs(offsetOf(about.exchanges));
  const time = (ms: number): string => formatInstant(instantFromMs(ms + add));
  return {
    path: k.path,
    sha256: k.sha256,
    collector: `gorca collect (pprof at ${about.server})`,
    command: `GET ${k.url}`,
    takenAt: time(k.takenMs),
    interval: { from: time(k.fromMs), to: time(k.toMs) },
    covers: about.covers,
    ...(k.incomplete === null ? {} : { incomplete: k.incomplete }),
  };
}
