import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type Artifact, formatInstant } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtures } from '../testing/check-reader.ts';
import { containerIdOf, type KernelOom, kernelOom, podUidOf } from './index.ts';

const testdata = fileURLToPath(new URL('./testdata', import.meta.url));

const summary = (m: KernelOom): unknown => m.kills.map((k) => ({ ...k, at: k.at === null ? null : formatInstant(k.at) }));
function integrity(m: KernelOom, artifact: Artifact): void {
  for (const k of m.kills) {
    expect(k.report.offset).toBeLessThanOrEqual(k.span.offset);
    expect(k.span.offset + k.span.length).toBeLessThanOrEqual(artifact.source.sizeBytes);
    expectSpanText(artifact, k.span, String(k.pid));
  }
}

describe('fixtures', () => {
  it.each(fixtures(testdata, /\.txt$/))('%s', (file) => checkReader({ reader: kernelOom, file, summary, integrity, mutations: 30 }));
});

const read = (text: string): KernelOom | null => kernelOom.read(textArtifact(text)).model;

describe('kills', () => {
  it('of the whole node are told apart from a limit', () => {
    const k = read(
      'Nov 24 02:31:00 worker-a kernel: Out of memory: Killed process 812 (orders) total-vm:1336888kB, anon-rss:63872kB, file-rss:0kB, shmem-rss:0kB, UID:0 pgtables:152kB oom_score_adj:999\n',
    )?.kills[0];
    expect(k).toMatchObject({ process: 'orders', pid: 812, constraint: 'node', anonRssBytes: 63872 * 1024 });
  });
  it('old kernels announce the kill', () => {
    expect(read('[ 12.000001] Memory cgroup out of memory: Kill process 77 (server) score 1999 or sacrifice child\n')?.kills[0]).toMatchObject({ pid: 77, constraint: 'memcg' });
  });
  it('in a container’s log between other lines', () => {
    const m = read(
      '{"level":"info","msg":"Killed process pool"}\nstarting\nMemory cgroup out of memory: Killed process 5 (x) total-vm:4kB, anon-rss:4kB, file-rss:0kB, shmem-rss:0kB\nbye\n',
    );
    expect(m?.kills.map((k) => k.pid)).toEqual([5]);
  });
  it('a report without its victim is a problem', () => {
    const r = kernelOom.read(
      textArtifact('[ 12.0] server invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=999\n[ 12.0] memory: usage 65536kB, limit 65536kB, failcnt 49\n'),
    );
    expect(r.model).toBeNull();
    expect(r.problems.map((p) => p.code)).toEqual(['kernel-oom/cut']);
  });
});

describe('cgroup paths', () => {
  const id = 'd2501602925dc89d8cf5ad52f0801cbf7690d01c2f966523601f2048bdd7e0f6';
  it.each([
    [`/kubepods/burstable/pod85099027-0392-4c4a-b110-f7c1807a524f/${id}`, '85099027-0392-4c4a-b110-f7c1807a524f', id],
    [
      `/kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod85099027_0392_4c4a_b110_f7c1807a524f.slice/cri-containerd-${id}.scope`,
      '85099027-0392-4c4a-b110-f7c1807a524f',
      id,
    ],
    [`/docker/${id}`, null, id],
    ['/system.slice/orders.service', null, null],
  ])('%s', (path, uid, container) => {
    expect(podUidOf(path)).toBe(uid);
    expect(containerIdOf(path)).toBe(container);
  });
});
