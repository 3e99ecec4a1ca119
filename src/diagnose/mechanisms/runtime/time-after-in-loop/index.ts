import { heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { timerLeft } from '../../../../model/conditions/source-memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { allocatedAt, codeCulprit, joinSite } from '../../../lib/site-source.ts';
import { allocatesTimers, beforeGo123, of } from '../../../lib/timers.ts';

/** Each turn of the loop leaves a timer behind that the runtime keeps until it fires. */
export const timeAfterInLoop = defineMechanism({
  id: 'runtime/time-after-in-loop',
  title: 'each turn of a loop leaves a timer behind',
  to: heapSiteGrowing,
  from: [{ kind: timerLeft, role: 'defect', join: of('each-turn', joinSite(timerLeft)) }],
  because: 'in a module with a go line before 1.23 the runtime keeps a timer until it fires, whoever has forgotten it; one time.NewTimer for all turns, with Reset, needs one',
  requires: [beforeGo123, allocatesTimers, allocatedAt((c) => [Number(c.facts['line'])], 'the line of time.After')],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'established',
  culprits: (link) => codeCulprit(link.causes[0]),
  mitigation: () => 'a go line of 1.23 or later in go.mod lets forgotten timers be collected',
  acceptedFalsePositives: ['a loop that turns so seldom that its timers do not matter: then they do not grow'],
});
