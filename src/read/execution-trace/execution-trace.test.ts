import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { memorySource } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { checkReader, fixtureBytes, fixtures } from '../testing/check-reader.ts';
import { type ExecutionTrace, executionTrace, KIND, kindName, readTrace, type StreamResult } from './index.ts';
import { comparable, goText } from './testing/go-text.ts';
import { readWireTest, uvarint, wireBytes } from './testing/wire-text.ts';

const files = fixtures(join(import.meta.dirname, 'testdata'), /\.trace\.gz$/);
const fixture = (name: string): string => join(import.meta.dirname, 'testdata', `${name}.trace.gz`);

function opened(bytes: Uint8Array): ExecutionTrace {
  const { model, problems } = executionTrace.read(testArtifact(bytes));
  expect(problems).toEqual([]);
  return model as ExecutionTrace;
}

const streamed = (trace: ExecutionTrace): StreamResult => trace.stream({ events: () => {} });

/** Every number of the columns stands for something, and time only goes on. */
function integrity(trace: ExecutionTrace): void {
  let last = Number.NEGATIVE_INFINITY;
  let events = 0;
  const result = trace.stream({
    events(e, tables) {
      events += e.length;
      for (let i = 0; i < e.length; i++) {
        const kind = e.kind[i] as number;
        if (!(e.time[i]! > last)) throw new Error(`time ${e.time[i]} after ${last}`);
        last = e.time[i]!;
        if (kindName(kind).startsWith('kind ')) throw new Error(`kind ${kind}`);
        if (e.thread[i]! < -1 || e.thread[i]! >= tables.threadCount) throw new Error(`thread ${e.thread[i]}`);
        if (e.goroutine[i]! >= 0 && !(tables.goroutineId(e.goroutine[i]!) >= 0)) throw new Error(`goroutine ${e.goroutine[i]}`);
        if (e.stack[i]! < 0 || e.stack[i]! >= tables.stacks.count) throw new Error(`stack ${e.stack[i]}`);
        if (e.text[i]! < 0 || e.text[i]! >= tables.texts.count) throw new Error(`text ${e.text[i]}`);
        if (e.offset[i]! < -1 || e.offset[i]! >= trace.keptBytes + trace.lostBytes) throw new Error(`offset ${e.offset[i]}`);
      }
    },
  });
  const { stacks } = result.tables;
  for (let s = 1; s < stacks.count; s++) for (const f of stacks.frame.subarray(stacks.start[s], stacks.start[s + 1])) if (f >= stacks.frames.count) throw new Error(`frame ${f}`);
  expect(result.events).toBe(events);
  expect(trace.keptBytes + trace.lostBytes).toBeGreaterThan(0);
}

function summary(trace: ExecutionTrace) {
  const kinds: Record<string, number> = {};
  const reasons: Record<string, number> = {};
  let last = 0;
  const result = trace.stream({
    events(e, tables) {
      for (let i = 0; i < e.length; i++) {
        const kind = e.kind[i]!;
        kinds[kindName(kind)] = (kinds[kindName(kind)] ?? 0) + 1;
        if (kind === KIND.GoBlock || kind === KIND.STWBegin) reasons[tables.text(e.text[i]!)] = (reasons[tables.text(e.text[i]!)] ?? 0) + 1;
        last = e.time[i]!;
      }
    },
  });
  return {
    version: trace.version,
    generations: trace.generations.map((g) => ({ ...g, experiments: [...g.experiments.keys()] })),
    originNs: trace.originNs,
    originWallNs: trace.originWallNs,
    kept: trace.keptBytes,
    lost: trace.lostBytes,
    events: result.events,
    broken: result.broken,
    missing: result.missing,
    threads: result.tables.threadCount,
    stacks: result.tables.stacks.count,
    frames: result.tables.stacks.frames.count,
    texts: result.tables.texts.count,
    lastNs: last,
    kinds: Object.fromEntries(Object.entries(kinds).sort()),
    reasons: Object.fromEntries(Object.entries(reasons).sort()),
  };
}

describe('execution-trace', () => {
  test('has fixtures of every version of the format', () => {
    expect(files.length).toBe(13);
    expect(new Set(files.map((f) => opened(fixtureBytes(f)).version))).toEqual(new Set([11, 19, 21, 22, 23, 25, 26]));
  });
  for (const f of files) test(basename(f), () => checkReader({ reader: executionTrace, file: f, summary, integrity, mutations: 30 }), 120_000);
});

