/** `gorca goroutines diff` and `gorca goroutines leaks`, as they are typed. */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { GoroutineDiff, GoroutineLeaks } from '../../model/index.ts';
import { said as typed } from '../testing/said.ts';

const root = join(import.meta.dirname, '../../..');
const dump = (name: string): string => join(root, 'src/read/goroutine-dump/testdata', name);
const zoo = (name: string): string => join(root, 'go/zoo/testdata', name);
const leak = [1, 2, 3].map((n) => dump(`leak-${n}.go126.txt`));
const folder = mkdtempSync(join(tmpdir(), 'gorca-goroutine-series-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const said = (...args: string[]) => typed('goroutines', ...args);

const leaks = async (...args: string[]): Promise<GoroutineLeaks> => JSON.parse((await said('leaks', '--json', ...args)).out) as GoroutineLeaks;
const diff = async (...args: string[]): Promise<GoroutineDiff> => JSON.parse((await said('diff', '--json', ...args)).out) as GoroutineDiff;
const growing = async (...args: string[]): Promise<unknown[]> => (await leaks(...args)).processes.flatMap((p) => p.growing.map((g) => [g.at.function, g.counts, g.weak]));

describe('gorca goroutines diff', () => {
  it('shows what came and went in the order given, and that the same ones are still there', async () => {
    const { out, exit } = await said('diff', leak[0] as string, leak[2] as string);
    expect(exit).toBe(0);
    expect(out.split('\n').slice(0, 9)).toEqual([
      '154 → 453 goroutines (+299)',
      '  1. leak-1.go126.txt',
      '  2. leak-3.go126.txt',
      '  compared in the order given',
      '',
      'CHANGE     NOW    WAITS FOR  WHERE',
      '    +301     449  chan send  main.reserve.func1  main.go:59',
      '                             by main.reserve main.go:57',
      '                             all 148 of before are still there',
    ]);
    const back = await diff(leak[2] as string, leak[0] as string);
    expect(back.changes[0]).toMatchObject({ counts: [449, 148], change: -301, stayed: 148 });
  });

  it('changes and what did not change are all goroutines', async () => {
    const d = await diff(...leak);
    const last = d.changes.reduce((n, c) => n + (c.counts.at(-1) ?? 0), 0) + d.unchanged.goroutines;
    expect(last).toBe(d.dumps.at(-1)?.goroutines);
    expect([d.order, d.sameProcess, d.seconds]).toEqual(['as given', true, null]);
  });

  it('compares different forms of one dump and finds nothing changed', async () => {
    const d = await diff(zoo('parked/go1.26.debug2.txt'), zoo('parked/go1.26.pb.gz'));
    expect(d.by).toBe('line alone');
    expect(d.sameProcess).toBeNull();
    expect(d.changes.filter((c) => !c.group.system)).toEqual([]);
  });

  it('says that dumps are of two processes where ids show it', async () => {
    const { out } = await said('diff', dump('leak-1.go126.txt'), dump('lock-cycle.go126.txt'));
    expect(out).toMatch(/goroutine ids say that they\s+are\s+of\s+different\s+processes/);
  });

  it('takes a folder by the times in the names, and leaves out what counts differently', async () => {
    const { out, err } = await said('diff', '--first', '1', zoo('abandoned-sender.go1.27'));
    expect(out).toContain('13 → 111 → 206 → 220 goroutines (+207 in 19 s, +657.1 a minute)');
    expect(out).toContain('187 leaked, says the runtime');
    expect(err).toContain('left out, for they count differently: ');
    expect((await said('diff', leak[0] as string)).exit).toBe(3);
  });
});

describe('gorca goroutines leaks', () => {
  it('takes files without times as they are named, but for the order a shell gives to names with numbers', async () => {
    const copy = (names: readonly string[]): string[] =>
      names.map((name, i) => {
        copyFileSync(leak[i] as string, join(folder, name));
        return join(folder, name);
      });
    const [before, after] = copy(['before.txt', 'after.txt']) as [string, string];
    expect((await leaks(before, after)).processes).toMatchObject([{ order: 'as given', sameLife: true, growing: [{ counts: [148, 300], weak: true }] }]);
    expect((await said('leaks', before, after)).out).toContain('\n  compared in the order given; ids show one life of one process\n');
    // the later one first: ids that begin again low are of another process, and nothing grew
    expect((await leaks(after, before)).processes.map((p) => [p.dumps.length, p.growing])).toEqual([
      [1, []],
      [1, []],
    ]);
    const [two, ten, eleven] = copy(['dump-2.txt', 'dump-10.txt', 'dump-11.txt']) as [string, string, string];
    for (const args of [
      [ten, eleven, two],
      [two, ten, eleven],
    ]) {
      const [p, ...more] = (await leaks(...args)).processes;
      expect([p?.growing[0]?.counts, more]).toEqual([[148, 300, 449], []]);
    }
    expect((await diff(ten, eleven, two)).changes[0]).toMatchObject({ counts: [148, 300, 449] });
  });

  it('says what piles up, and who started it up to main', async () => {
    const [process] = (await leaks(...leak)).processes;
    expect(process?.sameLife).toBe(true);
    expect(process?.growing).toHaveLength(1);
    expect(process?.growing[0]).toMatchObject({ counts: [148, 300, 449], wait: 'chan send', weak: false, stay: 1, at: { function: 'main.reserve.func1', line: 59 } });
    expect(process?.growing[0]?.startedBy.map((c) => [c.function, c.alive])).toEqual([
      ['main.reserve', true],
      ['main.main', true],
    ]);
  });

  it('takes two dumps for a weak word, and follows the thresholds', async () => {
    expect(await growing(leak[0] as string, leak[1] as string)).toEqual([['main.reserve.func1', [148, 300], true]]);
    expect(await growing('--least', '302', ...leak)).toEqual([]);
    expect(await growing('--least', '301', ...leak)).toHaveLength(1);
    const timed = ['2026-01-01T00:00:00Z', '2026-01-01T00:01:00Z', '2026-01-01T00:02:00Z'].map((at, i) => {
      const file = join(folder, `goroutines-${at.replaceAll(':', '-')}.txt`);
      copyFileSync(leak[i] as string, file);
      return file;
    });
    expect(await growing('--per-minute', '151', ...timed)).toEqual([]);
    expect(await growing('--per-minute', '150', ...timed)).toHaveLength(1);
    expect((await said('leaks', '--share', '101', ...leak)).exit).toBe(2);
  });

  it('takes no growth from a dump that is cut, and still ends one with it', async () => {
    const cut = (n: number): string => {
      const file = join(folder, `cut-${n}.txt`);
      const text = readFileSync(leak[n - 1] as string, 'utf8');
      const end = text.indexOf('main.reserve.func1', text.length * 0.75);
      writeFileSync(file, text.slice(0, end + 10));
      return file;
    };
    // 300 stood there, 449 stand there; the first was cut to less
    const whole = join(folder, 'cut-9.txt');
    copyFileSync(leak[2] as string, whole);
    expect(await growing(cut(2), whole)).toEqual([]);
    const early = join(folder, 'cut-0.txt');
    copyFileSync(leak[0] as string, early);
    expect(await growing(early, cut(3))).toHaveLength(1);
    expect((await said('diff', cut(2), whole)).out).toMatch(/lower\s+bounds/);
  });

  it('finds nothing where work comes and goes', async () => {
    for (const healthy of ['busy.healthy', 'idle-pool.healthy', 'abandoned-sender.healthy', 'slow-consumer.healthy']) {
      const l = await leaks(zoo(healthy));
      expect(
        l.processes.flatMap((p) => p.growing),
        healthy,
      ).toEqual([]);
      expect(l.findings, healthy).toEqual([]);
    }
  });

  it('takes the collector’s own word', async () => {
    const [process] = (await leaks(zoo('abandoned-sender.go1.27'))).processes;
    expect(process?.growing[0]).toMatchObject({ leaked: 1, why: 'the garbage collector found that nothing can ever wake them' });
    const { out } = await said('leaks', zoo('lock-cycle.go1.27/goroutineleak-20261124T030736.251Z.debug1.txt'));
    expect(out).toMatch(/^\d+ leaked goroutines/);
  });

  it('names a circle edge by edge and says that who holds what is inferred', async () => {
    const l = await leaks(dump('lock-cycle.go126.txt'));
    const circle = l.findings.find((f) => f.kind === 'goroutines/lock-cycle');
    expect(circle?.inferred).toBe(true);
    expect(circle?.edges).toHaveLength(2);
    expect(circle?.edges[0]?.holds).toBe(circle?.edges[1]?.waitsFor);
    expect(circle?.edges[1]?.holds).toBe(circle?.edges[0]?.waitsFor);
    const { out } = await said('leaks', dump('lock-cycle.go126.txt'));
    expect(out).toContain('inferred');
    expect(out).toContain('one dump cannot show growth');
  });

  it('reads the source beside the dumps', async () => {
    const { out } = await said('leaks', zoo('standstill-tally'));
    expect(out).toMatch(/GONE {4}goroutine \d+ waits for all in tally\.Count/);
    expect((await leaks(zoo('standstill-tally.healthy'))).findings).toEqual([]);
  });

  it('ends with 3 where there is no dump', async () => {
    const file = join(folder, 'app.log');
    writeFileSync(file, '{"level":"info","msg":"up"}\n');
    expect((await said('leaks', file)).exit).toBe(3);
  });
});
