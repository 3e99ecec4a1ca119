import { dataRace } from '../../../../model/conditions/races.ts';
import { type Ask, type Check, defineMechanism, fails, holds, type Link, shortGoSymbol, unknown } from '../../../../model/index.ts';
import { detailOf, failedInDependency, functionOf, lineOf, ofClass } from '../../../lib/crash-site.ts';
import { mapRacesAt, raceCulprits, raceFacts, sourceLine } from '../../../lib/race.ts';

const shared = ofClass('concurrent-map');
const racesOf = (link: Link, ask: Ask) => (link.causes[0] == null ? [] : mapRacesAt(link.causes[0], ask));

/** The crash text names one of two goroutines; the race detector names both lines. */
const raceNamesBothLines: Check = {
  id: 'race-names-both-lines',
  title: 'a race report names this line and the other one, both at a map',
  test(link, ask) {
    const races = racesOf(link, ask).filter((r) => raceFacts(r).otherFunction !== null && raceFacts(r).module === null);
    const [race] = races;
    if (race !== undefined) {
      const f = raceFacts(race);
      return holds(
        `the race detector saw ${shortGoSymbol(f.function)} at ${sourceLine(f.file, f.line)} and ${shortGoSymbol(f.otherFunction ?? '')} at ${sourceLine(f.otherFile, f.otherLine)} use one map`,
        races.flatMap((r) => r.places).slice(0, 4),
        race.strength,
      );
    }
    const answer = ask.look(dataRace);
    if (answer.state === 'observed') return fails('no race report at hand is about a map at this line', answer.conditions.flatMap((c) => c.places).slice(0, 2));
    return unknown('no report of the race detector is at hand', dataRace.next);
  },
};

/** The runtime notices the second access: the goroutine in the text is one of two, and not necessarily the one that forgot the lock. */
export const concurrentMapWrites = defineMechanism({
  ...shared,
  id: 'go/concurrent-map-writes',
  title: 'goroutines use one map at the same time without a lock',
  because: (link) =>
    `${functionOf(link)} at ${lineOf(link)} met another access to the same map (concurrent map ${detailOf(link, 'met') ?? 'writes'}); the text names the goroutine that noticed, the other one may be the one at fault`,
  requires: [],
  confirms: [raceNamesBothLines],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  culprits: (link, ask) => {
    const own = shared.culprits(link, ask);
    const others = racesOf(link, ask)
      .flatMap(raceCulprits)
      .filter((c) => !own.some((o) => o.function === c.function && o.line === c.line));
    return [...own, ...others.filter((c, i) => others.findIndex((o) => o.function === c.function && o.line === c.line) === i)];
  },
  mitigation: () => 'fewer goroutines at that map make it rarer, a lock or sync.Map around every access ends it (the first stops nothing for good)',
  acceptedFalsePositives: ['the named line holds the lock and another access does not: the text names a victim, not the culprit; go build -race names both lines'],
});
