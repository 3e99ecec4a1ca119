import { heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { partKept } from '../../../../model/conditions/source-memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { allocatedAt, codeCulprit, joinSite, largeEach } from '../../../lib/site-source.ts';

const linesOf = (f: unknown): number[] => (Array.isArray(f) ? f.map(Number) : []);

/** A substring or sub-slice keeps everything it was cut from. */
export const partKeepsWhole = defineMechanism({
  id: 'memory/part-keeps-whole',
  title: (link) => `${String(link.causes[0]?.facts['keptIn'] ?? 'a collection')} keeps small parts of large texts, and the texts with them`,
  to: heapSiteGrowing,
  from: [{ kind: partKept, role: 'defect', join: joinSite(partKept) }],
  because:
    'a substring or sub-slice shares the memory of what it was cut from, and the garbage collector frees that only as a whole; strings.Clone or bytes.Clone of the part lets it go',
  requires: [allocatedAt((c) => linesOf(c.facts['madeLines']), 'the whole that the parts are cut from'), largeEach(4096, 'what is kept')],
  refutes: [],
  rivals: ['memory/unbounded-collection'],
  order: 'standing',
  status: 'established',
  culprits: (link) => codeCulprit(link.causes[0]),
  mitigation: () => 'a restart empties it, smaller inputs fill it more slowly',
  acceptedFalsePositives: ['a part that is nearly the whole: then the collection itself is what grows'],
});
