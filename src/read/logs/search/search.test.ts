/** The search against the plain scan: the same records, whatever engine, ranges and buffers. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Artifact, type Instant, memorySource } from '../../../model/index.ts';
import { testArtifact } from '../../../model/testing/artifact.ts';
import { BUILT_IN } from '../format-set.ts';
import type { LogRecord } from '../log-source.ts';
import { newMemory, recognise } from '../recognise.ts';
import { instantNear, scanLog } from '../scan.ts';
import { compileQuery, firstDay, LogSearcher, QueryError, recordAt } from './index.ts';
import { matcherOf } from './match.ts';
import { parseQuery } from './query.ts';
import { requiredLiteral } from './regex.ts';

const utf8 = new TextEncoder();
const artifactOf = (text: string): Artifact => testArtifact(utf8.encode(text));

/** What real loggers wrote, a file a logger. */
const FOLDER = 'src/read/logs/formats';
const samples: readonly string[] = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile() && /\.(log|txt)$/.test(e.name))
  .map((e) => readFileSync(join(e.parentPath, e.name), 'utf8'))
  // several records a line are another reader's
  .filter((t) => t.length < 64 * 1024 && !t.includes('"resourceLogs"'));
const crashes = readFileSync('src/read/logs/testdata/crash.log', 'utf8');

/** Lines that are read alike wherever they stand: what a logger's other lines must vouch for depends on the lines before. */
const vouched = newMemory(BUILT_IN);
for (const line of samples.join('\n').split('\n')) recognise(utf8.encode(line), vouched);
const lines = samples
  .flatMap((s) => s.split('\n'))
  .filter((l) => {
    const alone = recognise(utf8.encode(l), newMemory(BUILT_IN));
    return (alone === null) === (recognise(utf8.encode(l), vouched) === null) && (alone !== null || !/^[a-z]+=/.test(l));
  });

const QUERIES = [
  'level=error',
  'level>=warn',
  'level!=info',
  'level<warn',
  'trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
  'trace=4bf92f3577b34da6a3ce929d0e0e4736 level=error',
  'not level=error',
  'msg~"reserve.*failed"',
  '"context deadline exceeded"',
  'deadline level=error or level=warn',
  'dur>100ms',
  'status>=500',
  'not status<500',
  'status>499 service=orders',
  'attempt>1',
  'n>=1',
  'size<1e3',
  'retry=false',
  'id=9007199254740993',
  'http.req.id=r1',
  'http.status>=500',
  'user=*',
  'since=02:31:28.33',
  'until=2026-11-24T02:31:28.35Z level>=warn',
  'time>2026-11-24T02:31:28',
  'error~deadline',
  '!(level=error or level=warn)',
  'caller~"std.go"',
  'logger=svc',
  'format=zap-json',
  'goroutine',
  'msg=""',
  'html="<b>&"',
  'level=fatal',
];

/** By the record alone; a JSON object is a record whoever wrote it. */
async function bySlowScan(artifact: Artifact, query: string): Promise<string[]> {
  const { query: parsed, context } = await compileQuery(query, firstDay(artifact));
  const matches = matcherOf(parsed, context);
  const out: string[] = [];
  scanLog(artifact, instantNear(artifact), {}, (r) => {
    if (r.format === 'plain' && r.text().trim() === '') return true;
    const read = r.format === 'plain' && r.text().startsWith('{') && r.lines === 1 ? recordAt(artifact, r.span.offset, r.span.length) : r;
    if (read !== null && matches(read)) out.push(`${r.span.offset}+${r.span.length}`);
    return true;
  });
  return out.sort();
}

async function bySearch(artifact: Artifact, query: string, engine: 'wasm' | 'plain', cuts: readonly number[] = []): Promise<string[]> {
  const search = new LogSearcher(await compileQuery(query, firstDay(artifact)), { engine }).open(artifact);
  const size = artifact.source.sizeBytes;
  const ends = [...new Set([0, ...cuts.map((c) => c % (size + 1)), size])].sort((a, b) => a - b);
  const found = new Set<string>();
  for (let i = 1; i < ends.length; i++) {
    // a range has a judge of its own where another thread runs it
    const part = cuts.length > 0 ? new LogSearcher(await compileQuery(query, firstDay(artifact)), { engine }).open(artifact) : search;
    part.run(ends[i - 1] as number, ends[i] as number, (h) => {
      found.add(`${h.offset}+${h.length}`);
      return true;
    });
  }
  return [...found].sort();
}