const goRoot = spawnSync('go', ['env', 'GOROOT'], { encoding: 'utf8' });
const go = goRoot.status === 0;
let compared = 0;
const scratch = mkdtempSync(join(tmpdir(), 'gorca-trace-'));
afterAll(() => {
  rmSync(scratch, { recursive: true });
  console.log(go ? `compared ${compared} events with go tool trace` : 'go is not installed: comparisons with go tool trace skipped');
});

/** Every event as `go tool trace` prints it. */
function agrees(bytes: Uint8Array): void {
  const file = join(scratch, 'trace.out');
  writeFileSync(file, bytes);
  const theirs = execFileSync('go', ['tool', 'trace', '-d=parsed', file], { encoding: 'utf8', maxBuffer: 2 ** 30, stdio: ['ignore', 'pipe', 'ignore'] });
  const trace = opened(bytes);
  const ours: string[] = [];
  trace.stream({
    events(e, tables) {
      ours.push(...goText(trace, e, tables, true));
    },
  });
  const expected = comparable(theirs, trace.version);
  const got = comparable(ours.join('\n'), trace.version);
  const at = expected.findIndex((l, i) => l !== got[i]);
  expect(got.slice(Math.max(0, at - 2), at + 4), `line ${at}`).toEqual(at < 0 ? got.slice(0, 3) : expected.slice(Math.max(0, at - 2), at + 4));
  expect(got.length).toBe(expected.length);
  compared += ours.length;
}

describe.skipIf(!go)("agrees with Go's own reader", () => {
  const tests = go ? join(goRoot.stdout.trim(), 'src', 'internal', 'trace', 'testdata', 'tests') : '';
  const names = go ? readdirSync(tests).filter((n) => n.endsWith('.test')) : [];

  test('its tests are there', () => expect(names.length).toBeGreaterThan(15));
  for (const name of names)
    test(name, () => {
      const { bytes, success } = readWireTest(join(tests, name));
      const { model, problems } = executionTrace.read(testArtifact(bytes));
      if (success) expect(problems).toEqual([]);
      expect(model === null ? false : streamed(model).broken === null).toBe(success);
    });

  for (const f of files) test(`every event of ${basename(f)}: kind, time, processor, thread, goroutine, stack`, () => agrees(fixtureBytes(f)), 120_000);
});

const END = 'EndOfGeneration\n';
const small = (generation: number, body: string, version = 26, tables: readonly string[] = []): string => {
  const clock = version < 25 ? 'Frequency freq=1000000000\n' : 'Sync\nFrequency freq=1000000000\nClockSnapshot dt=0 mono=5 sec=1700000000 nsec=7\n';
  const batch = (m: string, text: string): string => {
    const size = wireBytes(`Trace Go1.26\n${text}`).length - 16;
    return `EventBatch gen=${generation} m=${m} time=100 size=${size}\n${text}`;
  };
  const none = '18446744073709551615';
  return `${batch('7', body)}\n${tables.map((t) => `${batch(none, t)}\n`).join('')}${batch(none, clock)}${version >= 26 ? END : ''}`;
};
const running = 'ProcStatus dt=1 p=0 pstatus=1\nGoStatus dt=1 g=1 m=7 gstatus=2';
const codes = (bytes: Uint8Array): string[] => readTrace(memorySource(bytes), 'x').problems.map((p) => p.code);

