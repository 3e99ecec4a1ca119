import { madeAnew } from '../../../../model/conditions/source.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { bySpent, onItsLines } from '../../../lib/cpu.ts';

/** A pattern is parsed and compiled again for each text it is held against. */
export const regexpPerCall = defineMechanism({
  ...bySpent({
    kind: madeAnew,
    accept: (site) => /^regexp\.(?:Must)?Compile/.test(site.calls ?? ''),
    tie: (cause, frame) => cause.facts.what === 'regexp' && onItsLines(cause, frame),
    shows: ['call'],
  }),
  id: 'runtime/regexp-per-call',
  title: 'the same regular expression is compiled with each call',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${f?.['call']} at line ${f?.['line']} compiles ${f?.['of']}, which never changes, each time the function is called; compiled once it could be used by all goroutines at a time`;
  },
  rivals: [],
  acceptedFalsePositives: ['a pattern that had to be compiled anew because its value is set in a way that syntax does not see (by reflection, by a linker flag)'],
});