test('there are samples', () => {
  expect(samples.length).toBeGreaterThan(5);
});

describe.each(['wasm', 'plain'] as const)('%s finds what the plain scan finds', (engine) => {
  const whole = artifactOf([...samples, crashes].join('\n'));
  test.each(QUERIES)('%s', async (query) => {
    const slow = await bySlowScan(whole, query);
    expect(await bySearch(whole, query, engine)).toEqual(slow);
  });
});

test('in any mixture of lines, from any line on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.oneof(
          { weight: 6, arbitrary: fc.constantFrom(...lines) },
          { weight: 1, arbitrary: fc.constantFrom(...crashes.split('\n')) },
          fc.constantFrom('{"level":"error"', '  indented', ''),
        ),
        {
          minLength: 1,
          maxLength: 30,
        },
      ),
      fc.constantFrom(...QUERIES),
      async (of, query) => {
        const artifact = artifactOf(of.join('\n'));
        if (/since|until|time/.test(query) && firstDay(artifact) === null) return;
        expect(await bySearch(artifact, query, 'wasm')).toEqual(await bySlowScan(artifact, query));
      },
    ),
    { numRuns: 600 },
  );
}, 120_000);

test('a line of a crash behind a record that interrupted it is no record', async () => {
  const warn = '{"level":"warn","ts":"2026-11-24T02:31:28.376493812Z","caller":"loggers/zap.go:50","msg":"two"}';
  const artifact = artifactOf(
    ['goroutine 21 [running]:', warn, 'created by main.crashStory in goroutine 1', 'level=info ts=2026-11-24T02:31:28.291626071Z msg=listening'].join('\n'),
  );
  for (const query of ['not level=error', 'crashStory']) expect(await bySearch(artifact, query, 'wasm'), query).toEqual(await bySlowScan(artifact, query));
});

test('a trace below a console record is its, and the next one none of that', async () => {
  const json = '{"time":"2026-11-24T02:31:28.2636074Z","level":"INFO","msg":"listening","addr":":8080"}';
  const artifact = artifactOf(['00:10:38.629594 two', 'goroutine 21 [running]:', json, 'goroutine 21 [running]:'].join('\n'));
  for (const query of ['level=fatal', 'goroutine', 'two']) expect(await bySearch(artifact, query, 'wasm'), query).toEqual(await bySlowScan(artifact, query));
});

describe('a crash that other goroutines interrupt', () => {
  const head = ['panic: assignment to entry in nil map', '', 'goroutine 18 [running]:', 'main.fill(0x0, 0x1)'];
  const rest = ['\t/src/main.go:12 +0x1d', 'created by main.main in goroutine 1', '\t/src/main.go:7 +0x25'];
  const record = (n: number, size: number): string => `{"time":"2026-11-27T00:20:00.${String(n).padStart(3, '0')}Z","level":"INFO","msg":"line ${n}","body":"${'x'.repeat(size)}"}`;
  const interrupted = (by: number, size: number): Artifact =>
    artifactOf([record(0, size), ...head, ...Array.from({ length: by }, (_none, n) => record(n + 1, size)), ...rest, record(999, size), ''].join('\n'));

  // how many records may stand between is counted, not how long they are
  test.each([
    [1, 100],
    [40, 1200],
    [64, 1200],
    [40, 9000],
    [60, 20_000],
  ])('by %i records of %i bytes keeps its end', async (by, size) => {
    const artifact = interrupted(by, size);
    const found = await bySearch(artifact, 'level=fatal', 'wasm');
    expect(found).toEqual(await bySlowScan(artifact, 'level=fatal'));
    expect(found).toHaveLength(1);
    const [offset = 0, length = 0] = (found[0] as string).split('+').map(Number);
    expect(recordAt(artifact, offset, length)?.text()).toBe([...head, ...rest].join('\n'));
    // looked for by words of its end, it is the same record
    expect(await bySearch(artifact, '"created by main.main"', 'wasm')).toEqual(found);
  });

  test.each([100, 9000])('by more records is over (%i bytes)', async (size) => {
    const artifact = interrupted(66, size);
    const found = await bySearch(artifact, 'level=fatal', 'wasm');
    expect(found).toEqual(await bySlowScan(artifact, 'level=fatal'));
    const [offset = 0, length = 0] = (found[0] as string).split('+').map(Number);
    expect(recordAt(artifact, offset, length)?.text()).toBe(head.join('\n'));
  });
});