describe('damage', () => {
  const two = wireBytes(`Trace Go1.26\n${small(1, running)}${small(2, running)}`);
  const one = wireBytes(`Trace Go1.26\n${small(1, running)}`).length;

  test('a trace that is cut keeps its complete generations and says how much that is', () => {
    for (let n = one + 1; n < two.length; n++) {
      const { model, problems } = readTrace(memorySource(two.subarray(0, n)), 'x');
      expect(model?.generations.length).toBe(1);
      expect([model?.keptBytes, model?.lostBytes]).toEqual([one, n - one]);
      expect(problems.map((p) => p.code)).toEqual(['execution-trace/cut']);
      expect(problems[0]?.why).toContain(`${one} of ${n} bytes are kept, ${n - one} are lost`);
      expect(streamed(model as ExecutionTrace).broken).toBeNull();
    }
  });

  test('a trace of Go 1.22 ends with its bytes: only a clock makes its last generation whole', () => {
    const old = wireBytes(`Trace Go1.22\n${small(1, running, 22)}${small(2, running, 22)}`);
    expect(opened(old).generations.map((g) => g.number)).toEqual([1, 2]);
    const cut = readTrace(memorySource(old.subarray(0, old.length - 4)), 'x');
    expect(cut.model?.generations.map((g) => g.number)).toEqual([1]);
    expect(cut.problems.map((p) => p.code)).toEqual(['execution-trace/cut']);
  });

  test('what makes no sense as an order ends the stream, not what came before it', () => {
    const trace = opened(wireBytes(`Trace Go1.26\n${small(1, `${running}\nGoBlock dt=1 reason_string=0 stack=0\nGoBlock dt=1 reason_string=0 stack=0`)}`));
    const seen: string[] = [];
    const { broken } = trace.stream({ events: (e) => void seen.push(...Array.from(e.kind.subarray(0, e.length), kindName)) });
    expect(seen).toEqual(['Sync', 'ProcStatus', 'GoStatus', 'GoBlock']);
    expect(broken).toMatchObject({ generation: 0, what: expect.stringContaining('without one') });
    expect(broken?.offset).toBeGreaterThan(16);
  });

  test('damage in the middle: what follows is read on its own', () => {
    const four = wireBytes(`Trace Go1.26\n${[1, 2, 3, 4].map((n) => small(n, running)).join('')}`);
    const length = (four.length - 16) / 4;
    for (let at = 16 + length; at < 16 + 2 * length; at++) {
      const injured = four.slice();
      injured[at] = 0xff;
      const { model, problems } = readTrace(memorySource(injured), 'x');
      const numbers = model?.generations.map((g) => `${g.number}${g.afterLoss ? '!' : ''}`).join(' ');
      if (at === 16 + 2 * length - 1) {
        // the byte that ends a generation: where the next one begins is then not sure
        expect(numbers).toBe('1 4!');
        continue;
      }
      // the injury may hit what an event says
      expect(['1 3! 4', '1 2 3 4'], `byte ${at - 16 - length}`).toContain(numbers);
      if (numbers === '1 2 3 4') continue;
      expect(problems.map((p) => p.code)).toEqual(['execution-trace/damaged']);
      expect([model?.keptBytes, model?.lostBytes]).toEqual([four.length - length, length]);
      const first = streamed(model as ExecutionTrace);
      expect([first.events, first.broken?.generation]).toEqual([3, 1]);
      const rest = (model as ExecutionTrace).stream({ events: () => {} }, 1);
      expect([rest.events, rest.broken]).toEqual([7, null]);
    }
  });

  test('after an order that makes no sense the next generation can be taken on its own', () => {
    const wrong = `${running}\nGoDestroy dt=1\nGoDestroy dt=1`;
    const trace = opened(wireBytes(`Trace Go1.26\n${small(1, wrong)}${small(2, running)}`));
    expect(streamed(trace).broken?.generation).toBe(0);
    const states: number[] = [];
    const rest = trace.stream({ events: (e) => void states.push(...Array.from(e.b.subarray(0, e.length)).filter((_, i) => e.kind[i] !== KIND.Sync)) }, 1);
    expect(rest).toMatchObject({ broken: null, events: 4 });
    expect(states).toEqual([0, 0]);
  });

  test('a recording whose first generation is damaged', () => {
    const bytes = fixtureBytes(fixture('all.go1.26')).slice();
    bytes[16] = 77;
    const { model } = readTrace(memorySource(bytes), 'x');
    expect(model?.generations.map((g) => [g.number, g.afterLoss])).toEqual([
      [2, true],
      [3, false],
    ]);
    expect(streamed(model as ExecutionTrace)).toMatchObject({ broken: null });
  });

  test('references to nothing are given as none and counted', () => {
    const trace = opened(wireBytes(`Trace Go1.26\n${small(1, `${running}\nGoBlock dt=1 reason_string=9 stack=300000000`)}`));
    expect(streamed(trace)).toMatchObject({ broken: null, missing: 2 });
  });

  test('broken strings take nothing away but themselves', () => {
    const bytes = fixtureBytes(fixture('all.go1.23'));
    const whole = streamed(opened(bytes));
    const injured = bytes.slice();
    // the name of a function, as the string before it ends: its length covers the next one
    const at = Buffer.from(bytes).indexOf('main.main.func');
    injured[at - 1] = 127;
    const { broken, brokenTables, tables, events } = streamed(opened(injured));
    expect([broken, brokenTables, events]).toEqual([null, 1, whole.events]);
    expect(tables.texts.count).toBeLessThan(whole.tables.texts.count);
  });

  test('a clock whose ticks are no whole nanoseconds', () => {
    // as on Windows: here the frequency is another one of as many bytes, and Go's own reader says what times that makes
    const bytes = fixtureBytes(fixture('callbacks.go1.26'));
    const frequency = [8];
    uvarint(frequency, 15_625_000n);
    const other = [8];
    uvarint(other, 14_318_181n);
    const held = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    for (let at = held.indexOf(Buffer.from(frequency)); at >= 0; at = held.indexOf(Buffer.from(frequency))) bytes.set(other, at);
    expect(opened(bytes).generations[0]?.nsPerTick).toBeCloseTo(69.84127, 4);
    if (go) agrees(bytes);
  });

  test.each([
    ['', ['execution-trace/empty']],
    ['something else', ['execution-trace/no-header']],
    ['go 1.5 trace\0\0\0\0', ['execution-trace/old-format']],
    ['go 1.21 trace\0\0\0', ['execution-trace/cut']],
    ['go 1.21 trace\0\0\0\0', ['execution-trace/damaged']],
    ['go 1.26 trace\0\0\0', ['execution-trace/no-generation']],
    ['go 1.26 trace\0\0\0x', ['execution-trace/damaged', 'execution-trace/no-generation']],
    ['go 1.26 tra', ['execution-trace/no-header']],
  ])('%j', (text, expected) => expect(codes(Buffer.from(text))).toEqual(expected));

  test('a format that is not known yet is read as the newest, with a warning', () => {
    const bytes = two.slice();
    bytes[6] = '9'.charCodeAt(0);
    expect(codes(bytes)).toEqual(['execution-trace/unknown-version']);
  });
});

