/** Groups that a kernel made are those that the records make. */
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../model/index.ts';
import { testArtifact } from '../../../model/testing/artifact.ts';
import { fixtureBytes, fixtures } from '../../testing/check-reader.ts';
import { logFormats } from '../formats/index.ts';
import { instantNear, scanLog } from '../scan.ts';
import { FieldCensus, type FieldUseState } from './fields.ts';
import { FieldCounter, type FieldCountState, type GroupBy } from './index.ts';

const here = import.meta.dirname;
const files = [join(here, '../testdata'), ...logFormats.map((f) => join(here, '../formats', f.id, 'testdata'))]
  .flatMap((f) => fixtures(f, /\.(?:log|jsonl|json)$/))
  .map((f) => ({ name: f, bytes: fixtureBytes(f) }));

const told = ({ groups, rejected, beyond, records }: FieldCountState): unknown => ({
  groups: groups.map((g) => `${g.from} ${JSON.stringify(g.values)} ${g.count}`).sort(),
  rejected,
  beyond,
  records,
});

function byRecords(bytes: Uint8Array, by: GroupBy): unknown {
  const counter = new FieldCounter(by);
  const artifact = testArtifact(bytes);
  scanLog(artifact, instantNear(artifact), {}, (r) => {
    counter.record(r);
    return true;
  });
  return told(counter.state());
}

function byKernel(bytes: Uint8Array, by: GroupBy, engine: 'wasm' | 'plain'): unknown {
  const counter = new FieldCounter(by, undefined, engine);
  counter.walk(counter.open(testArtifact(bytes)), 0, bytes.length);
  return told(counter.state());
}

const ASKED: readonly GroupBy[] = [
  { names: ['level'], everyNs: 0n },
  { names: ['msg', 'level'], everyNs: 60_000_000_000n },
  { names: ['service', 'status', 'error', 'trace_id'], everyNs: 0n },
  { names: ['http.status', 'http', 'dur', 'ts'], everyNs: 1_000_000n },
  { names: ['caller'], everyNs: 0n },
];

describe('records by what their fields say', () => {
  describe.each(ASKED.map((by) => [by.names.join(), by] as const))('by %s', (_names, by) => {
    it.each(files.map((f) => [f.name.slice(f.name.indexOf('/read/') + 6), f.bytes] as const))('%s', (_name, bytes) => {
      expect(byKernel(bytes, by, 'wasm')).toEqual(byRecords(bytes, by));
    });
  });

  const linesOf = (shape: RegExp): string[] => files.filter((f) => shape.test(f.name)).flatMap((f) => decodeText(f.bytes).split('\n'));
  // lines that prove their logger: others are whose the line before was
  const keyed = linesOf(/(?:zap-json|slog-json|slog-text|go-kit)\/testdata/).filter((l) => l !== '');
  const others = [...linesOf(/(?:zap-console|klog)\/testdata|crash\.log/), '{"cut', '', '\tmain.go:3', 'text'];
  const run = fc.tuple(fc.constantFrom(...keyed), fc.integer({ min: 1, max: 90 })).map(([l, n]) => Array.from({ length: n }, () => l));
  const one = fc.oneof(fc.constantFrom(...keyed), fc.constantFrom(...others)).map((l) => [l]);
  it('and of any mixture of lines', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof({ weight: 1, arbitrary: run }, { weight: 3, arbitrary: one }), { maxLength: 14 }), fc.constantFrom(...ASKED.slice(0, 4)), (parts, by) => {
        const bytes = new TextEncoder().encode(parts.flat().join('\n'));
        const right = byRecords(bytes, by);
        expect(byKernel(bytes, by, 'wasm')).toEqual(right);
        expect(byKernel(bytes, by, 'plain')).toEqual(right);
      }),
      { numRuns: Number(process.env['GORCA_FUZZ'] ?? 60) },
    );
  });

  it('and of more groups than the kernel has room for', () => {
    const n = 20_000;
    const bytes = new TextEncoder().encode(
      Array.from({ length: n }, (_none, i) => `{"level":"info","ts":1795374541.5,"msg":"m","user":"u${i >> 1}"}${i % 5000 === 0 ? '\nnoise' : ''}\n`).join(''),
    );
    const counter = new FieldCounter({ names: ['user'], everyNs: 0n });
    counter.walk(counter.open(testArtifact(bytes)), 0, bytes.length);
    const state = counter.state();
    expect([state.records, state.groups.length, state.rejected, state.beyond]).toEqual([n, n / 2, 4, 0]);
    expect(state.groups.every((g) => g.count === 2)).toBe(true);
    const both = new FieldCounter({ names: ['user'], everyNs: 0n });
    both.merge(state);
    both.merge(state);
    expect(both.state().groups.length).toBe(n / 2);
    expect(both.state().records).toBe(2 * n);
  });
});

