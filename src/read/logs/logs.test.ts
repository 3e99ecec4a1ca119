import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Artifact, decodeText, formatInstant, parseInstant, readSlice, type Span } from '../../model/index.ts';
import { shortReads, testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { checkOrigin, checkReader, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { logFormats as allFormats } from './formats/index.ts';
import {
  Cadence,
  callerFile,
  deadlineOf,
  durationOf,
  errorOf,
  type LogQuery,
  type LogRecord,
  type LogSource,
  logs,
  openLog,
  serviceOf,
  spanIdOf,
  statusOf,
  traceIdOf,
} from './index.ts';

/** Of every format, and what belongs to none. */
const recorded = [import.meta.dirname, ...allFormats.map((f) => join(import.meta.dirname, 'formats', f.id))].flatMap((at) => fixtures(join(at, 'testdata'), /\.log$/));
const pathOf = (name: string): string => {
  const found = recorded.find((file) => basename(file) === name);
  if (found === undefined) throw new Error(`no recording ${name}`);
  return found;
};
const all = (artifact: Artifact, query: LogQuery = {}): LogRecord[] => {
  const out: LogRecord[] = [];
  openLog(artifact)?.scan(query, (r) => {
    out.push(r);
    return true;
  });
  return out;
};
const fixture = (name: string): Artifact => testArtifact(fixtureBytes(pathOf(name)), { id: name });
const named = (records: readonly LogRecord[], message: string): LogRecord => {
  const found = records.find((r) => r.message.includes(message));
  if (found === undefined) throw new Error(`no record "${message}"`);
  return found;
};

function summary(source: LogSource): unknown {
  const records: unknown[] = [];
  const total = source.scan({}, (r) => {
    if (records.length < 12) {
      records.push({
        format: r.format,
        time: r.time === null ? null : `${formatInstant(r.time.at)} ±${r.time.stepNs}ns ${r.time.from}${r.time.assumed.map((a) => ` assumed ${a}`).join('')}`,
        level: `${r.levelText} → ${r.level}`,
        message: r.message,
        caller: r.caller,
        logger: r.logger,
        stack: r.stack === null ? null : r.stack.split('\n').length,
        lines: r.lines,
        fields: r.fields.map((f) => `${f.name}:${f.type}=${f.text}`),
      });
    }
    return true;
  });
  const { envelopes: _envelopes, ...counts } = total;
  return { formats: source.formats, wrapper: source.wrapper, ...counts, first: records };
}

/** Every byte is in exactly one record, is a line end between two, or is the envelope of OTLP around its records. */
function integrity(source: LogSource, artifact: Artifact): void {
  let lines = 0;
  let records = 0;
  const size = artifact.source.sizeBytes;
  const spans: Span[] = [];
  const total = source.scan({}, (r) => {
    records++;
    lines += r.lines;
    expect(r.spans.length).toBeGreaterThan(0);
    expect(r.spans[0]!.offset).toBe(r.span.offset);
    spans.push(...r.spans);
    const end = r.span.offset + r.span.length;
    const around = source.wrapper === 'otlp' ? { from: 0, to: size } : { from: r.span.offset, to: end };
    for (const s of [r.messageSpan, ...r.fields.map((f) => f.span)]) {
      expect(s.offset).toBeGreaterThanOrEqual(around.from);
      expect(s.offset + s.length).toBeLessThanOrEqual(around.to);
    }
    return true;
  });
  expect(lines, 'every line is in exactly one record').toBe(total.lines);
  expect(records).toBe(total.records);
  let at = 0;
  for (const s of [...spans.filter((x) => x.length > 0).sort((a, b) => a.offset - b.offset), { offset: size, length: 0 }]) {
    expect(s.offset, 'no byte is in two records').toBeGreaterThanOrEqual(at);
    const between = decodeText(readSlice(artifact.source, at, s.offset - at));
    if (source.wrapper === 'otlp') expect(between).not.toContain('"severityNumber"');
    else expect(between).toMatch(/^[\r\n]*$/);
    at = s.offset + s.length;
  }
}

describe('logs', () => {
  // zap-sampled is zap-production a hundred times over: it is read below, by its numbers
  for (const file of recorded.filter((f) => !f.endsWith('zap-sampled.log'))) {
    it(`reads ${basename(file)}`, () => checkReader({ reader: logs, file, summary, integrity, mutations: 10 }));
  }
});

describe('what every logger says alike', () => {
  const loggers = recorded.map((f) => basename(f));
  const story = loggers.filter((n) => !/^(?:std-log|crash|zap-sampled|zap-kubernetes|zerolog-nested|logrus-tty-caller|glog|otlp)/.test(n));

  it.each(story)('%s: the call that ended at its deadline', (name) => {
    const r = all(fixture(name)).find((x) => x.level === 'error');
    expect(r?.message.toLowerCase()).toBe('reserve failed');
    expect(errorOf(r!)?.text).toBe('reserve: Post "http://inventory:8080/v1/reserve": context deadline exceeded');
    expect(traceIdOf(r!)?.text).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(spanIdOf(r!)?.text ?? '00f067aa0ba902b7').toBe('00f067aa0ba902b7');
    // numbers of a logger that is not known have no unit
    if (name !== 'slog-renamed-json.log') expect(durationOf(r!)?.seconds).toBeCloseTo(0.300412, 9);
  });

  // an escaped text has the whole record as its place
  it.each(story.filter((n) => !/^(?:slog-default-caller|journal-json|stern-json)/.test(n)))('%s: an integer above 2^53 keeps its digits, and its place holds them', (name) => {
    const artifact = fixture(name);
    const r = all(artifact).find((x) => x.field('id')?.text === '9007199254740993');
    expect(r, name).toBeDefined();
    const span = r!.field('id')!.span;
    expect(decodeText(readSlice(artifact.source, span.offset, span.length))).toBe('9007199254740993');
  });

  it('durations that a logger writes without a unit are read as that logger means them', () => {
    for (const name of ['zap-production', 'zap-console', 'slog-json', 'slog-text', 'zerolog-json', 'logrus-json', 'hclog-json', 'go-kit', 'hclog', 'logrus-tty']) {
      expect(durationOf(named(all(fixture(`${name}.log`)), 'slow'))?.seconds, name).toBeCloseTo(0.300412, 9);
    }
    // the same number from a logger that is not known has no unit
    expect(durationOf(named(all(fixture('slog-renamed-json.log')), 'slow'))).toBeNull();
    expect(durationOf(named(all(fixture('std-log.log')), 'slow'))?.seconds).toBeCloseTo(0.300412, 9);
  });

  it('a name with a unit is worth more than the logger', () => {
    const line = (fields: string): LogRecord => all(textArtifact(`{"time":"2026-11-24T02:19:19Z","level":"INFO","msg":"m",${fields}}\n`))[0]!;
    expect(durationOf(line('"duration_ms":12'))?.seconds).toBeCloseTo(0.012);
    expect(durationOf(line('"latencySeconds":0.5'))?.seconds).toBe(0.5);
    expect(durationOf(line('"elapsed":"1m2.5s"'))?.seconds).toBe(62.5);
    // 300 of what? not of nanoseconds
    expect(durationOf(line('"elapsed":300'))).toBeNull();
    expect(deadlineOf(line('"timeout":300000000'))?.seconds).toBeCloseTo(0.3);
    expect(deadlineOf(line('"reserve_timeout":"300ms"'))?.seconds).toBeCloseTo(0.3);
  });
});

describe('times', () => {
  it('whole-second loggers say so, and dropped zeros still sort', () => {
    expect(all(fixture('zerolog-json.log'))[0]?.time?.stepNs).toBe(1_000_000_000n);
    expect(all(fixture('logrus-text.log'))[0]?.time?.stepNs).toBe(1_000_000_000n);
    const [a, b] = all(textArtifact('{"time":"2026-11-24T02:19:19.5Z","level":"INFO","msg":"a"}\n{"time":"2026-11-24T02:19:19.499999999Z","level":"INFO","msg":"b"}\n'));
    expect(a!.time!.at > b!.time!.at).toBe(true);
    expect(a!.time!.stepNs).toBe(1n);
  });

  it("klog's year comes from the first line of its file, from the capture, or is not known", () => {
    const file = all(fixture('klog-file.log'));
    expect(formatInstant(file.find((r) => r.format === 'klog')!.time!.at)).toMatch(/^2026-11-24T02:/);
    const bare = fixtureBytes(pathOf('klog.log'));
    expect(all(testArtifact(bare))[0]?.time).toBeNull();
    expect(logs.read(testArtifact(bare)).problems.map((p) => p.code)).toEqual(['logs/no-year']);
    // written in December, captured in January
    const december = textArtifact('I1231 23:59:59.000000   1 a.go:1] x\n', { takenAt: parseInstant('2027-01-01T00:10:00Z')! });
    expect(formatInstant(all(december)[0]!.time!.at)).toBe('2026-12-31T23:59:59Z');
  });

  it('epoch numbers are told apart by magnitude', () => {
    for (const ts of ['1795486759.671', '1795486759671', '1795486759671000', '1795486759671000000', '1795486759671.0', '1.795486759671e+09']) {
      const r = all(textArtifact(`{"level":"info","ts":${ts},"msg":"m"}\n`))[0];
      expect(formatInstant(r!.time!.at), ts).toBe('2026-11-24T02:19:19.671Z');
    }
  });

  it('a wrapper supplies the time that the logger did not print', () => {
    const r = all(textArtifact('2026-11-24T02:19:19.657123456Z stderr F INFO[0000] listening\n2026-11-24T02:19:20.657123456Z stderr F ERRO[0001] boom\n'))[1]!;
    expect(r.decoders).toEqual(['cri']);
    expect(r.time).toMatchObject({ from: 'wrapper' });
    expect(formatInstant(r.time!.at)).toBe('2026-11-24T02:19:20.657123456Z');
    expect(r.message).toBe('boom');
  });
});

describe('records', () => {
  it('duplicate keys: first and last', () => {
    const r = named(all(fixture('zap-production.log')), 'reserve failed');
    expect(r.field('trace_id')?.text).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
    expect(r.field('trace_id', 'last')?.text).toBe('second-4bf92f3577b34da6a3ce929d0e0e4736');
  });

  it('crash text is one record, wherever it lands, and the log goes on after it', () => {
    const crash = fixtureBytes(pathOf('crash.log'));
    const text = `${decodeText(crash)}{"time":"2026-11-24T02:20:00Z","level":"INFO","msg":"restarted"}\n`;
    const records = all(textArtifact(text));
    const folded = records.filter((r) => r.format === 'go-crash');
    expect(folded).toHaveLength(1);
    expect(folded[0]!.level).toBe('fatal');
    expect(folded[0]!.text()).toMatch(/^panic: assignment to entry in nil map\n\ngoroutine \d+ \[running\]:\n[\s\S]*created by main\.crashStory in goroutine 1\n/);
    expect(records.map((r) => r.message)).toContain('restarted');
  });

  it('a panic that net/http caught stays with the line that reports it', () => {
    const records = all(
      textArtifact(
        '2026/11/24 02:19:19 http: panic serving 127.0.0.1:1: boom\ngoroutine 34 [running]:\nnet/http.(*conn).serve.func1()\n\t/x.go:1 +0x1\n2026/11/24 02:19:20 next\n',
      ),
    );
    expect(records.map((r) => r.format)).toEqual(['std-log', 'std-log']);
    expect(records[0]!.lines).toBe(4);
  });

  it('text between JSON records is no part of them', () => {
    const records = all(textArtifact('{"level":"info","ts":1795486759.1,"msg":"a"}\nStarting up\n  detail\nexit status 2\n{"level":"info","ts":1795486759.2,"msg":"b"}\n'));
    expect(records.map((r) => [r.format, r.lines])).toEqual([
      ['zap-json', 1],
      ['plain', 2],
      ['plain', 1],
      ['zap-json', 1],
    ]);
  });

  it('docker: escaped twice, the place is the whole line', () => {
    const inner = '{"level":"error","ts":1795486759.1,"msg":"say \\"hi\\"","trace_id":"abc"}';
    const artifact = textArtifact(`${JSON.stringify({ log: `${inner}\n`, stream: 'stderr', time: '2026-11-24T02:19:19.5Z' })}\n`);
    const r = all(artifact)[0]!;
    expect(r.message).toBe('say "hi"');
    expect(r.decoders).toEqual(['docker']);
    expect(r.field('trace_id')!.span).toEqual(r.span);
    expect(all(artifact, { contains: ['say "hi"'] })).toHaveLength(1);
  });

  it('NUL, invalid UTF-8 and CRLF survive', () => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode('{"level":"info","ts":1795486759.1,"msg":"a\0b '),
      0xff,
      ...new TextEncoder().encode('"}\r\n{"level":"info","ts":1795486759.2,"msg":"c"}\r\n'),
    ]);
    expect(all(testArtifact(bytes)).map((r) => r.message)).toEqual(['a\0b \ufffd', 'c']);
  });

  it('a line longer than the cap is a problem with its span; the rest is read', () => {
    const long = `{"level":"info","ts":1795486759.1,"msg":"${'x'.repeat(2 * 1024 * 1024)}"}`;
    const bytes = new TextEncoder().encode(`{"level":"info","ts":1795486759.0,"msg":"before"}\n${long}\n{"level":"info","ts":1795486759.2,"msg":"after"}\n`);
    const artifact = testArtifact(bytes, { source: shortReads(bytes, 3) });
    expect(logs.read(artifact).problems).toMatchObject([{ code: 'logs/long-line', place: { offset: 50 } }]);
    expect(all(artifact).map((r) => r.message.slice(0, 10))).toEqual(['before', '{"level":"', 'after']);
  });

  it('deep nesting and huge field counts are bounded', () => {
    const deep = `{"level":"info","ts":1795486759.1,"msg":"m","a":${'{"b":'.repeat(5000)}1${'}'.repeat(5000)}}`;
    expect(all(textArtifact(`${deep}\n`))[0]?.message).toBe('m');
    const many = `{"level":"info","ts":1795486759.1,"msg":"m",${Array.from({ length: 9000 }, (_, i) => `"k${i}":${i}`).join(',')}}`;
    expect(all(textArtifact(`{"level":"info","ts":1795486759.0,"msg":"m"}\n${many}\n`))[1]?.fields.length).toBe(4096);
  });
});

