import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { containerExited } from '../../../model/conditions/container.ts';
import { crashSite, processCrashed, processExited } from '../../../model/conditions/crash.ts';
import { mapLeftOut } from '../../../model/conditions/source.ts';
import {
  type Artifact,
  type Condition,
  condition,
  container,
  type Entity,
  goFunction,
  type Kind,
  type Mechanism,
  type Observer,
  parseInstant,
  placeAt,
  type World,
} from '../../../model/index.ts';
import { textArtifact } from '../../../model/testing/artifact.ts';
import { crash } from '../../../observe/crash/index.ts';
import { openWorld } from '../../../observe/lib/world.ts';
import { crashText } from '../../../read/crash-text/index.ts';
import { openReadings } from '../../../read/lib/readings.ts';
import { logs } from '../../../read/logs/index.ts';
import { Chainer, type Explanation } from '../../chain.ts';
import { allGoroutinesAsleep } from './all-goroutines-asleep/index.ts';
import { concurrentMapWrites } from './concurrent-map-writes/index.ts';
import { crashAtLine } from './crash-at-line/index.ts';
import { crashExitsContainer } from './crash-exits-container/index.ts';
import { crashExitsProcess } from './crash-exits-process/index.ts';
import { indexOutOfRange } from './index-out-of-range/index.ts';
import { nilDereference } from './nil-dereference/index.ts';
import { nilMapWrite } from './nil-map-write/index.ts';
import { sendOnClosedChannel } from './send-on-closed-channel/index.ts';
import { stackOverflow } from './stack-overflow/index.ts';
import { typeAssertion } from './type-assertion/index.ts';

const MECHANISMS: readonly Mechanism[] = [
  allGoroutinesAsleep,
  concurrentMapWrites,
  crashAtLine,
  crashExitsContainer,
  crashExitsProcess,
  indexOutOfRange,
  nilDereference,
  nilMapWrite,
  sendOnClosedChannel,
  stackOverflow,
  typeAssertion,
];
const KINDS = new Map([crashSite, processCrashed, processExited, containerExited].map((k) => [k.id, k as unknown as Kind]));
const folder = join(import.meta.dirname, '../../../read/crash-text/testdata');
const body = (file: string): string => readFileSync(join(folder, file), 'utf8');
const box = container('shop', 'orders-1', 'orders');
const covers = (e: Entity): Partial<Artifact> => ({ covers: [{ entity: e, strength: 'stated' }] });

function worldOf(artifact: Artifact, more: readonly Condition[] = []): World {
  const stated: Observer = {
    id: 'stated',
    answers: [containerExited as Kind],
    identify: () => ({ aliases: [], edges: [] }),
    look: () => ({ conditions: more, covered: [], notObservable: [] }),
  };
  return openWorld(openReadings([artifact], [crashText, logs]), [crash, stated]);
}

function explain(world: World, kind: unknown = processCrashed): Explanation {
  const answer = world.look(kind as Kind);
  if (answer.state !== 'observed') throw new Error(`${(kind as Kind).id} is ${answer.state}`);
  return new Chainer(MECHANISMS, KINDS, world).explain(answer.conditions[0]!);
}

const textOf = (e: Explanation): string => {
  const link = e.chains[0]?.link;
  if (link == null) return '';
  return typeof link.mechanism.because === 'string' ? link.mechanism.because : link.mechanism.because(link.link);
};

