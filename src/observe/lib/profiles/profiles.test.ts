import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { COST_CLASSES, classifyStack } from '../../../knowledge/go-runtime/index.ts';
import { testArtifact } from '../../../model/testing/artifact.ts';
import { goroutineProfileText } from '../../../read/goroutine-profile-text/index.ts';
import { openReadings } from '../../../read/lib/readings.ts';
import { framesOf, type Profile, pprof, typeIndex, weigh } from '../../../read/pprof/index.ts';
import { pprofText } from '../../../read/pprof-text/index.ts';
import { checkOrigin, fixtureBytes } from '../../../read/testing/check-reader.ts';
import { rawSamples, samplesOfRaw } from '../../../read/testing/pprof-raw.ts';
import { cpuCaptures, placeOfSample } from './captures.ts';
import { commonTypes, diffProfiles, type ProfileDiff, sameBuild, usualNormalisation } from './diff.ts';
import { profileOfGoroutineText, profileOfText } from './from-text.ts';
import { type Ledger, ledgerOf, rowOf } from './ledger.ts';
import { labelText, profileRows, selectSamples } from './rows.ts';
import { samplingOf, varianceOf } from './sampling.ts';

const here = (name: string): string => join(import.meta.dirname, 'testdata', `${name}.pb.gz`);
const heaps = (name: string): string => join(import.meta.dirname, '../../heap/testdata', `${name}.pb.gz`);
const read = (file: string): Profile => {
  checkOrigin(file);
  const { model, problems } = pprof.read(testArtifact(fixtureBytes(file)));
  expect(problems).toEqual([]);
  return model as Profile;
};
const VERSIONS = ['go1.19', 'go1.22', 'go1.24', 'go1.26', 'go1.27'];

const spentOn = (p: Profile, cost: string): Ledger => ledgerOf(p, { keep: selectSamples(p, { label: { key: 'cost', is: (t) => t === cost } }) });

describe('the ledger is held against programs that say what they spend their time on', () => {
  it.each(VERSIONS)('%s: most of what is labelled so is classed so', (version) => {
    const p = read(here(`costs.${version}`));
    const costs = new Set(Array.from({ length: p.samples.count }, (_, s) => labelText(p, s, 'cost')));
    costs.delete(null);
    expect(costs.size).toBe(21);
    for (const cost of costs) {
      const ledger = spentOn(p, cost as string);
      expect(ledger.ticks, cost as string).toBeGreaterThan(10);
      // helping the collector is what an allocating goroutine also does: there it is enough that it is seen
      if (cost === 'gc-assist') expect(rowOf(ledger, 'gc-assist')?.value, version).toBeGreaterThan(0);
      else expect([cost, ledger.rows[0]?.class]).toEqual([cost, cost]);
    }
  });

  it('idle workers are told apart from Go 1.22 on, and blamed in no version', () => {
    for (const version of VERSIONS) {
      const ledger = ledgerOf(read(here(`costs.${version}`)));
      const old = version === 'go1.19';
      expect([version, rowOf(ledger, 'gc-worker') !== null]).toEqual([version, old]);
      expect([version, rowOf(ledger, 'gc-background') !== null]).toEqual([version, !old]);
      for (const cost of ['gc-idle', 'gc-worker', 'scheduler-idle'] as const)
        for (const c of rowOf(ledger, cost)?.charges ?? []) expect([version, cost, c.function]).toEqual([version, cost, '']);
      expect(ledger.unblamed).toBe(ledger.rows.filter((r) => r.payer === 'nobody').reduce((n, r) => n + r.value, 0));
    }
  });

  it('charges the innermost function of the program, with its heaviest line and samples that show it', () => {
    const p = read(here('costs.go1.26'));
    const ledger = ledgerOf(p);
    const top = rowOf(ledger, 'regexp')?.charges[0];
    expect(top).toMatchObject({ function: 'main.match', file: expect.stringMatching(/main\.go$/) });
    for (const s of top?.samples ?? []) expect(framesOf(p, s).some((f) => f.function === 'main.match')).toBe(true);
    expect(rowOf(ledger, 'regexp')?.decidedBy[0]?.function).toMatch(/^regexp/);
  });
});

