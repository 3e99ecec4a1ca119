import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bucketBlocked, bucketGrowing, bucketShrinks, goroutinesGrowing, lockConvoy, lockCycle } from '../../model/conditions/goroutines.ts';
import { type Artifact, container, entityId, type Kind, parseInstant, processOf, type World } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { crashText } from '../../read/crash-text/index.ts';
import { goroutineDump } from '../../read/goroutine-dump/index.ts';
import { goroutineProfileText } from '../../read/goroutine-profile-text/index.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { pprof } from '../../read/pprof/index.ts';
import { openWorld } from '../lib/world.ts';
import { goroutines } from './index.ts';

const read = join(import.meta.dirname, '../../read');
const dump = (file: string, more: Partial<Artifact> = {}): Artifact =>
  testArtifact(new Uint8Array(readFileSync(join(read, 'goroutine-dump/testdata', file))), { id: more.id ?? file, path: more.id ?? file, ...more });
const counted = (file: string, id: string): Artifact => testArtifact(new Uint8Array(readFileSync(join(read, 'goroutine-profile-text/testdata', file))), { id, path: id });
const text = (id: string, body: string, more: Partial<Artifact> = {}): Artifact => testArtifact(new TextEncoder().encode(body), { id, path: id, ...more });
const open = (...artifacts: Artifact[]): World => openWorld(openReadings(artifacts, [goroutineDump, goroutineProfileText, crashText, pprof]), [goroutines]);
const observed = (world: World, kind: Kind) => {
  const answer = world.look(kind);
  return answer.state === 'observed' ? answer.conditions : [];
};
const leak = (n: number): Artifact => dump(`leak-${n}.go126.txt`, { id: `leak-${n}.txt`, takenAt: parseInstant(`2026-11-24T02:41:${n}0Z`)! });

describe('a leak over three dumps', () => {
  it('grows at the send, with creator, counts, onset and rate', () => {
    const [c, ...rest] = observed(open(leak(3), leak(1), leak(2)), bucketGrowing as Kind);
    expect(rest).toEqual([]);
    expect(c?.facts).toMatchObject({
      wait: 'chan send',
      function: 'main.reserve.func1',
      file: 'shop/waits/main.go',
      createdBy: 'main.reserve',
      counts: [148, 300, 449],
      weak: false,
      perMinute: 903,
      dumps: 3,
    });
    expect(c?.onset.lastWell).toBeNull();
    expect(c?.places.length).toBeGreaterThanOrEqual(2);
  });

  it('grows in debug=1 as well, where the reason is known only from a debug=2 dump beside it', () => {
    const profiles = [1, 2, 3].map((n) => counted(`leak-${n}.go126.txt`, `leak-${n}.debug1.txt`));
    expect(observed(open(...profiles), bucketGrowing as Kind).map((c) => [c.facts['wait'], c.facts['counts']])).toEqual([['unknown', [150, 300, 449]]]);
    expect(observed(open(...profiles, dump('leak-3.go126.txt', { id: 'leak-4.debug2.txt' })), bucketGrowing as Kind).map((c) => [c.facts['wait'], c.facts['counts']])).toEqual([
      ['chan send', [150, 300, 449]],
    ]);
  });

  it('orders dumps without times by file name and says so', () => {
    const [c] = observed(open(dump('leak-2.go126.txt', { id: 'd-2.txt' }), dump('leak-3.go126.txt', { id: 'd-10.txt' })), bucketGrowing as Kind);
    expect(c?.facts).toMatchObject({ counts: [300, 449], weak: true });
    expect(c?.says).toContain('order of their file names');
  });

  it('begins where the user says that all was still well, and is none where all of it was', () => {
    const said = (until: number): World =>
      openWorld(openReadings([1, 2, 3].map(leak), [goroutineDump, goroutineProfileText, crashText, pprof]), [goroutines], {
        baseline: { from: null, to: parseInstant(`2026-11-24T02:41:${until}0Z`) },
      });
    const [second] = observed(said(2), bucketGrowing as Kind);
    expect(second?.facts).toMatchObject({ counts: [300, 449] });
    expect(second?.onset.lastWell).toBe(parseInstant('2026-11-24T02:41:20Z'));
    for (const kind of [bucketGrowing, goroutinesGrowing]) expect(observed(said(3), kind as Kind)).toEqual([]);
  });

  it('makes the total grow, and belongs to the container that the capture states', () => {
    const box = container('shop', 'orders-1', 'orders');
    const covers = [{ entity: box, strength: 'stated' as const }];
    const world = open(...[1, 2, 3].map((n) => ({ ...leak(n), covers })));
    expect(observed(world, goroutinesGrowing as Kind).map((c) => [entityId(c.entity), c.facts['fromCount'], c.facts['toCount'], c.strength])).toEqual([
      ['process:shop/orders-1/orders', 154, 453, 'stated'],
    ]);
    expect(world.look(bucketGrowing as Kind, box).state).toBe('observed');
    expect(world.look(bucketGrowing as Kind, container('shop', 'cart-1', 'cart')).state).toBe('not-observable');
  });
});

