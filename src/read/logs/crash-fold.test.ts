import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { decodeText, readSlice } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { fixtureBytes } from '../testing/check-reader.ts';
import { type LogRecord, openLog } from './index.ts';

const ZOO = join(import.meta.dirname, '../../../go/zoo/testdata/crash');
const line = (n: number): string => `{"time":"2026-11-27T00:20:${String(n).padStart(2, '0')}Z","level":"INFO","msg":"line ${n}"}\n`;

function all(text: string): LogRecord[] {
  const out: LogRecord[] = [];
  openLog(textArtifact(text))?.scan({}, (r) => {
    out.push(r);
    return true;
  });
  return out.sort((a, b) => a.span.offset - b.span.offset);
}

const crashes = (text: string): LogRecord[] => all(text).filter((r) => r.format === 'go-crash');
const zoo = (name: string): string => decodeText(fixtureBytes(join(ZOO, name)));

/** What a program wrote that is not wrapped, begins with the runtime's text and holds one failure. */
const single = readdirSync(ZOO)
  .filter((f) => f.endsWith('.txt') && !/in-json|in-text|cri|docker|kubectl|journal|compose/.test(f))
  .filter((f) => /^(?:panic: |fatal error: |SIG[A-Z]+: |unexpected fault|runtime: goroutine stack exceeds)/.test(zoo(f)))
  .filter((f) => (zoo(f).match(/^(?:panic: |fatal error: (?!.*\[recovered))/gm) ?? []).length <= 1);

describe('a crash that the Go runtime wrote', () => {
  it('is there in many kinds and versions', () => expect(single.length).toBeGreaterThan(150));

  it.each(single)('%s between two records of a logger: one record', (name) => {
    const text = zoo(name).trimEnd();
    const records = all(`${line(1)}${text}\n${line(2)}`);
    expect(records.map((r) => r.format)).toEqual(['slog-json', 'go-crash', 'slog-json']);
    // what a program prints in colour is read without
    expect(records[1]!.text()).toBe(text.replaceAll(/\x1b\[\d{1,2}m/g, ''));
    expect(records[1]!.level).toBe('fatal');
  });

  it('race reports that follow one another are one record each', () => {
    for (const name of readdirSync(ZOO).filter((f) => f.startsWith('race') && f.endsWith('.txt'))) {
      const text = zoo(name);
      const reports = (text.match(/^WARNING: DATA RACE/gm) ?? []).length;
      if (reports < 2 || !text.startsWith('==================')) continue;
      expect(crashes(`${line(1)}${text}${line(2)}`).filter((r) => r.message.includes('WARNING: DATA RACE')).length, name).toBe(reports);
    }
  });

  it('goes on behind records that other goroutines were writing meanwhile', () => {
    const text = zoo('nil-map-write.go1.26.txt').trimEnd().split('\n');
    const at = text.findIndex((l) => l.startsWith('goroutine '));
    const mixed = [...text.slice(0, at + 2), line(5).trimEnd(), ...text.slice(at + 2), ''].join('\n');
    const whole = `${line(1)}${mixed}${line(6)}`;
    const artifact = textArtifact(whole);
    const records = all(whole);
    expect(records.map((r) => r.format)).toEqual(['slog-json', 'go-crash', 'slog-json', 'slog-json']);
    const crash = records[1]!;
    expect(crash.text()).toBe(text.join('\n'));
    expect(crash.spans).toHaveLength(2);
    expect(crash.spans.map((s) => decodeText(readSlice(artifact.source, s.offset, s.length))).join('\n')).toBe(text.join('\n'));
  });

  it('is kept apart by stream and by writer, however they are interleaved', () => {
    const text = zoo('nil-map-write.go1.26.txt').trimEnd().split('\n');
    const stderr = text.map((l, i) => `2026-11-27T00:20:${String(i % 60).padStart(2, '0')}.123456789Z stderr F ${l}`);
    const stdout = text.map((_l, i) => `2026-11-27T00:20:${String(i % 60).padStart(2, '0')}.223456789Z stdout F ${line(i).trimEnd()}`);
    const cri = crashes(`${stderr.flatMap((l, i) => [l, stdout[i]!]).join('\n')}\n`);
    expect(cri).toHaveLength(1);
    expect(cri[0]!.text()).toBe(text.join('\n'));

    const pods = ['orders-7d9f6c5b8-x2x4k orders', 'orders-7d9f6c5b8-qw9zt orders'];
    const stern = crashes(`${text.flatMap((l) => pods.map((p) => `${p} ${l}`)).join('\n')}\n${pods[0]} ${line(1)}`);
    expect(stern.map((r) => r.text())).toEqual([text.join('\n'), text.join('\n')]);
    expect(new Set(stern.map((r) => r.writer)).size).toBe(2);

    const compose = crashes(`${text.flatMap((l) => ['orders-1     | ', 'inventory-1  | '].map((p) => p + l)).join('\n')}\norders-1     | ${line(1)}`);
    expect(compose.map((r) => r.text())).toEqual([text.join('\n'), text.join('\n')]);
  });

  it('near misses: text behind the trace, another crash behind the exit, a record that says panic', () => {
    const text = zoo('nil-map-write.go1.26.txt').trimEnd();
    const twice = all(`${line(1)}${text}\nStarting up\n${text}\n${line(2)}`);
    expect(twice.map((r) => r.format)).toEqual(['slog-json', 'go-crash', 'plain', 'go-crash', 'slog-json']);
    expect(all('2026/11/24 02:19:19 panic: not one\n2026/11/24 02:19:20 next\n').map((r) => r.format)).toEqual(['std-log', 'std-log']);
    expect(crashes(`${line(1)}panicking: no\nfatal errors: 3\nSIGNAL: none\n`)).toHaveLength(0);
  });
});