describe('every sampled nanosecond is in one class and charged once', () => {
  const files = [...VERSIONS.map((v) => here(`costs.${v}`)), here('requests.well.go1.26'), heaps('grows-4')];
  it.each(files)('%s', (file) => {
    const p = read(file);
    for (let type = 0; type < p.sampleTypes.length; type++) {
      const ledger = ledgerOf(p, { type });
      const total = weigh(p, type).total;
      const sum = (list: readonly { readonly value: number }[]): number => list.reduce((n, r) => n + r.value, 0);
      expect(ledger.total).toBe(total);
      expect(sum(ledger.rows)).toBe(total);
      expect(sum(ledger.users)).toBe(total);
      for (const row of ledger.rows) expect(sum(row.charges)).toBe(row.value);
      for (const user of ledger.users) expect(sum(user.classes)).toBe(user.value);
    }
  });

  it('and in the class that its stack has by itself', () => {
    const p = read(here('costs.go1.24'));
    const cpu = typeIndex(p, 'cpu');
    const expected = new Map<string, number>();
    for (let s = 0; s < p.samples.count; s++) {
      const { class: cost } = classifyStack(framesOf(p, s));
      expected.set(cost, (expected.get(cost) ?? 0) + p.samples.value[s * p.sampleTypes.length + cpu]!);
    }
    expect(Object.fromEntries(ledgerOf(p).rows.map((r) => [r.class as string, r.value]))).toEqual(Object.fromEntries(expected));
  });

  it('a difference keeps its signs', () => {
    const p = read(join(import.meta.dirname, '../../../read/pprof/testdata/heap-delta.go1.26.pb.gz'));
    const ledger = ledgerOf(p, { type: typeIndex(p, 'inuse_space') });
    expect(ledger.users.find((u) => u.function === 'main.fillCache')?.value).toBeLessThan(0);
    expect(ledger.rows.reduce((n, r) => n + r.value, 0)).toBe(ledger.total);
    expect(ledger.magnitude).toBeGreaterThan(Math.abs(ledger.total));
  });

  it('an empty profile has no rows', () => {
    const p = read(here('costs.go1.26'));
    const none = ledgerOf(p, { keep: new Uint8Array(p.samples.count) });
    expect([none.rows, none.users, none.total, none.ticks]).toEqual([[], [], 0, 0]);
  });
});

const changed = (d: ProfileDiff): string[] => d.rows.filter((r) => r.flat.significant || r.cum.significant).map((r) => r.name);