describe('the line that crashed', () => {
  it.each([
    ['nil-map.go126.txt', 'go/nil-map-write', 'confirmed', 'assigns to a map that is nil at table.go:12'],
    ['callback.go126.txt', 'go/nil-map-write', 'confirmed', 'main.go:41'],
    ['send-closed.go126.txt', 'go/send-on-closed-channel', 'supported', 'the text names the sender, not who closed it'],
    ['concurrent-map.go126.txt', 'go/concurrent-map-writes', 'supported', 'the other one may be the one at fault'],
    ['concurrent-iterate.go126.txt', 'go/concurrent-map-writes', 'supported', 'concurrent map iteration and map write'],
    ['nil-dereference.go126.txt', 'go/nil-dereference', 'confirmed', 'address 0x8'],
    ['recovered-again.go121.txt', 'go/nil-dereference', 'confirmed', 'table.go:16'],
    ['index.go126.txt', 'go/index-out-of-range', 'confirmed', 'indexes with 5, its length is 2'],
    ['http.go126.txt', 'go/index-out-of-range', 'confirmed', 'with 6, its length is 1'],
    ['slice.go126.txt', 'go/index-out-of-range', 'confirmed', 'with :7'],
    ['assert-type.go126.txt', 'go/type-assertion', 'confirmed', 'the value is string, int is asserted'],
    ['assert-interface.go126.txt', 'go/type-assertion', 'confirmed', 'method Cents is missing'],
    ['stack-overflow.go126.txt', 'go/stack-overflow', 'confirmed', 'table.Depth calls itself'],
    ['asleep.go126.txt', 'go/all-goroutines-asleep', 'supported', 'waits in main.asleep at main.go:130'],
    ['divide.go126.txt', 'go/crash-at-line', 'supported', 'why it came to that is not in the text'],
    ['error-value.go126.txt', 'go/crash-at-line', 'supported', 'load rates: context deadline exceeded'],
  ])('%s: %s, %s', (file, id, verdict, because) => {
    const e = explain(worldOf(textArtifact(body(file))));
    const [best] = e.chains;
    expect([best?.link?.mechanism.id, best?.verdict, best?.closed]).toEqual([id, verdict, true]);
    expect(textOf(e)).toContain(because);
    // each text is of one class: no other mechanism takes it
    expect(e.chains.filter((c) => c.link !== null).map((c) => c.link?.mechanism.id)).toEqual([id]);
  });

  it('names the place that made the value without its map, where the source leaves only one', () => {
    const set = 'shop/crashes/table.(*Row).Set';
    const made = (writeLine: number, line: number): Condition =>
      condition(mapLeftOut as Kind, {
        entity: goFunction(set),
        discriminator: `${line}`,
        during: { from: null, to: null },
        onset: { lastWell: null, firstIll: null },
        facts: { function: 'shop/crashes/table.NewRow', file: 'table/table.go', line, artifact: 'table.go', type: 'Row', field: 'cells', writeLine, writeEndLine: writeLine },
        says: 'made without it',
        places: [placeAt('table.go', { offset: 0, length: 1 })],
      });
    const culprits = (...conditions: Condition[]): unknown[] => {
      const source: Observer = {
        id: 'source',
        answers: [mapLeftOut as Kind],
        identify: () => ({ aliases: [], edges: [] }),
        look: () => ({ conditions, covered: [], notObservable: [] }),
      };
      const world = openWorld(openReadings([textArtifact(body('nil-map.go126.txt'))], [crashText, logs]), [crash, source]);
      const link = explain(world).chains[0]?.link;
      return link == null ? [] : link.mechanism.culprits(link.link, world).map((c) => `${c.function}:${c.line}`);
    };
    expect(culprits(made(12, 5))).toEqual([`${set}:12`, 'shop/crashes/table.NewRow:5']);
    expect(culprits(made(40, 5))).toEqual([`${set}:12`]);
    expect(culprits(made(12, 5), made(12, 7))).toEqual([`${set}:12`]);
    expect(culprits()).toEqual([`${set}:12`]);
  });

  it('names function, file and line as the culprit', () => {
    const link = explain(worldOf(textArtifact(body('nil-map.go126.txt')))).chains[0]?.link;
    expect(link?.mechanism.culprits(link.link, worldOf(textArtifact('')))).toEqual([
      { kind: 'code', function: 'shop/crashes/table.(*Row).Set', file: 'shop/crashes/table/table.go', line: 12 },
    ]);
  });

  it('a failure inside another module is not put on the line that called it', () => {
    const e = explain(worldOf(textArtifact(body('index-in-dependency.go126.txt'))));
    const best = e.chains.find((c) => c.link !== null);
    expect([best?.link?.mechanism.id, best?.verdict]).toEqual(['go/index-out-of-range', 'unproven']);
    expect(best?.link?.why).toContain('failed inside example.com/parts@v1.0.0');
  });

  it('without a trace there is no line: the chain stays open', () => {
    const e = explain(worldOf(textArtifact(body('nil-map.none.go126.txt'))));
    expect(e.chains.map((c) => [c.link, c.closed])).toEqual([[null, false]]);
  });

  it('a stack overflow whose printed frames do not repeat is not called recursion', () => {
    const frames = Array.from({ length: 20 }, (_v, i) => `main.f${i}()\n\t/src/main.go:${i + 1} +0x1`).join('\n');
    const text = `runtime: goroutine stack exceeds 1000000000-byte limit\nfatal error: stack overflow\n\ngoroutine 1 [running]:\n${frames}\n`;
    const e = explain(worldOf(textArtifact(text)));
    expect(e.refuted.map((l) => l.mechanism.id)).toEqual(['go/stack-overflow']);
  });
});

