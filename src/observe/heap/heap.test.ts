import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { heapGrowing, heapProfiled, heapSiteGrowing } from '../../model/conditions/memory.ts';
import { type Answer, type Artifact, type Condition, container, type Facts, type Kind, processOf, service } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { pprof } from '../../read/pprof/index.ts';
import { pprofText } from '../../read/pprof-text/index.ts';
import { checkOrigin, fixtureBytes } from '../../read/testing/check-reader.ts';
import { heapTotals } from '../heap-totals/index.ts';
import { openWorld } from '../lib/world.ts';
import { heap } from './index.ts';

const file = (name: string): string => join(import.meta.dirname, 'testdata', `${name}.pb.gz`);
const inContainer = [{ entity: container('shop', 'orders-7d9-x1', 'orders'), strength: 'stated' as const }];
const process = processOf('shop/orders-7d9-x1/orders');

const captured = (name: string, covers: Artifact['covers'] = inContainer, more: Partial<Artifact> = {}): Artifact => {
  checkOrigin(file(name));
  return testArtifact(fixtureBytes(file(name)), { id: `${name}.pb.gz`, path: `${name}.pb.gz`, decoders: ['gzip'], covers, ...more });
};

const look = <F extends Facts>(kind: Kind<F>, ...artifacts: Artifact[]): Answer<F> => openWorld(openReadings(artifacts, [pprof, pprofText]), [heap, heapTotals]).look(kind);
const series = (how: string, numbers = [1, 2, 3, 4]): Artifact[] => numbers.map((n) => captured(`${how}-${n}`));
const conditions = <F extends Facts>(a: Answer<F>): readonly Condition<F>[] => (a.state === 'observed' ? a.conditions : []);

describe('heap profiles of one process', () => {
  test('a map that only grows: the site, its share and its line', () => {
    const found = conditions(look(heapSiteGrowing, ...series('grows')));
    const remember = found.find((c) => c.facts.function === 'main.remember');
    expect(remember?.entity).toEqual(process);
    expect(remember?.facts).toMatchObject({ file: 'gorca.dev/go/zoo/heaps/main.go', profiles: 4 });
    expect(remember?.facts.share).toBeGreaterThan(0.8);
    expect(remember?.facts.toBytes).toBeGreaterThan(20 * 1024 ** 2);
    expect(remember?.facts.stack).toContainEqual(expect.stringContaining('main.grow '));
    expect(remember?.places[0]?.pointer).toMatch(/^sample \d+: inuse_space [\d.]+ MiB main\.remember$/);
    expect(conditions(look(heapGrowing, ...series('grows')))[0]?.facts.source).toBe('heap profiles');
  });

  test('what waiting goroutines hold is found below the function they were started with', () => {
    const site = conditions(look(heapSiteGrowing, ...series('waits'))).reduce((a, b) => (a.facts.share >= b.facts.share ? a : b));
    expect(site.facts.stack.some((f) => f.startsWith('main.handle '))).toBe(true);
  });

  test.each(['churns', 'warms'])('%s: absent, for it was looked at', (how) => {
    // the first profile stands before anything was loaded; the cache is full at the second
    const numbers = how === 'churns' ? [2, 3, 4] : [1, 2, 3, 4];
    expect(look(heapSiteGrowing, ...series(how, numbers)).state).toBe('absent');
    expect(look(heapGrowing, ...series(how, numbers)).state).toBe('absent');
  });

  test('one profile is a share, no growth: not observable, and says what would show it', () => {
    const answer = look(heapSiteGrowing, captured('grows-4'));
    expect(answer.state).toBe('not-observable');
    if (answer.state === 'not-observable') expect(answer.reasons[0]?.next).toContain('two heap profiles');
    expect(conditions(look(heapProfiled, captured('grows-4')))[0]?.facts.top).toBe('main.remember');
  });

  test('two profiles from the start on: a warm-up looks like that too', () => {
    for (const kind of [heapSiteGrowing as Kind, heapGrowing as Kind]) {
      const answer = look(kind, ...series('grows', [1, 4]));
      expect(answer.state).toBe('not-observable');
      if (answer.state === 'not-observable') expect(answer.reasons.map((r) => r.next).join()).toContain('third heap profile');
    }
  });

  test('heap and allocs taken together are one moment: two of them show no more than one', () => {
    const four = look(heapGrowing, ...series('grows', [1, 4]));
    const allocs = captured('grows-4', inContainer, { id: 'allocs.pb.gz', path: 'allocs.pb.gz' });
    expect(look(heapGrowing, ...series('grows', [1, 4]), allocs)).toEqual(four);
    expect(conditions(look(heapSiteGrowing, ...series('grows'), allocs)).map((c) => c.facts.profiles)).toEqual(
      conditions(look(heapSiteGrowing, ...series('grows'))).map((c) => c.facts.profiles),
    );
  });

  test('profiles of two lives are not compared', () => {
    // the later profile has allocated less than the earlier one: the process began anew between them
    const again = captured('grows-2', inContainer, { id: 'again.pb.gz', takenAt: (BigInt(Date.UTC(2030, 0, 1)) * 1_000_000n) as NonNullable<Artifact['takenAt']> });
    expect(look(heapSiteGrowing, captured('grows-3'), again).state).toBe('not-observable');
  });

  test('profiles of two processes are not compared', () => {
    const other = [{ entity: container('shop', 'orders-7d9-x2', 'orders'), strength: 'stated' as const }];
    expect(look(heapSiteGrowing, captured('grows-1'), captured('grows-4', other)).state).toBe('not-observable');
  });

  test('a plain pile of files: one process by a guess that is marked', () => {
    const pile = [1, 2, 3, 4].map((n) => captured(`grows-${n}`, []));
    const found = conditions(look(heapSiteGrowing, ...pile));
    expect(found[0]?.strength).toBe('guessed');
    const world = openWorld(openReadings(pile, [pprof]), [heap]);
    expect(world.identity.within(found[0]!.entity, service('heaps'), 'service')).toBe('guessed');
  });

  test('the same answer for any order of the files', () => {
    const forwards = look(heapSiteGrowing, ...series('grows'));
    const backwards = look(heapSiteGrowing, ...series('grows').reverse());
    expect(backwards).toEqual(forwards);
  });
});
