import { appendFileSync, mkdirSync, mkdtempSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { said } from '../testing/said.ts';

let folder = '';
const at = (name: string): string => join(folder, name);
const line = (n: number, level: string, more = ''): string => `{"time":"2026-11-22T14:0${n}:00Z","level":"${level}","msg":"m${n}","service":"orders"${more}}`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gorca-grep-'));
  process.env['XDG_CACHE_HOME'] = join(folder, 'cache');
  writeFileSync(at('a.log'), `${[line(1, 'info'), line(3, 'error', ',"user":"u1"'), line(5, 'warn', ',"user":"u\\u001b[31m2"')].join('\n')}\n`);
  writeFileSync(at('b.log'), `time=2026-11-22T14:02:00Z level=error msg="b two" service=pay\ntime=2026-11-22T14:04:00Z level=info msg="level=error"\n`);
  writeFileSync(at('c.log.gz'), gzipSync(`${line(2, 'error')}\n`));
  writeFileSync(at('crash.log'), `${line(1, 'info')}\npanic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:7 +0x1d\nexit status 2\n`);
});
afterAll(() => {
  delete process.env['XDG_CACHE_HOME'];
  rmSync(folder, { recursive: true, force: true });
});

async function gorca(...argv: string[]): Promise<{ code: number; out: string; err: string }> {
  const { exit: code, out, err } = await said(...argv);
  return { code, out, err };
}
const grep = (...argv: string[]): Promise<{ code: number; out: string; err: string }> => gorca('logs', 'grep', ...argv);

describe('what is printed', () => {
  test('the lines as they stand', async () => {
    expect(await grep('level=error', at('a.log'))).toEqual({ code: 0, out: `${line(3, 'error', ',"user":"u1"')}\n`, err: '' });
  });

  test('several files by time, compressed ones too', async () => {
    const { out } = await grep('level=error', at('a.log'), at('b.log'), at('c.log.gz'));
    expect(out.split('\n').map((l) => /14:0(\d)/.exec(l)?.[1])).toEqual(['2', '2', '3', undefined]);
  });

  test('as they stand in the files', async () => {
    const { out } = await grep('--order', 'file', 'level=error', at('a.log'), at('b.log'));
    expect(out.split('\n').map((l) => /14:0(\d)/.exec(l)?.[1])).toEqual(['3', '2', undefined]);
  });

  test('a folder: its logs and nothing else', async () => {
    mkdirSync(at('pile/deep'), { recursive: true });
    writeFileSync(at('pile/deep/x.log'), `${line(4, 'error')}\n`);
    writeFileSync(at('pile/y.log.gz'), gzipSync(`${line(2, 'error')}\n`));
    writeFileSync(at('pile/dump.txt'), 'goroutine 1 [running]:\nmain.main()\n\t/app/main.go:7 +0x1d\n');
    writeFileSync(at('pile/main.go'), 'package main\n\nfunc main() { panic("level=error") }\n');
    expect((await grep('level>=error', at('pile'))).out).toBe(`${line(2, 'error')}\n${line(4, 'error')}\n`);
  });

  test('how many', async () => {
    expect((await grep('-c', 'level>=warn', at('a.log'), at('b.log'))).out).toBe('3\n');
    expect(JSON.parse((await grep('-c', '--json', 'level>=warn', at('a.log'))).out)).toEqual({ matched: 2, files: [{ file: at('a.log'), matched: 2 }] });
  });

  test('one field, some fields', async () => {
    expect((await grep('-o', 'user', 'service=orders', at('a.log'))).out).toBe('u1\nu\u001b[31m2\n');
    expect((await grep('--fields', 'level,user', '', at('a.log'))).out).toBe('info\t\nerror\tu1\nwarn\tu\u001b[31m2\n');
  });

  test('time and duration of several loggers are of one unit; a field of that very name stands as it is', async () => {
    writeFileSync(at('zap.log'), '{"level":"error","ts":1795741220.110448,"msg":"call failed","duration":0.000193007}\n');
    writeFileSync(at('slog.log'), '{"time":"2026-11-27T01:00:20.473139799Z","level":"ERROR","msg":"call failed","duration":60841099}\n');
    const both = [at('zap.log'), at('slog.log')];
    expect((await grep('--fields', 'time,dur', '', ...both)).out).toBe('2026-11-27T01:00:20.110448Z\t193.007µs\n2026-11-27T01:00:20.473139799Z\t60.841099ms\n');
    expect((await grep('--fields', 'ts,duration', '', ...both)).out).toBe('1795741220.110448\t0.000193007\n2026-11-27T01:00:20.473139799Z\t60841099\n');
    expect((await grep('-o', 'time', '', at('zap.log'))).out).toBe('2026-11-27T01:00:20.110448Z\n');
  });

  test('lines around', async () => {
    expect((await grep('-C', '1', 'level=error', at('a.log'))).out.split('\n')).toHaveLength(4);
    expect((await grep('-C', '1', 'user=*', at('a.log'))).out).toBe(
      `${[line(1, 'info'), line(3, 'error', ',"user":"u1"'), line(5, 'warn', ',"user":"u\\u001b[31m2"')].join('\n')}\n`,
    );
  });

  test('the first of them, and where they stand', async () => {
    expect((await grep('--first', '1', '--with-filename', 'service=orders', at('a.log'))).out).toBe(`${at('a.log')}:0:${line(1, 'info')}\n`);
  });

  test('JSON, nothing of it obeyed by a terminal', async () => {
    const { out } = await grep('--json', 'level=warn', at('a.log'));
    expect(out).not.toContain('\u001b');
    expect(JSON.parse(out)).toMatchObject({ file: at('a.log'), level: 'warn', time: '2026-11-22T14:05:00Z', service: 'orders', message: 'm5', format: 'json' });
  });

  test('a crash is one record', async () => {
    const { out } = await grep('level=fatal', at('crash.log'));
    expect(out).toBe('panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:7 +0x1d\nexit status 2\n');
    expect((await grep('-c', '"main.go:7"', at('crash.log'))).out).toBe('1\n');
  });

  test('what was looked at', async () => {
    expect((await grep('-c', '--stats', 'level=error', at('a.log'))).err).toContain('1 records matched');
  });
});

