/** What is known of each clock, in words: how far ahead it is, of whom, from how many calls, or why that cannot be said. */
import type { ClockView, Instant, OffsetRange, PairOffset, Strength } from '../../../model/index.ts';
import { clockTime, plusSeconds, weaker } from '../../../model/index.ts';
import type { Fleet } from './fleet.ts';

export function clockViews(fleet: Fleet, clocks: readonly string[], reference: string, t: Instant | null): ClockView[] {
  return clocks.map((clock) => {
    const o = t === null ? wholeRun(fleet, clock, reference) : fleet.clocks.between(reference, clock, t);
    const own = fleet.clocks.pairs.filter((p) => p.a === clock || p.b === clock);
    const view = {
      clock,
      label: fleet.label(clock),
      reference,
      ahead: o === null ? null : o.seconds,
      low: o === null ? null : o.low,
      high: o === null ? null : o.high,
      calls: own.reduce((n, p) => n + Math.max(p.forth, p.back), 0),
      strength: own.reduce<Strength>((s, p) => weaker(s, p.strength), 'stated'),
    };
    return {
      ...view,
      says:
        clock === reference
          ? `${view.label}: the clock that times are given by${own
              .filter((p) => fleet.clocks.moved(p) === clock)
              .slice(0, 1)
              .map((p) => `; ${changeText(p, clock, fleet.label(p.a))}`)
              .join('')}`
          : o === null
            ? `${view.label}: ${whyNot(fleet, clock, own)}`
            : says(fleet, clock, reference, o, own),
    };
  });
}

function says(fleet: Fleet, clock: string, reference: string, o: OffsetRange, own: readonly PairOffset[]): string {
  const of = fleet.label(reference);
  const parts: string[] = [];
  const moved = own.find((p) => fleet.clocks.moved(p) === clock);
  if (moved?.change?.kind === 'step') {
    const { after, by } = moved.change;
    const [before, since] = [
      fleet.clocks.between(reference, clock, plusSeconds(after, -STEP_MARGIN), moved.a),
      fleet.clocks.between(reference, clock, plusSeconds(by, STEP_MARGIN), moved.a),
    ];
    if (before !== null && since !== null) parts.push(`${offsetText(before, of)}, then ${offsetText(since, of)}`);
  }
  if (parts.length === 0) parts.push(offsetText(o, of));
  if (moved !== undefined) parts.push(changeText(moved, clock, fleet.label(moved.a)));
  if (own.length > 0 && own.every((p) => p.strength === 'guessed'))
    parts.push('assuming that the service whose requests take longest called the others: no record says who called whom');
  const against = own.reduce((n, p) => n + p.against, 0);
  if (against > 0) parts.push(`${against} of its calls contradict the rest`);
  return `${fleet.label(clock)}: ${parts.join('; ')}`;
}

/** Several pairs saw the step, each within its own margin. */
const STEP_MARGIN = 5;

/** Of a clock that held still the whole run says one thing: what is known before another clock moved and after it narrows each other. */
export function wholeRun(fleet: Fleet, clock: string, reference: string): OffsetRange | null {
  const whole = fleet.clocks.between(reference, clock, null);
  if (whole === null || fleet.clocks.still || fleet.clocks.pairs.some((p) => fleet.clocks.moved(p) === clock)) return whole;
  let { low, high } = whole;
  for (const p of fleet.clocks.pairs) {
    if (p.change === null || p.change.kind === 'unsteady') continue;
    const moments = p.change.kind === 'drift' ? [p.change.at] : [plusSeconds(p.change.after, -STEP_MARGIN), plusSeconds(p.change.by, STEP_MARGIN)];
    for (const t of moments) {
      const o = fleet.clocks.between(reference, clock, t, p.a);
      if (o === null || o.low > high || o.high < low) continue;
      low = Math.max(low, o.low);
      high = Math.min(high, o.high);
    }
  }
  return { seconds: (low + high) / 2, low, high };
}

export const seconds = (s: number): string => {
  const abs = Math.abs(s);
  return abs >= 1 ? `${s.toFixed(3)} s` : abs >= 0.01 ? `${Math.round(s * 1000)} ms` : `${Number((s * 1000).toPrecision(2))} ms`;
};

export const offsetText = (o: OffsetRange, of: string): string =>
  `${seconds(Math.abs(o.seconds))} ${o.seconds >= 0 ? 'ahead of' : 'behind'} ${of} (±${seconds((o.high - o.low) / 2)})`;

/** As seen from `clock`. */
export function changeText(p: PairOffset, clock: string, timesBy: string): string {
  const sign = p.b === clock ? 1 : -1;
  switch (p.change?.kind) {
    case 'step': {
      const by = sign * (p.change.to.seconds - p.change.from.seconds);
      return `it was set ${by > 0 ? 'forth' : 'back'} by ${seconds(Math.abs(by))} about ${clockTime((p.change as { readonly by: Instant }).by)} on the clock of ${timesBy}`;
    }
    case 'drift': {
      const by = Math.round(sign * p.change.perSecond * 1e6);
      return `it ${by > 0 ? 'gains' : 'loses'} ${Math.abs(by)} µs a second`;
    }
    case 'unsteady':
      return 'it did not hold still, in no simple way';
    default:
      return '';
  }
}

/** Why a clock cannot be compared. */
export function whyNot(fleet: Fleet, clock: string, own: readonly PairOffset[]): string {
  if (own.length === 0) return 'cannot be compared: it shares no trace with another log, or no record says who called whom';
  const open = own.filter((p) => p.offset === null);
  if (open.length > 0) {
    const bounds = open.map((p) => {
      const [low, high] = p.a === clock ? [-p.high, -p.low] : [p.low, p.high];
      const other = fleet.label(p.a === clock ? p.b : p.a);
      // no zero of either sign may hide which side is known
      return Number.isFinite(high) ? `at most ${seconds(Math.ceil(high * 1000) / 1000)} ahead of ${other}` : `at least ${seconds(Math.floor(low * 1000) / 1000)} ahead of ${other}`;
    });
    return `cannot be estimated from this: one direction only (${bounds.join('; ')})`;
  }
  return 'cannot be compared with the others';
}
