import { scansWhatGrows } from '../../../../model/conditions/source.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { bySpent, onItsLines } from '../../../lib/cpu.ts';

/** The longer the program runs, the longer each request takes: it goes through all that was ever added. */
export const growingScan = defineMechanism({
  ...bySpent({
    kind: scansWhatGrows,
    // what is done with each element in a library is another matter
    accept: (site) => site.calls === null,
    tie: (cause, frame) => onItsLines(cause, frame),
    shows: ['range'],
  }),
  id: 'runtime/growing-scan',
  title: 'each call goes through all that was ever added',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the loop at line ${f?.['line']} goes through ${String(f?.['target']).replace(/^.*\//, '')}, which gains an element at ${String(f?.['growFile']).replace(/^.*\//, '')}:${f?.['growLine']} and never loses one: a call takes longer the longer the program runs; a map would find what is looked for at once`;
  },
  rivals: [],
  acceptedFalsePositives: ['a list that grew long once and no longer does: the loop is named, and what made it long is what changed'],
});