describe('what changed between two profiles', () => {
  const well = read(here('requests.well.go1.26'));
  const again = read(here('requests.well-again.go1.26'));
  const ill = read(here('requests.compile-each.go1.26'));

  it('an expression compiled for each request: who, along which path, and that it is more than sampling', () => {
    const d = diffProfiles(well, ill, 'cpu');
    expect(d.normalisation).toBe('time');
    expect(d.total.significant).toBe(true);
    expect(changed(d)).toContain('regexp.MustCompile');
    expect(changed(d)).toContain('main.validate');
    expect(changed(d)).not.toContain('main.search');
    expect(d.grew[0]?.frames).toContain('main.validate');
    expect(d.grew[0]?.frames.at(-1)).toMatch(/^regexp/);
    expect(d.grew[0]?.share).toBeGreaterThan(0.7);
  });

  it('near miss: the same program twice: nothing changed', () => {
    const d = diffProfiles(well, again, 'cpu');
    expect(changed(d)).toEqual([]);
    expect(d.total.significant).toBe(false);
    expect(d.grew).toEqual([]);
  });

  it('by package, by label, by share of all', () => {
    expect(changed(diffProfiles(well, ill, 'cpu', { by: 'package' }))).toContain('regexp/syntax');
    const routes = diffProfiles(well, ill, 'cpu', { by: { label: 'route' } });
    expect(changed(routes)).toContain('/order');
    expect(changed(routes)).not.toContain('/search');
    const shares = diffProfiles(well, ill, 'cpu', { normalise: 'total' });
    expect(shares.total.now).toBeCloseTo(shares.total.base, 3);
    expect(shares.rows.find((r) => r.name === 'main.search')?.cum.delta).toBeLessThan(0);
  });

  it('backwards is the opposite', () => {
    const there = diffProfiles(well, ill, 'cpu', { normalise: 'none' });
    const back = diffProfiles(ill, well, 'cpu', { normalise: 'none' });
    const of = (d: ProfileDiff, sign: number): Map<string, number> => new Map(d.rows.map((r) => [r.name, sign * r.cum.delta || 0]));
    expect(of(back, -1)).toEqual(of(there, 1));
    expect(back.shrank.map((g) => g.frames)).toEqual(there.grew.map((g) => g.frames));
    expect(back.grew.length).toBe(there.shrank.length);
  });

  it('a map that only grows: in use, beyond sampling, with its path', () => {
    const d = diffProfiles(read(heaps('grows-1')), read(heaps('grows-4')), 'inuse_space');
    expect(d).toMatchObject({ sampling: 'by-size', normalisation: 'none', scale: 1 });
    expect(changed(d)).toContain('main.remember');
    expect(d.grew[0]?.frames).toContain('main.remember');
    expect(commonTypes(read(heaps('grows-1')), read(heaps('grows-4')))).toEqual(['alloc_objects', 'alloc_space', 'inuse_objects', 'inuse_space']);
  });

  it('a profile that is a difference by itself', () => {
    const delta = read(join(import.meta.dirname, '../../../read/pprof/testdata/heap-delta.go1.26.pb.gz'));
    const d = diffProfiles(null, delta, 'inuse_space');
    expect(d.rows.find((r) => r.name === 'main.fillCache')?.flat.delta).toBeLessThan(0);
    expect(d.shrank[0]?.frames).toContain('main.fillCache');
    expect(d.grew[0]?.frames).toContain('main.grow');
  });

  it('names of Go 1.26 and 1.27 meet: size classes and closures are one function', () => {
    const d = diffProfiles(read(here('costs.go1.26')), read(here('costs.go1.27')), 'cpu');
    expect(d.rows.some((r) => /SC\d+$/.test(r.name))).toBe(false);
    const raw = diffProfiles(read(here('costs.go1.26')), read(here('costs.go1.27')), 'cpu', { normaliseNames: false });
    expect(raw.rows.some((r) => /SC\d+$/.test(r.name))).toBe(true);
    // Go 1.26 inlines forEachP into gcMarkDone and counts its closure there as the fifth
    expect(raw.rows.map((r) => r.name)).toEqual(expect.arrayContaining(['runtime.gcMarkDone.forEachP.func5', 'runtime.forEachP.func1']));
    expect(d.rows.filter((r) => r.name.includes('forEachP')).map((r) => r.name)).toEqual(expect.arrayContaining(['runtime.forEachP.func']));
    expect(d.rows.some((r) => /func\d/.test(r.name))).toBe(false);
    expect(new Set(d.rows.map((r) => r.name)).size).toBe(d.rows.length);
  });

  it('closures of one build stay apart: their numbers mean something there', () => {
    const one = read(here('costs.go1.26'));
    const d = diffProfiles(one, read(here('costs.go1.26')), 'cpu');
    expect(d.rows.map((r) => r.name)).toEqual(expect.arrayContaining(['main.panicAndRecover.func1', 'main.panicAndRecover.func1.1']));
    expect([sameBuild(one, read(here('costs.go1.26'))), sameBuild(one, read(here('costs.go1.27')))]).toEqual([true, false]);
  });

  it('goroutines are counted, contention is known at least so well', () => {
    const of = (name: string): Profile => read(join(import.meta.dirname, `../../../read/pprof/testdata/${name}.go1.26.pb.gz`));
    expect(samplingOf(of('goroutine'), 0)).toBe('counted');
    expect(samplingOf(of('mutex'), 1)).toBe('contention');
    expect(usualNormalisation(of('mutex'), of('mutex'), 'delay')).toBe('none');
    expect(varianceOf(of('goroutine'), 0)(0)).toBe(0);
    const same = diffProfiles(of('block'), of('block'), 'delay');
    expect(changed(same)).toEqual([]);
  });
});

