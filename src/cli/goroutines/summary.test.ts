/** `gorca goroutines summary`, as it is typed. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { GoroutineSummary, GoroutineTree } from '../../model/index.ts';
import { said as typed } from '../testing/said.ts';

const parked = join(import.meta.dirname, '../../../go/zoo/testdata/parked');
const folder = mkdtempSync(join(tmpdir(), 'gorca-goroutines-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const said = (...args: string[]) => typed('goroutines', 'summary', ...args);

const json = async (...args: string[]): Promise<GoroutineSummary> => JSON.parse((await said('--json', ...args)).out) as GoroutineSummary;

describe('gorca goroutines summary', () => {
  it('says that debug=1 leaves out what a goroutine waits for, and what shows it; other forms do not say so', async () => {
    const run = join(import.meta.dirname, '../../../go/zoo/testdata/channel-never-closed');
    const of = async (form: RegExp): Promise<string> =>
      (
        await said(
          ...readdirSync(run)
            .filter((f) => form.test(f))
            .map((f) => join(run, f)),
        )
      ).out;
    const note = "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2'";
    const one = await of(/^goroutine-.*debug1\.txt$/);
    expect(one).toMatch(/^ {2}unknown 9\d % [\s\S]*this form leaves out why a goroutine waits/m);
    expect(one).toContain(note);
    for (const form of [/^goroutine-.*debug2\.txt$/, /^goroutine-.*pb\.gz$/]) expect(await of(form)).not.toContain(note);
  });

  it('puts what stands alike together, largest first', async () => {
    const { out, exit } = await said('--first', '3', join(parked, 'go1.27.debug2.txt'));
    expect(exit).toBe(0);
    expect(out).toBe(
      [
        '38 goroutines in go1.27.debug2.txt: 29 stacks',
        '  chan send 29 % · chan receive 24 % · sync.Mutex.Lock 13 % ·',
        '  chan receive (nil chan) 5.3 % · IO wait 2.6 % · chan send (nil chan) 2.6 % ·',
        '  9 more',
        '',
        '    COUNT  SHARE  WAITS FOR        WHERE',
        '        7   18 %  chan send        main.parkAll.func1  main.go:102',
        '                                   by main.parkAll main.go:102',
        '                                   goroutine 20, 21, 22 …',
        '        3  7.9 %  sync.Mutex.Lock  main.(*store).lock  main.go:75',
        '                                   by main.parkAll main.go:105',
        '                                   3 wait for 0xa06cf010070',
        '                                   goroutine 27, 28, 29',
        '        2  5.3 %  chan send        main.(*store).Put  main.go:74',
        '                                   by main.parkAll main.go:108 and 1 more',
        '                                   goroutine 30, 31',
        'and 25 more groups with 25 goroutines (--first), 1 of the runtime itself',
        '(--system)',
        '',
      ].join('\n'),
    );
  });

  it('counts every goroutine once, whatever makes them alike', async () => {
    for (const by of ['stack', 'line', 'creator', 'wait']) {
      const [dump] = (await json('--by', by, join(parked, 'go1.26.debug2.txt'))).dumps;
      expect(
        dump?.groups.reduce((n, g) => n + g.count, 0),
        by,
      ).toBe(dump?.goroutines);
      expect(dump?.waits.reduce((n, w) => n + w.count, 0)).toBe(dump?.goroutines);
    }
  });

  it('shows recursion as one line with a number, and where frames were left out', async () => {
    const { out } = await said('--stacks', '--by', 'stack', '--first', '100', join(parked, 'go1.26.debug2.txt'));
    expect(out).toMatch(/main\.deep {2}main\.go:\d+ ×\d\d/);
    expect(out).toMatch(/\(5\d frames left out/);
  });

  it('shows who started whom, and counts each once', async () => {
    const { out } = await said('--tree', join(parked, '../abandoned-sender.go1.27/goroutine-20261124T030647.512Z.debug2.txt'));
    expect(out.split('\n').slice(4, 8)).toEqual([
      '    COUNT  RUNS, STARTED AT',
      '        1  main.main [IO wait] 187 below',
      '        6    http.(*conn).serve server.go:3581 [5 IO wait, 1 running] 179 below',
      '      178      orders.(*Server).reserve.func1 orders.go:55 [177 chan send, 1',
    ]);
    const all = (trees: readonly GoroutineTree[]): number => trees.reduce((n, t) => n + t.count + all(t.children), 0);
    for (const version of ['1.11', '1.20', '1.21', '1.27'])
      for (const form of ['debug2.txt', 'pb.gz']) {
        const [dump] = (await json('--tree', join(parked, `go${version}.${form}`))).dumps;
        expect(all(dump?.tree ?? []), `${version} ${form}`).toBe(dump?.goroutines);
        expect(dump?.tree?.every((t) => t.count + t.below > 0)).toBe(true);
      }
  });

  it('counts goroutines whose stack is not printed apart from those of the runtime', async () => {
    const { out } = await said(join(parked, '../crash/running-elsewhere.go1.26.txt'));
    expect(out).toMatch(/and 2 whose stack was not printed, for they ran on another thread\n$/);
  });

  it('ends a circle or a long chain of starters', async () => {
    const file = join(folder, 'chain.txt');
    const one = (id: number, by: number): string => `goroutine ${id} [sleep]:\nmain.f()\n\t/src/main.go:4 +0x1\ncreated by main.f in goroutine ${by}\n\t/src/main.go:3 +0x1\n\n`;
    writeFileSync(file, `${one(5, 6)}${one(6, 5)}${Array.from({ length: 3000 }, (_v, i) => one(100 + i, 101 + i)).join('')}`);
    const [dump] = (await json('--tree', file)).dumps;
    const all = (trees: readonly GoroutineTree[]): number => trees.reduce((n, t) => n + t.count + all(t.children), 0);
    expect(all(dump?.tree ?? [])).toBe(3002);
  });

  it('reads several dumps, of a file and of several', async () => {
    const text = readFileSync(join(parked, 'go1.26.debug2.txt'), 'utf8');
    const file = join(folder, 'two.txt');
    writeFileSync(file, `${text}\n${text}`);
    const { dumps } = await json(file, join(parked, 'go1.26.pb.gz'));
    expect(dumps.map((d) => [d.form, d.dump, d.dumps, d.goroutines])).toEqual([
      ['protobuf', 1, 1, 38],
      ['debug2', 1, 2, 38],
      ['debug2', 2, 2, 38],
    ]);
  });

  it('says that counts of a cut dump are lower bounds', async () => {
    const file = join(folder, 'cut.txt');
    const text = readFileSync(join(parked, 'go1.26.debug2.txt'), 'utf8');
    writeFileSync(file, text.slice(0, text.indexOf('main.go', text.length / 2)));
    const { out, err, exit } = await said(file);
    expect(exit).toBe(0);
    expect(out).toMatch(/^at least \d+ goroutines[\s\S]+the dump is cut: all counts are lower bounds/);
    expect(err).toContain('ends in the middle of a goroutine');
  });

  it('says what the input is instead, and ends with 3', async () => {
    const file = join(folder, 'notes.txt');
    writeFileSync(file, 'goroutine leaks are bad\n');
    const { out, err, exit } = await said(file);
    expect([out, exit]).toEqual(['', 3]);
    expect(err).toContain('no goroutine dump was found');
    expect(err).toContain('notes.txt: ');
    const panic = join(folder, 'app.log');
    writeFileSync(
      panic,
      `{"level":"info","msg":"up"}\npanic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/src/main.go:4 +0x1\nexit status 2\n${'{"level":"info","msg":"x"}\n'.repeat(20)}`,
    );
    expect(await said(panic)).toMatchObject({ exit: 3, err: expect.stringContaining('GOTRACEBACK=all') });
    expect((await said()).exit).toBe(2);
    expect((await said(join(folder, 'missing'))).err).toContain('missing was not found');
  });
});
