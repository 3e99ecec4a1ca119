/** Profiles as `gorca profile` shows them: weights, the ledger, what changed, labels. Profiles in, the data of src/model/profile-views.ts out. */
import { costClassInfo } from '../../../knowledge/go-runtime/index.ts';
import type { ProfileChange, ProfileDifference, ProfileHead, ProfileLabels, ProfileLedger, ProfileTop } from '../../../model/index.ts';
import { labelsOf, type Profile, typeIndex, weigh, weighValues } from '../../../read/pprof/index.ts';
import { type DiffOptions, type DiffRow, diffProfiles } from './diff.ts';
import { ledgerOf } from './ledger.ts';
import { type Granularity, labelText, profileRows } from './rows.ts';
import { samplingOf, varianceOf } from './sampling.ts';

/** One profile, what it is called, which of its types is meant, and which of its samples count. */
export interface ProfileInput {
  readonly file: string;
  readonly profile: Profile;
  readonly type: number;
  readonly keep: Uint8Array | null;
}

export function profileHead(i: ProfileInput): ProfileHead {
  const { profile: p, type, keep } = i;
  const types = p.sampleTypes.length;
  let total = 0;
  let magnitude = 0;
  let samples = 0;
  for (let s = 0; s < p.samples.count; s++) {
    if (keep !== null && keep[s] === 0) continue;
    const v = p.samples.value[s * types + type]!;
    samples++;
    total += v;
    magnitude += Math.abs(v);
  }
  const program = p.mappings[0]?.filename ?? '';
  const { type: name, unit } = p.sampleTypes[type]!;
  return {
    file: i.file,
    type: name,
    unit,
    types: p.sampleTypes.map((t) => t.type),
    total,
    magnitude,
    samples,
    allSamples: p.samples.count,
    taken: takenAt(p.timeNanos),
    seconds: Number(p.durationNanos) / 1e9,
    delta: p.delta,
    sampling: samplingOf(p, type),
    program: program.slice(program.lastIndexOf('/') + 1),
    buildId: p.mappings[0]?.buildId ?? '',
    comments: p.comments,
  };
}

function takenAt(nanoseconds: bigint): string | null {
  const ms = Number(nanoseconds / 1_000_000n);
  return nanoseconds <= 0n || ms > 8.64e15 ? null : new Date(ms).toISOString();
}

/** @param most rows shown; by = a granularity, or a label's key after `label:` */
export function topOf(i: ProfileInput, by: string, most: number, order: 'flat' | 'cum' = 'flat'): ProfileTop {
  const { profile: p, type, keep } = i;
  const variance = varianceOf(p, type);
  let rows: { name: string; flat: number; cum: number; error: number }[];
  if (by.startsWith('label:')) {
    const sums = new Map<string, { flat: number; variance: number }>();
    for (let s = 0; s < p.samples.count; s++) {
      if (keep !== null && keep[s] === 0) continue;
      const name = labelText(p, s, by.slice(6)) ?? '<none>';
      const sum = sums.get(name) ?? { flat: 0, variance: 0 };
      sums.set(name, sum);
      sum.flat += p.samples.value[s * p.sampleTypes.length + type]!;
      sum.variance += variance(s);
    }
    rows = [...sums].map(([name, v]) => ({ name, flat: v.flat, cum: v.flat, error: Math.sqrt(v.variance) }));
  } else {
    const of = profileRows(p, by as Granularity);
    const w = weigh(p, type, of, keep);
    const v = weighValues(p, variance, of, keep);
    rows = w.name.map((name, n) => ({ name, flat: w.flat[n]!, cum: w.cum[n]!, error: Math.sqrt(v.flat[n]!) }));
  }
  const sorted = rows
    .filter((r) => r.flat !== 0 || r.cum !== 0)
    .sort((a, b) => Math.abs(b[order]) - Math.abs(a[order]) || Math.abs(b.flat) - Math.abs(a.flat) || Math.abs(b.cum) - Math.abs(a.cum) || (a.name < b.name ? -1 : 1));
  const left = sorted.slice(most);
  return {
    schema: 'gorca.profile-top/1',
    profile: profileHead(i),
    by,
    rows: sorted.slice(0, most),
    left: { rows: left.length, flat: left.reduce((n, r) => n + r.flat, 0) },
  };
}

