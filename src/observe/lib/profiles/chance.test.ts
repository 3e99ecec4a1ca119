/** What is called significant is tried where nothing changed: profiles sampled twice from one truth. Seeded, so that it is the same every time. */
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testArtifact } from '../../../model/testing/artifact.ts';
import { type Profile, pprof } from '../../../read/pprof/index.ts';
import type { ProfileText } from '../../../read/pprof-text/index.ts';
import { fixtureBytes } from '../../../read/testing/check-reader.ts';
import { diffProfiles } from './diff.ts';
import { profileOfText } from './from-text.ts';

function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    // the low bits of such a generator are poor
    return (state >>> 8) / 2 ** 24;
  };
}

const told = (base: Profile, now: Profile, type: string): number =>
  diffProfiles(base, now, type, { normalise: 'none' }).rows.filter((r) => r.flat.significant || r.cum.significant).length;
const ROUNDS = 200;
/** At 1 % for a whole comparison two in two hundred are expected; eight or more have a chance of 0.1 %. */
const MOST = 7;

/** Every tick falls to one side or the other. */
function halves(p: Profile, random: () => number): [Profile, Profile] {
  const types = p.sampleTypes.length;
  const a = new Float64Array(p.samples.value.length);
  const b = new Float64Array(p.samples.value.length);
  for (let s = 0; s < p.samples.count; s++) {
    const ticks = p.samples.value[s * types]!;
    let n = 0;
    for (let i = 0; i < ticks; i++) if (random() < 0.5) n++;
    for (let t = 0; t < types; t++) {
      const each = p.samples.value[s * types + t]! / ticks;
      a[s * types + t] = each * n;
      b[s * types + t] = each * (ticks - n);
    }
  }
  const withValues = (value: Float64Array): Profile => ({ ...p, samples: { ...p.samples, value } });
  return [withValues(a), withValues(b)];
}

it('ticks of one CPU profile, dealt to two: hardly ever a change', () => {
  const file = join(import.meta.dirname, 'testdata/requests.compile-each.go1.26.pb.gz');
  const p = pprof.read(testArtifact(fixtureBytes(file))).model as Profile;
  const random = seeded(1);
  let wrong = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const [a, b] = halves(p, random);
    if (told(a, b, 'cpu') > 0) wrong++;
  }
  expect(wrong).toBeLessThanOrEqual(MOST);
});

/** A heap as runtime/pprof would sample it: an object of s bytes is seen with the probability 1−e^(−s/rate). */
function sampledHeap(sites: readonly { readonly objects: number; readonly size: number }[], random: () => number): Profile {
  const rateBytes = 512 * 1024;
  const rows = sites.map(({ objects, size }, i) => {
    const p = 1 - Math.exp(-size / rateBytes);
    let n = 0;
    for (let k = 0; k < objects; k++) if (random() < p) n++;
    const address = 4096 * (i + 1);
    return {
      values: [n, n * size, n, n * size],
      addresses: [address + 1],
      frames: [{ address, function: `main.site${i}`, file: 'main.go', line: i + 1 }],
      span: { offset: i, length: 1 },
    };
  });
  const text: ProfileText = {
    profile: 'heap',
    types: ['inuse_objects', 'inuse_space', 'alloc_objects', 'alloc_space'],
    totals: [0, 0, 0, 0],
    rows: rows.filter((r) => r.values[0]! > 0),
    rateBytes,
    cyclesPerSecond: null,
    samplingPeriod: null,
    memStats: new Map(),
    head: { offset: 0, length: 1 },
  };
  return profileOfText(text);
}

const SITES = Array.from({ length: 40 }, (_, i) => ({ objects: 40 + 45 * i, size: 64 * 4 ** (i % 6) }));

it('one heap sampled twice: hardly ever a change, and the total is off by its error', () => {
  const random = seeded(2);
  let wrong = 0;
  let within = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const a = sampledHeap(SITES, random);
    const b = sampledHeap(SITES, random);
    if (told(a, b, 'inuse_space') > 0) wrong++;
    const { total } = diffProfiles(a, b, 'inuse_space');
    if (Math.abs(total.delta) <= total.error) within++;
  }
  expect(wrong).toBeLessThanOrEqual(MOST);
  // one standard error holds 68 % of a normal distribution
  expect(within / ROUNDS).toBeGreaterThan(0.58);
  expect(within / ROUNDS).toBeLessThan(0.78);
});

it('near miss: a site that doubles is told nearly always', () => {
  const random = seeded(3);
  const grown = SITES.map((s, i) => (i === 35 ? { ...s, objects: s.objects * 2 } : s));
  let right = 0;
  for (let round = 0; round < 40; round++) {
    const d = diffProfiles(sampledHeap(SITES, random), sampledHeap(grown, random), 'inuse_space');
    if (d.rows.some((r) => r.name === 'main.site35' && r.flat.significant)) right++;
  }
  expect(right).toBeGreaterThan(35);
});
