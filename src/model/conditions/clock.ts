import { defineKind } from '../condition.ts';

/** Two hosts' clocks disagree by more than what a reader of times would overlook. */
export const clockOffset = defineKind<{
  clock: string;
  reference: string;
  /** Seconds this clock is ahead of the reference; null where only one side is bounded. */
  aheadSeconds: number | null;
  lowSeconds: number | null;
  highSeconds: number | null;
  /** Calls whose answer is printed earlier than their request. */
  impossible: number;
  /** step, drift, unsteady; null where it held still. */
  change: string | null;
}>({
  id: 'clock/offset',
  title: 'the clocks of two logs disagree',
  explain:
    'Estimated from all requests and answers (or messages) that two logs hold of the same traces: what was received was sent before. Observed where the whole range of what is possible lies beyond 20 ms. It is no harm and no cause: it says why printed times show an order that cannot have been. Order between services is decided on corrected times. Logs of edges in one direction only bound one side; logs without a common trace, or that do not say who called whom, are not comparable.',
  next: 'logs of both ends of a call, with the same trace ids and the times at which it was made and answered; chronyc tracking on the hosts',
});
