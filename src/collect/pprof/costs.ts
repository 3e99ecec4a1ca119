/**
 * What each capture costs the service that is asked, in words said before it is taken. Sources: net/http/pprof and runtime/pprof of Go 1.19 to
 * 1.27; the goroutine profile has copied stacks without holding the world since 1.19, and tracing has been cheap since 1.21.
 */
import type { Endpoints } from './endpoints.ts';

export interface PprofWanted {
  /** Of the CPU profile and the trace, which are taken in one window; 0: neither. */
  readonly seconds: number;
  /** Of heap and goroutines. */
  readonly rounds: number;
  readonly everySeconds: number;
  /** Collect garbage before each heap profile. */
  readonly gc: boolean;
  /** `goroutine?debug=2` is taken of no more goroutines than that. */
  readonly mostDumped: number;
  /** Path or address of the metrics; null: not asked for. */
  readonly metrics: string | null;
  /** Of one answer. */
  readonly mostBytes: number;
  /** To wait for an answer beyond the seconds asked for. */
  readonly timeoutMs: number;
}

export interface Planned {
  readonly what: string;
  readonly how: string;
  readonly cost: string;
}

const COUNTERS = 'copies counters that the runtime keeps anyway';
const COSTS: Readonly<Record<string, string>> = {
  allocs: COUNTERS,
  mutex: `${COUNTERS}; empty unless the program calls runtime.SetMutexProfileFraction`,
  block: `${COUNTERS}; empty unless the program calls runtime.SetBlockProfileRate`,
  threadcreate: COUNTERS,
};
/** Once at the end, where the index has them. */
export const ONCE = ['allocs', 'mutex', 'block', 'threadcreate'] as const;
const ROUNDED = new Set(['heap', 'goroutine', 'goroutineleak', ...ONCE, 'cmdline', 'profile', 'trace', 'symbol']);

export const goroutinesOf = (e: Endpoints): number | null => e.profiles.get('goroutine') ?? null;

/** Profiles the program made itself: what they cost is not known, and they are left alone. */
export const ownProfiles = (e: Endpoints): string[] => [...e.profiles.keys()].filter((name) => !ROUNDED.has(name)).sort();

export function planOf(e: Endpoints, wanted: PprofWanted, withMetrics: boolean): Planned[] {
  const { rounds, everySeconds, seconds } = wanted;
  const plan: Planned[] = [];
  const often = rounds === 1 ? 'once' : `${rounds} times, ${everySeconds} s apart`;
  const count = goroutinesOf(e);
  if (withMetrics) plan.push({ what: 'metrics', how: often, cost: 'a scrape, as Prometheus does it' });
  if (e.profiles.has('heap')) {
    plan.push({
      what: wanted.gc ? 'heap?gc=1' : 'heap',
      how: often,
      cost: wanted.gc ? 'forces a whole garbage collection each time, in which requests take part' : `${COUNTERS}; no garbage collection is forced`,
    });
  }
  if (e.profiles.has('goroutine')) {
    plan.push({
      what: 'goroutine?debug=1',
      how: often,
      cost: 'stops the world for well under a millisecond (before Go 1.19: until all stacks are copied), then visits each goroutine',
    });
    plan.push(
      count !== null && count > wanted.mostDumped
        ? {
            what: 'goroutine?debug=2',
            how: 'not taken',
            cost: `it stops the world until all ${count} stacks are written; asked for at most ${wanted.mostDumped} (--max-dump-goroutines)`,
          }
        : {
            what: 'goroutine?debug=2',
            how: rounds === 1 ? 'once' : 'first and last',
            cost: `stops the world until ${count === null ? 'all' : `all ${count}`} stacks are written: milliseconds for a thousand, seconds for 100000`,
          },
    );
  }
  if (seconds > 0 && e.handlers.has('profile')) {
    plan.push({ what: 'profile', how: `${seconds} s`, cost: 'interrupts each running thread up to 100 times a second: a few percent of CPU at most' });
  }
  if (seconds > 0 && e.handlers.has('trace')) {
    plan.push({ what: 'trace', how: `${seconds} s, at the same time`, cost: '1 to 2 % of CPU (10 to 20 % before Go 1.21) and up to 10 MB a second of a busy service' });
  }
  for (const name of ONCE) if (e.profiles.has(name)) plan.push({ what: name, how: 'once', cost: COSTS[name] as string });
  if (e.profiles.has('goroutineleak')) {
    plan.push({ what: 'goroutineleak', how: 'twice', cost: 'runs a garbage collection of its own each time; the first answer may be incomplete' });
  }
  return plan;
}

/** How long it takes, in seconds, if all goes well. */
export const lastsSeconds = (wanted: PprofWanted): number => Math.max((wanted.rounds - 1) * wanted.everySeconds, wanted.seconds);
