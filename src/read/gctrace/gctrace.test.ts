import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtures } from '../testing/check-reader.ts';
import { gctrace } from './index.ts';

const files = fixtures(join(import.meta.dirname, 'testdata'), /\.log$/);
const read = (text: string) => gctrace.read(textArtifact(text)).model;

const GC = 'gc 7 @12.5s 4%: 0.24+0.47+0.003 ms clock, 0.48+0.024/0.071/0.22+0.007 ms cpu, 30->44->21 MB, 40 MB goal, 1 MB stacks, 2 MB globals, 8 P';

describe('gctrace', () => {
  test('has fixtures of three versions', () => expect(files.length).toBe(4));
  for (const file of files) {
    test(file.slice(import.meta.dirname.length + 1), () =>
      checkReader({
        reader: gctrace,
        file,
        mutations: 10,
        summary: (m) => ({
          lives: m.lives,
          cycles: m.cycles.length,
          first: m.cycles[0],
          last: m.cycles.at(-1),
          sched: m.sched.length,
          queues: m.sched.at(-1)?.queues,
          scavenges: m.scavenges.length,
          lastScavenge: m.scavenges.at(-1),
        }),
        integrity: (m, artifact) => {
          for (const c of m.cycles) {
            expectSpanText(artifact, c.span, `gc ${c.number} @`);
            expect(c.life).toBeLessThan(m.lives);
          }
          for (const s of m.sched) expectSpanText(artifact, s.span, `SCHED ${s.atMs}ms`);
          for (const s of m.scavenges) expectSpanText(artifact, s.span, '% util');
        },
      }),
    );
  }

  test('every P of scheddetail is one queue', () => {
    const text =
      'SCHED 1006ms: gomaxprocs=2 idleprocs=0 threads=6 spinningthreads=0 idlethreads=2 runqueue=7 gcwaiting=false\n  P0: status=1 runqsize=3 gfreecnt=0\n  P1: status=1 runqsize=5\n  M0: p=0 curg=1\n';
    expect(read(text)?.sched[0]).toMatchObject({ runqueue: 7, queues: [3, 5], threads: 6 });
  });

  test.each([
    ['a log prefix', `2026/11/24 03:00:00 stderr: ${GC}`],
    ['kubectl', `[pod/orders-1/orders] ${GC}\n[pod/orders-1/orders] ${GC.replace('gc 7', 'gc 8')}`],
    ['nothing', GC],
  ])('behind %s', (_what, text) =>
    expect(read(text)?.cycles[0]).toMatchObject({ number: 7, atSeconds: 12.5, percent: 4, endMb: 44, goalMb: 40, procs: 8, forced: false, cpuMs: { assist: 0.024 } }),
  );

  test('forms of older versions, and the leak detecting cycle', () => {
    expect(read(GC.replace(', 1 MB stacks, 2 MB globals', ''))?.cycles[0]?.stacksMb).toBeNull();
    expect(read(GC.replace('4%:', '4% (checking for goroutine leaks):'))?.cycles.length).toBe(1);
    expect(read('scav 12 KiB work, 3424 KiB total, 93% util (forced)')?.scavenges[0]).toMatchObject({ backgroundKib: 12, releasedKib: 3424, forced: true });
  });

  test('a cycle number that begins again is another process', () => {
    const m = read([GC, GC.replace('gc 7', 'gc 8'), GC.replace('gc 7 @12.5', 'gc 1 @0.1'), GC.replace('gc 7', 'gc 2')].join('\n'));
    expect(m?.cycles.map((c) => c.life)).toEqual([0, 0, 1, 1]);
    expect(m?.lives).toBe(2);
  });

  test('words alone are no trace', () => {
    expect(read('user scheduled gc 7 @home, 93% util\nSCHED 5ms: gomaxprocs=\ngc 1 @0.1s 2%: broken ms clock, ')).toBeNull();
  });
});
