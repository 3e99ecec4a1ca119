import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crashSite, flagError, processCrashed, processExited, signalDump } from '../../model/conditions/crash.ts';
import { type Artifact, container, entityId, formatInstant, type Kind, namespace, parseInstant, type World } from '../../model/index.ts';
import { testArtifact, textArtifact } from '../../model/testing/artifact.ts';
import { crashText } from '../../read/crash-text/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { logs } from '../../read/logs/index.ts';
import { openWorld } from '../lib/world.ts';
import { CLASSES, classify } from './classes.ts';
import { crash } from './index.ts';

const folder = join(import.meta.dirname, '../../read/crash-text/testdata');
const body = (file: string): string => readFileSync(join(folder, file), 'utf8');
const open = (...artifacts: Artifact[]): World => openWorld(openReadings(artifacts, [crashText, logs]), [crash]);
const observed = (world: World, kind: unknown) => {
  const answer = world.look(kind as Kind);
  return answer.state === 'observed' ? answer.conditions : [];
};

describe('class and line of a crash', () => {
  it.each([
    ['nil-map.go126.txt', 'nil-map-write', 'shop/crashes/table.(*Row).Set', 12],
    ['nil-map.go121.txt', 'nil-map-write', 'shop/crashes/table.(*Row).Set', 12],
    ['nil-map.crash.go126.txt', 'nil-map-write', 'shop/crashes/table.(*Row).Set', 12],
    ['send-closed.go126.txt', 'send-on-closed-channel', 'main.sendOnClosed.func1', 89],
    ['close-closed.go126.txt', 'close-of-closed-channel', 'main.init.func2', 34],
    ['concurrent-map.go121.txt', 'concurrent-map', 'main.remember', 106],
    ['concurrent-map.go127.txt', 'concurrent-map', 'main.remember', 106],
    ['concurrent-map.system.go126.txt', 'concurrent-map', 'main.remember', 106],
    ['concurrent-iterate.go126.txt', 'concurrent-map', 'main.concurrentIterate', 119],
    ['nil-dereference.go126.txt', 'nil-dereference', 'shop/crashes/table.(*Row).Last', 16],
    ['index.go126.txt', 'index-out-of-range', 'shop/crashes/table.Pick', 23],
    ['index-in-dependency.go126.txt', 'index-out-of-range', 'main.init.func6', 40],
    ['callback.go126.txt', 'nil-map-write', 'main.init.func7.1', 41],
    ['slice.go126.txt', 'slice-out-of-range', 'main.init.func8', 42],
    ['assert-type.go126.txt', 'type-assertion', 'main.init.func9', 43],
    ['stack-overflow.go126.txt', 'stack-overflow', 'shop/crashes/table.Depth', 28],
    ['asleep.go126.txt', 'all-asleep', 'main.asleep', 130],
    ['divide.go126.txt', 'divide-by-zero', 'main.init.func14', 49],
    ['waitgroup.go126.txt', 'negative-waitgroup', 'main.init.func15', 50],
    ['unlock.go126.txt', 'unlock-of-unlocked', 'main.init.func16', 51],
    ['error-value.go126.txt', 'custom', 'main.init.func17', 52],
    ['out-of-memory.go126.txt', 'out-of-memory', 'main.init.func28', 68],
    ['fault.go126.txt', 'unexpected-fault', 'main.fault', 10],
    ['nil-func.go126.txt', 'other-fatal', 'main.init.func24', 64],
    // the panic that a deferred function repeats is the first one, and lies below the deferred function
    ['recovered-again.go126.txt', 'nil-dereference', 'shop/crashes/table.(*Row).Last', 16],
    ['recovered-again.go121.txt', 'nil-dereference', 'shop/crashes/table.(*Row).Last', 16],
    ['panic-in-defer.go126.txt', 'custom', 'main.init.func21', 57],
    ['http.go126.txt', 'index-out-of-range', 'shop/crashes/table.Pick', 23],
    ['logged-recovery.go126.txt', 'nil-dereference', 'shop/crashes/table.(*Row).Last', 16],
  ])('%s is %s', (file, named, fn, line) => {
    const [site] = observed(open(textArtifact(body(file))), crashSite);
    expect([site?.facts['class'], site?.facts['function'], site?.facts['line']]).toEqual([named, fn, line]);
  });

  it('names the module where the failure lies when the program only called it', () => {
    const [site] = observed(open(textArtifact(body('index-in-dependency.go127.txt'))), crashSite);
    expect([site?.facts['module'], (site!.facts['stack'] as string[])[0]]).toEqual(['example.com/parts@v1.0.0', 'example.com/parts.Field example.com/parts@v1.0.0/parts.go:5']);
    expect(observed(open(textArtifact(body('callback.go126.txt'))), crashSite)[0]?.facts['module']).toBeNull();
  });

  it('keeps what the text names', () => {
    const detail = (file: string) => observed(open(textArtifact(body(file))), crashSite)[0]?.facts['detail'];
    expect(detail('index.go126.txt')).toMatchObject({ index: '5', length: '2' });
    expect(detail('assert-type.go126.txt')).toMatchObject({ interface: 'interface {}', dynamic: 'string', wanted: 'int' });
    expect(detail('assert-interface.go126.txt')).toMatchObject({ dynamic: 'int', wanted: 'main.price', missingMethod: 'Cents' });
    expect(detail('nil-dereference.go126.txt')).toMatchObject({ address: '0x8', signal: 'SIGSEGV' });
    expect(detail('panic-in-defer.go126.txt')).toMatchObject({ afterwards: 'assignment to entry in nil map' });
    expect(detail('send-closed.go126.txt')).toMatchObject({ startedBy: 'main.sendOnClosed shop/crashes/main.go:89' });
  });

  it('classifies whole texts only', () => {
    expect(classify('cannot write: send on closed channel', false).class).toBe('custom');
    expect(classify('all goroutines are asleep - deadlock!', true).class).toBe('all-asleep');
    for (const c of CLASSES) expect(c.writtenBy).toMatch(/^(runtime|internal|sync)\//);
  });
});

describe('process/crashed', () => {
  it('counts equal crashes, and tells a request that failed from a process that died', () => {
    const [http, ...rest] = observed(open(textArtifact(body('http.go126.txt'))), processCrashed);
    expect(rest).toEqual([]);
    expect(http?.facts).toMatchObject({ recovered: true, count: 3, fatal: false });
    expect(observed(open(textArtifact(body('nil-map.go126.txt'))), processCrashed)[0]?.facts).toMatchObject({ recovered: false, goroutine: 1 });
    expect(observed(open(textArtifact(body('concurrent-map.go126.txt'))), processCrashed)[0]?.facts).toMatchObject({ fatal: true, recovered: false });
  });

  it('belongs to the container the capture states; onset lies between the lines around it', () => {
    const box = container('shop', 'orders-1', 'orders');
    const log = `{"time":"2026-11-24T02:00:00Z","level":"INFO","msg":"a"}\n${body('nil-map.go126.txt')}`;
    const world = open(textArtifact(log, { covers: [{ entity: box, strength: 'stated' }], takenAt: parseInstant('2026-11-24T02:00:09Z')! }));
    const answer = world.look(processCrashed, box);
    expect(answer.state).toBe('observed');
    const [c] = observed(world, processCrashed);
    expect([entityId(c!.entity), formatInstant(c!.onset.lastWell!), formatInstant(c!.onset.firstIll!)]).toEqual([
      'process:shop/orders-1/orders',
      '2026-11-24T02:00:00Z',
      '2026-11-24T02:00:09Z',
    ]);
  });

  it('names the pod of each crash in a log of several', () => {
    const log = body('nil-map.go126.txt')
      .trimEnd()
      .split('\n')
      .map((l) => `[pod/orders-1/orders] ${l}\n`)
      .join('');
    const world = open(textArtifact(log, { covers: [{ entity: namespace('shop'), strength: 'stated' }] }));
    expect(world.look(processCrashed, container('shop', 'orders-1', 'orders')).state).toBe('observed');
  });

  it('is absent only where a whole log of a known stretch is at hand', () => {
    const log = '{"time":"2026-11-24T02:00:00Z","level":"INFO","msg":"a"}\n'.repeat(5);
    const interval = { from: parseInstant('2026-11-24T02:00:00Z'), to: parseInstant('2026-11-24T03:00:00Z') };
    expect(open(textArtifact(log, { interval })).look(processCrashed).state).toBe('absent');
    expect(open(textArtifact(log, { interval, incomplete: { how: 'cut', why: 'tail' } })).look(processCrashed).state).toBe('not-observable');
    expect(open(textArtifact(log)).look(processCrashed).state).toBe('not-observable');
    expect(open(testArtifact(new Uint8Array([1, 0, 0, 2]))).look(processCrashed)).toMatchObject({ state: 'not-observable', reasons: [{ next: processCrashed.next }] });
  });
});

describe('what is no crash', () => {
  it('a SIGQUIT dump is somebody asking', () => {
    const world = open(textArtifact(body('sigquit.go126.txt')));
    expect(observed(world, signalDump).map((c) => c.facts)).toEqual([{ signal: 'SIGQUIT' }]);
    expect(observed(world, processCrashed)).toEqual([]);
  });

  it('a refused flag is not a panic although both exit with 2', () => {
    const world = open(textArtifact(body('flag.go126.txt')));
    expect(observed(world, flagError).map((c) => c.facts)).toEqual([{ message: 'flag provided but not defined: -prot' }]);
    expect(observed(world, processCrashed)).toEqual([]);
  });

  it('a stack that a logger attached to an error is none', () => {
    expect(
      observed(
        open(textArtifact('{"level":"error","msg":"cannot reserve","stacktrace":"main.reserve\\n\\t/app/main.go:12\\nmain.main\\n\\t/app/main.go:29\\n"}\n')),
        processCrashed,
      ),
    ).toEqual([]);
  });

  it('exit status behind the text is the exit of that process', () => {
    const world = open(textArtifact(`${body('nil-map.go126.txt')}exit status 2\n`));
    expect(observed(world, processExited).map((c) => [c.facts['code'], c.facts['supervisor']])).toEqual([[2, 'go']]);
  });
});