describe('what is no leak', () => {
  it('one dump of a crowd that has not waited long shows no growth, and says what would', () => {
    const answer = open(dump('leak-3.go126.txt')).look(bucketGrowing as Kind);
    expect(answer).toMatchObject({ state: 'not-observable', reasons: [{ next: bucketGrowing.next }] });
  });

  it('idle workers stand still and are not growing', () => {
    const world = open(dump('idle-workers.go126.txt', { id: 'a-1.txt' }), dump('idle-workers.go126.txt', { id: 'a-2.txt' }));
    expect(world.look(bucketGrowing as Kind).state).toBe('absent');
    expect(world.look(lockConvoy as Kind).state).toBe('absent');
    expect(observed(world, bucketBlocked as Kind).map((c) => [c.facts['function'], c.facts['wait'], c.facts['counts']])).toContainEqual([
      'main.healthy.func1',
      'chan receive',
      [8, 8],
    ]);
  });

  const handlers = (from: number, count: number): string =>
    `goroutine 1 [IO wait]:\nmain.main()\n\t/src/main.go:4 +0x1\n\n${Array.from({ length: count }, (_v, i) => `goroutine ${from + i} [chan receive]:\nmain.handle()\n\t/src/main.go:9 +0x1\ncreated by main.main in goroutine 1\n\t/src/main.go:3 +0x1\n`).join('\n')}`;

  it('handlers whose goroutines are others in each dump are load, however many they are', () => {
    const world = open(text('h-1.txt', handlers(100, 20)), text('h-2.txt', handlers(200, 40)), text('h-3.txt', handlers(300, 80)));
    expect(world.look(bucketGrowing as Kind).state).toBe('absent');
    expect(world.look(goroutinesGrowing as Kind).state).toBe('absent');
  });

  it('a crowd that goes away again within one life shrinks', () => {
    const world = open(text('h-1.txt', handlers(100, 2)), text('h-2.txt', handlers(200, 40)), text('h-3.txt', handlers(300, 3)));
    expect(observed(world, bucketShrinks as Kind).map((c) => [c.facts['counts'], c.facts['peak'], c.facts['last']])).toEqual([[[2, 40, 3], 40, 3]]);
  });

  it('a burst that is over leaves the old goroutines: the highest id falls, the life goes on', () => {
    const old = handlers(5, 3);
    const world = open(text('h-1.txt', handlers(5, 13)), text('h-2.txt', `${old}\n${handlers(400, 60).split('\n\n').slice(1).join('\n\n')}`), text('h-3.txt', old));
    expect(world.look(lockConvoy as Kind).state).toBe('absent');
    expect(observed(world, bucketShrinks as Kind).map((c) => c.facts['counts'])).toEqual([[13, 63, 3]]);
  });

  it('goroutine ids that begin again are another life: nothing shrank', () => {
    const world = open(text('h-1.txt', handlers(100, 2)), text('h-2.txt', handlers(200, 40)), text('h-3.txt', handlers(10, 3)));
    expect(world.look(bucketShrinks as Kind).state).not.toBe('observed');
  });
});

