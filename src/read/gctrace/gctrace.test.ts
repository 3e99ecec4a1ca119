import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { textArtifact } from '../../model/testing/artifact.ts';
import { checkReader, expectSpanText, fixtures } from '../testing/check-reader.ts';
import { type GcTrace, gctrace, type SchedState } from './index.ts';

const files = fixtures(join(import.meta.dirname, 'testdata'), /\.log$/);
const read = (text: string) => gctrace.read(textArtifact(text)).model;

/** All of it, of threads and goroutines how many. */
const lastOf = (sched: readonly SchedState[]): unknown => {
  const s = sched.at(-1);
  return s?.detail == null ? s : { ...s, detail: { ...s.detail, threads: [s.detail.threads.length, s.detail.threads[0]] } };
};

const GC = 'gc 7 @12.5s 4%: 0.24+0.47+0.003 ms clock, 0.48+0.024/0.071/0.22+0.007 ms cpu, 30->44->21 MB, 40 MB goal, 1 MB stacks, 2 MB globals, 8 P';

describe('gctrace', () => {
  test('has fixtures of eight versions', () => expect(new Set(files.map((f) => /go1\.\d+/.exec(f)?.[0])).size).toBe(8));
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
          lastSched: lastOf(m.sched),
          scavenges: m.scavenges.length,
          lastScavenge: m.scavenges.at(-1),
          inits: m.inits.length,
          longestInit: [...m.inits].sort((a, b) => b.clockMs - a.clockMs)[0],
        }),
        integrity: (m, artifact) => {
          for (const c of m.cycles) {
            expectSpanText(artifact, c.span, `gc ${c.number} @`);
            expect(c.life).toBeLessThan(m.lives);
          }
          for (const s of m.sched) expectSpanText(artifact, s.span, `SCHED ${s.atMs}ms`);
          for (const i of m.inits) expectSpanText(artifact, i.span, ' allocs');
          for (const s of m.scavenges) expectSpanText(artifact, s.span, '% util');
        },
      }),
    );
  }

  test.each(files.filter((f) => f.includes('schedtrace')))('each moment of %s is whole', (file) => {
    const { sched } = read(readFileSync(file, 'utf8')) as GcTrace;
    expect(sched.length).toBeGreaterThan(1);
    for (const s of sched) {
      // a gctrace line may be printed into the middle of a moment: what stands behind it is lost
      if (s.queues.length < s.gomaxprocs) continue;
      expect(s.queues.length).toBe(s.gomaxprocs);
      if (s.detail !== null) {
        expect(s.detail.threads.length).toBeLessThanOrEqual(s.threads);
        expect(s.detail.threads.length).toBeGreaterThan(0);
        expect(s.detail.goroutines.reduce((n, g) => n + g.count, 0)).toBeGreaterThan(0);
      }
    }
    expect(sched.filter((s) => s.queues.length === s.gomaxprocs).length).toBeGreaterThan(sched.length / 2);
  });

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

  test('scheddetail, as Go 1.18 and 1.26 write it, behind a prefix of a log', () => {
    const lines = (nothing: string, no: string): string[] => [
      `SCHED 7ms: gomaxprocs=2 idleprocs=1 threads=4 spinningthreads=1 idlethreads=1 runqueue=3 gcwaiting=${no} nmidlelocked=1 stopwait=0 sysmonwait=${no}`,
      `  P0: status=1 schedtick=9 syscalltick=2 m=0 runqsize=4 gfreecnt=0 timerslen=6`,
      `  P1: status=0 schedtick=5 syscalltick=1 m=${nothing} runqsize=0 gfreecnt=0 timerslen=0`,
      `  M2: p=${nothing} curg=${nothing} mallocing=0 throwing=0 preemptoff= locks=0 dying=0 spinning=${no} blocked=${no === '0' ? '1' : 'true'} lockedg=${nothing}`,
      `  M0: p=0 curg=12 mallocing=0 throwing=0 preemptoff= locks=1 dying=0 spinning=${no} blocked=${no} lockedg=1`,
      `  G1: status=4(chan receive) m=${nothing} lockedm=0`,
      `  G2: status=4100(chan receive) m=${nothing} lockedm=${nothing}`,
      `  G3: status=4(chan receive (nil chan)) m=${nothing} lockedm=${nothing}`,
      `  G12: status=2() m=0 lockedm=${nothing}`,
    ];
    for (const [nothing, no] of [
      ['-1', '0'],
      ['nil', 'false'],
    ] as const) {
      const m = read(
        lines(nothing, no)
          .map((l) => `orders-1  | ${l}`)
          .join('\n'),
      );
      expect(m?.sched[0]).toMatchObject({ queues: [4, 0], schedticks: [9, 5], spinningthreads: 1, needspinning: null, runqueue: 3 });
      expect(m?.sched[0]?.detail).toEqual({
        gcwaiting: false,
        nmidlelocked: 1,
        stopwait: 0,
        sysmonwait: false,
        procs: [
          { id: 0, status: 'running', schedtick: 9, syscalltick: 2, m: 0, runqsize: 4, timers: 6 },
          { id: 1, status: 'idle', schedtick: 5, syscalltick: 1, m: null, runqsize: 0, timers: 0 },
        ],
        threads: [
          { id: 2, p: null, curg: null, locks: 0, spinning: false, blocked: true, lockedg: null },
          { id: 0, p: 0, curg: 12, locks: 1, spinning: false, blocked: false, lockedg: 1 },
        ],
        goroutines: [
          { status: 'waiting', reason: 'chan receive', count: 2, withThread: 0 },
          { status: 'waiting', reason: 'chan receive (nil chan)', count: 1, withThread: 0 },
          { status: 'running', reason: '', count: 1, withThread: 1 },
        ],
      });
    }
    // a word of the same shape without a SCHED line before it says nothing
    expect(read(`${GC}\n  P0: status=1 runqsize=3 gfreecnt=0\n  G1: status=4(sleep) m=nil lockedm=nil`)?.sched).toEqual([]);
  });

  test('ticks of each P, and packages that are slow to begin', () => {
    const m = read(
      'SCHED 2ms: gomaxprocs=2 idleprocs=0 threads=6 spinningthreads=0 needspinning=1 idlethreads=2 runqueue=7 [ 1 0 ] schedticks=[ 9 4 ]\ninit net/http @2.1 ms, 0.30 ms clock, 36888 bytes, 452 allocs\n',
    );
    expect(m?.sched[0]).toMatchObject({ queues: [1, 0], schedticks: [9, 4], needspinning: 1, detail: null });
    expect(m?.inits[0]).toMatchObject({ package: 'net/http', atMs: 2.1, clockMs: 0.3, bytes: 36888, allocs: 452 });
    expect(read(`${GC}\ninit done @2.1 ms, all 452 allocs`)?.inits).toEqual([]);
  });

  test('two writers of one log are two processes, however their lines mix', () => {
    const of = (pod: string, n: number): string => `[pod/${pod}/orders] ${GC.replace('gc 7', `gc ${n}`)}`;
    const m = read([of('a', 7), of('b', 2), of('a', 8), of('b', 3), of('b', 1), of('a', 9)].join('\n'));
    expect(m?.cycles.map((c) => c.life)).toEqual([0, 1, 0, 1, 2, 0]);
    expect(m?.lives).toBe(3);
  });

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
