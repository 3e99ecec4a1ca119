import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Artifact } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtures } from '../testing/check-reader.ts';
import { type CgroupFiles, cgroupFiles } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata', import.meta.url));
function integrity(m: CgroupFiles, artifact: Artifact): void {
  for (const g of m.groups)
    for (const v of g.values) {
      expect(Number.isNaN(v.value)).toBe(false);
      if (Number.isSafeInteger(v.value)) expectSpanText(artifact, v.span, String(v.value).slice(0, 1));
    }
}
const values = (text: string): { [key: string]: number } =>
  Object.fromEntries((cgroupFiles.read(textArtifact(text)).model?.groups ?? []).flatMap((g) => g.values.map((v) => [v.key, v.value])));

describe('fixtures', () => {
  it.each(fixtures(testdata, /\.txt$/))('%s', (file) =>
    checkReader({
      reader: cgroupFiles,
      file,
      summary: (m) => ({ version: m.version, groups: m.groups.map((g) => [g.path, g.values.map((v) => `${v.key}=${v.value}`)]) }),
      integrity,
      mutations: 30,
    }),
  );
});

describe('shapes', () => {
  it('v2 files with paths, as grep prints them', () => {
    const m = cgroupFiles.read(textArtifact('/sys/fs/cgroup/memory.max:67108864\n/sys/fs/cgroup/memory.events:oom_kill 3\n/sys/fs/cgroup/cpu.max:50000 100000\n')).model;
    expect(m?.version).toBe(2);
    expect(m?.groups).toHaveLength(1);
    expect(m?.groups[0]?.path).toBe('/sys/fs/cgroup');
    expect(m?.groups[0]?.values.map((v) => [v.key, v.value])).toEqual([
      ['memory.max', 67108864],
      ['memory.events.oom_kill', 3],
      ['cpu.max.quota', 50000],
      ['cpu.max.period', 100000],
    ]);
  });
  it('bare blocks by their keys', () => {
    expect(values('low 0\nhigh 0\nmax 12\noom 3\noom_kill 3\noom_group_kill 0\n')).toMatchObject({ 'memory.events.oom_kill': 3 });
    expect(values('usage_usec 5\nuser_usec 3\nsystem_usec 2\nnr_periods 21\nnr_throttled 20\nthrottled_usec 6\n')).toMatchObject({ 'cpu.stat.nr_throttled': 20 });
  });
  it('no limit', () => {
    expect(values('memory.max: max\n')['memory.max']).toBe(Number.POSITIVE_INFINITY);
    expect(values('memory.limit_in_bytes: 9223372036854771712\n')['memory.limit_in_bytes']).toBe(Number.POSITIVE_INFINITY);
  });
  it('lone numbers and other key-value text are not it', () => {
    for (const text of ['67108864\n', 'a 1\nb 2\nc 3\nd 4\ne 5\n', 'go_goroutines 12\n', 'memory.max is set\n']) {
      expect(cgroupFiles.read(textArtifact(text)).model).toBeNull();
      expect(cgroupFiles.sniff(new TextEncoder().encode(text), text.length).confidence).toBe(0);
    }
  });
});
