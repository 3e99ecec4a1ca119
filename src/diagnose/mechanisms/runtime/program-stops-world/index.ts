import { stoppedByProgram, worldStopped } from '../../../../model/conditions/execution-trace.ts';
import { defineMechanism, shortGoSymbol } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { codeCulprit } from '../../../lib/site-source.ts';

/** A line of the program asks for something that stops every goroutine, again and again. */
export const programStopsWorld = defineMechanism({
  id: 'runtime/program-stops-world',
  title: 'a line of the program stops the world again and again',
  to: worldStopped,
  from: [
    {
      kind: stoppedByProgram,
      role: 'defect',
      join: (effect, ask) => joinBy(stoppedByProgram, ask, (c) => (c.facts.cause === effect.facts['cause'] ? tiedWithin(effect, c, ask, ['process', 'container']) : null)),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${shortGoSymbol(String(f?.['function'] ?? ''))}:${f?.['line']} asks for "${f?.['cause']}" ${f?.['count']} times: each time no goroutine runs until it is done`;
  },
  requires: [],
  refutes: [],
  rivals: ['runtime/capture-stops-world'],
  accounts: (link) => Math.min(1, Number(link.causes[0]?.facts['totalMs'] ?? 0) / Math.max(1e-9, Number(link.effect.facts['totalMs']))),
  leastShare: 0.5,
  order: 'same-record',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  mitigation: () => null,
  acceptedFalsePositives: ['a metrics library that reads memory statistics whenever it is scraped: the line is then the library’s'],
});
