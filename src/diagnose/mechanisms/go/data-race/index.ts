import { dataRace, raceDetected } from '../../../../model/conditions/races.ts';
import { type Condition, defineMechanism, fails, holds, sameEntity, shortGoSymbol } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { raceCulprits, raceFacts, sourceLine } from '../../../lib/race.ts';

/** "function folder/file.go:12" as people say it. */
const shortStart = (text: string): string => {
  const cut = text.lastIndexOf(' ');
  return `${shortGoSymbol(text.slice(0, cut))} at ${text.slice(Math.max(cut, text.lastIndexOf('/')) + 1)}`;
};
const tail = (c: Condition): string => c.id.slice(c.kind.length + 1);

/** The run failed because the detector saw two accesses that nothing orders: the report is the proof. */
export const dataRaceFailsRun = defineMechanism({
  id: 'go/data-race',
  title: 'two goroutines use one variable without synchronisation',
  to: raceDetected,
  // run and race are two readings of one report
  from: [
    {
      kind: dataRace,
      role: 'defect',
      join: (effect, ask) => joinBy(dataRace, ask, (c) => (sameEntity(c.entity, effect.entity) && tail(c) === tail(effect) ? effect.strength : null)),
    },
  ],
  because: (link) => {
    const cause = link.causes[0];
    if (cause == null) return 'two accesses to one address are ordered by nothing';
    const f = raceFacts(cause);
    const started = f.startedBy ?? f.otherStartedBy;
    return `${shortGoSymbol(f.function)} at ${sourceLine(f.file, f.line)} (${f.what}) and ${f.otherFunction === null ? '' : `${shortGoSymbol(f.otherFunction)} at `}${sourceLine(f.otherFile, f.otherLine)} (${f.otherWhat}) touch one address${
      f.map ? ' of a map' : ''
    } and nothing orders them${started === null ? '' : `; a goroutine of them is started in ${shortStart(started)}`}`;
  },
  requires: [],
  confirms: [
    {
      id: 'report-names-the-lines',
      title: 'the report names the lines of both accesses',
      test({ causes }) {
        const cause = causes[0];
        if (cause == null) return fails('no report', []);
        return raceFacts(cause).otherFunction === null
          ? fails('one of the two stacks was not restored', cause.places)
          : holds('the detector has no false positives in pure Go', cause.places);
      },
    },
  ],
  refutes: [
    {
      id: 'lies-in-module',
      title: 'an access stands in another module',
      test({ causes }) {
        const cause = causes[0];
        const places = cause?.places ?? [];
        const module = cause == null ? null : raceFacts(cause).module;
        return module === null
          ? fails('both accesses stand in the program itself', places)
          : holds(`an access stands in ${module}: whether it or its caller should synchronise is not in the report`, places);
      },
    },
  ],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits: (link) => (link.causes[0] == null ? [] : raceCulprits(link.causes[0])),
  mitigation: () => null,
  acceptedFalsePositives: ['memory that C code shares (cgo): the detector does not see its locks'],
});
