import { channelQueue, oneReceiver } from '../../../../model/conditions/execution-trace.ts';
import { defineMechanism, shortGoSymbol } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { codeCulprit } from '../../../lib/site-source.ts';

/** Senders queue, and one goroutine received every one of them: what it does for an item is the pace of all. */
export const oneReceiverStarvesSenders = defineMechanism({
  id: 'runtime/one-receiver',
  title: 'one goroutine receives what many send, and works on it before it receives the next',
  to: channelQueue,
  from: [
    {
      kind: oneReceiver,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(oneReceiver, ask, (c) =>
          c.facts.sendFunction === effect.facts['function'] && c.facts.sendLine === effect.facts['line'] ? tiedWithin(effect, c, ask, ['process', 'container']) : null,
        ),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const on = f?.['spends'] === 'running' ? 'computing' : `in [${f?.['spends']}] at ${shortGoSymbol(String(f?.['spendsFunction'] ?? ''))}:${f?.['spendsLine']}`;
    return `goroutine ${f?.['goroutine']} alone receives at ${shortGoSymbol(String(f?.['function'] ?? ''))}:${f?.['line']} and needs ${f?.['itemMs']} ms for each, most of it ${on}`;
  },
  requires: [],
  refutes: [],
  rivals: [],
  sameFaultAs: ['go/slow-consumer'],
  accounts: (link) => Number(link.causes[0]?.facts['busy'] ?? 0),
  leastShare: 0.5,
  order: 'same-record',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  mitigation: () => 'fewer senders, or more goroutines that receive, if the order of items does not matter',
  acceptedFalsePositives: ['a queue that is meant to hold senders back, as a limit of what may go on at once'],
});
