import { busySelect } from '../../../../model/conditions/source.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { bySpent, onItsLines } from '../../../lib/cpu.ts';

/** A goroutine asks its channels without ever waiting for them, and takes the CPU from the requests. */
export const busySelectTakesCpu = defineMechanism({
  ...bySpent({
    kind: busySelect,
    accept: (site) => site.inRequests === 0,
    tie: (cause, frame) => onItsLines(cause, frame, 'loopLine', 'endLine'),
    shows: ['select'],
  }),
  id: 'runtime/busy-select',
  title: 'a goroutine spins in a select with a default',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the select at line ${f?.['line']} has a default, so the loop at line ${f?.['loopLine']} never waits: it takes a processor whether there is anything to do or not`;
  },
  rivals: [],
  acceptedFalsePositives: ['a loop that is meant to spin (a lock of its own, a benchmark)'],
});
