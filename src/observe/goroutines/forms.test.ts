/**
 * The same goroutines at one moment in every form Go writes: counted alike, at the same functions and lines. What the forms cannot agree on is said here.
 * Recorded by scripts/record-goroutines under Go 1.11 to 1.27.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { type Artifact, processOf } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { crashText } from '../../read/crash-text/index.ts';
import { goroutineDump } from '../../read/goroutine-dump/index.ts';
import { goroutineProfileText } from '../../read/goroutine-profile-text/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { pprof } from '../../read/pprof/index.ts';
import { type Bucket, type Snapshot, snapshotsIn } from './snapshots.ts';
import { likeness } from './summary.ts';

const folder = join(import.meta.dirname, '../../../go/zoo/testdata/parked');
const versions = [
  ...new Set(
    readdirSync(folder)
      .map((f) => /^go(\d+\.\d+)\./.exec(f)?.[1])
      .filter((v) => v !== undefined),
  ),
];

function artifact(name: string): Artifact {
  const raw = readFileSync(join(folder, name));
  return testArtifact(new Uint8Array(name.endsWith('.gz') ? gunzipSync(raw) : raw), { id: name, path: name });
}

function snapshot(name: string): Snapshot {
  const all = snapshotsIn(openReadings([artifact(name)], [goroutineDump, goroutineProfileText, pprof, crashText]), () => ({
    process: processOf('parked'),
    strength: 'stated',
    edges: [],
  }));
  expect(all.length, name).toBe(1);
  return all[0] as Snapshot;
}

/** Goroutines by where they stand; the one that writes the dump left out, for each form is written from another line. */
function counts(s: Snapshot, of: (b: Bucket) => string): Record<string, number> {
  const out: Record<string, number> = {};
  for (const b of s.buckets.values()) if (!b.system) out[of(b)] = (out[of(b)] ?? 0) + b.count;
  return Object.fromEntries(Object.entries(out).sort());
}

/** Profiles hold 32 frames of a stack before Go 1.23 and 128 after; dumps the first and last 50. */
const isDeep = (b: Bucket): boolean => b.frames.some((f) => f.symbol === 'main.deep');
const line = (b: Bucket): string => `${b.at.symbol}:${b.at.line}`;

describe('forms of one dump', () => {
  it('are there for twelve versions', () => expect(versions.length).toBe(12));

  it.each(versions)('Go %s counts the same in text and in profiles', (version) => {
    const dump = snapshot(`go${version}.debug2.txt`);
    const text = snapshot(`go${version}.debug1.txt`);
    const proto = snapshot(`go${version}.pb.gz`);
    const total = /^goroutine profile: total (\d+)/.exec(readFileSync(join(folder, `go${version}.debug1.txt`), 'utf8'))?.[1];
    expect([dump.total, text.total, proto.total]).toEqual([Number(total), Number(total), Number(total)]);
    const byLine = counts(text, line);
    expect(counts(dump, line)).toEqual(byLine);
    expect(counts(proto, line)).toEqual(byLine);
    // whole stacks, under one name each
    const byStack = counts(text, (b) => (isDeep(b) ? 'deep' : b.key));
    expect(counts(dump, (b) => (isDeep(b) ? 'deep' : b.key))).toEqual(byStack);
    expect(counts(proto, (b) => (isDeep(b) ? 'deep' : b.key))).toEqual(byStack);
    // what recursion makes of a stack is one line, however deep
    expect(new Set([...dump.buckets.values()].filter(isDeep).map((b) => likeness(b, 'line'))).size).toBe(1);
  });

  it.each(readdirSync(folder).filter((f) => f.includes('.crash-')))('%s shows what the dump shows', (name) => {
    const version = /^go(\d+\.\d+)\./.exec(name)?.[1];
    const dump = counts(snapshot(`go${version}.debug2.txt`), line);
    const crash = counts(snapshot(name), line);
    // main waits elsewhere, and one goroutine panics; what was about to wait may still run
    for (const key of Object.keys(crash)) if (key.startsWith('main.main')) delete crash[key];
    for (const key of Object.keys(dump)) if (key.startsWith('main.main')) delete dump[key];
    expect(crash).toEqual(dump);
  });

  it.each(['1.26', '1.27'])('Go %s finds the same leaks in all forms', (version) => {
    const profile = snapshot(`go${version}.leaks.pb.gz`);
    const text = snapshot(`go${version}.leaks.debug1.txt`);
    const dump = snapshot(`go${version}.leaks.debug2.txt`);
    expect([profile.form, text.form, dump.form]).toEqual(['leaks', 'leaks', 'debug2']);
    expect(counts(text, line)).toEqual(counts(profile, line));
    // a dump lists all goroutines and tags those that leaked
    const tagged = Object.fromEntries(
      Object.entries(counts({ ...dump, buckets: new Map([...dump.buckets].map(([key, b]) => [key, { ...b, count: b.leaked }])) }, line)).filter(([, n]) => n > 0),
    );
    expect(tagged).toEqual(counts(profile, line));
    expect(Object.keys(tagged).length).toBeGreaterThan(10);
    // what sleeps, waits for the network or in the kernel may go on: no leak by its word
    for (const [key, b] of dump.buckets) if (['sleep', 'IO wait', 'syscall', 'coroutine'].some((w) => b.waits.has(w))) expect(b.leaked, key).toBe(0);
  });

  it('have labels in one spelling', () => {
    const of = (name: string): string[] => [...snapshot(name).buckets.values()].flatMap((b) => [...b.labels.keys()]);
    const expected = ['odd]key="a [b]: {c}", path=/v1/post, quote="say \\"hi\\"", tenant=acme'];
    for (const version of versions) {
      // profiles hold them since Go 1.14 or 1.15
      const profiled = Number(version.slice(2)) >= 16 ? expected : [];
      expect(of(`go${version}.pb.gz`), version).toEqual(profiled);
      expect(of(`go${version}.debug1.txt`), version).toEqual(profiled);
      // dumps print them since Go 1.27
      expect(of(`go${version}.debug2.txt`), version).toEqual(version === '1.27' ? expected : []);
    }
  });
});
