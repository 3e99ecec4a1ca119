import { defineMechanism } from '../../../../model/index.ts';
import { failedInDependency, functionOf, lineOf, mitigation, ofClass } from '../../../lib/crash-site.ts';

/** Crashes without a mechanism of their own: the text names the line, and what it says is all that is known. */
export const crashAtLine = defineMechanism({
  ...ofClass('custom', 'other-runtime-error', 'divide-by-zero', 'close-of-closed-channel', 'close-of-nil-channel', 'negative-waitgroup', 'unlock-of-unlocked'),
  id: 'go/crash-at-line',
  title: (link) => `the program panics${link.effect.facts['message'] === undefined ? '' : `: ${String(link.effect.facts['message'])}`}`,
  because: (link) => `${functionOf(link)} panicked at ${lineOf(link)} with "${String(link.effect.facts['message'])}"; why it came to that is not in the text`,
  requires: [],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  mitigation,
  acceptedFalsePositives: ["a panic that is the program's way to say that its configuration or a dependency is wrong: then the message is the cause, the line is not"],
});
