import { heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { timerLeft } from '../../../../model/conditions/source-memory.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { allocatedAt, codeCulprit, joinSite } from '../../../lib/site-source.ts';
import { allocatesTimers, beforeGo123, of } from '../../../lib/timers.ts';

/** A ticker that nobody stops ticks for ever, and costs processor time as well. */
export const tickerNotStopped = defineMechanism({
  id: 'runtime/ticker-not-stopped',
  title: 'each call leaves a ticker behind that ticks for ever',
  to: heapSiteGrowing,
  from: [{ kind: timerLeft, role: 'defect', join: of('each-call', joinSite(timerLeft)) }],
  because: 'in a module with a go line before 1.23 the runtime keeps a ticker until Stop is called; defer ticker.Stop() behind NewTicker does',
  requires: [beforeGo123, allocatesTimers, allocatedAt((c) => [Number(c.facts['line'])], 'the line of time.NewTicker')],
  refutes: [],
  rivals: ['go/loop-never-stopped'],
  order: 'standing',
  status: 'established',
  culprits: (link) => codeCulprit(link.causes[0]),
  mitigation: () => 'a go line of 1.23 or later in go.mod lets forgotten tickers be collected',
  acceptedFalsePositives: ['a function that is called a few times only: then its tickers do not grow'],
});
