import { heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { capacityKept } from '../../../../model/conditions/source-memory.ts';
import { type Check, defineMechanism, fails, holds } from '../../../../model/index.ts';
import { functionsOf } from '../../../lib/memory.ts';
import { codeCulprit, joinSite, largeEach } from '../../../lib/site-source.ts';

/** bytes.(*Buffer).grow, bytes.growSlice; append shows as the function itself. */
const GROWS = /^bytes\.(?:growSlice|makeSlice|\(\*Buffer\)\.)/;

const grownBuffer: Check = {
  id: 'buffer-grew',
  title: 'what is in use was allocated to make a buffer larger',
  test(link) {
    const stack = functionsOf(link.effect.facts['stack']);
    const grows = stack.find((f) => GROWS.test(f));
    if (grows !== undefined) return holds(`allocated by ${grows}`, link.effect.places);
    // append into a slice has no frame of its own
    return stack[0] === link.effect.facts['function'] && link.effect.facts['function'] === link.causes[0]?.facts['function']
      ? holds('allocated in the function itself', link.effect.places)
      : fails(`allocated by ${stack[0] ?? 'something else'}`, link.effect.places);
  },
};

/** Emptied, not freed: the room of the largest message so far stays with every owner. */
export const bufferKeepsCapacity = defineMechanism({
  id: 'memory/buffer-keeps-capacity',
  title: (link) => `${String(link.causes[0]?.facts['buffer'] ?? 'a buffer')} keeps the room of the largest message it ever held`,
  to: heapSiteGrowing,
  from: [{ kind: capacityKept, role: 'defect', join: joinSite(capacityKept) }],
  because: (link) =>
    `${link.causes[0]?.facts['how'] === 'pool' ? 'Put gives the buffer back' : 'Reset and [:0] empty a buffer'} as large as it has become; let it go above some Cap(), and the garbage collector takes the room`,
  requires: [grownBuffer, largeEach(32 * 1024, 'the buffers')],
  refutes: [],
  rivals: ['memory/unbounded-collection'],
  order: 'standing',
  status: 'established',
  culprits: (link) => codeCulprit(link.causes[0]),
  mitigation: (link) =>
    link.causes[0]?.facts['how'] === 'pool'
      ? 'fewer requests at the same time need fewer buffers; a restart frees them'
      : 'owners that end take their buffers along: fewer or shorter sessions, or a restart',
  acceptedFalsePositives: ['messages that are all large: then the room is needed and the number of owners is what grows'],
});
