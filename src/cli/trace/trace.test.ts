/** `gorca trace …` as it is typed, over recorded traces whose answers are known (go/zoo/tracestories). */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { TraceGoroutine, TracePath, TraceSummary } from '../../model/index.ts';
import type { FlagValues, Run } from '../command.ts';
import { type Said, saidBy } from '../testing/said.ts';
import { run as blocking } from './blocking.ts';
import { run as gc } from './gc.ts';
import { run as goroutine } from './goroutine.ts';
import { run as latency } from './latency.ts';
import { run as summary } from './summary.ts';
import { run as wakeups } from './wakeups.ts';

const folder = mkdtempSync(join(tmpdir(), 'gorca-trace-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const story = (name: string): string => join(import.meta.dirname, '..', '..', '..', 'go', 'zoo', 'testdata', 'trace-stories', `${name}.go1.26.trace`);

const said = (run: Run, flags: FlagValues, ...args: string[]): Promise<Said> => saidBy((console) => run(console, flags, args));
const json = async <T>(run: Run, flags: FlagValues, ...args: string[]): Promise<T> => JSON.parse((await said(run, { ...flags, json: true }, ...args)).out) as T;
const ms = (ns: number): number => ns / 1e6;

describe('trace', () => {
  it('prints every page within 80 columns, and never cuts a file from its line', async () => {
    for (const run of [summary, latency, blocking, gc, goroutine, wakeups])
      for (const name of ['lock-across-io', 'critical-path', 'assists', 'dump-of-goroutines', 'processor-quota', 'generations']) {
        const { out, err, exit } = await said(run, {}, story(name));
        expect({ err, exit }).toEqual({ err: '', exit: 0 });
        expect(out.split('\n').filter((l) => [...l].length > 80)).toEqual([]);
        expect(out).not.toMatch(/…$|undefined|NaN|Infinity/m);
      }
  });

  it('says who held the lock, and what the holder waited for', async () => {
    const { out } = await said(blocking, {}, story('lock-across-io'));
    expect(out).toMatch(
      /Mutex\n +main\.\(\*Accounts\)\.PostAtRate locks\.go:63\n +ended by main\.\(\*Accounts\)\.PostAtRate locks\.go:66\n +which spent 9\d\.\d % of its turn in: network\n +main\.\(\*rateClient\)\.Rate locks\.go:50/,
    );
    const computes = await said(blocking, {}, story('lock-computes'));
    expect(computes.out).toMatch(/PostAndAudit locks\.go:78\n +ended by main\.\(\*Accounts\)\.PostAndAudit locks\.go:82\n(?! +which)/);
  });

  it('tells captures from pauses of the program and of the collector', async () => {
    const because = async (name: string): Promise<Record<string, string>> =>
      Object.fromEntries((await json<TraceSummary>(gc, {}, story(name))).pauses.map((p) => [p.kind, p.because]));
    expect(await because('mem-stats')).toMatchObject({ 'read mem stats': 'program', 'start trace': 'capture' });
    expect(await because('dump-of-goroutines')).toMatchObject({ 'all goroutines stack trace': 'capture', 'goroutine profile': 'capture' });
    expect(await because('assists')).toMatchObject({ 'GC mark termination': 'runtime', 'GC sweep termination': 'runtime' });
  });

  it('shows rows that would look alike as one, and their counts add up', async () => {
    for (const name of ['assists', 'lock-across-io', 'processor-quota', 'healthy']) {
      const s = await json<TraceSummary>(summary, {}, story(name));
      // a row begins with its figures; what it says may be broken over several lines, and ends at the next row or label
      const rowsOf = (page: string, label: string): { count: number; says: string }[] => {
        const part = new RegExp(`^${label} [\\s\\S]*?(?=^[A-Z]|(?![\\s\\S]))`, 'm').exec(page)?.[0].slice(8) ?? '';
        const [, ...cells] = part.split(/^ *[\d.]+ (?:ns|µs|ms|s) +([\d,]+)× {2}longest +[\d.]+ (?:ns|µs|ms|s)/m);
        return cells.flatMap((cell, i) =>
          i % 2 === 0 ? [{ count: Number(cell.replaceAll(',', '')), says: (cells[i + 1] as string).replace(/(?:\(always|which spent).*/s, '').replace(/\s+/g, ' ') }] : [],
        );
      };
      const counted = (rows: readonly { readonly count: number }[]): number => rows.reduce((n, r) => n + r.count, 0);
      const wakes = rowsOf((await said(wakeups, { first: 10_000 }, story(name))).out, 'WAKES');
      expect(counted(wakes), name).toBe(counted(s.wakes.filter((w) => w.by !== null && w.stack.user !== null)));
      expect(new Set(wakes.map((w) => w.says)).size, name).toBe(wakes.length);
      const pauses = rowsOf((await said(gc, { first: 10_000 }, story(name))).out, 'PAUSES');
      expect(counted(pauses), name).toBe(counted(s.pauses));
      expect(new Set(pauses.map((p) => p.says)).size, name).toBe(pauses.length);
      const locks = rowsOf((await said(blocking, { first: 10_000, all: true }, story(name))).out, 'LOCKS');
      expect(counted(locks), name).toBe(counted(s.waits.filter((w) => w.spent === 'lock')));
    }
  });

  it('charges assists to the call that allocates', async () => {
    const s = await json<TraceSummary>(summary, {}, story('assists'));
    const total = s.processors.assists.reduce((n, a) => n + a.runningNs, 0);
    const own = s.processors.assists.filter((a) => a.stack.user?.function === 'main.Thumbnail').reduce((n, a) => n + a.runningNs, 0);
    expect(own / total).toBeGreaterThan(0.9);
    expect(s.processors.rows.find((r) => r.id === 'gc-assist')?.ns).toBe(total);
  });

  it('never counts what is not yet known as idle or waiting', async () => {
    const s = await json<TraceSummary>(summary, {}, story('healthy'));
    expect(s.goroutines.spent.undetermined).toBeGreaterThan(0);
    const ids = s.processors.rows.map((r) => r.id);
    expect(ids.some((id) => id.startsWith('undetermined'))).toBe(true);
    expect(s.processors.rows.reduce((n, r) => n + r.ns, 0)).toBe(s.processors.capacityNs);
  });

  it('sees that a quota stops the whole process, and that too few processors do not', async () => {
    const quota = await json<TraceSummary>(latency, {}, story('processor-quota'));
    expect(quota.latency.standstills.count).toBeGreaterThanOrEqual(3);
    expect((await said(latency, {}, story('processor-quota'))).out).toMatch(/the kernel gave it no time/);
    for (const name of ['too-few-processors', 'assists', 'lock-across-io', 'healthy'])
      expect((await json<TraceSummary>(latency, {}, story(name))).latency.standstills.count).toBe(0);
  });

  it('lists goroutines by where they start, and follows one', async () => {
    const s = await json<TraceSummary>(goroutine, {}, story('lock-across-io'));
    const callers = s.goroutines.entries.find((e) => e.entry === 'main.accounts.func1.1');
    expect(callers).toMatchObject({ created: 8, ended: 8, alive: 0 });
    const worst = s.latency.worst.find((w) => w.entry === 'main.accounts.func1.1');
    const id = worst!.goroutine;
    const g = await json<TraceGoroutine>(goroutine, { id }, story('lock-across-io'));
    expect(g).toMatchObject({ goroutine: id, entry: 'main.accounts.func1.1', ended: true });
    // its steps follow one another without a gap
    expect(g.steps[0]?.fromNs).toBe(g.created?.atNs);
    g.steps.slice(1).forEach((x, i) => {
      expect(x.fromNs).toBe(g.steps[i]!.toNs);
    });
    expect((await said(goroutine, { id }, story('lock-across-io'))).out).toMatch(/ended by goroutine \d+ at main\.\(\*Accounts\)\.PostAtRate/);
    expect(await said(goroutine, { id: 999_999 }, story('healthy'))).toMatchObject({ exit: 3, out: '' });
  });
});

describe('trace wakeups --task', () => {
  it('finds the path of a task over three goroutines', async () => {
    const [{ path }] = (await json<{ paths: [{ path: TracePath }] }>(wakeups, { task: '1' }, story('critical-path'))).paths;
    const whole = path.toNs - path.fromNs;
    // the steps cover the task without a gap
    expect(path.steps[0]?.fromNs).toBe(path.fromNs);
    expect(path.steps.at(-1)?.toNs).toBe(path.toNs);
    path.steps.slice(1).forEach((x, i) => {
      expect(x.fromNs).toBe(path.steps[i]!.toNs);
    });
    expect(Object.values(path.spent).reduce((a, b) => a + b, 0)).toBe(whole);
    // 5 ms of Accept, 20 ms of waiting for the server, 10 ms of Pack, 8 ms of Ship
    expect(ms(path.spent.network)).toBeGreaterThan(19.5);
    expect(ms(path.spent.running)).toBeGreaterThan(14.9);
    expect(ms(path.spent.sleep)).toBeGreaterThan(7.9);
    expect((path.spent.network + path.spent.running + path.spent.sleep) / whole).toBeGreaterThan(0.95);
    expect(new Set(path.steps.filter((x) => x.toNs - x.fromNs > 4e6).map((x) => x.goroutine)).size).toBe(3);
    expect(path.steps.some((x) => x.stack.frames.some((f) => f.function === 'main.bystander'))).toBe(false);
    expect(path.lost).toBe(null);
  });
  it('is of the slowest of a type, over generations', async () => {
    const { out, exit } = await said(wakeups, { task: 'job-1' }, story('generations'));
    expect(exit).toBe(0);
    expect(out).toMatch(/^task job-1 \d+: 2[23]\d ms/);
    expect(out).toMatch(/9\d\.\d % +2[23]\d ms +sleep/);
    expect(await said(wakeups, { task: 'none' }, story('generations'))).toMatchObject({ exit: 3, out: '' });
  });
});

describe('trace, of bad input', () => {
  it('a file that is no trace: exit 3', async () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'no trace at all\n');
    const { out, err, exit } = await said(summary, {}, file);
    expect({ out, exit }).toEqual({ out: '', exit: 3 });
    expect(err).toMatch(/begins with "go 1\.NN trace"/);
  });
  it('a trace that is cut: every complete generation, and how many bytes that is', async () => {
    const bytes = readFileSync(story('generations'));
    const file = join(folder, 'cut.trace');
    writeFileSync(file, bytes.subarray(0, bytes.length - 700));
    const { out, err, exit } = await said(summary, {}, file);
    expect(exit).toBe(0);
    expect(err).toMatch(/the trace is cut off/);
    const m = /the trace is cut or damaged: (\d+) of (\d+) bytes are\s+read, (\d+) are lost/.exec(out);
    expect(Number(m?.[1]) + Number(m?.[3])).toBe(bytes.length - 700);
    writeFileSync(file, bytes.subarray(0, 900));
    expect(await said(summary, {}, file)).toMatchObject({ out: '', exit: 3 });
  });
});

interface ChromeEvent {
  ph: string;
  pid: number;
  tid: number;
  ts: number;
  dur: number;
  id: number;
  name: string;
}

describe('trace --chrome', () => {
  it('into a folder that is not there: says so', async () => {
    await expect(said(summary, { chrome: join(folder, 'no', 'where.json') }, story('healthy'))).rejects.toThrow(/--chrome: ENOENT/);
  });
  it('writes what Perfetto opens: slices that do not overlap, flows with both ends, the heap', async () => {
    for (const name of ['assists', 'critical-path', 'generations', 'healthy']) {
      const file = join(folder, `${name}.json`);
      expect((await said(summary, { chrome: file }, story(name))).err).toMatch(/perfetto/);
      const { traceEvents } = JSON.parse(readFileSync(file, 'utf8')) as { traceEvents: ChromeEvent[] };
      const slices = new Map<string, ChromeEvent[]>();
      const begins = new Map<number, number>();
      let flows = 0;
      for (const e of traceEvents) {
        if (e.ph === 'X') {
          const on = slices.get(`${e.pid}/${e.tid}`) ?? [];
          on.push(e);
          slices.set(`${e.pid}/${e.tid}`, on);
        } else if (e.ph === 's') begins.set(e.id, e.ts);
        else if (e.ph === 'f') {
          expect(begins.get(e.id)).toBeLessThanOrEqual(e.ts);
          flows++;
        }
      }
      expect(flows).toBeGreaterThan(5);
      for (const on of slices.values()) {
        on.sort((a, b) => a.ts - b.ts);
        on.slice(1).forEach((e, i) => {
          expect(on[i]!.ts + on[i]!.dur).toBeLessThanOrEqual(e.ts + 0.002);
        });
      }
      expect(traceEvents.some((e) => e.ph === 'C' && e.name === 'heap in use')).toBe(true);
      expect([...slices.keys()].filter((k) => k.startsWith('1/')).length).toBe(2);
    }
  });
});