describe('a query', () => {
  test.each([
    [
      'level>=warn service=orders',
      {
        kind: 'and',
        of: [
          { kind: 'field', name: 'level', op: '>=', value: 'warn', at: 7 },
          { kind: 'field', name: 'service', op: '=', value: 'orders', at: 20 },
        ],
      },
    ],
    ['', { kind: 'all' }],
    ['"a \\"b\\""', { kind: 'text', text: 'a "b"' }],
    [
      'a or not b',
      {
        kind: 'or',
        of: [
          { kind: 'text', text: 'a' },
          { kind: 'not', of: { kind: 'text', text: 'b' } },
        ],
      },
    ],
    ['"odd key"=1', { kind: 'field', name: 'odd key', op: '=', value: '1', at: 10 }],
    ['user=*', { kind: 'exists', name: 'user' }],
    ['x="*"', { kind: 'field', name: 'x', op: '=', value: '*', at: 2 }],
    [
      'orders and (a or b)',
      {
        kind: 'and',
        of: [
          { kind: 'text', text: 'orders' },
          {
            kind: 'or',
            of: [
              { kind: 'text', text: 'a' },
              { kind: 'text', text: 'b' },
            ],
          },
        ],
      },
    ],
    ['msg~"a\\.b"', { kind: 'field', name: 'msg', op: '~', value: 'a\\.b', at: 4 }],
  ])('%s', (text, tree) => {
    expect(parseQuery(text)).toEqual(tree);
  });

  test.each([
    ['(a', 0, 'not closed'],
    ['a)', 1, 'closes nothing'],
    ['msg~', 4, 'a value is missing'],
    ['"a', 0, 'not closed'],
    ['not', 3, 'missing'],
    ['level=loud', 6, 'no level'],
    ['since=soon', 6, 'no time'],
    ['dur>long', 4, 'no duration'],
    ['status>=many', 8, 'no number'],
    ['msg~"(a"', 4, 'missing closing )'],
    [`${'('.repeat(80)}a`, 64, 'too deep'],
  ])('%s is refused where it is wrong', async (text, at, says) => {
    const error = await compileQuery(text, null).then(
      () => null,
      (e: unknown) => e,
    );
    expect(error).toBeInstanceOf(QueryError);
    expect((error as QueryError).message).toContain(says);
    expect((error as QueryError).at).toBe(at);
  });

  test('an expression that others never finish', async () => {
    const artifact = artifactOf(`{"level":"info","msg":"${'a'.repeat(5000)}!"}\n`);
    expect(await bySearch(artifact, 'msg~"^(a+)+$"', 'wasm')).toEqual([]);
  });

  test('literals of an expression are those that every match holds', () => {
    const literal = fc.stringMatching(/^[a-z]{1,6}$/);
    const piece = fc.oneof(
      literal,
      literal.map((l) => `${l}*`),
      literal.map((l) => `(${l})?`),
      literal.map((l) => `[${l}]`),
      literal.map((l) => `${l}{0,2}`),
      fc.constantFrom('.*', '\\d', '\\.', '(?:x)', '^', '$', 'a|b'),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 5 }), fc.array(fc.oneof(literal, fc.constantFrom('.', '1')), { maxLength: 6 }), (of, parts) => {
        const pattern = of.join('');
        const text = parts.join('');
        const need = requiredLiteral(pattern);
        if (new RegExp(pattern).test(text)) expect(text).toContain(need);
      }),
      { numRuns: 3000 },
    );
  });
});

test('a value written with escapes is the same value', async () => {
  const artifact = artifactOf('{"level":"\\u0065rror","msg":"x"}\n{"level":"info","msg":"x"}\n');
  expect(await bySearch(artifact, 'level=error', 'wasm')).toEqual(['0+32']);
});