test('with thousands of threads a batch is read piece by piece', () => {
  const heap = Array.from({ length: 12_000 }, (_, i) => `HeapAlloc dt=1 heapalloc_value=${100 + i * 7}`).join('\n');
  const batch = (m: number, text: string): string => `EventBatch gen=1 m=${m} time=100 size=${wireBytes(`Trace Go1.26\n${text}`).length - 16}\n${text}\n`;
  const others = Array.from({ length: 3000 }, (_, i) => batch(1000 + i, `GoStatus dt=${i} g=${100 + i} m=18446744073709551615 gstatus=4`)).join('');
  const bytes = wireBytes(`Trace Go1.26\n${others}${small(1, `${running}\n${heap}`)}`);
  expect(opened(bytes).generations[0]?.threads).toBe(3001);
  if (go) agrees(bytes);
  else expect(streamed(opened(bytes))).toMatchObject({ broken: null, events: 15_004 });
});

test('the wall clock of time 0', () => {
  const trace = opened(wireBytes(`Trace Go1.26\n${small(1, running)}`));
  expect(trace.originWallNs).toBe(1_700_000_000_000_000_007n);
  expect(trace.generations[0]?.clock).toEqual({ atNs: 0, wallNs: 1_700_000_000_000_000_007n, monoNs: 5 });
});

test('a stream may be stopped, and taken again', () => {
  const trace = opened(fixtureBytes(fixture('all.go1.26')));
  let blocks = 0;
  expect(trace.stream({ events: () => ++blocks < 3 })).toMatchObject({ stopped: true, broken: null });
  expect(blocks).toBe(3);
  expect(streamed(trace).events).toBeGreaterThan(10_000);
});

test('a region that is ended out of turn is a mistake of the program: counted, and the trace goes on', () => {
  const body = `${running}\nUserRegionBegin dt=1 task=1 name_string=0 stack=0\nUserRegionBegin dt=1 task=2 name_string=0 stack=0\nUserRegionEnd dt=1 task=1 name_string=0 stack=0`;
  expect(streamed(opened(wireBytes(`Trace Go1.26\n${small(1, body)}`)))).toMatchObject({ broken: null, regionMisuse: 1 });
});

