/** A log in outline is the same log: every record once, with the same time, level, message, error and service. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../model/index.ts';
import { shortReads, testArtifact } from '../../../model/testing/artifact.ts';
import { fixtureBytes, fixtures } from '../../testing/check-reader.ts';
import { BUILT_IN } from '../format-set.ts';
import { logFormats } from '../formats/index.ts';
import { LEVEL_NAMES, LEVELS } from '../levels.ts';
import type { LogRecord } from '../log-source.ts';
import { errorOf, serviceOf } from '../roles.ts';
import { instantNear, scanLog } from '../scan.ts';
import { INFO, LogOutline, NO_RANK, OUTLINE } from './index.ts';

const here = import.meta.dirname;
const files = [join(here, '../testdata'), ...logFormats.map((f) => join(here, '../formats', f.id, 'testdata'))]
  .flatMap((f) => fixtures(f, /\.(?:log|jsonl|json)$/))
  .map((f) => ({ name: f, bytes: fixtureBytes(f) }));
const crash = fixtureBytes(join(here, '../../../../go/zoo/testdata/crash/nil-map-write.go1.26.txt'));
const outliner = LogOutline.outliner(BUILT_IN, 'wasm');

interface Told {
  readonly offset: number;
  readonly length: number;
  readonly time: bigint | null;
  readonly level: string | null;
  readonly message: string;
  readonly error: string | null;
  readonly service: string | null;
}

const told = (r: LogRecord): Told => ({
  offset: r.span.offset,
  length: r.span.length,
  time: r.time?.at ?? null,
  level: r.level,
  message: r.message,
  error: errorOf(r)?.text ?? null,
  service: serviceOf(r)?.text ?? null,
});
const inOrder = (list: Told[]): Told[] => list.sort((a, b) => a.offset - b.offset || a.length - b.length);

function byRecords(bytes: Uint8Array): Told[] {
  const out: Told[] = [];
  const artifact = testArtifact(bytes);
  scanLog(artifact, instantNear(artifact), {}, (r) => {
    out.push(told(r));
    return true;
  });
  return inOrder(out);
}

const unescaped = (text: string): string => JSON.parse(`"${text}"`) as string;

function byOutline(bytes: Uint8Array, cuts: readonly number[] = [], short = false): { told: Told[]; rows: number } {
  const out: Told[] = [];
  let rows = 0;
  const log = new LogOutline(testArtifact(bytes, short ? { source: shortReads(bytes, 3) } : {}), outliner);
  const ends = [...cuts, bytes.length];
  let from = 0;
  for (const to of ends) {
    log.walk(from, to, {
      row(base, words, at) {
        rows++;
        const text = (begin: number, end: number): string => unescaped(decodeText(bytes.subarray(base + words[at + begin]!, base + words[at + end]!)));
        const rank = INFO.rank(words[at + OUTLINE.info]!);
        const offset = base + words[at]!;
        out.push({
          offset,
          length: base + words[at + OUTLINE.end]! - offset,
          time: (BigInt(words[at + OUTLINE.time + 1]! | 0) << 32n) | BigInt(words[at + OUTLINE.time]!),
          level: rank === NO_RANK ? null : (LEVELS[rank] ?? null),
          message: text(OUTLINE.messageAt, OUTLINE.messageEnd),
          error: words[at + OUTLINE.error] === 0 && words[at + OUTLINE.error + 1] === 0 ? null : text(OUTLINE.errorAt, OUTLINE.errorEnd),
          service: words[at + OUTLINE.service] === 0 && words[at + OUTLINE.service + 1] === 0 ? null : text(OUTLINE.serviceAt, OUTLINE.serviceEnd),
        });
      },
      record: (r) => void out.push(told(r)),
    });
    from = to;
  }
  return { told: inOrder(out), rows };
}

const same = (a: Told): Told => ({ ...a, length: 0 });

describe('a log in outline', () => {
  it('reads levels as the formats do', () => {
    for (const f of logFormats)
      for (const { name, rank } of LEVEL_NAMES) if (f.shape !== 'text' && f.levels?.[name] !== undefined) expect([f.id, name, f.levels[name]]).toEqual([f.id, name, LEVELS[rank]]);
  });

  it.each(files.map((f) => [f.name.slice(f.name.indexOf('/read/') + 6), f.bytes] as const))('has the records of %s', (_name, bytes) => {
    expect(byOutline(bytes).told.map(same)).toEqual(byRecords(bytes).map(same));
  });

  it('takes most lines of JSON and logfmt loggers as rows', () => {
    const json = files.filter((f) => /(?:zap-json|slog-json|slog-text)\/testdata/.test(f.name));
    expect(json.length).toBeGreaterThan(2);
    for (const f of json) {
      const { told, rows } = byOutline(f.bytes);
      expect(rows).toBeGreaterThanOrEqual(told.length / 3);
    }
  });

  const json = files
    .filter((f) => /(?:zap-json|slog-json)\/testdata/.test(f.name))
    .flatMap((f) =>
      decodeText(f.bytes)
        .split('\n')
        .filter((l) => l !== ''),
    );
  const others = [
    ...files.filter((f) => /(?:zap-console|klog|slog-text)\/testdata/.test(f.name)).flatMap((f) => decodeText(f.bytes).split('\n')),
    '{"cut',
    '',
    '\tmain.go:3',
    'text',
  ];
  const trace = decodeText(crash).split('\n');
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.tuple(fc.constantFrom(...json), fc.integer({ min: 1, max: 170 })).map(([l, n]) => Array.from({ length: n }, () => l)) },
    { weight: 2, arbitrary: fc.constantFrom(...others).map((l) => [l]) },
    { weight: 1, arbitrary: fc.constant(trace) },
    { weight: 1, arbitrary: fc.nat(trace.length).map((n) => trace.slice(0, n)) },
    { weight: 1, arbitrary: fc.nat(trace.length).map((n) => trace.slice(n)) },
  );
  const calm = fc.integer({ min: 70, max: 200 }).map((n) => Array.from({ length: n }, (_none, i) => `{"level":"info","ts":179537454${i % 10}.5,"msg":"served"}`));
  it('of lines and crashes that were mixed has the same records', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 8 }), fc.boolean(), (parts, short) => {
        const bytes = new TextEncoder().encode(parts.flat().join('\n'));
        expect(byOutline(bytes, [], short).told.map(same)).toEqual(byRecords(bytes).map(same));
      }),
      { numRuns: 60 },
    );
  });

  it('may be cut where it says', () => {
    let cuts = 0;
    fc.assert(
      fc.property(fc.array(fc.oneof(part, calm), { minLength: 4, maxLength: 8 }), fc.double({ min: 0, max: 1, noNaN: true }), (parts, share) => {
        const bytes = new TextEncoder().encode(parts.flat().join('\n'));
        const cut = new LogOutline(testArtifact(bytes), outliner).cutNear(Math.floor(share * 0.6 * bytes.length));
        if (cut === null) return;
        cuts++;
        expect(byOutline(bytes, [cut]).told.map(same)).toEqual(byRecords(bytes).map(same));
      }),
      { numRuns: 60 },
    );
    expect(cuts).toBeGreaterThan(0);
  });
});