describe('profiles as text', () => {
  it('have the names that pprof throws away, and weigh the same as their binary twins', () => {
    const folder = join(import.meta.dirname, '../../../read');
    const text = profileOfText(pprofText.read(testArtifact(fixtureBytes(join(folder, 'pprof-text/testdata/block.go1.26.txt')))).model!);
    expect(text.sampleTypes.map((t) => `${t.type}/${t.unit}`)).toEqual(['contentions/count', 'delay/nanoseconds']);
    const w = weigh(text, 1);
    const i = w.name.indexOf('sync.(*Mutex).Lock');
    expect(w.cum[i]).toBeGreaterThan(0);
    expect(w.name).toContain('main.contend.func1');
  });

  it('goroutines keep their labels', () => {
    const file = join(import.meta.dirname, '../../../read/goroutine-profile-text/testdata/all.go126.txt');
    const m = goroutineProfileText.read(testArtifact(fixtureBytes(file))).model!;
    const p = profileOfGoroutineText(m);
    expect(weigh(p, 0).total).toBe(m.total);
    const labelled = m.stacks.findIndex((s) => s.labels.length > 0);
    expect(labelText(p, labelled, m.stacks[labelled]!.labels[0]![0])).toBe(m.stacks[labelled]!.labels[0]![1]);
    expect(framesOf(p, labelled).map((f) => f.function)).toEqual(m.stacks[labelled]!.frames.map((f) => f.symbol));
  });
});

it('CPU profiles of one process stand in order of time, and a sample can be cited', () => {
  const captured = ['requests.compile-each.go1.26', 'requests.well.go1.26'].map((name) =>
    testArtifact(fixtureBytes(here(name)), { id: name, path: `orders/${name}`, decoders: ['gzip'], covers: [{ entity: { kind: 'process', key: 'orders' }, strength: 'stated' }] }),
  );
  const found = cpuCaptures(openReadings(captured, [pprof])).get('process orders') ?? [];
  expect(found.map((c) => c.artifact.id)).toEqual(['requests.well.go1.26', 'requests.compile-each.go1.26']);
  expect(found[0]?.seconds).toBeGreaterThan(3);
  const first = found[0]!;
  expect(placeOfSample(first.artifact, first.profile, 0, 'main.validate').pointer).toBe('sample 0: main.validate');
});

const go = spawnSync('go', ['version']).status === 0;
let compared = 0;

