import { requestsSlow } from '../../../../model/conditions/calls.ts';
import { channelWaited } from '../../../../model/conditions/contention.ts';
import { defineMechanism, fails, holds, shortGoSymbol } from '../../../../model/index.ts';
import { withinSame } from '../../../lib/join.ts';
import { codeCulprit } from '../../../lib/site-source.ts';

/** What requests wait for a channel on average, of how late they are: since the process began, well stretches included. */
const LEAST = 0.2;

/** Requests wait until somebody takes, or gives, what goes through a channel. */
export const channelWaitSlowsRequests = defineMechanism({
  id: 'runtime/channel-wait-slows-requests',
  title: 'requests wait for a channel',
  to: requestsSlow,
  from: [{ kind: channelWaited, role: 'amplifier', join: withinSame(channelWaited, 'process', 'container', 'pod', 'service') }],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `each waits ${Math.round(Number(f?.['meanSeconds']) * 1000)} ms on average at ${shortGoSymbol(String(f?.['function']))}:${f?.['line']} [${f?.['op']}]`;
  },
  requires: [
    {
      id: 'waits-are-long-enough',
      title: 'what they wait there is a good part of how late they are',
      test({ effect, causes }) {
        const mean = Number(causes[0]?.facts['meanSeconds'] ?? 0);
        const late = Number(effect.facts['seconds']) - Number(effect.facts['baselineSeconds'] ?? 0);
        const says = `they wait ${Math.round(mean * 1000)} ms there on average and are ${Math.round(late * 1000)} ms late`;
        return mean >= LEAST * late ? holds(says, causes[0]?.places ?? []) : fails(says, causes[0]?.places ?? []);
      },
    },
  ],
  refutes: [],
  rivals: ['runtime/saturated-cpu-slows-requests', 'go/lock-convoy-slows-requests'],
  accounts: (link) => Number(link.causes[0]?.facts['share'] ?? 0),
  leastShare: 0.3,
  // a block profile counts since the process began
  order: 'same-record',
  status: 'trial',
  culprits: (link) => codeCulprit(link.causes[0]),
  acceptedFalsePositives: ['requests that wait for goroutines of their own: those, and what they wait for, are then the question'],
});
