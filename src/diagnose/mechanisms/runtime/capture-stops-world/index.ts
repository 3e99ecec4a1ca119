import { stoppedByCapture, worldStopped } from '../../../../model/conditions/execution-trace.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

/** The pause is our own: taking a dump or a profile stops the world. */
export const captureStopsWorld = defineMechanism({
  id: 'runtime/capture-stops-world',
  title: 'taking evidence stopped the world, not the program',
  to: worldStopped,
  from: [
    {
      kind: stoppedByCapture,
      role: 'trigger',
      join: (effect, ask) => joinBy(stoppedByCapture, ask, (c) => (c.facts.cause === effect.facts['cause'] ? tiedWithin(effect, c, ask, ['process', 'container']) : null)),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `"${f?.['cause']}" is what ${f?.['function']} needs: the pause grows with the number of goroutines, and is gone when nobody looks`;
  },
  requires: [],
  refutes: [],
  rivals: ['runtime/program-stops-world'],
  accounts: (link) => Math.min(1, Number(link.causes[0]?.facts['totalMs'] ?? 0) / Math.max(1e-9, Number(link.effect.facts['totalMs']))),
  leastShare: 0.5,
  order: 'same-record',
  status: 'trial',
  culprits: () => [{ kind: 'input', ref: 'the capture of profiles and dumps' }],
  mitigation: () => 'goroutine profiles with debug=0 or 1 instead of debug=2, and seldom',
  acceptedFalsePositives: ['a program that profiles itself all the time: then its own profiler is what to turn down'],
});