describe.skipIf(!go)('agrees with go tool pprof', () => {
  const theirs = (...args: string[]): Map<string, [number, number]> => {
    const text = execFileSync('go', ['tool', 'pprof', '-top', '-nodefraction=0', '-nodecount=100000', '-edgefraction=0', ...args], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const out = new Map<string, [number, number]>();
    for (const line of text.split('\n')) {
      const m = /^\s*(-?[\d.]+)[a-zA-Z]*\s+-?[\d.]+%\s+-?[\d.]+%\s+(-?[\d.]+)[a-zA-Z]*\s+-?[\d.]+%\s+(.+?)(?: \(inline\)| \(partial-inline\))?$/.exec(line);
      if (m !== null) out.set(m[3]!, [Number(m[1]), Number(m[2])]);
    }
    expect(out.size).toBeGreaterThan(5);
    return out;
  };

  it.each([
    [here('requests.well.go1.26'), here('requests.compile-each.go1.26'), 'cpu', 'ns'],
    [heaps('grows-1'), heaps('grows-4'), 'inuse_space', 'B'],
    [heaps('grows-1'), heaps('grows-4'), 'alloc_objects', ''],
    [heaps('waits-2'), heaps('waits-1'), 'inuse_space', 'B'],
  ])('-diff_base %s %s %s', (base, now, type, unit) => {
    const d = diffProfiles(read(base), read(now), type, { normalise: 'none', normaliseNames: false });
    const ours = new Map(d.rows.map((r) => [r.name, [r.flat.delta, r.cum.delta]]));
    const expected = theirs(`-sample_index=${type}`, ...(unit === '' ? [] : [`-unit=${unit}`]), `-diff_base=${base}`, now);
    for (const [name, weights] of expected) expect([name, ours.get(name)]).toEqual([name, weights]);
    compared++;
  });

  it.each(
    ['heap', 'block', 'mutex', 'threadcreate']
      .flatMap((kind) => ['go1.19', 'go1.26', 'go1.27'].map((version) => `${kind}.${version}`))
      .filter((name) => name !== 'threadcreate.go1.19'),
  )('-raw of %s as text', (name) => {
    const file = join(import.meta.dirname, `../../../read/pprof-text/testdata/${name}.txt`);
    const p = profileOfText(pprofText.read(testArtifact(fixtureBytes(file))).model!);
    const expected = execFileSync('go', ['tool', 'pprof', '-raw', file], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    expect(rawSamples(p, false)).toEqual(samplesOfRaw(expected));
    compared++;
  });

  // up to Go 1.19 threads without a stack are a count without addresses, which pprof's reader takes for damage
  it('reads threads of Go 1.19, where pprof refuses its own text', () => {
    const file = join(import.meta.dirname, '../../../read/pprof-text/testdata/threadcreate.go1.19.txt');
    expect(spawnSync('go', ['tool', 'pprof', '-raw', file], { stdio: 'ignore' }).status).not.toBe(0);
    const m = pprofText.read(testArtifact(fixtureBytes(file))).model!;
    expect(weigh(profileOfText(m), 0).total).toBe(m.totals[0]);
    compared++;
  });

  it('-focus and -ignore', () => {
    const file = here('requests.compile-each.go1.26');
    const p = read(file);
    const keep = selectSamples(p, { focus: (t) => t.includes('main.validate'), ignore: (t) => t.includes('mallocgc') });
    const w = weigh(p, typeIndex(p, 'cpu'), profileRows(p, 'function'), keep);
    const ours = new Map(w.name.map((n, i) => [n, [w.flat[i]!, w.cum[i]!]]));
    for (const [name, weights] of theirs('-focus=main.validate', '-ignore=mallocgc', '-unit=ns', file)) expect([name, ours.get(name)]).toEqual([name, weights]);
    compared++;
  });

  it('by line', () => {
    const file = here('requests.compile-each.go1.26');
    const p = read(file);
    const w = weigh(p, typeIndex(p, 'cpu'), profileRows(p, 'line'));
    const ours = new Map(w.name.map((n, i) => [n, [w.flat[i]!, w.cum[i]!]]));
    for (const [name, weights] of theirs('-lines', '-unit=ns', '-trim_path=/nowhere', file)) expect([name, ours.get(name)]).toEqual([name, weights]);
    compared++;
  });

  // pprof prints a file once for each of its functions: only what is flat can be added up
  it('by file', () => {
    const file = here('requests.compile-each.go1.26');
    const p = read(file);
    const w = weigh(p, typeIndex(p, 'cpu'), profileRows(p, 'file'));
    const text = execFileSync('go', ['tool', 'pprof', '-top', '-files', '-nodefraction=0', '-nodecount=100000', '-unit=ns', file], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const expected = new Map<string, number>();
    for (const m of text.matchAll(/^\s*(\d+)(?:ns)?\s+[\d.]+%\s+[\d.]+%\s+\d+(?:ns)?\s+[\d.]+%\s+(.+?)(?: \(inline\)| \(partial-inline\))?$/gm))
      expected.set(m[2]!, (expected.get(m[2]!) ?? 0) + Number(m[1]));
    expect(expected.size).toBeGreaterThan(20);
    expect(Object.fromEntries(w.name.map((n, i) => [n, w.flat[i]!]).sort())).toEqual(Object.fromEntries([...expected].sort()));
    compared++;
  });
});

afterAll(() => {
  // a class nobody was seen in would be a class nobody checks
  expect(COST_CLASSES.length).toBeGreaterThan(30);
  console.log(go ? `compared ${compared} times with go tool pprof` : 'go is not installed: 19 comparisons with go tool pprof skipped');
});
