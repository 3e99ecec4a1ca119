/** Pauses, and processors that are too few, or taken away. */
import { processorsBusy, quotaPeriod, schedulerLate, stoodStill, stoppedByCapture, stoppedByProgram, worldStopped } from '../../model/conditions/execution-trace.ts';
import { type Condition, shortGoSymbol, type TracePause } from '../../model/index.ts';
import { eventPlace, ms, msText, percentText, type Seen, share, siteText, tell, timesText } from './seen.ts';

const LONG_NS = 10_000_000;
const SHARE = 0.1;

export function pauseConditions(seen: Seen): Condition[] {
  const { pauses, wallNs } = seen.summary;
  const byKind = new Map<string, TracePause[]>();
  for (const p of pauses) byKind.set(p.kind, [...(byKind.get(p.kind) ?? []), p]);
  return [...byKind].flatMap(([cause, of]): Condition[] => {
    const total = of.reduce((n, p) => n + p.totalNs, 0);
    const most = Math.max(...of.map((p) => p.mostNs));
    const count = of.reduce((n, p) => n + p.count, 0);
    if (total < LONG_NS || (most < LONG_NS && total / wallNs < SHARE)) return [];
    const [first] = of as [TracePause];
    const place = eventPlace(seen, first.mostOffset, `the world starts again after ${msText(first.mostNs)}: ${cause}`);
    const out = [
      tell(worldStopped, seen, {
        discriminator: cause,
        quantity: { value: ms(total), unit: 'milliseconds', known: seen.summary.stretches.length > 1 ? 'lower-bound' : 'counted' },
        facts: { cause, count, totalMs: ms(total), mostMs: ms(most), share: share(total / wallNs) },
        says: `the world was stopped ${timesText(count)} for ${msText(total)} together (${percentText(total / wallNs)} of the time), ${msText(most)} at most: ${cause}`,
        places: [place],
      }),
    ];
    for (const p of of) {
      if (p.because === 'runtime' || p.totalNs < total / 4) continue;
      const asks = p.stack.user;
      if (p.because === 'capture')
        out.push(
          tell(stoppedByCapture, seen, {
            discriminator: cause,
            facts: { cause, count: p.count, totalMs: ms(p.totalNs), function: p.stack.frames.find((f) => /pprof|runtime\/trace/.test(f.function))?.function ?? '' },
            says: `${p.means}: by whoever looked at the process, ${timesText(p.count)}, ${msText(p.totalNs)}`,
            places: [place],
          }),
        );
      else if (asks !== null)
        out.push(
          tell(stoppedByProgram, seen, {
            discriminator: `${cause} ${asks.function}:${asks.line}`,
            facts: { cause, count: p.count, totalMs: ms(p.totalNs), function: asks.function, file: asks.file, line: asks.line },
            says: `${siteText(asks)} stops the world ${timesText(p.count)}, ${msText(p.totalNs)} together: ${p.means}`,
            places: [eventPlace(seen, p.mostOffset, `the world starts again after ${msText(p.mostNs)}: asked for at ${siteText(asks)}`)],
          }),
        );
    }
    return out;
  });
}

const LEAST_STANDSTILLS = 3;
const LATE_NS = 5_000_000;
const LEAST_LATE = 20;
const HALF = 0.5;
const ALL_BUSY = 0.9;