/** Injuries within batches: their frame stays whole, so that what they hold reaches tables and ordering. */
describe('injured events', () => {
  const random = (seed: number): (() => number) => {
    let state = Math.imul(seed + 1, 2654435761) >>> 0;
    return () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state / 2 ** 32;
    };
  };
  for (const name of ['callbacks.go1.26', 'allocfree.go1.26', 'all.go1.23', 'all.go1.13', 'all.go1.19'])
    test(name, () => {
      const bytes = fixtureBytes(fixture(name));
      let broken = 0;
      for (let n = 0; n < 60; n++) {
        const next = random(n);
        const injured = bytes.slice();
        for (let k = 1 + Math.floor(next() * 4); k > 0; k--) {
          const at = 20 + Math.floor(next() * (bytes.length - 20));
          // a number stays as long as it was: its last byte has no continuation bit
          injured[at] = ((injured[at] as number) & 0x80) | Math.floor(next() * 128);
        }
        const { model } = readTrace(memorySource(injured), 'x');
        if (model === null) continue;
        integrity(model);
        if (streamed(model).broken !== null) broken++;
      }
      expect(broken).toBeGreaterThan(3);
    }, 120_000);
});

/** Each disagreement with Go's reader, its reason, and what that reader makes of it; their number may only fall. */
describe.skipIf(!go)("differs from Go's own reader", () => {
  const theirs = (bytes: Uint8Array): { text: string; failed: boolean; fault: string } => {
    const file = join(scratch, 'differs.out');
    writeFileSync(file, bytes);
    const { stdout, stderr, status } = spawnSync('go', ['tool', 'trace', '-d=parsed', file], { encoding: 'utf8' });
    return { text: stdout, failed: status !== 0, fault: stderr };
  };
  const ours = (bytes: Uint8Array): string => {
    const trace = opened(bytes);
    const lines: string[] = [];
    const { broken } = trace.stream({
      events(e, tables) {
        lines.push(...goText(trace, e, tables, true));
      },
    });
    expect(broken).toBeNull();
    return lines.join('\n');
  };
  const strings = (text: string): string => `Strings\nString id=1\n\tdata="${text}"`;

  test('the kind of a stopped world that spans generations is that of its begin: the same number is another string in the next', () => {
    const bytes = wireBytes(
      `Trace Go1.26\n${small(1, `${running}\nSTWBegin dt=1 kind_string=1 stack=0`, 26, [strings('first')])}${small(2, `${running}\nSTWEnd dt=1`, 26, [strings('second')])}`,
    );
    const [begin, end] = [/RangeBegin .*\((.*?)\)" /, /RangeEnd .*\((.*?)\)" /];
    const text = ours(bytes);
    expect([begin.exec(text)?.[1], end.exec(text)?.[1]]).toEqual(['first', 'first']);
    const go = theirs(bytes);
    expect([go.failed, begin.exec(go.text)?.[1], end.exec(go.text)?.[1]]).toEqual([false, 'first', 'second']);
  });

  test('a stack that its generation lacks does not end the trace', () => {
    const bytes = wireBytes(`Trace Go1.26\n${small(1, `${running}\nGoStop dt=1 reason_string=0 stack=7\nGoStart dt=1 g=1 g_seq=1`)}`);
    expect(ours(bytes)).toContain('Runnable->Running');
    expect(theirs(bytes)).toMatchObject({ failed: true, fault: expect.stringContaining('invalid stack ID') });
  });

  test('a region that is ended out of turn does not end the trace', () => {
    const region = (which: string, task: number): string => `UserRegion${which} dt=1 task=${task} name_string=0 stack=0`;
    const bytes = wireBytes(`Trace Go1.26\n${small(1, [running, region('Begin', 1), region('Begin', 2), region('End', 1), 'HeapAlloc dt=1 heapalloc_value=5'].join('\n'))}`);
    expect(ours(bytes)).toContain('Uint64(5)');
    expect(theirs(bytes)).toMatchObject({ failed: true, fault: expect.stringContaining('misuse of region') });
  });
});