describe('a crash ends its container', () => {
  const exited = (facts: Partial<NonNullable<(typeof containerExited)['facts']>> = {}, entity: Entity = box): Condition =>
    condition(containerExited, {
      entity,
      during: { from: parseInstant('2026-11-24T02:00:10Z'), to: null },
      onset: { lastWell: null, firstIll: parseInstant('2026-11-24T02:00:10Z') },
      facts: { container: 'orders', exitCode: 2, signal: null, reason: 'Error', restarts: 3, finishedAt: '2026-11-24T02:00:10Z', startedAt: null, ...facts },
      says: 'container orders ended with exit code 2',
      places: [placeAt('test', { offset: 0, length: 1 })],
    });
  const previous = (text: string, at = '2026-11-24T02:00:09Z'): Artifact =>
    textArtifact(`{"time":"${at}","level":"INFO","msg":"serving"}\n${text}`, { ...covers(box), takenAt: parseInstant('2026-11-24T02:00:40Z')! });

  it('confirmed by its last words, exit code 2 and the time', () => {
    const e = explain(worldOf(previous(body('nil-map.go126.txt')), [exited()]), containerExited);
    expect(e.chains[0]).toMatchObject({
      closed: true,
      verdict: 'confirmed',
      link: { mechanism: { id: 'go/crash-exits-container' } },
      cause: { link: { mechanism: { id: 'go/nil-map-write' } } },
    });
  });

  it.each([
    ['a recovered panic ends a request only', previous(body('http.go126.txt')), exited()],
    ['137 is a kill, not a panic', previous(body('nil-map.go126.txt')), exited({ exitCode: 137 })],
    ['1 is os.Exit', previous(body('nil-map.go126.txt')), exited({ exitCode: 1 })],
  ])('refuted: %s', (_what, artifact, end) => {
    const e = explain(worldOf(artifact, [end]), containerExited);
    expect(e.refuted.map((l) => l.mechanism.id)).toEqual(['go/crash-exits-container']);
    expect(e.chains.every((c) => c.link === null)).toBe(true);
  });

  it('the text of another life is not this end', () => {
    const artifact = textArtifact(
      `{"time":"2026-11-24T01:00:00Z","msg":"serving"}\n${body('nil-map.go126.txt')}{"time":"2026-11-24T01:00:02Z","msg":"started again"}\n`,
      covers(box),
    );
    expect(explain(worldOf(artifact, [exited()]), containerExited).refuted.map((l) => l.mechanism.id)).toEqual(['go/crash-exits-container']);
  });

  it('neither a refused flag, nor a dump on request, nor the crash of another container', () => {
    for (const artifact of [
      previous(body('flag.go126.txt')),
      previous(body('sigquit.go126.txt')),
      { ...previous(body('nil-map.go126.txt')), covers: [{ entity: container('shop', 'cart-1', 'cart'), strength: 'stated' as const }] },
    ])
      expect(explain(worldOf(artifact, [exited()]), containerExited).chains.map((c) => c.link)).toEqual([null]);
  });
});

describe('a crash ends its process', () => {
  it('with the status that go run prints', () => {
    const e = explain(worldOf(textArtifact(`${body('nil-map.go126.txt')}exit status 2\n`)), processExited);
    expect(e.chains[0]?.link?.mechanism.id).toBe('go/crash-exits-process');
    expect(e.chains[0]?.closed).toBe(true);
  });

  it('not when the status is another one', () => {
    const e = explain(worldOf(textArtifact(`${body('nil-map.go126.txt')}exit status 1\n`)), processExited);
    expect(e.refuted.map((l) => l.mechanism.id)).toEqual(['go/crash-exits-process']);
  });
});
