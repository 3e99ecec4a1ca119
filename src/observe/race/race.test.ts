import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { dataRace, raceDetected } from '../../model/conditions/races.ts';
import type { Kind, World } from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { raceReport } from '../../read/race-report/index.ts';
import { openWorld } from '../lib/world.ts';
import { race } from './index.ts';

const zoo = join(import.meta.dirname, '../../../go/zoo/testdata/crash');
const own = join(import.meta.dirname, '../../read/race-report/testdata');
const body = (file: string): string => readFileSync(join(file.includes('.go1.') ? zoo : own, file), 'utf8');
const open = (text: string): World => openWorld(openReadings([textArtifact(text)], [raceReport]), [race]);
const observed = (text: string, kind: unknown) => {
  const answer = open(text).look(kind as Kind);
  return answer.state === 'observed' ? answer.conditions : [];
};
const pairs = (text: string) =>
  observed(text, dataRace).map(
    (c) => `${String(c.facts['function']).replace(/^.*\//, '')}:${c.facts['line']} ${String(c.facts['otherFunction']).replace(/^.*\//, '')}:${c.facts['otherLine']}`,
  );

describe('the two lines of a race', () => {
  it.each(['go1.19', 'go1.22', 'go1.26', 'go1.27'])('%s', (version) => {
    // the map and the value in it are reported apart, and are one race
    expect(pairs(body(`race-map.${version}.txt`))).toEqual(['ledger.(*Book).BalanceUnlocked:63 ledger.(*Book).add:52']);
    expect(observed(body(`race-map.${version}.txt`), dataRace)[0]?.facts).toMatchObject({ map: true, count: 2, what: 'read', otherWhat: 'write', module: null });
    const field = observed(body(`race-field.${version}.txt`), dataRace);
    expect(field.map((c) => [c.facts['function'], c.facts['line'], c.facts['otherLine'], c.facts['map']])).toEqual([['main.(*counter).hit', 16, 16, false]]);
    expect(observed(body(`race-slice.${version}.txt`), dataRace)[0]?.facts['map']).toBe(false);
  });

  it('says where the goroutines were started, and that the main goroutine was not', () => {
    const [c] = observed(body('race-main-goroutine.go1.26.txt'), dataRace);
    expect([c?.facts['startedBy'], c?.facts['otherStartedBy']].filter((s) => s === null)).toHaveLength(1);
    expect([c?.facts['startedBy'], c?.facts['otherStartedBy']].join()).toContain('races.go:35');
  });

  it('keeps four races apart', () => {
    expect(pairs(body('four-races.go126.txt'))).toHaveLength(4);
  });

  it('is never absent: a run shows the races it met', () => {
    expect(open('nothing here\n').look(dataRace as Kind).state).toBe('not-observable');
  });
});

describe('a run that failed for it', () => {
  const how = (text: string) => observed(text, raceDetected).map((c) => [c.facts['how'], c.strength]);
  it.each([
    ['race-map.go1.26.txt', 'exit-66'],
    ['race-handler.go1.27.txt', 'exit-66'],
    ['test-race.go1.19.txt', 'test-failed'],
    ['test-race.go1.27.txt', 'test-failed'],
    ['test-output.go126.txt', 'test-failed'],
  ])('%s: %s', (file, expected) => {
    expect(how(body(file))).toEqual([[expected, 'stated']]);
  });

  it('a text that ends with the report: only a guess that the program did', () => {
    expect(how(body('race-halt-on-error.go1.26.txt'))).toEqual([['last-words', 'guessed']]);
  });

  it('a service that runs on has not failed, though the race is there', () => {
    const text = `${body('race-halt-on-error.go1.26.txt')}2026/11/24 02:00:00 GET /orders 200\n2026/11/24 02:00:01 GET /orders 200\n`;
    expect(how(text)).toEqual([]);
    expect(observed(text, dataRace)).toHaveLength(1);
  });

  it('a race before a fatal error is not what ended the run', () => {
    expect(how(body('race-then-fatal.go126.txt'))).toEqual([]);
    expect(observed(body('race-then-fatal.go126.txt'), dataRace).some((c) => c.facts['map'] === true)).toBe(true);
  });
});
