/** Search in lines that a log driver wrapped, against the scan that reads every record: the same ones, however lines are cut, streams mixed and ranges laid. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Artifact, type ByteSource, memorySource } from '../../../model/index.ts';
import { testArtifact } from '../../../model/testing/artifact.ts';
import { type Wrapper, wrapperOf } from '../../lib/lines.ts';
import { BUILT_IN } from '../format-set.ts';
import { newMemory, recognise } from '../recognise.ts';
import { instantNear, scanLog } from '../scan.ts';
import { compileQuery, firstDay, LogSearcher, recordAt } from './index.ts';
import { matcherOf } from './match.ts';

const utf8 = new TextEncoder();

const FOLDER = 'src/read/logs/formats';
const samples: readonly string[] = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((e) => e.isFile() && /\.(log|txt)$/.test(e.name))
  .map((e) => readFileSync(join(e.parentPath, e.name), 'utf8'))
  .filter((t) => t.length < 64 * 1024 && !t.includes('"resourceLogs"'));
const crash = readFileSync('src/read/logs/testdata/crash.log', 'utf8').split('\n');

/** Lines that are read alike wherever they stand. */
const vouched = newMemory(BUILT_IN);
for (const line of samples.join('\n').split('\n')) recognise(utf8.encode(line), vouched);
const lines = samples
  .flatMap((s) => s.split('\n'))
  .filter((l) => {
    const alone = recognise(utf8.encode(l), newMemory(BUILT_IN));
    return (alone === null) === (recognise(utf8.encode(l), vouched) === null) && (alone !== null || !/^[a-z{]+=?/.test(l));
  });

const ODD = [
  '{"level":"error","time":"2026-11-24T02:31:28Z"',
  '  indented',
  '',
  '{"level":"info","msg":"no time of its own","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}',
  '{"time":"2026-11-24T02:31:28Z","level":"INFO","msg":"a <b> & c/d","path":"/orders","note":"\\u0065rror said \\"level\\":\\"error\\""}',
  'E1124 02:31:28.330000       1 handler.go:69] "reserve failed" err="context deadline exceeded"',
  'time=2026-11-24T02:31:28.330Z level=ERROR msg="context deadline exceeded" path=/orders status=504',
  `{"time":"2026-11-24T02:31:28.34Z","level":"WARN","msg":"${'long '.repeat(40)}deadline","trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}`,
];

const QUERIES = [
  'level=error',
  'level>=warn',
  'level!=info',
  'level<warn',
  'trace_id=4bf92f3577b34da6a3ce929d0e0e4736',
  'not level=error',
  '"context deadline exceeded"',
  'deadline level=error or level=warn',
  'path=/orders',
  '"a <b> & c/d"',
  'dur>100ms',
  'status>=500',
  'user=*',
  'since=2026-11-24T02:31:28.33Z',
  'time!=2026-11-24T02:31:28Z level>=warn',
  'error~deadline',
  'goroutine',
  'level=fatal',
  'pod=orders-7d9f6c5b8-x2x4k/orders',
  'pod~orders',
  '_PID=812',
];

/** Who wrote a line, and where a driver cuts it. */
interface Said {
  readonly text: string;
  readonly writer: number;
  readonly cuts: readonly number[];
}

const goQuoted = (s: string): string => JSON.stringify(s).replaceAll(/[<>&]/g, (c) => `\\u00${c.charCodeAt(0).toString(16)}`);
const partsOf = ({ text, cuts }: Said): string[] => {
  const at = [...new Set(cuts.map((c) => c % (text.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length));
};
const PODS = ['orders-7d9f6c5b8-x2x4k', 'gateway-5c6d7b9f4-q8r7s'];
const stamp = (n: number): string => `2026-11-24T02:31:28.${String(100000001 + n * 7).slice(0, 9)}Z`;

/** The raw lines of one driver; parts of lines of two writers come in turns. */
const DRIVERS: readonly (readonly [Wrapper, boolean, (text: string, whole: boolean, writer: number, n: number) => string])[] = [
  ['cri', true, (text, whole, writer, n) => `${stamp(n)} ${writer === 0 ? 'stdout' : 'stderr'} ${whole ? 'F' : 'P'} ${text}`],
  ['docker', true, (text, whole, writer, n) => `{"log":${goQuoted(whole ? `${text}\n` : text)},"stream":"${writer === 0 ? 'stdout' : 'stderr'}","time":"${stamp(n)}"}`],
  [
    'docker',
    true,
    (text, whole, writer, n) => `{"log":${goQuoted(whole ? `${text}\n` : text)},"stream":"${writer === 0 ? 'stdout' : 'stderr'}","attrs":{"tag":"a\\n"},"time":"${stamp(n)}"}`,
  ],
  [
    'docker',
    true,
    (text, whole, writer, n) =>
      `{"log": ${JSON.stringify(whole ? `${text}\r\n` : text).replaceAll('/', '\\/')}, "stream": "${writer === 0 ? 'stdout' : 'stderr'}", "time": "${stamp(n)}"}`,
  ],
  ['kubectl', false, (text, _whole, writer) => `[pod/${PODS[writer]}/orders] ${text}`],
  ['kubectl', false, (text, _whole, _writer, n) => `${stamp(n)} ${text}`],
  ['compose', false, (text, _whole, writer) => `${writer === 0 ? 'orders-1  ' : 'gateway-1 '} | ${text}`],
  ['stern', false, (text, _whole, writer) => `${PODS[writer]} orders ${text}`],
  ['stern-json', false, (text, _whole, writer) => `{"message":${JSON.stringify(text)},"nodeName":"n1","namespace":"shop","podName":"${PODS[writer]}","containerName":"orders"}`],
  ['journal', false, (text, _whole, writer) => `Nov 24 02:31:28 host ${writer === 0 ? 'orders[812]' : 'gateway[900]'}: ${text}`],
  [
    'journal-json',
    false,
    (text, _whole, writer, n) =>
      `{"__CURSOR":"s=1;i=${n}","__REALTIME_TIMESTAMP":"17639515${String(10000000 + n)}","PRIORITY":"${n % 8}","_TRANSPORT":"stdout","_PID":"${writer === 0 ? 812 : 900}","SYSLOG_IDENTIFIER":"orders","MESSAGE":${n % 11 === 3 ? `[${[...utf8.encode(text)].join(',')}]` : JSON.stringify(text)}}`,
  ],
];

function written(said: readonly Said[], [, cutting, line]: (typeof DRIVERS)[number], turns: readonly boolean[]): string {
  const queues: { text: string; whole: boolean; writer: number }[][] = [[], []];
  for (const s of said) {
    const parts = cutting ? partsOf(s) : [s.text];
    queues[s.writer]!.push(...parts.map((text, i) => ({ text, whole: i === parts.length - 1, writer: s.writer })));
  }
  const out: string[] = [];
  for (let n = 0; queues[0]!.length + queues[1]!.length > 0; n++) {
    const wanted = turns[n % Math.max(1, turns.length)] === true ? 1 : 0;
    const next = (queues[wanted]!.length > 0 ? queues[wanted] : queues[1 - wanted])!.shift()!;
    out.push(line(next.text, next.whole, next.writer, n));
  }
  return out.join('\n');
}

/** Not held: the search reads it through a window. */
const streamed = (text: string): Artifact => {
  const held = memorySource(utf8.encode(text));
  const source: ByteSource = { sizeBytes: held.sizeBytes, readInto: (at, to) => held.readInto(at, to) };
  return { ...testArtifact(new Uint8Array(0)), source };
};

async function slowly(artifact: Artifact, query: string): Promise<string[]> {
  const { query: parsed, context } = await compileQuery(query, firstDay(artifact));
  const matches = matcherOf(parsed, context);
  const out: string[] = [];
  scanLog(artifact, instantNear(artifact), {}, (r) => {
    if (!(r.format === 'plain' && r.text().trim() === '') && matches(r)) out.push(`${r.span.offset}+${r.span.length} ${r.time?.at ?? ''}`);
    return true;
  });
  return [...new Set(out)].sort();
}

async function searched(artifact: Artifact, query: string, engine: 'wasm' | 'plain', cuts: readonly number[]): Promise<string[]> {
  const compiled = await compileQuery(query, firstDay(artifact));
  const size = artifact.source.sizeBytes;
  const ends = [...new Set([0, ...cuts.map((c) => c % (size + 1)), size])].sort((a, b) => a - b);
  const found = new Set<string>();
  for (let i = 1; i < ends.length; i++) {
    new LogSearcher(compiled, { engine }).open(artifact).run(ends[i - 1]!, ends[i]!, (h) => {
      found.add(`${h.offset}+${h.length} ${h.time ?? ''}`);
      const record = recordAt(artifact, h.offset, h.length);
      expect(record?.span).toEqual({ offset: h.offset, length: h.length });
      return true;
    });
  }
  return [...found].sort();
}

const said = fc.record({
  text: fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...lines) }, { weight: 1, arbitrary: fc.constantFrom(...crash) }, { weight: 3, arbitrary: fc.constantFrom(...ODD) }),
  writer: fc.nat({ max: 1 }),
  cuts: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: fc.array(fc.nat({ max: 5000 }), { maxLength: 3 }) }),
});

describe.each(DRIVERS.map((d, i) => [`${d[0]} ${i}`, d] as const))('%s', (_name, driver) => {
  test.each(['wasm', 'plain'] as const)(
    '%s finds what reading every record finds',
    async (engine) => {
      let compared = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.array(said, { minLength: 1, maxLength: 25 }),
          fc.array(fc.boolean(), { minLength: 1, maxLength: 12 }),
          fc.constantFrom(...QUERIES),
          fc.array(fc.nat({ max: 20_000 }), { maxLength: 3 }),
          async (of, turns, query, cuts) => {
            const artifact = streamed(written(of, driver, turns));
            if (wrapperOf(artifact.source) !== driver[0]) return;
            compared++;
            expect(await searched(artifact, query, engine, cuts)).toEqual(await slowly(artifact, query));
          },
        ),
        { numRuns: engine === 'wasm' ? 250 : 60 },
      );
      expect(compared).toBeGreaterThan(20);
    },
    120_000,
  );
});
