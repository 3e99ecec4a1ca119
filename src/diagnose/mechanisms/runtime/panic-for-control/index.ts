import { panicForControl } from '../../../../model/conditions/source.ts';
import { defineMechanism, shortGoSymbol } from '../../../../model/index.ts';
import { bySpent, mostlyOn, onItsLines, shareOfClass, spendsOn } from '../../../lib/cpu.ts';

const parts = bySpent({
  kind: panicForControl,
  accept: (site) => mostlyOn(site, 0.5, 'panic'),
  tie: (cause, frame) => onItsLines(cause, frame),
  shows: ['panic', 'call'],
});

/** Panics are raised and recovered from for what happens all the time. */
export const panicForControlTakesCpu = defineMechanism({
  ...parts,
  id: 'runtime/panic-for-control',
  title: 'panics are used where an error would do',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the panic at line ${f?.['line']} is recovered in ${shortGoSymbol(String(f?.['recoverFunction']))} (line ${f?.['recoverLine']}), where the program goes on: raising it walks the stack, runs the deferred calls and winds the stack back, each time`;
  },
  requires: [...parts.requires, spendsOn('panic', 'panics and stack traces', 0.1)],
  // what is done on the system stack after a recover has no caller in the profile
  accounts: (link, ask) => shareOfClass('panic', link, ask),
  rivals: [],
  acceptedFalsePositives: ['one of several panics in the program that takes most of the time, told by the line at which most of it is seen'],
});