describe('wrong usage', () => {
  test.each([
    [['level=loud', 'x'], 'nothing'],
    [[], 'a query is missing'],
    [['level=error'], 'name at least one file'],
  ])('%j', async (argv, says) => {
    const { code, err } = await grep(...argv.map((a) => (a === 'x' ? at('a.log') : a)));
    expect(code).toBe(2);
    expect(err).toContain(says === 'nothing' ? '"loud" is no level' : says);
  });

  test('the place in the query is shown', async () => {
    expect((await grep('(level=error', at('a.log'))).err).toContain('  (level=error\n  ^');
  });

  test('a file that is not there', async () => {
    expect((await grep('level=error', at('nowhere.log'))).code).toBe(3);
  });
});

describe('with an index', () => {
  const big = (): string => at('big.log');
  beforeAll(() => {
    const lines = Array.from(
      { length: 90_000 },
      (_none, n) =>
        `{"time":"2026-11-22T14:00:00.${String(n).padStart(6, '0')}Z","level":"${n === 77_000 ? 'error' : 'info'}","msg":"m","trace_id":"aaaaaaaaaaaaaaaa${String(n).padStart(16, '0')}"}`,
    );
    writeFileSync(big(), `${lines.join('\n')}\n`);
  });

  test('the same answers from less', async () => {
    const made = await gorca('logs', 'index', big());
    expect(made.out).toContain('90000 lines');
    const one = await grep('--stats', 'trace_id=aaaaaaaaaaaaaaaa0000000000077000', big());
    expect(one.out).toContain('"level":"error"');
    expect(one.err).toMatch(/by the index \d of 10 blocks were read/);
    expect((await grep('-c', 'level=error', big())).out).toBe('1\n');
    expect((await grep('-c', 'level>=info', big())).out).toBe((await grep('-c', '--no-index', 'level>=info', big())).out);
  });

  test('a log that changed is searched without it, until it is brought up to date', async () => {
    appendFileSync(big(), `${line(9, 'error')}\n`);
    const stale = await grep('-c', 'level=error', big());
    expect(stale.out).toBe('2\n');
    expect(stale.err).toContain('the log has changed since');
    expect((await gorca('logs', 'index', big())).out).toMatch(/in 10 blocks, 9 of them known/);
    const fresh = await grep('-c', 'level=error', big());
    expect([fresh.out, fresh.err]).toEqual(['2\n', '']);
  });

  test('a cache folder that cannot be written is said, and all works without', async () => {
    const before = process.env['XDG_CACHE_HOME'];
    process.env['XDG_CACHE_HOME'] = big();
    try {
      expect((await gorca('logs', 'index', big())).err).toContain('queries work without');
      expect((await grep('-c', 'level=error', big())).out).toBe('2\n');
    } finally {
      process.env['XDG_CACHE_HOME'] = before;
    }
  });
});

