/** Nothing is lost and nothing is counted twice, whatever the input: mixed formats and wrappers, cut anywhere, with bytes changed. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../model/index.ts';
import { shortReads, testArtifact } from '../../model/testing/artifact.ts';
import { wrapperOf } from '../lib/lines.ts';
import { fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { logFormats } from './formats/index.ts';
import { scanLog } from './scan.ts';

const here = import.meta.dirname;
const files = [join(here, 'testdata'), ...logFormats.map((f) => join(here, 'formats', f.id, 'testdata'))].flatMap((f) => fixtures(f, /\.(?:log|jsonl|json)$/));
const crashes = readdirSync(join(here, '../../../go/zoo/testdata/crash'))
  .filter((f) => /^(?:nil-map-write|race|sigquit|stack-overflow|all-goroutines-asleep)[^/]*go1\.26\.txt$/.test(f))
  .map((f) => join(here, '../../../go/zoo/testdata/crash', f));
const texts = [...files.filter((f) => !/otlp|journal-export|loki|victorialogs/.test(f)), ...crashes].map((f) => fixtureBytes(f).slice(0, 6000));
const whole = files.map((f) => fixtureBytes(f).slice(0, 6000));
const otlp = new TextEncoder().encode('"severityNumber"');

/** Every byte: in one record, a line end, or (OTLP) the envelope around records. */
function account(bytes: Uint8Array, short: boolean): void {
  const artifact = testArtifact(bytes, short ? { source: shortReads(bytes, 1) } : {});
  const spans: Span[] = [];
  let lines = 0;
  let records = 0;
  const total = scanLog(artifact, null, {}, (r) => {
    records++;
    lines += r.lines;
    spans.push(...r.spans);
    return true;
  });
  expect(records).toBe(total.records);
  expect(total.matched).toBe(total.records);
  expect(lines).toBe(total.lines);
  const isOtlp = total.envelopes;
  // around the entries of Loki stands what makes them a document
  const isLoki = isOtlp && wrapperOf(artifact.source) === 'loki';
  let at = 0;
  for (const s of [...spans.filter((x) => x.length > 0).sort((a, b) => a.offset - b.offset), { offset: bytes.length, length: 0 }]) {
    expect(s.offset).toBeGreaterThanOrEqual(at);
    for (let i = at; i < s.offset; i++) if (!isOtlp && bytes[i] !== 10 && bytes[i] !== 13) throw new Error(`byte ${i} of ${bytes.length} is in no record`);
    if (isOtlp && !isLoki) expect(Buffer.from(bytes.subarray(at, s.offset)).indexOf(otlp)).toBe(-1);
    at = s.offset + s.length;
  }
  expect(at).toBe(bytes.length);
}

const concat = (parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  let at = 0;
  for (const p of parts) {
    out.set(p, at);
    at += p.length;
  }
  return out;
};

describe('every byte of the input is in exactly one record', () => {
  const piece = fc.tuple(fc.nat(texts.length - 1), fc.double({ min: 0, max: 1, noNaN: true }), fc.double({ min: 0, max: 1, noNaN: true })).map(([i, a, b]) => {
    const t = texts[i]!;
    return t.subarray(Math.floor(Math.min(a, b) * t.length), Math.ceil(Math.max(a, b) * t.length));
  });
  const change = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.nat(255)), { maxLength: 6 });

  it('of logs that were mixed, cut and damaged', () => {
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 4 }), change, fc.boolean(), (parts, changes, short) => {
        const bytes = concat(parts);
        for (const [at, value] of changes) if (bytes.length > 0) bytes[Math.floor(at * bytes.length)] = value;
        account(bytes, short);
      }),
      { numRuns: 300 },
    );
  });

  it('of each recording, cut and damaged', () => {
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.double({ min: 0, max: 1, noNaN: true }), change, fc.boolean(), (i, cut, changes, short) => {
        const bytes = whole[i]!.slice(0, Math.ceil(cut * whole[i]!.length));
        for (const [at, value] of changes) if (bytes.length > 0) bytes[Math.floor(at * bytes.length)] = value;
        account(bytes, short);
      }),
      { numRuns: 300 },
    );
  });
});
