/** What mechanisms ask of a data race. */
import { dataRace } from '../../model/conditions/races.ts';
import { type Ask, type Condition, type Culprit, type Facts, packageOfSymbol } from '../../model/index.ts';
import { tiedWithin } from './join.ts';

type RaceFacts = NonNullable<(typeof dataRace)['facts']>;
export const raceFacts = (c: Condition<Facts>): RaceFacts => c.facts as unknown as RaceFacts;

/** `ledger.go:52` */
export const sourceLine = (file: string | null, line: number | null): string => (file === null ? 'a line whose stack is lost' : `${file.slice(file.lastIndexOf('/') + 1)}:${line}`);

/** Both lines, each once. */
export function raceCulprits(race: Condition<Facts>): readonly Culprit[] {
  const f = raceFacts(race);
  const module = f.module === null ? {} : { module: f.module };
  const first: Culprit = { kind: 'code', function: f.function, file: f.file, line: f.line, ...module };
  if (f.otherFunction === null || f.otherFile === null || f.otherLine === null) return [first];
  if (f.otherFunction === f.function && f.otherLine === f.line) return [first];
  return [first, { kind: 'code', function: f.otherFunction, file: f.otherFile, line: f.otherLine, ...module }];
}

/** Two spellings of one file: a build with -trimpath and one without. */
const sameFile = (a: string, b: string): boolean => a === b || a.endsWith(`/${b}`) || b.endsWith(`/${a}`);

/**
 * Races on a map with the line of this crash on one side. Function, file and line are one place of the source in whatever run it was met; but
 * every command has a package main, often in the same file of its folder: there it must be the same program.
 */
export function mapRacesAt(crash: Condition, ask: Ask): readonly Condition<Facts>[] {
  const answer = ask.look(dataRace);
  if (answer.state !== 'observed') return [];
  const { function: fn, file, line } = crash.facts;
  if (typeof fn !== 'string' || typeof file !== 'string') return [];
  const here = (f: string | null, at: string | null, n: number | null): boolean => f === fn && n === line && at !== null && sameFile(at, file);
  return (answer.conditions as readonly Condition<Facts>[]).filter((c) => {
    const f = raceFacts(c);
    if (!f.map || !(here(f.function, f.file, f.line) || here(f.otherFunction, f.otherFile, f.otherLine))) return false;
    return packageOfSymbol(fn) !== 'main' || tiedWithin(crash, c, ask, ['process', 'container', 'workload', 'service']) !== null;
  });
}