test('parts of a rotated log are searched as one, oldest first, whatever their order on the command line', async () => {
  const records = (...n: number[]): string => n.map((i) => `${line(i, 'error')}\n`).join('');
  writeFileSync(at('rot.log.2.gz'), gzipSync(records(1, 2)));
  writeFileSync(at('rot.log.1'), records(3, 4));
  writeFileSync(at('rot.log'), records(5, 6));
  writeFileSync(at('other.log'), records(7));
  const paths = ['rot.log', 'other.log', 'rot.log.1', 'rot.log.2.gz'].map(at);
  const printed = await gorca('logs', 'grep', '--order', 'file', 'level=error', ...paths);
  expect([...printed.out.matchAll(/"m(\d)"/g)].map((m) => m[1])).toEqual(['1', '2', '3', '4', '5', '6', '7']);
  // names that tell of no rotation keep the order they were given in
  const apart = await gorca('logs', 'grep', '--order', 'file', 'level=error', at('rot.log'), at('other.log'));
  expect([...apart.out.matchAll(/"m(\d)"/g)].map((m) => m[1])).toEqual(['5', '6', '7']);
});

test('follow: what is appended, rotated and truncated', async () => {
  const { follow } = await import('./follow.ts');
  const { openLogFiles } = await import('../../collect/log-files/index.ts');
  const { collectFiles } = await import('../../collect/files/index.ts');
  const { BUILT_IN } = await import('../../read/logs/format-set.ts');
  const { HitPrinter } = await import('./print-hits.ts');
  const path = at('live.log');
  writeFileSync(path, `${line(1, 'error')}\n`);
  let out = '';
  let err = '';
  const console = {
    out: (t: string) => {
      out += t;
    },
    err: (t: string) => {
      err += t;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    env: {},
  };
  // what was rotated before: the next rotation puts another file in its place, which is nothing new
  writeFileSync(`${path}.1`, `${line(0, 'error')}\n`);
  const { logs } = await openLogFiles(
    [`${path}.1`, path],
    (packed) => collectFiles(packed, { hash: false }),
    () => true,
  );
  const printer = new HitPrinter(console, logs, { fields: null, skipMissing: false, context: 0, names: false, json: false, readable: false, colour: false }, BUILT_IN);
  const steps = [
    () => appendFileSync(path, `${line(2, 'info')}\n${line(3, 'error')}\n${line(4, 'err').slice(0, 20)}`),
    () => appendFileSync(path, `${line(4, 'error').slice(20)}\n`),
    () => {
      renameSync(path, `${path}.1`);
      writeFileSync(path, `${line(5, 'error')}\n`);
    },
    () => {
      truncateSync(path, 0);
    },
    () => writeFileSync(path, `${line(6, 'error')}\n`),
    () => undefined,
  ];
  await follow(console, logs, { query: 'level=error', day: null, formats: BUILT_IN }, printer, () => {
    const step = steps.shift();
    step?.();
    return step === undefined;
  });
  expect([...out.matchAll(/"m(\d)"/g)].map((m) => m[1])).toEqual(['3', '4', '5', '6']);
  expect(err).toContain('live.log.1 is a rotated part');
  expect(err).toContain('was rotated');
  expect(err).toContain('was truncated');
}, 30_000);
