import { madeAnew } from '../../../../model/conditions/source.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { bySpent, onItsLines } from '../../../lib/cpu.ts';

/** A document that never changes is decoded again, by reflection, for each request. */
export const jsonPerCall = defineMechanism({
  ...bySpent({
    kind: madeAnew,
    accept: (site) => /^encoding\/json\.Unmarshal$/.test(site.calls ?? ''),
    tie: (cause, frame) => cause.facts.what === 'json' && onItsLines(cause, frame),
    shows: ['call'],
  }),
  id: 'runtime/json-per-call',
  title: 'the same document is decoded with each call',
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${f?.['call']} at line ${f?.['line']} decodes ${f?.['of']}, which never changes once it was set, each time the function is called`;
  },
  rivals: [],
  acceptedFalsePositives: ['a document that is decoded anew because callers change what they get: a copy would cost less, and it is still what takes the CPU'],
});