export function processorConditions(seen: Seen): Condition[] {
  const { latency, wallNs, processors } = seen.summary;
  const out: Condition[] = [];
  const { standstills } = latency;
  const [longest] = [...standstills.list].sort((a, b) => b.toNs - b.fromNs - (a.toNs - a.fromNs));
  if (longest !== undefined && standstills.count >= LEAST_STANDSTILLS && standstills.totalNs / wallNs >= SHARE) {
    const place = eventPlace(seen, longest.offset, `the first event of any thread after ${msText(longest.toNs - longest.fromNs)}`);
    out.push(
      tell(stoodStill, seen, {
        quantity: { value: ms(standstills.totalNs), unit: 'milliseconds', known: 'lower-bound' },
        facts: { count: standstills.count, totalMs: ms(standstills.totalNs), share: share(standstills.totalNs / wallNs), mostMs: ms(longest.toNs - longest.fromNs) },
        says: `${timesText(standstills.count)} no thread of the process ran although a goroutine was on a processor: ${msText(standstills.totalNs)} of ${msText(wallNs)}`,
        places: [place],
      }),
    );
    const period = periodOf(standstills.list.map((s) => s.toNs));
    if (period !== null)
      out.push(
        tell(quotaPeriod, seen, {
          facts: { periodMs: period.ns / 1e6, count: standstills.list.length, offMs: ms(period.offNs), ranShare: share(1 - standstills.totalNs / wallNs) },
          says: `it is let run again every ${period.ns / 1e6} ms, ${msText(period.offNs)} off at most over ${standstills.list.length} times: a CPU quota that is used up`,
          places: standstills.list.slice(0, 3).map((s) => eventPlace(seen, s.offset, `runs again at +${msText(s.toNs)}`)),
        }),
      );
  }
  const unblocked = latency.by.find((l) => l.by === 'unblocked');
  const [worst] = latency.worst;
  const busy = latency.allBusyNs / wallNs;
  if (unblocked !== undefined && worst !== undefined && unblocked.count >= LEAST_LATE && unblocked.p90Ns >= LATE_NS && latency.whileBusyNs / wallNs >= HALF)
    out.push(
      tell(schedulerLate, seen, {
        quantity: { value: ms(unblocked.p90Ns), unit: 'milliseconds', known: 'counted' },
        facts: { p90Ms: ms(unblocked.p90Ns), p99Ms: ms(unblocked.p99Ns), mostMs: ms(unblocked.mostNs), count: unblocked.count, processors: processors.count },
        says: `goroutines that could go on waited for a processor: p90 ${msText(unblocked.p90Ns)}, longest ${msText(unblocked.mostNs)}, ${processors.count === 1 ? '1 processor' : `${processors.count} processors`}`,
        places: [eventPlace(seen, worst.offset, `goroutine ${worst.goroutine} runs after ${msText(worst.ns)} of waiting for a processor`)],
      }),
    );
  // a collector that works because processors are idle is no load, and a process that is held back has processors enough
  const rows = (id: RegExp): number => processors.rows.filter((r) => id.test(r.id)).reduce((n, r) => n + r.share, 0);
  const [top] = seen.summary.goroutines.entries.filter((e) => e.entry !== '' && !/^runtime(?:\/|\.(?!main$))/.test(e.entry));
  const stop = latency.worst.find((w) => w.by === 'stopped' || w.by === 'unblocked');
  if (busy >= ALL_BUSY && rows(/^user$/) >= HALF && top !== undefined) {
    const running = seen.summary.goroutines.spent.running;
    const at = seen.summary.goroutines.entries.find((e) => e.entry === top.entry)?.createdBy?.user ?? null;
    out.push(
      tell(processorsBusy, seen, {
        facts: {
          processors: processors.count,
          busy: share(busy),
          entry: top.entry,
          entryShare: share(running === 0 ? 0 : top.spent.running / running),
          file: at?.file ?? '',
          line: at?.line ?? 0,
          collecting: share(rows(/^gc-(?:assist|background|sweep)$/)),
        },
        says: `${processors.count === 1 ? 'the only processor was' : `all ${processors.count} processors were`} busy ${percentText(busy)} of the time, with ${shortGoSymbol(top.entry)} for ${percentText(running === 0 ? 0 : top.spent.running / running)} of what ran${at === null ? '' : ` (started at ${siteText(at)})`}`,
        places: [stop === undefined ? seen.head : eventPlace(seen, stop.offset, `goroutine ${stop.goroutine} had waited ${msText(stop.ns)} for a processor`)],
      }),
    );
  }
  return out;
}

/** Periods that quotas have: 100 ms is the kernel's and the kubelet's default. Longest first: 200 ms is a period of what ends every 100 ms too. */
const PERIODS_MS = [1000, 500, 250, 200, 100, 50];
const OFF_NS = 2_000_000;
const CHANCE = 0.001;

/** The longest period at whose multiples all moments lie, from one of them on, when chance would hardly put them there. */
export function periodOf(moments: readonly number[]): { ns: number; offNs: number } | null {
  const n = moments.length;
  if (n < 3) return null;
  const span = (moments[n - 1] as number) - (moments[0] as number);
  for (const period of PERIODS_MS.map((p) => p * 1e6)) {
    // any of them may be the one that the others are measured from
    if (span < period || n * ((2 * OFF_NS) / period) ** (n - 1) > CHANCE * 5) continue;
    let least = Number.POSITIVE_INFINITY;
    for (const origin of moments) {
      let worst = 0;
      for (const m of moments) {
        const rest = Math.abs(m - origin) % period;
        worst = Math.max(worst, Math.min(rest, period - rest));
      }
      least = Math.min(least, worst);
    }
    if (least <= OFF_NS) return { ns: period, offNs: least };
  }
  return null;
}