describe('push-down', () => {
  const artifact = fixture('slog-json.log');
  it('time', () => {
    const times = all(artifact).map((r) => r.time!.at);
    expect(all(artifact, { from: times[2]!, to: times[3]! }).map((r) => r.time!.at)).toEqual([times[2], times[3]]);
  });
  it('level, fields and text', () => {
    expect(all(artifact, { minLevel: 'error' })).toHaveLength(2);
    expect(all(artifact, { fields: [{ name: 'http.req.id', value: 'r1' }] })).toHaveLength(1);
    expect(all(artifact, { fields: [{ name: 'req.id', value: 'r1' }] })).toHaveLength(0);
    expect(all(artifact, { contains: ['deadline exceeded', 'no such text'] })).toHaveLength(1);
    // anchored: the text of a level inside a message is no level
    expect(all(textArtifact('{"level":"info","ts":1795486759.1,"msg":"level=error"}\n'), { minLevel: 'error' })).toHaveLength(0);
  });
  it('stops when the visitor says so', () => {
    let seen = 0;
    const total = openLog(artifact)!.scan({}, () => ++seen < 2);
    expect(total).toMatchObject({ stopped: true, matched: 2 });
  });
});

describe('sampling', () => {
  const cadence = (records: readonly LogRecord[]): unknown => {
    const c = new Cadence();
    for (const r of records) if (r.time !== null) c.add(`${r.level} ${r.message}`, Number(r.time.at) / 1e9, '');
    return c.result();
  };
  it("zap's sampler is recognised in a file it wrote", () => {
    checkOrigin(pathOf('zap-sampled.log'));
    const records = all(fixture('zap-sampled.log'));
    expect(records).toHaveLength(110);
    expect(cadence(records)).toBe('zap 100/100');
  });
  const left = (name: string): unknown => {
    const file = join(import.meta.dirname, 'testdata/sampling', `${name}.log`);
    checkOrigin(file);
    return cadence(all(testArtifact(fixtureBytes(file), { id: name })));
  };
  it('so are those of slog-sampling and zerolog', () => {
    expect(left('slog-sampled')).toMatch(/^first 10 of a second, then one in \d+ or fewer$/);
    // the sampler behind its burst keeps the first it is asked for
    expect(left('zerolog-sampled')).toMatch(/^first 2[01] of a second, then one in \d+ or fewer$/);
  });
  it('bursts with pauses of their own are none, nor is a program that limits itself', () => {
    expect(left('slog-bursts')).toBeNull();
    expect(left('slog-limited')).toBeNull();
  });
  it('what is thinned from the first record on is not told from a quiet program', () => {
    expect(left('slog-sampled-uniform')).toBeNull();
  });
  it('a burst of just a hundred records is no sampling', () => {
    expect(cadence(all(fixture('zap-sampled.log')).slice(0, 101))).toBeNull();
  });
  it('nor is a steady stream of more than a hundred a second', () => {
    const c = new Cadence();
    for (let i = 0; i < 1000; i++) c.add('error m', i * 0.002, '');
    expect(c.result()).toBeNull();
  });
  /** `first` records a millisecond apart, then one every fifty, for `seconds` seconds. */
  const thinned = (first: readonly number[]): unknown => {
    const c = new Cadence();
    for (const [second, n] of first.entries()) for (let ms = 0; ms < 1000; ms += ms < n - 1 ? 1 : 50) c.add('info m', second * 1.001 + ms / 1000, '');
    return c.result();
  };
  it('another cadence is recognised when it comes again at the same number', () => {
    expect(thinned([20, 20, 20, 20])).toBe('first 20 of a second, then one in 50 or fewer');
  });
  it('but not when traffic calms down now and then, each time after another number', () => {
    expect(thinned([20, 31, 17, 44, 20])).toBeNull();
    expect(thinned([20, 20])).toBeNull();
  });
  it('nor is random traffic, however it clusters', () => {
    let s = 7;
    const random = (): number => {
      s = (Math.imul(s, 1103515245) + 12345) >>> 0;
      return (s + 1) / 4294967297;
    };
    const c = new Cadence();
    for (let t = 0; t < 60; t += -Math.log(random()) / 300) c.add('info m', t, '');
    expect(c.result()).toBeNull();
  });
});

