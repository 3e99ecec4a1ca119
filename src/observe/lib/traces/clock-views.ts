/** What is known of each clock, in words: how far ahead it is, of whom, from how many calls, or why that cannot be said. */
import type { ClockView, Instant, OffsetRange, PairOffset, Strength } from '../../../model/index.ts';
import { weaker } from '../../../model/index.ts';
import type { Fleet } from './fleet.ts';

export function clockViews(fleet: Fleet, clocks: readonly string[], reference: string, t: Instant | null): ClockView[] {
  return clocks.map((clock) => {
    const o = fleet.clocks.between(reference, clock, t);
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
          ? `${view.label}: the clock that times are given by`
          : o === null
            ? `${view.label}: ${whyNot(fleet, clock, own)}`
            : says(fleet, clock, reference, o, own),
    };
  });
}

function says(fleet: Fleet, clock: string, reference: string, o: OffsetRange, own: readonly PairOffset[]): string {
  const parts = [`${fleet.label(clock)}: ${offsetText(o, fleet.label(reference))}`];
  for (const p of own) {
    const other = fleet.label(p.a === clock ? p.b : p.a);
    const change = changeText(p);
    if (change !== '' && own.length === 1) parts.push(`${change} (against ${other})`);
  }
  const guessed = own.length > 0 && own.every((p) => p.strength === 'guessed');
  if (guessed) parts.push('assuming that the service whose requests take longest called the others: no record says who called whom');
  const against = own.reduce((n, p) => n + p.against, 0);
  if (against > 0) parts.push(`${against} of its records contradict the rest`);
  return parts.join('; ');
}

export const seconds = (s: number): string => {
  const abs = Math.abs(s);
  return abs >= 1 ? `${s.toFixed(3)} s` : abs >= 0.01 ? `${Math.round(s * 1000)} ms` : `${Number((s * 1000).toPrecision(2))} ms`;
};

export const offsetText = (o: OffsetRange, of: string): string =>
  `${seconds(Math.abs(o.seconds))} ${o.seconds >= 0 ? 'ahead of' : 'behind'} ${of} (±${seconds((o.high - o.low) / 2)})`;

export function changeText(p: PairOffset): string {
  switch (p.change?.kind) {
    case 'step':
      return `it was ${p.change.to.seconds > p.change.from.seconds ? 'set forth' : 'set back'} by ${seconds(Math.abs(p.change.to.seconds - p.change.from.seconds))} during the run`;
    case 'drift':
      return `it drifts by ${Math.abs(Math.round(p.change.perSecond * 1e6))} µs a second`;
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
      return Number.isFinite(high) ? `at most ${seconds(high)} ahead of ${other}` : `at least ${seconds(low)} ahead of ${other}`;
    });
    return `cannot be estimated from this: one direction only (${bounds.join('; ')})`;
  }
  return 'cannot be compared with the others';
}