describe('every character of a value may be written with an escape', () => {
  const written = (text: string, which: (i: number) => boolean, upper: boolean): string =>
    [...text]
      .map((c, i) => {
        const hex = c.charCodeAt(0).toString(16).padStart(4, '0');
        return which(i) ? `\\u${upper ? hex.toUpperCase() : hex}` : c;
      })
      .join('');
  const cases = [
    ['level=error', 'level', ['error', 'ERROR', 'dpanic', 'E', 'ERROR+4', 'INFO+9', 'WARN+4']],
    ['level>=warn', 'level', ['WARN', 'wrn', 'w', 'pnc', 'critical', 'DEBUG+9']],
    ['service=orders-2', 'service', ['orders-2']],
    ['service=orders-2 or level=error', 'service', ['orders-2']],
    ['"cart [7] (x) = 1/2+3;4!"', 'msg', ['cart [7] (x) = 1/2+3;4!']],
    ['"cart [7] (x)" or service=none', 'msg', ['cart [7] (x)']],
  ] as const;
  // without a line of another kind and with so many that literals of all kinds are sought
  const around = ['{"level":"info","msg":"a\\u003cb\\u003e\\u0026"}', 'level=info msg=x'];
  test.each(cases.flatMap(([query, key, values]) => values.map((value) => [query, key, value] as const)))('%s: %s %s', async (query, key, value) => {
    const whichever: ((i: number) => boolean)[] = [
      ...[...value].map(
        (_c, n) =>
          (i: number): boolean =>
            i === n,
      ),
      () => true,
    ];
    for (const other of around) {
      const asked = whichever.flatMap((which) => [false, true].map((upper) => `{"${key}":"${written(value, which, upper)}","n":1}`));
      const text = asked.flatMap((line) => [line, other]).join('\n');
      expect((await bySearch(artifactOf(text), query, 'wasm')).length).toBe(asked.length);
    }
  });
});

test('windows of any size, last lines without an end, CRLF', async () => {
  const text = `${'{"level":"info","msg":"filler"}\r\n'.repeat(50)}{"level":"error","msg":"last"}`;
  const bytes = utf8.encode(text);
  const { bytes: _view, ...source } = { ...memorySource(bytes), bytes: undefined };
  const artifact: Artifact = { ...testArtifact(bytes), source };
  for (const cut of [1, 31, 32, 33, 34, 777]) expect(await bySearch(artifact, 'level=error', 'wasm', [cut])).toEqual([`${50 * 33}+30`]);
});

test('the record of a hit', () => {
  const crash = 'panic: boom\n\ngoroutine 1 [running]:\nmain.main()';
  const artifact = artifactOf(`${crash}\n{"a":"b"}\n`);
  expect(recordAt(artifact, 0, crash.length)?.format).toBe('go-crash');
  expect((recordAt(artifact, crash.length + 1, 9) as LogRecord).field('a')?.text).toBe('b');
});

test('a time of day is of the first day', async () => {
  const artifact = artifactOf('time=2026-11-22T14:01:59Z level=info msg=a\ntime=2026-11-22T14:02:00Z level=info msg=b\n');
  expect(firstDay(artifact)).toBe(1795305600000000000n as Instant);
  expect(await bySearch(artifact, 'since=14:02', 'wasm')).toEqual(['43+42']);
  expect(BUILT_IN.all.length).toBeGreaterThan(5);
});

test("levels with slog's offsets are found whatever is asked for", async () => {
  const names = ['DEBUG', 'INFO', 'WARN', 'ERROR'].flatMap((name) => Array.from({ length: 19 }, (_none, i) => `${name}${i < 9 ? '' : '+'}${i - 9}`));
  const json = names.map((level) => `{"time":"2026-11-22T19:26:17.3278098Z","level":"${level}","msg":"m"}`);
  const text = names.map((level) => `time=2026-11-22T19:26:17.327Z level=${level} msg=m`);
  for (const of of [json, text]) {
    const artifact = artifactOf(`${of.join('\n')}\n`);
    for (const query of ['level=warn', 'level=error', 'level>=warn', 'level>=error', 'level=fatal', 'level>warn']) {
      const { query: parsed, context } = await compileQuery(query, null);
      const matches = matcherOf(parsed, context);
      const right: number[] = [];
      const note = (r: LogRecord): boolean => {
        if (matches(r)) right.push(r.span.offset);
        return true;
      };
      scanLog(artifact, instantNear(artifact), {}, note, BUILT_IN);
      const found: number[] = [];
      new LogSearcher(await compileQuery(query, null)).open(artifact).run(0, artifact.source.sizeBytes, (h) => {
        found.push(h.offset);
        return true;
      });
      expect(found, `${query} in ${of === json ? 'JSON' : 'logfmt'}`).toEqual(right);
      expect(right.length > 0).toBe(query !== 'level=fatal');
    }
  }
});
