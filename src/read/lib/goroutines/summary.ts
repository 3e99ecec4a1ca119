/** A readable summary of a goroutine table for golden files: buckets with their counts. */
import { createdBy, flagsOf, type GoroutineTable, stackFrames } from './table.ts';

export function summariseTable(t: GoroutineTable, from = 0, to: number = t.count): unknown {
  const buckets = new Map<string, { count: number; minutes: number; ids: number[] }>();
  for (let i = from; i < to; i++) {
    const frames = stackFrames(t, t.stack[i]!);
    const shown = frames.length > 8 ? [...frames.slice(0, 5), null, ...frames.slice(-2)] : frames;
    const creator = createdBy(t, t.stack[i]!);
    const key = JSON.stringify({
      state: t.states[t.state[i]!],
      flags: flagsOf(t, i),
      labels: t.labels[i]! < 0 ? null : t.labelSets[t.labels[i]!],
      frames: shown.map((f) => (f === null ? `… ${frames.length} frames` : `${f.symbol} ${f.file}:${f.line}`)),
      elided: t.stacks.elided[t.stack[i]!],
      createdBy: creator === null ? null : `${creator.symbol} ${creator.file}:${creator.line}`,
    });
    const b = buckets.get(key) ?? { count: 0, minutes: -1, ids: [] };
    b.count++;
    b.minutes = Math.max(b.minutes, t.minutes[i]!);
    if (b.ids.length < 3) b.ids.push(t.id[i]!);
    buckets.set(key, b);
  }
  return [...buckets].map(([key, b]) => ({ ...b, ...(JSON.parse(key) as object) }));
}
