import { heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { growsWithoutBound } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { joinBy } from '../../../lib/join.ts';
import { functionsOf } from '../../../lib/memory.ts';

/** A map or slice that outlives requests is inserted into and never shrinks. */
export const unboundedCollection = defineMechanism({
  id: 'memory/unbounded-collection',
  title: (link) => `${String(link.causes[0]?.facts['target'] ?? 'a collection')} only ever grows`,
  to: heapSiteGrowing,
  from: [
    {
      kind: growsWithoutBound,
      role: 'defect',
      // the inserting function stands on the stack that allocated
      join: (effect, ask) =>
        joinBy(growsWithoutBound, ask, (source) =>
          functionsOf(effect.facts['stack']).includes(source.facts.function) || effect.facts['function'] === source.facts.function ? 'derived' : null,
        ),
    },
  ],
  because: 'entries are inserted on every call and no code at hand deletes, truncates or replaces them',
  requires: [
    {
      id: 'nothing-deletes',
      title: 'no delete, truncation or replacement of the collection in the captured source',
      test: (link) => {
        const cause = link.causes[0];
        const deletes = cause?.facts['deletes'];
        if (typeof deletes !== 'number') return unknown('the source does not show what deletes from it', 'the source of the package as it was built');
        return deletes === 0 ? holds('nothing deletes from it', cause?.places ?? []) : fails(`${deletes} place(s) delete from it`, cause?.places ?? []);
      },
    },
  ],
  refutes: [],
  rivals: ['memory/goroutines-hold-site'],
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart empties the collection, less traffic fills it more slowly',
  acceptedFalsePositives: ['keys from a small closed set: the collection then stops growing by itself and heap/site-growing is not observed for long'],
});
