import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { crashSite, processCrashed, processExited } from '../../../model/conditions/crash.ts';
import { dataRace, raceDetected } from '../../../model/conditions/races.ts';
import { type Artifact, type Kind, processOf, type World } from '../../../model/index.ts';
import { textArtifact } from '../../../model/testing/artifact.ts';
import { crash } from '../../../observe/crash/index.ts';
import { openWorld } from '../../../observe/lib/world.ts';
import { race } from '../../../observe/race/index.ts';
import { supervision } from '../../../observe/supervisor/index.ts';
import { crashText } from '../../../read/crash-text/index.ts';
import { openReadings } from '../../../read/lib/readings.ts';
import { logs } from '../../../read/logs/index.ts';
import { raceReport } from '../../../read/race-report/index.ts';
import { supervisor } from '../../../read/supervisor/index.ts';
import { Chainer, culpritsOf, type Explanation } from '../../chain.ts';
import { mechanisms } from '../index.ts';

const zoo = join(import.meta.dirname, '../../../../go/zoo/testdata/crash');
const own = join(import.meta.dirname, '../../../read/race-report/testdata');
const body = (file: string): string => readFileSync(join(file.includes('.go1.') ? zoo : own, file), 'utf8');
const KINDS = new Map([crashSite, processCrashed, processExited, dataRace, raceDetected].map((k) => [k.id, k as unknown as Kind]));
const worldOf = (...artifacts: Artifact[]): World => openWorld(openReadings(artifacts, [crashText, logs, raceReport, supervisor]), [crash, race, supervision]);
const stated = (name: string, text: string, path = `${name}.log`): Artifact => textArtifact(text, { id: path, path, covers: [{ entity: processOf(name), strength: 'stated' }] });

function explain(world: World, kind: unknown): Explanation[] {
  const answer = world.look(kind as Kind);
  if (answer.state !== 'observed') return [];
  const chainer = new Chainer(mechanisms, KINDS, world);
  return answer.conditions.map((c) => chainer.explain(c));
}
const best = (world: World, kind: unknown) =>
  explain(world, kind).map((e) => {
    const [chain] = e.chains;
    return {
      by: chain?.link?.mechanism.id ?? null,
      verdict: chain?.verdict,
      closed: chain?.closed,
      at: chain === undefined ? [] : culpritsOf(chain, world).map((c) => `${c.file?.replace(/^.*\//, '')}:${c.line}`),
    };
  });

describe('go/data-race', () => {
  it.each([
    ['race-map.go1.19.txt', ['ledger.go:63', 'ledger.go:52']],
    ['race-map.go1.27.txt', ['ledger.go:63', 'ledger.go:52']],
    ['race-field.go1.26.txt', ['races.go:16']],
    ['race-slice.go1.26.txt', ['races.go:53', 'races.go:55']],
    ['test-race.go1.26.txt', ['tests.go:14']],
  ])('%s', (file, at) => {
    expect(best(worldOf(textArtifact(body(file))), raceDetected).map((b) => ({ ...b, at: [...b.at].sort() }))).toEqual([
      { by: 'go/data-race', verdict: 'confirmed', closed: true, at: [...at].sort() },
    ]);
  });

  it('is no more than supported where only the end of the text says that the run ended', () => {
    expect(best(worldOf(textArtifact(body('race-halt-on-error.go1.26.txt'))), raceDetected)[0]).toMatchObject({ by: 'go/data-race', verdict: 'supported' });
  });

  it('with one stack lost only one line is known', () => {
    const text = body('race-field.go1.26.txt').replace(/(Previous write .*\n)(?: {2,}.*\n)+/, '$1  [failed to restore the stack]\n');
    expect(best(worldOf(textArtifact(text)), raceDetected)[0]).toMatchObject({ verdict: 'supported', at: ['races.go:16'] });
  });

  it('does not blame the caller for a race inside another module', () => {
    const text = body('race-map.go1.26.txt').replaceAll(
      '  gorca.dev/go/zoo/crash/ledger.(*Book).add()\n      gorca.dev/go/zoo/crash/ledger/ledger.go:52',
      '  example.com/book.(*Book).add()\n      example.com/book@v1.2.0/book.go:52',
    );
    const [link] = explain(worldOf(textArtifact(text)), raceDetected).flatMap((e) => e.chains.flatMap((c) => (c.link === null ? [] : [c.link])));
    expect([link?.verdict, link?.why]).toEqual(['unproven', expect.stringContaining('example.com/book@v1.2.0')]);
  });
});

describe('go/race-exits-process', () => {
  const run = (code: number): World => worldOf(stated('orders@1', `${body('race-map.go1.26.txt')}exit status ${code}\n`));
  it('status 66 is the detector’s', () => {
    expect(best(run(66), processExited)).toMatchObject([{ by: 'go/race-exits-process', verdict: 'confirmed', closed: true }]);
  });
  it('another status is not', () => {
    expect(best(run(1), processExited)).toMatchObject([{ by: null, closed: false }]);
  });
});

describe('go/concurrent-map-writes beside a race report', () => {
  const fatal = (): string => body('race-then-fatal.go126.txt');
  const onlyFatal = (): string => fatal().slice(fatal().indexOf('fatal error:'));
  const onlyRaces = (): string => fatal().slice(0, fatal().indexOf('fatal error:'));

  it('is confirmed, and names the other line too', () => {
    const [b] = best(worldOf(stated('orders@1', fatal())), processCrashed);
    expect(b).toMatchObject({ by: 'go/concurrent-map-writes', verdict: 'confirmed' });
    expect(best(worldOf(stated('orders@1', onlyFatal()), stated('orders@1', onlyRaces(), 'race.log')), processCrashed)[0]).toMatchObject({ verdict: 'confirmed' });
  });

  it('stays supported without one, with one of another program, and with one that is about no map', () => {
    const verdict = (...more: Artifact[]) => best(worldOf(stated('orders@1', onlyFatal()), ...more), processCrashed)[0]?.verdict;
    expect(verdict()).toBe('supported');
    expect(verdict(stated('stock@1', onlyRaces()))).toBe('supported');
    expect(verdict(stated('orders@1', onlyRaces().replace(/^ {2}runtime\.map.*\n.*\n/gm, ''), 'race.log'))).toBe('supported');
    expect(verdict(stated('orders@1', body('race-map.go1.26.txt'), 'race.log'))).toBe('supported');
  });

  it('a race explains no other crash and no deadlock', () => {
    for (const file of ['nil-dereference.go126.txt', 'asleep.go126.txt']) {
      const text = readFileSync(join(own, '../../crash-text/testdata', file), 'utf8');
      const alone = best(worldOf(stated('orders@1', text)), processCrashed);
      expect(best(worldOf(stated('orders@1', text), stated('orders@1', onlyRaces(), 'race.log')), processCrashed)).toEqual(alone);
    }
  });
});
