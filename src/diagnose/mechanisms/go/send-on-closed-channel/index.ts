import { callersGone } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { detailOf, failedInDependency, functionOf, lineOf, mitigation, ofClass } from '../../../lib/crash-site.ts';
import { leftBy } from '../../../lib/error-texts.ts';

const ofText = ofClass('send-on-closed-channel');

/** The text names the sender; who closed the channel too early is not in it. */
export const sendOnClosedChannel = defineMechanism({
  ...ofText,
  // a receiver that closes its channel when its caller leaves: what sets it off, where it was seen
  from: [...ofText.from, { kind: callersGone, role: 'trigger', optional: true, join: leftBy }],
  id: 'go/send-on-closed-channel',
  title: 'a goroutine sends on a channel that another one has closed',
  because: (link) =>
    `${functionOf(link)} sends at ${lineOf(link)}${detailOf(link, 'startedBy') === null ? '' : `, started by ${detailOf(link, 'startedBy')}`}, after the channel was closed: the text names the sender, not who closed it`,
  requires: [],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  mitigation,
  acceptedFalsePositives: ['the defect may be the close: a channel should be closed by its only sender, or after all senders have ended'],
});