export function ledgerView(i: ProfileInput): ProfileLedger {
  const ledger = ledgerOf(i.profile, { type: i.type, keep: i.keep });
  return {
    schema: 'gorca.profile-ledger/1',
    profile: profileHead(i),
    ticks: ledger.ticks,
    unblamed: ledger.unblamed,
    rows: ledger.rows.map((r) => {
      const { means, lookFor } = costClassInfo(r.class);
      return { ...r, means, lookFor };
    }),
    users: ledger.users,
  };
}

const changed = (r: DiffRow): boolean => r.flat.delta !== 0 || r.cum.delta !== 0;
const sure = (r: DiffRow): boolean => r.flat.significant || r.cum.significant;

/** @param options.all also what changed by no more than sampling may show */
export function differenceOf(base: ProfileInput | null, now: ProfileInput, options: DiffOptions & { readonly most: number; readonly all: boolean }): ProfileDifference {
  const type = now.profile.sampleTypes[now.type]!.type;
  const d = diffProfiles(base?.profile ?? null, now.profile, type, { ...options, keepBase: base?.keep ?? null, keepNow: now.keep });
  const rows = d.rows.filter((r) => changed(r) && (options.all || sure(r))).sort((a, b) => Number(sure(b)) - Number(sure(a)) || Math.abs(b.cum.delta) - Math.abs(a.cum.delta));
  const by = options.by ?? 'function';
  return {
    schema: 'gorca.profile-diff/1',
    base: base === null ? null : profileHead(base),
    now: profileHead(now),
    by: typeof by === 'object' ? `label:${by.label}` : by,
    normalisation: d.normalisation,
    scale: d.scale,
    total: d.total,
    rows: rows.slice(0, options.most),
    unsure: d.rows.filter((r) => changed(r) && !sure(r)).length,
    left: Math.max(0, rows.length - options.most),
    grew: d.grew,
    shrank: d.shrank,
    allocated: base === null || type !== 'inuse_space' ? null : allocatedBetween(base, now),
  };
}

/** What one process allocated from one heap profile to the next; null where they are not of one life, for then the counter began anew. */
function allocatedBetween(base: ProfileInput, now: ProfileInput): ProfileChange | null {
  const total = (i: ProfileInput): { value: number; variance: number } | null => {
    const type = typeIndex(i.profile, 'alloc_space');
    if (type < 0) return null;
    const variance = varianceOf(i.profile, type);
    const out = { value: 0, variance: 0 };
    for (let s = 0; s < i.profile.samples.count; s++) {
      if (i.keep !== null && i.keep[s] === 0) continue;
      out.value += i.profile.samples.value[s * i.profile.sampleTypes.length + type]!;
      out.variance += variance(s);
    }
    return out;
  };
  const a = total(base);
  const b = total(now);
  if (a === null || b === null || b.value < a.value || base.profile.mappings[0]?.buildId !== now.profile.mappings[0]?.buildId) return null;
  return { base: a.value, now: b.value, delta: b.value - a.value, error: Math.sqrt(a.variance + b.variance), significant: b.value > a.value };
}

/** @param most values of each key */
export function labelsView(i: ProfileInput, most: number): ProfileLabels {
  const { profile: p, type, keep } = i;
  const keys = new Map<string, { numeric: boolean; value: number; values: Map<string, number> }>();
  let total = 0;
  for (let s = 0; s < p.samples.count; s++) {
    if (keep !== null && keep[s] === 0) continue;
    const v = p.samples.value[s * p.sampleTypes.length + type]!;
    total += v;
    const counted = new Set<string>();
    for (const l of labelsOf(p, s)) {
      const key = keys.get(l.key) ?? { numeric: l.text === null, value: 0, values: new Map<string, number>() };
      keys.set(l.key, key);
      const text = l.text ?? `${l.number}${l.unit === '' ? '' : ` ${l.unit}`}`;
      key.values.set(text, (key.values.get(text) ?? 0) + v);
      if (!counted.has(l.key)) key.value += v;
      counted.add(l.key);
    }
  }
  return {
    schema: 'gorca.profile-labels/1',
    profile: profileHead(i),
    keys: [...keys]
      .sort((a, b) => (a[0] < b[0] ? -1 : 1))
      .map(([key, k]) => {
        const values = [...k.values].map(([text, value]) => ({ text, value })).sort((a, b) => Math.abs(b.value) - Math.abs(a.value) || (a.text < b.text ? -1 : 1));
        return { key, value: k.value, without: total - k.value, numeric: k.numeric, values: values.slice(0, most), left: Math.max(0, values.length - most) };
      }),
  };
}
