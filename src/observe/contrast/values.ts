/** Field values that are over-represented among the records that fail: a route, a customer, a region, an instance. */
import { contrast } from '../../model/conditions/contrast.ts';
import { type Condition, condition, type Facts, type Place, placeAt, service } from '../../model/index.ts';
import { bareName, type LogRecord } from '../../read/logs/index.ts';
import { association, standing } from '../lib/chance.ts';
import { requestFailed } from '../lib/logs/digest.ts';
import { byService, fineSeconds, instantOfSeconds } from '../lib/logs/stretch.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import type { Windows } from './windows.ts';

/** A field with more values is an identifier. */
const VALUES_CAP = 60;
const FIELDS_CAP = 200;
const LEAST = 8;
const LEAST_SHARE = 0.3;
const LEAST_RATIO = 2;
const KEPT = 8;

/** What a record says by being a record; what fails by definition; and what differs in each. */
const NOT_COMPARED = new Set(
  (
    'time ts timestamp t level lvl severity msg message caller source function file line logger error err exception stacktrace stack trace traceid spanid parentspanid requestid ' +
    'code status statuscode httpstatus duration dur elapsed latency took durationms latencyms service servicename app bytes size n count attempt offset length'
  ).split(' '),
);

interface Tally {
  failing: number;
  well: number;
  place: Place | null;
  first: number;
}

interface Side {
  failing: number;
  well: number;
  readonly fields: Map<string, Map<string, Tally> | null>;
}

export function valueContrasts(owners: readonly LogOwner[], w: Windows): Condition<Facts>[] {
  const services = new Map<string, Side>();
  for (const [name, of] of byService(owners)) {
    // where hardly anything fails nothing stands out among what fails, and the logs need not be read again
    const failing = of.reduce((n, o) => n + o.digest.failures.filter((at) => at >= w.sickFrom && at <= w.sickTo).length, 0);
    if (failing < LEAST && !of.some((o) => o.digest.capped)) continue;
    const side: Side = { failing: 0, well: 0, fields: new Map() };
    services.set(name, side);
    for (const o of of) tally(o, side, w);
  }
  const candidates: { p: number; of: Condition<Facts> }[] = [];
  let looked = 0;
  for (const [name, side] of [...services].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (side.failing < LEAST || side.well < LEAST) continue;
    for (const [field, values] of side.fields) {
      if (values === null || values.size < 2) continue;
      for (const [value, t] of values) {
        looked++;
        const shareFailing = t.failing / side.failing;
        const shareWell = t.well / side.well;
        if (t.failing < LEAST || shareFailing < LEAST_SHARE || shareFailing < LEAST_RATIO * shareWell || t.place === null) continue;
        candidates.push({ p: association(t.failing, side.failing, t.well, side.well), of: toCondition(name, field, value, shareWell, shareFailing, t, t.place, w) });
      }
    }
  }
  return standing(candidates, looked).slice(0, KEPT);
}

function tally(o: LogOwner, side: Side, w: Windows): void {
  o.digest.source.scan({}, (r) => {
    // request records only, so that both sides are of one sort
    const fails = requestFailed(r);
    if (fails === null || r.time === null) return true;
    const at = fineSeconds(r.time.at);
    // failing records of the sick stretch against well ones of any time
    if (fails && (at < w.sickFrom || at > w.sickTo)) return true;
    if (fails) side.failing++;
    else side.well++;
    count(side, 'instance', o.process.key, fails, r, at);
    for (const f of r.fields) {
      if (f.type === 'json' || f.type === 'null' || side.fields.get(f.name) === null || NOT_COMPARED.has(bareName(f.name)) || f.text === '' || f.text.length > 100) continue;
      count(side, f.name, f.text, fails, r, at);
    }
    return true;
  });
}

function count(side: Side, field: string, value: string, fails: boolean, r: LogRecord, at: number): void {
  let values = side.fields.get(field);
  if (values === null) return;
  if (values === undefined) {
    if (side.fields.size >= FIELDS_CAP) return;
    values = new Map();
    side.fields.set(field, values);
  }
  let t = values.get(value);
  if (t === undefined) {
    if (values.size >= VALUES_CAP) {
      side.fields.set(field, null);
      return;
    }
    t = { failing: 0, well: 0, place: null, first: at };
    values.set(value, t);
  }
  if (!fails) t.well++;
  else {
    t.failing++;
    if (t.place === null) {
      t.place = placeAt(r.artifact.id, r.span, { decoders: r.decoders, pointer: `${field}=${value}` });
      t.first = at;
    }
  }
}

function toCondition(name: string, field: string, value: string, before: number, after: number, t: Tally, place: Place, w: Windows): Condition<Facts> {
  const percent = (share: number): number => Number((share * 100).toPrecision(3));
  return condition(contrast, {
    entity: service(name),
    discriminator: `value ${field}=${value}`,
    during: { from: instantOfSeconds(t.first), to: null },
    onset: { lastWell: Number.isFinite(w.wellTo) ? instantOfSeconds(w.wellTo) : null, firstIll: instantOfSeconds(t.first), clock: `log of ${name}` },
    quantity: { value: percent(after), baseline: percent(before), unit: '% of requests', known: 'counted' },
    facts: { what: 'value-over-represented', subject: `${field}=${value}`, before: percent(before), after: percent(after), unit: '% of requests' },
    says: `${field}=${value} in ${percent(after)} % of the failing requests of ${name} and in ${percent(before)} % of the others`,
    places: [place],
  }) as Condition<Facts>;
}