describe('what the runtime found leaked', () => {
  const goroutine = (id: number, leaked: boolean): string =>
    `goroutine ${id} [chan send${leaked ? ' (leaked)' : ''}]:\nmain.ask.func1()\n\t/src/main.go:9 +0x1\ncreated by main.ask in goroutine 1\n\t/src/main.go:3 +0x1\n`;
  const crowd = (all: number, leaked: number): string => Array.from({ length: all }, (_v, i) => goroutine(10 + i, i < leaked)).join('\n');
  const profile = (count: number): string => `goroutineleak profile: total ${count}\n${count} @ 0x1 0x2\n#\t0x1\tmain.ask.func1+0x1\t/src/main.go:9\n`;

  it('tags of one dump show a crowd that piled up; how much of it they cover is told', () => {
    const [c] = observed(open(text('d.txt', crowd(40, 30))), bucketGrowing as Kind);
    expect(c?.facts).toMatchObject({ leaked: 0.75, weak: false, counts: [40] });
  });
  it('a few leaked ones are no crowd, and a dump without tags was not asked', () => {
    expect(observed(open(text('d.txt', crowd(40, 3))), bucketGrowing as Kind)).toEqual([]);
    expect(observed(open(text('d.txt', crowd(40, 0))), bucketBlocked as Kind).map((c) => c.facts['leaked'])).toEqual([null]);
  });
  it('a profile beside a dump is set against its count, and what it does not list was not found', () => {
    const other = 'goroutine 900 [chan receive]:\nmain.work()\n\t/src/main.go:30 +0x1\n';
    const world = open(text('d-1.txt', `${crowd(40, 0)}\n${other}`), text('goroutineleak-1.txt', profile(10)));
    expect(observed(world, bucketGrowing as Kind).map((c) => [c.facts['wait'], c.facts['leaked'], c.facts['counts']])).toEqual([['chan send', 0.25, [40]]]);
    expect(observed(world, bucketBlocked as Kind).map((c) => [c.facts['function'], c.facts['leaked']])).toContainEqual(['main.work', 0]);
  });
  it('a profile alone says nothing of the goroutines it does not list', () => {
    const world = open(text('goroutineleak-1.txt', profile(3)), text('goroutineleak-2.txt', profile(3)));
    expect(world.look(bucketGrowing as Kind)).toMatchObject({ state: 'not-observable', reasons: [{ why: expect.stringContaining('only leaked goroutines') }] });
  });
  it('a crowd that queues for one lock names it while it grows', () => {
    const waiter = (id: number): string =>
      `goroutine ${id} [sync.Mutex.Lock]:\ninternal/sync.(*Mutex).lockSlow(0xc000123450)\n\tinternal/sync/mutex.go:149 +0x1\nmain.(*cache).get(0xc000123440)\n\t/src/main.go:9 +0x1\n`;
    const waiters = (n: number): string => Array.from({ length: n }, (_v, i) => waiter(10 + i)).join('\n');
    const [c] = observed(open(text('d-1.txt', waiters(10)), text('d-2.txt', waiters(30)), text('d-3.txt', waiters(60))), bucketGrowing as Kind);
    expect(c?.facts).toMatchObject({ wait: 'sync.Mutex.Lock', onLock: '0xc000123450', leaked: null });
  });
});