const usesTold = ({ fields, ...rest }: FieldUseState): unknown => ({ fields: fields.map((f) => `${f.name} ${f.types.join()}`).sort(), ...rest });

function usesByRecords(bytes: Uint8Array): unknown {
  const census = new FieldCensus();
  const artifact = testArtifact(bytes);
  scanLog(artifact, instantNear(artifact), {}, (r) => {
    census.record(r);
    return true;
  });
  return usesTold(census.state());
}

function usesByKernel(bytes: Uint8Array, engine: 'wasm' | 'plain'): unknown {
  const census = new FieldCensus(undefined, engine);
  census.walk(census.open(testArtifact(bytes)), 0, bytes.length);
  return usesTold(census.state());
}

describe('fields in use', () => {
  it.each(files.map((f) => [f.name.slice(f.name.indexOf('/read/') + 6), f.bytes] as const))('%s', (_name, bytes) => {
    const right = usesByRecords(bytes);
    expect(usesByKernel(bytes, 'wasm')).toEqual(right);
    expect(usesByKernel(bytes, 'plain')).toEqual(right);
  });

  it('tells types apart, and counts a field once a record', () => {
    const line = (x: string): string => `{"level":"info","ts":1795374541.5,"msg":"m","a":{"b":1},"x":${x}}`;
    const bytes = new TextEncoder().encode(['1', '"t\\n"', 'null', '[1]', '{}', 'true', '2,"x":3', '4,"a.b":5'].map(line).join('\n'));
    const census = new FieldCensus();
    census.walk(census.open(testArtifact(bytes)), 0, bytes.length);
    const { fields, records } = census.state();
    expect(records).toBe(8);
    expect(fields.find((f) => f.name === 'x')).toEqual({ name: 'x', types: [1, 3, 1, 1, 2], example: '1' });
    expect(fields.find((f) => f.name === 'a.b')?.types).toEqual([0, 8, 0, 0, 0]);
    // names are alike from the first line on, and rows come in several buffers
    const many = new FieldCensus();
    const lines = new TextEncoder().encode(
      Array.from({ length: 40_000 }, (_none, i) => `{"level":"info","ts":1795374541.5,"msg":"m","a":{"b":${i}}${i % 3 === 0 ? ',"a.b":"t"' : i % 3 === 1 ? ',"e":""' : ''}}`).join(
        '\n',
      ),
    );
    many.walk(many.open(testArtifact(lines)), 0, lines.length);
    const turned = new TextEncoder().encode(
      ['"a":{"b":1}', '"a.b":"t","a":{"b":1}', '"a":{"b":1},"a.b":"t"'].map((x) => `{"level":"info","ts":1795374541.5,"msg":"m",${x}}`).join('\n'),
    );
    expect(usesByKernel(turned, 'wasm')).toEqual(usesByRecords(turned));
    const told = Object.fromEntries(many.state().fields.map((f) => [f.name, f]));
    expect(many.state().records).toBe(40_000);
    expect(told['a.b']).toEqual({ name: 'a.b', types: [0, 40_000, 0, 0, 0], example: '0' });
    expect(told['e']).toEqual({ name: 'e', types: [13_333, 0, 0, 0, 0], example: null });
    expect(told['msg']?.types).toEqual([40_000, 0, 0, 0, 0]);
    const both = new FieldCensus();
    both.merge(census.state());
    both.merge(census.state());
    expect(both.state().fields.find((f) => f.name === 'x')?.types).toEqual([2, 6, 2, 2, 4]);
  });
});
