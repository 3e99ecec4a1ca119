import { processorsBusy, schedulerLate, stoodStill } from '../../../../model/conditions/execution-trace.ts';
import { defineMechanism, fails, holds, shortGoSymbol, unknown } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';

/** Of the time, or of the longest wait: less than this is no reason for the rest. */
const HELD_BACK = 0.3;

/** What could go on waits for a processor, because all of them compute. */
export const processorsTooFew = defineMechanism({
  id: 'runtime/processors-too-few',
  title: 'more is to be computed at once than the processors can do',
  to: schedulerLate,
  from: [{ kind: processorsBusy, role: 'trigger', join: (effect, ask) => joinBy(processorsBusy, ask, (c) => tiedWithin(effect, c, ask, ['process', 'container'])) }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${f?.['processors'] === 1 ? 'the only processor is' : `all ${f?.['processors']} processors are`} busy ${Math.round(Number(f?.['busy'] ?? 0) * 100)} % of the time, ${Math.round(Number(f?.['entryShare'] ?? 0) * 100)} % of what runs starts in ${shortGoSymbol(String(f?.['entry'] ?? ''))}`;
  },
  requires: [],
  refutes: [
    {
      id: 'process-is-held-back',
      title: 'the process had processors and got no time on them',
      decisive: true,
      test({ effect }, ask) {
        const answer = ask.look(stoodStill);
        if (answer.state === 'not-observable') return unknown(answer.reasons[0]?.why ?? 'no trace shows it', stoodStill.next);
        const own = answer.state === 'observed' ? answer.conditions.find((c) => tiedWithin(effect, c, ask, ['process', 'container']) !== null) : undefined;
        if (own === undefined) return fails('threads of the process ran all the time', effect.places);
        // what is late for most of the time while its threads run is late for want of processors
        const most = own.facts.share >= HELD_BACK || own.facts.mostMs >= HELD_BACK * Number(effect.facts['mostMs']);
        return most ? holds(own.says, own.places) : fails(`${own.says}: threads ran for the rest`, own.places);
      },
    },
  ],
  rivals: ['runtime/quota-stops-process'],
  accounts: (link) => Number(link.causes[0]?.facts['busy'] ?? 0),
  leastShare: 0.5,
  order: 'same-record',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['entry']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'more processors (GOMAXPROCS and the CPU limit with it), or fewer computations at once',
  acceptedFalsePositives: ['a batch that uses what there is, beside goroutines for which a few milliseconds are nothing'],
});