describe('locks', () => {
  it('finds the AB-BA cycle by the addresses of two dumps minutes apart', () => {
    const [c, ...rest] = observed(open(dump('lock-cycle.go126.txt')), lockCycle as Kind);
    expect(rest).toEqual([]);
    const edges = (c!.facts as { edges: { holds: string; waitsFor: string; function: string; line: number }[] }).edges;
    expect(edges.map((e) => [e.function, e.line])).toEqual([
      ['main.(*account).credit', 83],
      ['main.(*account).credit', 83],
    ]);
    expect(edges[0]?.holds).toBe(edges[1]?.waitsFor);
    expect(edges[1]?.holds).toBe(edges[0]?.waitsFor);
    expect(c?.facts['inferred']).toBe(true);
  });

  it('finds the reader that reads again behind a waiting writer', () => {
    const [c] = observed(open(dump('recursive-read-lock.go126.txt')), lockCycle as Kind);
    const edges = (c!.facts as { edges: { function: string; waitsFor: string }[] }).edges;
    expect(edges.map((e) => e.function)).toEqual(['main.(*registry).count', 'main.(*registry).put']);
    expect(new Set(edges.map((e) => e.waitsFor)).size).toBe(1);
  });

  it('finds the goroutine that does I/O inside the critical section others wait for', () => {
    const world = open(dump('lock-convoy.go126.txt'));
    expect(world.look(lockCycle as Kind).state).toBe('absent');
    expect(observed(world, lockConvoy as Kind).map((c) => c.facts)).toMatchObject([
      { waiters: 7, waitFunction: 'main.(*cache).get', holderFunction: 'main.(*cache).get', holderLine: 112, holderWait: 'IO wait', longestMinutes: 2 },
    ]);
    expect(observed(world, bucketBlocked as Kind).find((c) => c.facts['function'] === 'main.(*cache).get' && c.facts['wait'] === 'sync.Mutex.Lock')?.facts['onLock']).toMatch(
      /^0x/,
    );
  });

  it('a lock that is busy for a moment is no convoy', () => {
    const fresh = readFileSync(join(read, 'goroutine-dump/testdata/lock-convoy.go126.txt'), 'utf8').replaceAll(', 2 minutes]', ']');
    expect(open(text('one.txt', fresh)).look(lockConvoy as Kind).state).toBe('absent');
  });

  it('counts without addresses say nothing of locks', () => {
    expect(open(counted('all.go126.txt', 'a.txt')).look(lockCycle as Kind).state).toBe('not-observable');
  });
});

describe('forms', () => {
  it.each(['all.go121.txt', 'all.go126.txt', 'all.go127.txt'])('names the waits alike: %s', (file) => {
    const waits = observed(open(dump(file)), bucketBlocked as Kind).map((c) => c.facts['wait']);
    expect([...new Set(waits)].sort()).toEqual([
      'IO wait',
      'chan receive',
      'chan receive (nil chan)',
      'chan send',
      'chan send (nil chan)',
      'select',
      'select (no cases)',
      'sleep',
      'sync.Cond.Wait',
      'sync.Mutex.Lock',
      'sync.RWMutex.RLock',
      'sync.WaitGroup.Wait',
    ]);
  });

  it('looks into a SIGQUIT dump inside a log', () => {
    const log = `{"level":"info","msg":"start"}\n${'{"level":"info"}\n'.repeat(400)}${readFileSync(join(read, 'goroutine-dump/testdata/sigquit.go126.txt'), 'utf8')}`;
    const world = open(text('app.log', log, { covers: [{ entity: processOf('orders@1'), strength: 'stated' }] }));
    expect(observed(world, bucketBlocked as Kind).map((c) => [entityId(c.entity).split('/')[0], c.facts['wait']])).toContainEqual(['bucket:orders@1', 'sync.Mutex.Lock']);
  });

  it('says that nothing was captured', () => {
    expect(open(text('x.txt', 'hello\n')).look(bucketGrowing as Kind)).toMatchObject({ state: 'not-observable', reasons: [{ why: 'no goroutine dump is at hand' }] });
  });
});
