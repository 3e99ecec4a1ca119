/** Words and numbers that all pages of a trace share. */
import { shortGoSymbol, type TraceCodePlace, type TraceSpent, type TraceStack, type TraceSum } from '../../model/index.ts';
import { grouped } from '../lib/figures.ts';
import { oneLine } from '../lib/safe-text.ts';

/** `34.8 ms`: three digits. */
export function duration(ns: number): string {
  const digits = (value: number): string => (value >= 99.95 ? value.toFixed(0) : value >= 9.995 ? value.toFixed(1) : value.toFixed(2));
  if (ns === 0) return '0';
  if (ns < 999.5) return `${Math.round(ns)} ns`;
  if (ns < 999_500) return `${digits(ns / 1e3)} µs`;
  if (ns < 999_500_000) return `${digits(ns / 1e6)} ms`;
  if (ns < 600e9) return `${digits(ns / 1e9)} s`;
  return `${(ns / 60e9).toFixed(1)} min`;
}

export function bytes(n: number): string {
  if (n < 1024) return `${Math.round(n)} B`;
  if (n < 1024 * 1024) return `${(n / 1024).toFixed(1)} KiB`;
  return n < 1024 * 1024 * 1024 ? `${(n / 1024 / 1024).toFixed(1)} MiB` : `${(n / 1024 / 1024 / 1024).toFixed(2)} GiB`;
}

export const percent = (share: number): string => (share > 0 && share < 0.0005 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`);

const base = (file: string): string => file.slice(file.lastIndexOf('/') + 1);

export const place = (at: TraceCodePlace): string => oneLine(`${shortGoSymbol(at.function)} ${base(at.file)}:${at.line}`);

/** The program's own frame; where there is none, the outermost that is not the runtime's inner workings. */
export function where(stack: TraceStack): string {
  const at = stack.user ?? stack.frames.at(-1) ?? null;
  return at === null ? '(no stack)' : place(at);
}

/** A function by its short name. */
export const named = (symbol: string): string => (symbol === '' ? '(not known)' : oneLine(shortGoSymbol(symbol)));

const WAITS: Readonly<Record<TraceSpent, string>> = {
  undetermined: 'no status yet',
  running: 'running',
  runnable: 'waiting for a processor',
  syscall: 'system calls',
  network: 'network',
  lock: 'locks and groups',
  channel: 'channels',
  sleep: 'sleep',
  collector: 'garbage collector',
  other: 'other waits',
};
export const spentWords = (spent: TraceSpent): string => WAITS[spent];

/** What a wait is for, as a person says it. */
export function reasonWords(reason: string, stack: TraceStack): string {
  if (reason === '') return 'since before the trace';
  if (reason === 'syscall') return 'system call';
  if (reason !== 'sync') return reason;
  for (const f of stack.frames) {
    const m = /^(?:internal\/)?sync\.\(\*(Mutex|RWMutex|WaitGroup|Cond|Once)\)\.(Lock|lockSlow|RLock|Wait|doSlow)/.exec(f.function);
    if (m !== null) return m[1] === 'WaitGroup' ? 'WaitGroup' : m[1] === 'RWMutex' && m[2] === 'RLock' ? 'RWMutex (read)' : (m[1] as string);
  }
  // the runtime's own, as that which one goroutine takes to begin a cycle of the collector
  const [innermost] = stack.frames;
  return innermost?.function.startsWith('runtime.') === true ? `runtime semaphore (${innermost.function.slice('runtime.'.length)})` : 'sync';
}

/** Columns of figures before a text: `  95×   2.72 s   longest  34.8 ms`. */
export const figures = (s: TraceSum): string => `${duration(s.totalNs).padStart(8)} ${`${grouped(s.count)}×`.padStart(7)}  longest ${duration(s.mostNs).padStart(8)}`;

/** Time since the start of the trace. */
export const since = (ns: number): string => `+${duration(ns)}`;
