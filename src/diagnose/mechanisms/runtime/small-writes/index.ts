import { unbufferedWrites } from '../../../../model/conditions/source.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { bySpent, mostlyOn, onItsLines } from '../../../lib/cpu.ts';

/** Each field or line is a system call of its own. */
export const smallWrites = defineMechanism({
  ...bySpent({
    kind: unbufferedWrites,
    accept: (site) => mostlyOn(site, 0.5, 'syscall', 'network'),
    tie: (cause, frame) => onItsLines(cause, frame, 'loopLine', 'loopEndLine'),
    shows: ['call'],
  }),
  id: 'runtime/small-writes',
  title: 'each small write is a system call',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `each turn of the loop at line ${f?.['loopLine']} calls the kernel ${Number(f?.['calls']) === 1 ? 'once' : `${f?.['calls']} times`} to write to ${f?.['to']}; a bufio.Writer makes one call of some hundred`;
  },
  rivals: [],
  acceptedFalsePositives: ['writes that must reach the file one by one (a journal), or are large each'],
});