describe('sniffing', () => {
  it.each([
    ['{"kind":"List","apiVersion":"v1","items":[]}\n'],
    ['# HELP go_goroutines Number\n# TYPE go_goroutines gauge\ngo_goroutines 7\nhttp_requests_total{code="200"} 1\n'],
    ['NAME   READY   STATUS\norders-1   1/1   Running\n'],
    ['goroutine 1 [running]:\nmain.main()\n\t/x.go:1 +0x1\n'],
    ['package main\n\nfunc main() {\n\tx := 1\n}\n'],
    ['a: 1\nmessage: hello\nlevel: error\n'],
    [''],
  ])('is not taken by %j', (text) => {
    expect(logs.sniff(new TextEncoder().encode(text), text.length).confidence).toBeLessThan(0.5);
  });
});

it('names of roles', () => {
  const r = all(textArtifact('{"level":"info","ts":1795486759.1,"msg":"m","service":"orders","status":504,"http":{"traceID":"t1"}}\n'))[0]!;
  expect(serviceOf(r)?.text).toBe('orders');
  expect(statusOf(r)?.code).toBe(504);
  expect(traceIdOf(r)?.name).toBe('http.traceID');
  expect(callerFile(all(fixture('zap-production.log'))[0]!)).toEqual({ file: 'loggers/zap.go', line: 44 });
});
