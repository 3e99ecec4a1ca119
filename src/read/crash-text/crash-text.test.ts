import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeText, formatInstant } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkTable, frameAt, stackFrames } from '../lib/goroutines/table.ts';
import { checkReader, expectSpanText, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { type Crash, type CrashText, crashText } from './index.ts';

const folder = join(import.meta.dirname, 'testdata');
const text = (name: string): string => decodeText(fixtureBytes(join(folder, name)));

const told = (m: CrashText, c: Crash): unknown => ({
  kind: c.kind,
  values: c.values,
  signal: c.signal,
  notes: c.notes,
  peer: c.peer,
  field: c.field,
  goroutines: c.goroutines,
  complete: c.complete,
  exitStatus: c.exitStatus,
  crashed: c.row < 0 ? null : { id: m.table.id[c.row], state: m.table.states[m.table.state[c.row]!], frames: frames(m, c) },
});
const frames = (m: CrashText, c: Crash): string[] =>
  stackFrames(m.table, m.table.stack[c.row]!)
    .slice(0, 8)
    .map((f) => `${f.symbol} ${f.file}:${f.line}`);
const summary = (m: CrashText): unknown => ({ crashes: m.crashes.map((c) => told(m, c)), flagErrors: m.flagErrors.map((f) => f.message) });

describe('crashText', () => {
  it.each(fixtures(folder, /\.txt$/))('reads %s', async (file) => {
    await checkReader({
      reader: crashText,
      file,
      summary,
      mutations: 12,
      integrity(m, artifact) {
        checkTable(m.table, artifact.source.sizeBytes);
        for (const c of m.crashes) {
          expect(c.span.offset).toBeLessThanOrEqual(c.head.offset);
          expect(c.span.offset + c.span.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
          if (c.kind === 'panic' && c.decoders.length === 0) expectSpanText(artifact, c.head, 'panic:');
          if (c.row >= 0) expect(m.table.block[c.row]).toBe(c.block);
        }
      },
    });
  });

  const crashing = ['nil-map', 'stack-overflow', 'recovered-again', 'multi-line', 'sigquit', 'http', 'asleep', 'out-of-memory'];

  it.each(crashing)('finds the same in the log of a driver: %s', (name) => {
    const plain = text(`${name}.go126.txt`);
    const lines = plain.replace(/\n$/, '').split('\n');
    const expected = JSON.stringify(summary(crashText.read(textArtifact(plain)).model!));
    const wrapped = {
      docker: lines.map((l) => `${JSON.stringify({ log: `${l}\n`, stream: 'stderr', time: '2026-11-22T19:09:01.446123456Z' })}\n`).join(''),
      cri: lines.map((l) => `2026-11-22T19:09:01.446123456Z stderr F ${l}\n2026-11-22T19:09:01.446123456Z stdout F other output\n`).join(''),
      kubectl: lines.map((l) => `[pod/a/c] 2026-11-22T19:09:01.446123456Z ${l}\n[pod/b/c] 2026-11-22T19:09:01.446123457Z {"level":"info"}\n`).join(''),
      compose: lines.map((l) => `orders-1  | ${l}\n`).join(''),
      crlf: lines.map((l) => `${l}\r\n`).join(''),
    };
    for (const [wrapper, log] of Object.entries(wrapped)) {
      const result = crashText.read(textArtifact(log));
      expect(JSON.stringify(summary(result.model!)), wrapper).toBe(expected);
      if (wrapper !== 'compose' && wrapper !== 'crlf') expect(formatInstant(result.model!.crashes[0]!.at!)).toBe('2026-11-22T19:09:01.446123456Z');
    }
    const escaped = crashText.read(textArtifact(`{"level":"error","msg":"child died","output":${JSON.stringify(plain)}}\n`)).model!;
    if (name !== 'http')
      expect(escaped.crashes.map((c) => [c.values, c.goroutines, c.field])).toEqual(
        crashText.read(textArtifact(plain)).model!.crashes.map((c) => [c.values, c.goroutines, 'output']),
      );
  });

  it('finds a crash between log lines and bounds it in time', () => {
    const log = `2026/11/24 02:43:21 INFO asking n=0\n${text('nil-map.go126.txt')}exit status 2\n2026/11/24 02:43:25 INFO restarted\n`;
    const [c] = crashText.read(textArtifact(log)).model!.crashes;
    expect([c?.exitStatus, formatInstant(c!.before!), formatInstant(c!.after!), c?.at]).toEqual([2, '2026-11-24T02:43:21Z', '2026-11-24T02:43:25Z', null]);
  });

  it('steps over lines that other threads log into the text', () => {
    const lines = text('http.go126.txt').split('\n');
    const noisy = lines.flatMap((l, i) => (i % 5 === 3 ? [l, '{"level":"info","msg":"another request"}'] : [l])).join('\n');
    const m = crashText.read(textArtifact(noisy)).model!;
    expect(m.crashes.map((c) => [c.kind, c.goroutines])).toEqual([
      ['http', 1],
      ['http', 1],
      ['http', 1],
    ]);
    expect(frames(m, m.crashes[0]!)).toEqual(frames(crashText.read(textArtifact(lines.join('\n'))).model!, crashText.read(textArtifact(lines.join('\n'))).model!.crashes[0]!));
  });

  it('reads stacks that loggers attach to a recovered panic, and takes no other stack for a crash', () => {
    const zap =
      '{"level":"error","ts":1795374541.4,"msg":"panic recovered","error":"runtime error: index out of range [3] with length 1","stacktrace":"main.recoverer.func1\\n\\t/app/main.go:9\\nruntime.gopanic\\n\\t/usr/local/go/src/runtime/panic.go:860\\nmain.handle\\n\\t/app/main.go:29\\n"}';
    const plain = '{"level":"error","ts":1795374541.4,"msg":"cannot reserve","stacktrace":"main.reserve\\n\\t/app/main.go:12\\nmain.main\\n\\t/app/main.go:29\\n"}';
    const m = crashText.read(textArtifact(`${plain}\n${zap}\n${plain}\n`)).model!;
    expect(m.crashes.map((c) => [c.kind, c.values[0]?.text, c.field])).toEqual([['logged', 'runtime error: index out of range [3] with length 1', 'stacktrace']]);
    expect(frames(m, m.crashes[0]!)[2]).toBe('main.handle /app/main.go:29');
  });

  it('says what is missing', () => {
    const cut = text('nil-map.go126.txt').slice(0, 100);
    expect(crashText.read(textArtifact(cut)).problems.map((p) => p.code)).toEqual(['crash-text/truncated']);
    expect(crashText.read(textArtifact('panic: boom\n')).problems.map((p) => p.code)).toEqual(['crash-text/no-trace']);
    expect(crashText.read(textArtifact('a line about panic: nothing\n')).model).toBeNull();
  });

  it('keeps the crashes of two pods apart that one log interleaves', () => {
    const a = text('nil-map.go126.txt').trimEnd().split('\n');
    const b = text('send-closed.go126.txt').trimEnd().split('\n');
    let log = '';
    for (let i = 0; i < Math.max(a.length, b.length); i++) {
      if (a[i] !== undefined) log += `[pod/a/c] ${a[i]}\n`;
      if (b[i] !== undefined) log += `[pod/b/c] ${b[i]}\n`;
    }
    const m = crashText.read(textArtifact(log)).model!;
    expect(m.crashes.map((c) => [c.writer, c.values[0]?.text, frameAt(m.table, m.table.stacks.frames[m.table.stacks.start[m.table.stack[c.row]!]!]!).symbol])).toEqual([
      ['pod/a/c', 'assignment to entry in nil map', 'shop/crashes/table.(*Row).Set'],
      ['pod/b/c', 'send on closed channel', 'main.sendOnClosed.func1'],
    ]);
  });
});
