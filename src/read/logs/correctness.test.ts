/** What readers of Go logs get wrong, each with text that its logger writes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatInstant, type Instant, parseInstant } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { formatSet } from './format-set.ts';
import { goTime } from './go-time.ts';
import { type LogRecord, logs, openLog } from './index.ts';
import { levelOf } from './levels.ts';
import { readEpoch, readIso } from './times.ts';

const recorded = (format: string, name: string): string => readFileSync(join(import.meta.dirname, 'formats', format, 'testdata', `${name}.log`), 'utf8');
const taken = (text: string): { takenAt: Instant } => ({ takenAt: parseInstant(text)! });

function all(text: string, more: { takenAt?: Instant } = {}): LogRecord[] {
  const out: LogRecord[] = [];
  openLog(textArtifact(text, more))?.scan({}, (r) => {
    out.push(r);
    return true;
  });
  return out;
}

const times = (records: readonly LogRecord[]): (string | null)[] => records.map((r) => (r.time === null ? null : formatInstant(r.time.at)));

describe('times', () => {
  it.each([
    ['1710923450736.8257', '2024-03-20T08:30:50.7368257Z', 100n],
    ['1795738204', '2026-11-27T00:10:04Z', 1_000_000_000n],
    ['1795738204887', '2026-11-27T00:10:04.887Z', 1_000_000n],
    ['1795738204887055', '2026-11-27T00:10:04.887055Z', 1000n],
    ['1795738204887055169', '2026-11-27T00:10:04.887055169Z', 1n],
    ['1.7957382048418055e+09', '2026-11-27T00:10:04.841805500Z', 1000n],
    ['1795738204.8418055', '2026-11-27T00:10:04.841805500Z', 1000n],
  ])('epoch %s', (text, at, step) => expect(readEpoch(text)).toEqual({ at: parseInstant(at), stepNs: step, assumed: [] }));

  it.each(['17', '2026', '12345', '99999999999', '-5', 'NaN', '1e400', '1795738204887055169123'])('%s is no epoch', (text) => expect(readEpoch(text)).toBeNull());

  it.each([
    ['2026-11-27T02:10:04.5+02:00', '2026-11-27T00:10:04.5Z'],
    ['2026-11-27T05:40:04.5+0530', '2026-11-27T00:10:04.5Z'],
    ['2026-11-26T19:10:04,5-05:00', '2026-11-27T00:10:04.5Z'],
    ['2026-11-27 00:10:04.5Z', '2026-11-27T00:10:04.5Z'],
  ])('zone of %s', (text, at) => expect(formatInstant(readIso(text)!.at)).toBe(at));

  it.each([
    ['3:04PM', '12:07AM', '2026-11-27T00:07:00Z'],
    ['3:04PM', '12:07PM', '2026-11-26T12:07:00Z'],
    ['15:04:05.000000', '00:10:04.946941', '2026-11-27T00:10:04.946941Z'],
    ['Jan _2 15:04:05', 'Nov  7 23:59:59', '2026-11-07T23:59:59Z'],
    ['02/Jan/2006:15:04:05 -0700', '27/Nov/2026:01:10:04 +0100', '2026-11-27T00:10:04Z'],
    ['Mon Jan _2 15:04:05 MST 2006', 'Fri Nov 27 00:10:04 UTC 2026', '2026-11-27T00:10:04Z'],
    ['0102 15:04:05', '0229 00:00:00', '2024-02-29T00:00:00Z'],
    ['06/01/02 15:04', '26/11/27 00:10', '2026-11-27T00:10:00Z'],
  ])('%s reads %s', (layout, text, at) => {
    const form = goTime(layout);
    if (typeof form === 'string') throw new Error(form);
    expect(formatInstant(form.read(text, parseInstant('2026-11-27T00:12:00Z'))!.at)).toBe(at);
    expect(new RegExp(`^(?:${form.pattern})$`).test(text)).toBe(true);
  });

  it('no time of day, no date, no such day', () => {
    const read = (layout: string, text: string): unknown => (goTime(layout) as Exclude<ReturnType<typeof goTime>, string>).read(text, parseInstant('2026-11-27T00:12:00Z'));
    expect(read('3:04PM', '13:00PM')).toBeNull();
    expect(read('15:04', '24:01')).toBeNull();
    expect(read('2006-01-02 15:04', '2026-02-30 10:00')).toBeNull();
  });

  it("klog over New Year: the year of each line is the one nearest to its file's", () => {
    const file = 'Log file created at: 2026/12/31 23:59:58\nI1231 23:59:59.000001   1 a.go:1] x\nI0101 00:00:01.000001   1 a.go:1] y\n';
    expect(times(all(file).filter((r) => r.format === 'klog'))).toEqual(['2026-12-31T23:59:59.000001Z', '2027-01-01T00:00:01.000001Z']);
    const wrapped = ['2026-12-31T23:59:59.000101234Z stderr F I1231 23:59:59.000001   1 a.go:1] x', '2027-01-01T00:00:01.000101234Z stderr F I0101 00:00:01.000001   1 a.go:1] y'];
    expect(times(all(`${wrapped.join('\n')}\n`))).toEqual(['2026-12-31T23:59:59.000001Z', '2027-01-01T00:00:01.000001Z']);
  });

  it('a time of day: the order is known; the date only from when it was taken, and that is said', () => {
    const text = recorded('zerolog-console', 'zerolog-console-kitchen');
    expect(new Set(times(all(text)))).toEqual(new Set([null]));
    expect(logs.read(textArtifact(text)).problems.map((p) => p.code)).toEqual(['logs/no-date']);
    const dated = all(text, taken('2026-11-24T02:40:00Z'));
    expect(dated[0]!.time).toMatchObject({ stepNs: 60_000_000_000n, assumed: ['date', 'zone'], from: 'record' });
    expect(times(dated)[0]).toBe('2026-11-24T02:31:00Z');
    // taken after midnight: the evening before
    expect(times(all('11:59PM INF a\n12:01AM INF b\n', taken('2026-11-27T00:10:00Z')))).toEqual(['2026-11-26T23:59:00Z', '2026-11-27T00:01:00Z']);
  });

  it('a time of day over several days has no date, rather than a wrong one', () => {
    const text = '11:59PM INF a\n12:01AM INF b\n11:58PM INF c\n12:02AM INF d\n';
    expect(times(all(text, taken('2026-11-27T00:10:00Z')))).toEqual([null, null, null, null]);
    expect(logs.read(textArtifact(text, taken('2026-11-27T00:10:00Z'))).problems[0]?.what).toBe('lines with a time of day only, over more than 1 day: their times are unknown');
  });

  it('a day and an hour is more than a day', () => {
    const at = taken('2026-11-27T11:05:00Z');
    expect(times(all('10:00AM INF a\n11:30PM INF b\n11:00AM INF c\n', at))).toEqual([null, null, null]);
    expect(times(all('11:30AM INF a\n11:30PM INF b\n11:00AM INF c\n', at))).toEqual(['2026-11-26T11:30:00Z', '2026-11-26T23:30:00Z', '2026-11-27T11:00:00Z']);
  });

  it('a wrapper dates it more finely than it could be assumed', () => {
    const [r] = all('2026-11-27T00:10:04.887055169Z stdout F 12:10AM INF listening addr=:8080\n');
    expect(r!.time).toMatchObject({ from: 'wrapper', stepNs: 1n, assumed: [] });
  });

  it('seconds since the process began are no time', () => {
    expect(new Set(times(all(recorded('logrus-tty', 'logrus-tty'), taken('2026-11-27T00:10:00Z'))))).toEqual(new Set([null]));
  });
});

describe('levels', () => {
  it.each([
    ['trace', ['trace', 'TRACE', 'TRC', 'TRAC', 'DEBUG-4', 'DEBUG-1']],
    ['debug', ['debug', 'DEBUG', 'DBG', 'DEBU', 'DEBUG+3', 'INFO-1']],
    ['info', ['info', 'INFO', 'INF', 'notice', 'INFO+3', 'WARN-1', 'I']],
    ['warn', ['warn', 'WARNING', 'WRN', 'WARN+3', 'ERROR-1', 'W']],
    ['error', ['error', 'ERR', 'ERRO', 'dpanic', 'DPANIC', 'ERROR+4', 'E']],
    ['fatal', ['fatal', 'FTL', 'FATA', 'panic', 'PNC', 'PANI', 'critical', 'F']],
  ])('%s', (level, names) => {
    for (const name of names) expect(levelOf(name), name).toBe(level);
  });

  it('what a logger prints without a level has none', () => {
    expect(levelOf('???')).toBeNull();
    expect(all(recorded('zerolog-console', 'zerolog-console')).at(-1)).toMatchObject({ levelText: '???', level: null });
    expect(levelOf('errors')).toBeNull();
    expect(levelOf('INFO+')).toBeNull();
  });

  it('every built-in level is one that the common names also know, or is a number', () => {
    for (const f of formatSet().all)
      for (const [name, level] of Object.entries(f.levels ?? {})) if (!/^\d+$/.test(name) && level !== null) expect(levelOf(name), `${f.id} ${name}`).toBe(level);
  });

  it('a prefix of package log that says a level is one', () => {
    expect(all(recorded('std-log', 'std-log-levels')).map((r) => r.level)).toEqual(['error', 'warn', null]);
  });
});

describe('fields', () => {
  it('what the programmer forgot: !BADKEY, (MISSING)', () => {
    expect(all(recorded('slog-json', 'slog-json')).at(-1)!.field('!BADKEY')?.text).toBe('dangling');
    expect(all(recorded('slog-text', 'slog-text')).at(-1)!.field('!BADKEY')?.text).toBe('dangling');
    expect(all(recorded('go-kit-json', 'go-kit-json')).at(-1)!.field('odd')?.text).toBe('(MISSING)');
    expect(all(recorded('go-kit', 'go-kit')).at(-1)!.level).toBe('error');
  });

  it('nested, dotted and in OTLP: one name each, and digits are kept', () => {
    expect(all(recorded('zerolog-json', 'zerolog-nested')).at(-1)!.field('http.req.id')?.text).toBe('r1');
    expect(
      all(recorded('slog-default', 'slog-default-caller'))
        .find((r) => r.level === 'error')!
        .field('http.req.id')?.text,
    ).toBe('r1');
    const otlp = all(recorded('otlp-json', 'otlp-json'));
    expect(otlp.find((r) => r.message === 'reserve failed')!.field('http.req.id')?.text).toBe('r1');
    expect(otlp.find((r) => r.message === 'cache warm')!.field('id')).toMatchObject({ type: 'number', text: '9007199254740993' });
    expect(otlp[0]).toMatchObject({ logger: 'shop/orders', caller: expect.stringMatching(/otlp\.go:\d+$/) });
    expect(otlp[0]!.field('service.name')?.text).toBe('orders');
  });

  it('two slog messages: the first counts, the last is there', () => {
    const [r] = all('{"time":"2026-11-27T00:10:04Z","level":"INFO","msg":"first","msg":"second"}\n');
    expect([r!.message, r!.field('msg', 'last')?.text]).toEqual(['first', 'second']);
  });
});
