import { processExited } from '../../../../model/conditions/crash.ts';
import { raceDetected } from '../../../../model/conditions/races.ts';
import { defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { fact, withinSame } from '../../../lib/join.ts';

/** GORACE=exitcode is 66 unless somebody sets it: programs choose 66 for nothing else, though sysexits.h calls it EX_NOINPUT. */
const RACE_EXIT = 66;

export const raceExitsProcess = defineMechanism({
  id: 'go/race-exits-process',
  title: 'the race detector ended the process with its own exit status',
  to: processExited,
  from: [{ kind: raceDetected, role: 'amplifier', join: withinSame(raceDetected, 'process') }],
  because: 'a program that was built with -race and met a race ends with status 66',
  requires: [
    {
      id: 'exit-code',
      title: 'the exit status is that of the race detector',
      test({ effect }) {
        const code = effect.facts['code'];
        if (typeof code !== 'number') return unknown('the exit status is not known', processExited.next);
        return code === RACE_EXIT ? holds('exit status 66', effect.places) : fails(`exit status ${code}: the race detector ends a program with 66`, effect.places);
      },
    },
  ],
  confirms: [
    fact('ends-for-it', 'the report says that the run ends for it', ({ causes }) => ({
      holds: causes[0]?.facts['how'] === 'exit-66' || causes[0]?.facts['how'] === 'last-words',
      says: 'the race detector counts its reports as the program ends',
    })),
  ],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: () => [],
  acceptedFalsePositives: ['a program that itself ends with 66 (EX_NOINPUT) and was built with -race'],
});
