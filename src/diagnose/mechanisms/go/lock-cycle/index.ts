import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { lockOrder } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds } from '../../../../model/index.ts';
import { directInversion, edgesOf, waitsForItself } from '../../../lib/lock-edges.ts';
import { sourceIsBound } from '../../../lib/source-frames.ts';

const short = (name: unknown): string => String(name ?? '').slice(String(name ?? '').lastIndexOf('/') + 1);

/** Two goroutines hold one lock each and wait for the other's: AB-BA. */
export const lockCycleByOrder = defineMechanism({
  id: 'go/lock-cycle',
  title: 'two functions take the same locks in opposite order',
  to: lockCycle,
  from: [
    {
      kind: lockOrder,
      role: 'defect',
      join: directInversion,
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return f?.['instances'] === true
      ? `${short(f['function'])} locks two values in the order of its arguments; two calls with them swapped each hold what the other waits for`
      : `${short(f?.['function'])} takes ${f?.['second']} holding ${f?.['first']}, ${short(f?.['otherFunction'])} takes them the other way round; each holds what the other waits for`;
  },
  requires: [sourceIsBound((link) => edgesOf(link.effect).map((e) => ({ frame: e, shows: ['lock', 'rlock'] })))],
  refutes: [
    {
      id: 'circle-of-one',
      title: 'fewer than two goroutines are in the circle',
      decisive: true,
      test(link) {
        const n = Number(link.effect.facts['goroutines']);
        return n < 2 || waitsForItself(link.effect)
          ? holds(`a goroutine waits for itself: no inverted order is needed`, link.effect.places)
          : fails(`${n} goroutines wait for each other`, link.effect.places);
      },
    },
  ],
  rivals: ['go/lock-cycle-through-calls', 'go/recursive-read-lock'],
  sameFaultAs: ['go/lock-cycle-through-calls'],
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    if (f === undefined) return [];
    return [
      { kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) },
      ...(f['instances'] === true ? [] : [{ kind: 'code' as const, function: String(f['otherFunction']), file: String(f['otherFile']), line: Number(f['otherLine']) }]),
    ];
  },
  mitigation: () => 'a restart ends the standstill until the two meet again',
  acceptedFalsePositives: ['locks of one type that are different values in the two functions and never the same pair at run time: the dump’s addresses tell'],
});
