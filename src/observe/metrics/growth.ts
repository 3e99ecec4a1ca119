/**
 * Does a gauge grow and not come back? Judged per process life, robustly: medians of thirds, a rank test for trend, still growing at
 * the end. A warm-up that levels off, a sawtooth and a crowd that goes home again are no growth.
 */
export interface Life {
  /** Indices into the series: [from, to). */
  readonly from: number;
  readonly to: number;
  /** The process began within the series: its first value is its well state. */
  readonly bornHere: boolean;
}

export interface Growth {
  readonly from: number;
  readonly to: number;
  readonly perMinute: number;
  /** Index of the last sample that was still well; −1 when the series began ill. */
  readonly lastWell: number;
  readonly firstIll: number;
  /** Indices of the first and the last sample that were judged. */
  readonly first: number;
  readonly last: number;
}

export interface GrowthLimits {
  /** Least absolute growth. */
  readonly least: number;
  /** Least growth relative to the start. */
  readonly leastShare: number;
}

/** A fall to this share of what was reached between two samples is a new life when no start time says so. */
const FALL = 0.35;
const LEAST_SAMPLES = 4;
const LEAST_SECONDS = 12;

/** Lives by start times where the process tells them, else by falls that no garbage collection makes. */
export function livesOf(times: readonly number[], values: readonly number[], starts: readonly number[] = [], canFall = false): Life[] {
  const lives: Life[] = [];
  let from = 0;
  let born = starts.some((s) => s >= (times[0] ?? 0) - 30);
  let peak = values[0] ?? 0;
  for (let i = 1; i <= values.length; i++) {
    const ended = i === values.length;
    const t = times[i] ?? Number.POSITIVE_INFINITY;
    const restarted = !ended && starts.some((s) => s > (times[i - 1] as number) - 1 && s <= t + 1);
    const fell = !ended && starts.length === 0 && !canFall && peak > 0 && (values[i] as number) < peak * FALL && (values[i - 1] as number) > peak * 0.7;
    if (ended || restarted || fell) {
      lives.push({ from, to: i, bornHere: born });
      from = i;
      born = true;
      peak = values[i] ?? 0;
    } else peak = Math.max(peak, values[i] as number);
  }
  return lives;
}

/** `well`: a stretch (Unix seconds) of which the user says that all was well: its level is the beginning, and what began in it is none. */
export function growthOf(times: readonly number[], values: readonly number[], given: Life, limits: GrowthLimits, well: { from: number; to: number } | null = null): Growth | null {
  const inWell = well === null ? [] : indicesIn(times, given, well);
  const life = inWell[0] === undefined ? given : { ...given, from: inWell[0], bornHere: false };
  const t = times.slice(life.from, life.to);
  const v = values.slice(life.from, life.to);
  const n = v.length;
  if (n < LEAST_SAMPLES || (t[n - 1] as number) - (t[0] as number) < LEAST_SECONDS) return null;
  const third = Math.max(1, Math.floor(n / 3));
  const begin = median(inWell.length > 0 ? inWell.map((i) => values[i] as number) : v.slice(0, third));
  const end = median(v.slice(n - third));
  const peak = Math.max(...v);
  const start = life.bornHere ? Math.min(begin, v[0] as number) : begin;
  const grown = end - start;
  if (grown < limits.least || grown < start * limits.leastShare) return null;
  // it came back: the crowd went home
  if ((v[n - 1] as number) < start + (peak - start) * 0.6) return null;
  if (!trends(v)) return null;
  let firstIll = n - 1;
  const noise = Math.max(...v.slice(0, third).map((x) => Math.abs(x - begin)));
  const mark = start + Math.max(grown * 0.05, Math.min(noise * 3, grown * 0.3));
  const least = inWell.length;
  if (least >= n) return null;
  while (firstIll > least && (v[firstIll - 1] as number) > mark) firstIll--;
  // judged from where it began: the pace of that stretch must carry the growth, or it was a step or a warm-up that levelled off
  const lt = t.slice(Math.max(0, firstIll - 1));
  const lv = v.slice(Math.max(0, firstIll - 1));
  const pace = theilSen(lt, lv);
  if (pace <= 0 || pace * ((lt.at(-1) as number) - (lt[0] as number)) < grown * 0.4) return null;
  // levelled off: by medians of thirds, so that a collection near the end does not decide
  if (lv.length >= 9) {
    const part = Math.floor(lv.length / 3);
    const [early, middle, end3] = [median(lv.slice(0, part)), median(lv.slice(part, -part)), median(lv.slice(-part))];
    if (end3 - middle < (middle - early) * 0.2) return null;
  }
  return {
    from: start,
    to: v[n - 1] as number,
    perMinute: pace * 60,
    // growing from the first samples on: where it began was not seen
    lastWell:
      least === 0 && !life.bornHere && (firstIll <= 1 || (v[Math.max(1, third - 1)] as number) - (v[0] as number) > grown * 0.1) ? -1 : life.from + Math.max(0, firstIll - 1),
    firstIll: life.from + firstIll,
    first: life.from,
    last: life.to - 1,
  };
}

function indicesIn(times: readonly number[], life: Life, well: { from: number; to: number }): number[] {
  const found: number[] = [];
  for (let i = life.from; i < life.to; i++) if ((times[i] as number) >= well.from && (times[i] as number) <= well.to) found.push(i);
  return found;
}

export function median(values: readonly number[]): number {
  const s = [...values].sort((a, b) => a - b);
  const m = s.length >> 1;
  return s.length === 0 ? Number.NaN : s.length % 2 === 1 ? (s[m] as number) : ((s[m - 1] as number) + (s[m] as number)) / 2;
}

/** Mann–Kendall: far more rises than falls among all pairs than chance gives (one-sided, about 1 %; for four samples all must rise). */
function trends(v: readonly number[]): boolean {
  const n = v.length;
  // pairs grow with the square: thin long series, trends survive it
  const step = Math.max(1, Math.floor(n / 200));
  const w = step === 1 ? v : v.filter((_, i) => i % step === 0);
  let s = 0;
  for (let i = 0; i < w.length; i++) for (let j = i + 1; j < w.length; j++) s += Math.sign((w[j] as number) - (w[i] as number));
  const m = w.length;
  const pairs = (m * (m - 1)) / 2;
  if (m < 6) return s >= pairs - 1;
  const sd = Math.sqrt((m * (m - 1) * (2 * m + 5)) / 18);
  return (s - 1) / sd > 2.4;
}

function theilSen(t: readonly number[], v: readonly number[]): number {
  const step = Math.max(1, Math.floor(v.length / 100));
  const slopes: number[] = [];
  for (let i = 0; i < v.length; i += step)
    for (let j = i + step; j < v.length; j += step) {
      const dt = (t[j] as number) - (t[i] as number);
      if (dt > 0) slopes.push(((v[j] as number) - (v[i] as number)) / dt);
    }
  return slopes.length === 0 ? 0 : median(slopes);
}
