/** Log templates that are new, gone or surging, as shares of what the service logged in each window. */
import { contrast } from '../../model/conditions/contrast.ts';
import { type Condition, condition, type Facts, service, uniquePlaces } from '../../model/index.ts';
import { standing, unevenness } from '../lib/chance.ts';
import { placeOf } from '../lib/logs/digest.ts';
import { mergedPatterns } from '../lib/logs/patterns.ts';
import { byService, instantOfSeconds } from '../lib/logs/stretch.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import type { Windows } from './windows.ts';

const LEAST = 5;
const LEAST_RATIO = 3;
/** With fewer records a window shows nothing of what was usual. */
const LEAST_RECORDS = 20;
const KEPT = 12;

interface Found {
  readonly what: 'pattern-new' | 'pattern-gone' | 'pattern-surging';
  readonly name: string;
  readonly pattern: string;
  readonly before: number;
  readonly after: number;
  readonly first: number | null;
  readonly places: Condition['places'];
  readonly p: number;
}

export function patternContrasts(owners: readonly LogOwner[], w: Windows): Condition<Facts>[] {
  const candidates: { p: number; of: Found }[] = [];
  let looked = 0;
  for (const [name, of] of byService(owners)) {
    let well = 0;
    let sick = 0;
    for (const o of of) {
      for (const t of o.digest.activity) {
        if (t >= w.wellFrom && t <= w.wellTo) well++;
        else if (t >= w.sickFrom && t <= w.sickTo) sick++;
      }
    }
    if (well < LEAST_RECORDS || sick < LEAST_RECORDS) continue;
    // of a sampled log it is seen that a text came or went, not how often
    const sampled = of.some((o) => o.digest.sampled !== null);
    for (const m of mergedPatterns(of)) {
      const times = m.parts.flatMap((p) => p.pattern.times);
      const before = times.filter((t) => t >= w.wellFrom && t <= w.wellTo).length;
      const after = times.filter((t) => t >= w.sickFrom && t <= w.sickTo).length;
      if (before + after < LEAST) continue;
      looked++;
      const rateBefore = before / well;
      const rateAfter = after / sick;
      const what = before === 0 ? 'pattern-new' : after === 0 ? 'pattern-gone' : rateAfter >= LEAST_RATIO * rateBefore ? 'pattern-surging' : null;
      if (what === null || (sampled && what === 'pattern-surging')) continue;
      const p = unevenness(before, after, sick / (well + sick));
      const first = times.filter((t) => t >= w.sickFrom).reduce<number | null>((least, t) => (least === null || t < least ? t : least), null);
      const places = uniquePlaces(
        m.parts.flatMap((x) => x.pattern.spans.map((s) => placeOf(x.owner.digest, s))),
        3,
      );
      candidates.push({ p, of: { what, name, pattern: m.level === '' ? m.pattern : `${m.level}: ${m.pattern}`, before: rateBefore, after: rateAfter, first, places, p } });
    }
  }
  return standing(candidates, looked)
    .slice(0, KEPT)
    .map((f) => toCondition(f, w));
}

function toCondition(f: Found, w: Windows): Condition<Facts> {
  const percent = (share: number): number => Number((share * 100).toPrecision(3));
  const told = f.what === 'pattern-new' ? 'is new' : f.what === 'pattern-gone' ? 'is gone' : 'surges';
  const from = f.first ?? w.sickFrom;
  return condition(contrast, {
    entity: service(f.name),
    discriminator: `${f.what} ${f.pattern}`,
    during: { from: instantOfSeconds(from), to: null },
    onset: { lastWell: Number.isFinite(w.wellTo) ? instantOfSeconds(w.wellTo) : null, firstIll: instantOfSeconds(from), clock: `log of ${f.name}` },
    quantity: { value: percent(f.after), baseline: percent(f.before), unit: '% of records', known: 'counted' },
    facts: { what: f.what, subject: f.pattern, before: percent(f.before), after: percent(f.after), unit: '% of records' },
    says: `"${f.pattern.slice(0, 100)}" ${told} in the log of ${f.name}: ${percent(f.before)} → ${percent(f.after)} % of its records`,
    places: f.places,
  }) as Condition<Facts>;
}
