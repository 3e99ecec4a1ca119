import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatInstant } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { formatSet, type LogRecord, logsReader, readOwnFormats } from './index.ts';
import { OWN_FORMAT_SCHEMA } from './own-format-schema.ts';

const ORDERS = {
  id: 'acme-orders',
  title: 'acme orders service',
  shape: 'text',
  layouts: ['{time:02/Jan/2006:15:04:05.000 -0700} <{level}> {word:tenant}/{logger} - {message} {pairs}'],
  levels: { NOTE: 'info', OOPS: 'error' },
  samples: [
    {
      text: '27/Nov/2026:02:10:04.250 +0200 <OOPS> t7/db - reserve failed trace_id=4bf9 elapsed=300ms',
      level: 'error',
      time: '2026-11-27T00:10:04.25Z',
      message: 'reserve failed',
      fields: { tenant: 't7', trace_id: '4bf9' },
    },
  ],
};
const KEYED = {
  id: 'acme-json',
  title: 'acme envelope',
  shape: 'json',
  roles: { time: ['when'], level: ['sev'], message: ['say'], logger: ['from'] },
  time: '2006-01-02 15:04:05',
  levels: { 10: 'debug', 30: 'info', 50: 'error' },
  samples: [{ text: '{"when":"2026-11-27 00:10:04","sev":50,"say":"boom","from":"db"}', level: 'error', time: '2026-11-27T00:10:04Z', message: 'boom' }],
};

const file = (value: unknown, name = 'mine.json'): { name: string; text: string } => ({ name, text: typeof value === 'string' ? value : JSON.stringify(value) });
const faults = (...values: unknown[]): string[] => readOwnFormats(values.map((v, i) => file(v, `${i}.json`))).faults.map((f) => f.text);

function all(text: string, ...own: unknown[]): LogRecord[] {
  const read = readOwnFormats(own.map((v) => file(v)));
  expect(read.faults).toEqual([]);
  const out: LogRecord[] = [];
  logsReader(formatSet(read.formats))
    .read(textArtifact(text))
    .model?.scan({}, (r) => {
      out.push(r);
      return true;
    });
  return out;
}

describe('formats of the user', () => {
  it('a text layout, with lines that go on and records of known loggers between', () => {
    const records = all(
      `${ORDERS.samples[0]!.text}\n  at db.go:7\n27/Nov/2026:02:10:05.000 +0200 <NOTE> t7/http - listening\n{"level":"info","ts":1795738204.5,"msg":"m"}\n`,
      ORDERS,
    );
    expect(records.map((r) => [r.format, r.level, r.lines, r.logger])).toEqual([
      ['acme-orders', 'error', 2, 'db'],
      ['acme-orders', 'info', 1, 'http'],
      ['zap-json', 'info', 1, null],
    ]);
    expect(records[0]!.field('tenant')?.text).toBe('t7');
    expect(formatInstant(records[0]!.time!.at)).toBe('2026-11-27T00:10:04.25Z');
    expect(records[0]!.time!.stepNs).toBe(1_000_000n);
  });

  it('keys of its own, numbers as levels, a Go layout as time', () => {
    const [r] = all(`${KEYED.samples[0]!.text}\n`, KEYED);
    expect([r!.format, r!.level, r!.levelText, r!.message, r!.logger, r!.time?.assumed]).toEqual(['acme-json', 'error', '50', 'boom', 'db', ['zone']]);
  });

  it('a message and an object, and only an object behind a prefix', () => {
    const mixed = {
      ...ORDERS,
      layouts: ['{level} {time:rfc3339} {message} {json}'],
      levels: { W: 'warn' },
      samples: [
        {
          text: 'W 2026-11-27T00:10:04Z slow query {"dur":{"ms":300},"id":9007199254740993}',
          level: 'warn',
          time: '2026-11-27T00:10:04Z',
          message: 'slow query',
          fields: { 'dur.ms': '300', id: '9007199254740993' },
        },
      ],
    };
    const records = all(`${mixed.samples[0]!.text}\nW 2026-11-27T00:10:04Z {"msg":"only \\"json\\"","a":1}\nW 2026-11-27T00:10:04Z no object {here\n`, mixed);
    expect(records.map((r) => r.message)).toEqual(['slow query', 'only "json"', 'no object {here']);
  });

  it('two files are proven together', () => {
    expect(faults(ORDERS, KEYED)).toEqual([]);
    expect(faults(ORDERS, { ...ORDERS, id: 'other' })).toEqual([
      expect.stringContaining('sample 1 is also taken by other'),
      expect.stringContaining('sample 1 is also taken by acme-orders'),
    ]);
  });

  it('one that would take records of a known logger is refused', () => {
    const greedy = {
      ...KEYED,
      roles: { time: ['ts'], level: ['level'], message: ['msg'] },
      time: undefined,
      levels: undefined,
      samples: [{ text: '{"ts":1795738204.5,"level":"info","msg":"m"}', level: 'info', time: '2026-11-27T00:10:04.5Z', message: 'm' }],
    };
    expect(faults(greedy)[0]).toMatch(/^acme-json: it takes records of (?:zap-json|go-kit-json)/);
  });

  it.each([
    ['{"id": "x",, }', 'is no JSON: line 1'],
    [[], 'the file is array, not object'],
    [{}, 'the file has no id'],
    [{ ...ORDERS, id: 'Acme Orders' }, 'id is "Acme Orders", which does not fit'],
    [{ ...ORDERS, id: 'zap-json' }, 'is the name of a built-in format'],
    [{ ...ORDERS, layout: 'x' }, 'layout is no part of a format; did you mean layouts'],
    [{ ...ORDERS, levels: { NOTE: 'notice' } }, 'levels.NOTE is "notice", not one of "trace"'],
    [{ ...ORDERS, samples: [] }, 'samples is empty'],
    [{ ...ORDERS, layouts: undefined }, 'a text format needs layouts'],
    [{ ...ORDERS, layouts: ['{time:rfc3339} (a+)+$'] }, 'a layout ends in {message}'],
    [{ ...ORDERS, roles: { time: ['x'] } }, 'roles says nothing of a text format'],
    [{ ...KEYED, layouts: ['{level} {message}'] }, 'layouts say nothing of a json format'],
    [{ ...KEYED, roles: {} }, 'nothing tells its records from others'],
    [{ ...KEYED, time: 'today' }, '"today" is neither'],
    [{ ...KEYED, proof: [{ key: 'sev', is: 'verdict' }] }, 'proof[0].is is none of what it may be'],
    [{ ...KEYED, samples: [{ ...KEYED.samples[0], level: 'warn' }] }, 'sample 1: level error instead of warn'],
  ])('%j is refused', (value, why) => expect(faults(value).join('\n')).toContain(why));

  it('the example in docs is taken, and its refusal is what is printed', () => {
    const page = readFileSync(join(import.meta.dirname, '../../../docs/log-formats.md'), 'utf8');
    const example = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)![1]!) as typeof ORDERS;
    expect(faults(example)).toEqual([]);
    const sample = { ...example.samples[0]!, text: '2026-11-27 00:10:04.250 (ERROR) db: reserve failed' };
    expect(`${faults({ ...example, samples: [sample] })[0]}\n`).toBe(/```text\n(acme-orders[\s\S]*?)```/.exec(page)![1]);
  });

  it('the schema in docs is the one that files are held against', () => {
    expect(JSON.parse(readFileSync(join(import.meta.dirname, '../../../docs/log-format.schema.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(OWN_FORMAT_SCHEMA)));
  });
});
