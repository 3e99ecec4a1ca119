import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { testArtifact } from '../../model/testing/artifact.ts';
import { checkReader, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { rawSamples, samplesOfRaw } from '../testing/pprof-raw.ts';
import { addressOf, framesOf, labelsOf, ownDrops, type Profile, pprof, pruned, sampleSpan, typeIndex, weigh } from './index.ts';

const files = fixtures(join(import.meta.dirname, 'testdata'), /\.pb\.gz$/);
const file = (name: string): string => join(import.meta.dirname, 'testdata', `${name}.go1.26.pb.gz`);
const decode = (bytes: Uint8Array): Profile => {
  const { model, problems } = pprof.read(testArtifact(bytes));
  expect(problems).toEqual([]);
  return model as Profile;
};
const whole = (p: string): Profile => decode(fixtureBytes(p));
const codes = (bytes: Uint8Array): string[] => pprof.read(testArtifact(bytes)).problems.map((p) => p.code);

/** Every index in range, flat weights sum to the total of samples with a leaf function. */
function integrity(p: Profile): void {
  const { samples, locations, lines, functions } = p;
  expect(samples.locationStart[samples.count]).toBe(samples.location.length);
  for (const l of samples.location) expect(l).toBeLessThan(locations.count);
  expect(locations.lineStart[locations.count]).toBe(lines.count);
  for (const f of lines.function) expect(f).toBeLessThan(functions.count);
  for (const m of locations.mapping) expect(m).toBeLessThan(p.mappings.length);
  for (let f = 0; f < functions.count; f++) expect(Math.max(functions.name[f]!, functions.filename[f]!, functions.systemName[f]!)).toBeLessThan(p.strings.count);
  for (let i = 0; i < p.labels.count; i++) expect(Math.max(p.labels.key[i]!, p.labels.text[i]!, p.labels.unit[i]!)).toBeLessThan(p.strings.count);
  p.sampleTypes.forEach((_, t) => {
    const w = weigh(p, t);
    let total = 0;
    let flat = 0;
    for (let s = 0; s < samples.count; s++) {
      total += samples.value[s * p.sampleTypes.length + t]!;
      const first = samples.location[samples.locationStart[s]!];
      const named = first !== undefined && samples.locationStart[s]! < samples.locationStart[s + 1]! && locations.lineStart[first]! < locations.lineStart[first + 1]!;
      if (named && lines.function[locations.lineStart[first]!]! >= 0) flat += samples.value[s * p.sampleTypes.length + t]!;
    }
    expect(w.total).toBe(total);
    if (samples.exact === null) expect(w.flat.reduce((a, b) => a + b, 0)).toBe(flat);
  });
}

const summary = (p: Profile) => ({
  types: p.sampleTypes.map((t) => `${t.type}/${t.unit}`),
  default: p.sampleTypes[p.defaultType]?.type,
  samples: p.samples.count,
  period: `${p.period} ${p.periodType?.type}`,
  delta: p.delta,
  mappings: p.mappings.length,
  labels: [...new Set(Array.from({ length: p.samples.count }, (_, s) => labelsOf(p, s).map((l) => `${l.key}=${l.text ?? l.number}`)).flat())].slice(0, 8),
  top: (() => {
    const w = weigh(p, Math.max(0, p.defaultType));
    return w.name
      .map((name, i) => ({ name, flat: w.flat[i]!, cum: w.cum[i]! }))
      .sort((a, b) => Math.abs(b.cum) - Math.abs(a.cum) || (a.name < b.name ? -1 : 1))
      .slice(0, 6);
  })(),
});

describe('pprof', () => {
  test('has a fixture of every kind', () => expect(files.length).toBe(16));
  for (const f of files) {
    test(f.slice(import.meta.dirname.length + 1), () => checkReader({ reader: pprof, file: f, summary, integrity, mutations: 40 }));
  }
});

const go = spawnSync('go', ['version'], { encoding: 'utf8' }).status === 0;
let compared = 0;

describe.skipIf(!go)('agrees with go tool pprof', () => {
  const raw = (f: string): string => execFileSync('go', ['tool', 'pprof', '-raw', f], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });

  for (const name of ['heap', 'heap-delta', 'cpu', 'goroutine', 'mutex']) {
    test(`-raw of ${name}: every sample with its values, stack, symbols and labels`, () => {
      expect(rawSamples(whole(file(name)))).toEqual(samplesOfRaw(raw(file(name))));
      compared++;
    });
  }

  test.each(['cpu', 'heap', 'heap-delta', 'mutex'])('what is said of the whole of %s: period, time, duration, comments', (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'gorca-head-'));
    try {
      const strings = whole(file(name)).strings.count;
      const bytes = Uint8Array.from([
        ...fixtureBytes(file(name)),
        ...text('first of two'),
        ...text('second, of two'),
        ...int(13, strings),
        ...message(13, varint(BigInt(strings + 1))),
        ...int(15, strings),
      ]);
      writeFileSync(join(folder, 'profile.pb'), bytes);
      const p = decode(bytes);
      const said = raw(join(folder, 'profile.pb'));
      expect(p.docUrl).toBe('first of two');
      expect(p.comments).toEqual([...said.matchAll(/^Comment: (.*)$/gm)].map((m) => m[1]));
      expect(p.comments).toContain('second, of two');
      expect(said).toContain(`PeriodType: ${p.periodType?.type} ${p.periodType?.unit}\nPeriod: ${p.period}\n`);
      // printed in the local time of whoever asks
      expect(/^Time: (.*)$/m.exec(said)?.[1]).toContain(new Date(Number(p.timeNanos / 1_000_000n)).toISOString().slice(14, 19));
      const seconds = /^Duration: ([\d.]+)/m.exec(said)?.[1];
      expect(seconds === undefined ? 0 : Number(seconds)).toBeCloseTo(Number(p.durationNanos) / 1e9, 1);
      compared++;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['heap', 'main\\.grow', ''],
    ['heap', 'runtime\\..*|bytes\\..*', ''],
    ['heap', 'main\\..*', 'main\\.grow'],
    ['allocs', '.*', ''],
    ['cpu', 'main\\.hash|sort\\..*', 'sort\\.Strings'],
    ['goroutine', 'net/http\\.\\(.*', ''],
    ['goroutine', 'net/http\\.', ''],
  ])('drop_frames of %s: %s, but %s', async (name, drop, keep) => {
    const folder = mkdtempSync(join(tmpdir(), 'gorca-drop-'));
    try {
      const bytes = fixtureBytes(file(name));
      const strings = whole(file(name)).strings.count;
      // fields may be appended to a message
      const with_ = Uint8Array.from([...bytes, ...text(drop), ...text(keep === '' ? 'nothing' : keep), ...int(7, strings), ...int(8, strings + 1)]);
      writeFileSync(join(folder, 'profile.pb'), with_);
      const p = decode(with_);
      expect([p.dropFrames, p.keepFrames]).toEqual([drop, keep === '' ? 'nothing' : keep]);
      const drops = await ownDrops(p);
      expect(rawSamples(pruned(p, drops ?? (() => false)))).toEqual(samplesOfRaw(raw(join(folder, 'profile.pb'))));
      compared++;
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['heap', 'inuse_space'],
    ['heap-delta', 'inuse_space'],
    ['allocs', 'alloc_objects'],
  ])('-top of %s %s: flat and cumulative weights', (name, type) => {
    const p = whole(file(name));
    const text = execFileSync('go', ['tool', 'pprof', '-top', '-nodefraction=0', '-nodecount=100000', `-sample_index=${type}`, '-unit=B', file(name)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const theirs = new Map<string, [number, number]>();
    for (const line of text.split('\n')) {
      const m = /^\s*(-?\d+)B?\s+-?[\d.]+%\s+-?[\d.]+%\s+(-?\d+)B?\s+-?[\d.]+%\s+(.+?)(?: \(inline\)| \(partial-inline\))?$/.exec(line);
      if (m !== null) theirs.set(m[3]!, [Number(m[1]), Number(m[2])]);
    }
    expect(theirs.size).toBeGreaterThan(5);
    const w = weigh(p, typeIndex(p, type));
    const ours = new Map(w.name.map((n, i) => [n, [w.flat[i]!, w.cum[i]!]] as const));
    for (const [n, weights] of theirs) expect([n, ours.get(n)]).toEqual([n, weights]);
    compared++;
  });
});

afterAll(() => {
  console.log(go ? `compared ${compared} times with go tool pprof` : 'go is not installed: 19 comparisons with go tool pprof skipped');
});

/** Writes the wire format: for what no fixture shows. */
const varint = (n: bigint): number[] => {
  const out: number[] = [];
  let v = BigInt.asUintN(64, n);
  while (v >= 0x80n) {
    out.push(Number(v & 0x7fn) | 0x80);
    v >>= 7n;
  }
  return [...out, Number(v)];
};
const int = (field: number, n: bigint | number): number[] => [...varint(BigInt(field * 8)), ...varint(BigInt(n))];
const message = (field: number, ...parts: number[][]): number[] => {
  const body = parts.flat();
  return [...varint(BigInt(field * 8 + 2)), ...varint(BigInt(body.length)), ...body];
};
const text = (s: string): number[] => message(6, [...new TextEncoder().encode(s)]);
const small = (sample: number[]): number[] => [
  ...message(1, int(1, 1), int(2, 2)),
  ...sample,
  ...message(4, int(1, 1), int(3, 0xffffffffffff1234n), message(4, int(1, 1), int(2, 5)), message(4, int(1, 2), int(2, 9))),
  ...message(5, int(1, 1), int(2, 3), int(4, 5)),
  ...message(5, int(1, 2), int(2, 4), int(4, 5)),
  ...['', 'space', 'bytes', 'main.inner', 'main.outer', 'main.go'].flatMap(text),
];

describe('frames of no interest', () => {
  test('nothing is dropped of a profile that names none, and the profile given stays as it is', async () => {
    const p = whole(file('heap'));
    expect(await ownDrops(p)).toBeNull();
    expect(pruned(p, () => false)).toBe(p);
    const before = framesOf(p, 0).length;
    const less = pruned(p, (name) => name === 'main.grow');
    expect(framesOf(p, 0).length).toBe(before);
    integrity(less);
  });
});

describe('the wire format', () => {
  test('unpacked fields, inlined lines innermost first, addresses of 64 bits', () => {
    const p = decode(Uint8Array.from(small(message(2, int(1, 1), int(2, -5)))));
    expect(p.delta).toBe(true);
    expect(p.samples.value[0]).toBe(-5);
    expect(framesOf(p, 0)).toEqual([
      { function: 'main.inner', file: 'main.go', line: 5, inlined: true },
      { function: 'main.outer', file: 'main.go', line: 9, inlined: false },
    ]);
    expect(addressOf(p, 0)).toBe(0xffffffffffff1234n);
    expect(weigh(p, 0)).toMatchObject({ total: -5 });
  });

  test('values beyond 2^53 keep every digit', () => {
    const p = decode(Uint8Array.from(small([...message(2, int(1, 1), int(2, 9007199254740993n)), ...message(2, message(1, [1]), message(2, varint(-9223372036854775808n)))])));
    expect(p.samples.exact).toEqual(BigInt64Array.from([9007199254740993n, -9223372036854775808n]));
    expect(p.samples.value[1]).toBe(-(2 ** 63));
  });

  test('unknown fields are stepped over', () => {
    const p = decode(Uint8Array.from([...int(99, 7), ...message(77, int(1, 1)), ...small(message(2, int(1, 1), int(2, 1), message(9, [1, 2])))]));
    expect(p.samples.count).toBe(1);
  });

  test.each([
    ['a location that is not in the table', small(message(2, int(1, 9), int(2, 1)))],
    ['too many values', small(message(2, int(1, 1), int(2, 1), int(2, 2)))],
    ['no value', small(message(2, int(1, 1)))],
    ['a varint of eleven bytes', [...small(message(2, int(1, 1), int(2, 1))), 0x48, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ['a group', [...small(message(2, int(1, 1), int(2, 1))), 0x83, 1]],
    ['samples times types beyond the bytes', [...Array.from({ length: 300 }, () => message(1)).flat(), ...Array.from({ length: 300 }, () => message(2)).flat(), ...text('')]],
  ])('%s is damage, with its offset', (_what, bytes) => expect(codes(Uint8Array.from(bytes))).toEqual(['pprof/corrupt']));

  test('a profile cut anywhere in the middle of a field is refused', () => {
    const bytes = fixtureBytes(file('mutex'));
    let truncated = 0;
    for (let n = 1; n < bytes.length; n += 3) {
      const { model, problems } = pprof.read(testArtifact(bytes.subarray(0, n)));
      if (model === null) {
        truncated++;
        expect(problems[0]?.what).toMatch(/byte \d+|no sample types/);
      } else expect(model.samples.count).toBe(0);
    }
    expect(truncated).toBeGreaterThan(bytes.length / 5);
  });

  test('empty, still compressed, concatenated', () => {
    const heap = fixtureBytes(file('mutex'));
    expect(codes(new Uint8Array(0))).toEqual(['pprof/empty']);
    expect(codes(new Uint8Array(gzipSync(heap)))).toEqual(['pprof/still-gzipped']);
    expect(codes(new Uint8Array(readFileSync(file('mutex'))).subarray(0, 40))).toEqual(['pprof/still-gzipped']);
    const twice = new Uint8Array(heap.length * 2);
    twice.set(heap);
    twice.set(heap, heap.length);
    const { model, problems } = pprof.read(testArtifact(twice));
    expect(problems.map((p) => p.code)).toEqual(['pprof/concatenated']);
    expect(problems[0]?.place?.offset).toBe(heap.length);
    expect(model?.samples.count).toBe(whole(file('mutex')).samples.count);
  });

  test('what is not a profile is not taken for one', () => {
    for (const other of [
      '{"status":"success"}',
      '\n\ngoroutine 1 [running]:\nmain.main()\n',
      'heap profile: 1: 2 [3: 4] @ heap/524288\n',
      '\u0000\u0001\u0002',
      'go 1.26 trace\u0000\u0000\u0000',
    ])
      expect(pprof.sniff(new TextEncoder().encode(other), other.length).confidence, other).toBeLessThan(0.5);
  });

  test('the span of a sample holds its message', () => {
    const bytes = fixtureBytes(file('heap'));
    const p = decode(bytes);
    for (let s = 0; s < p.samples.count; s += 7) {
      const span = sampleSpan(p, s);
      // tag of field 2 and the length stand before the message
      const before = span.length < 128 ? [0x12, span.length] : [0x12, (span.length & 0x7f) | 0x80, span.length >> 7];
      expect(Array.from(bytes.subarray(span.offset - before.length, span.offset))).toEqual(before);
    }
  });
});
