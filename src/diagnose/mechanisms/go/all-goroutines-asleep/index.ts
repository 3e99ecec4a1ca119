import { defineMechanism } from '../../../../model/index.ts';
import { failedInDependency, functionOf, lineOf, ofClass } from '../../../lib/crash-site.ts';
import { standstillIsKnown } from '../../../lib/standstill.ts';

/** Every goroutine waits for another: the runtime sees that nothing can ever happen again, and ends the process. */
export const allGoroutinesAsleep = defineMechanism({
  ...ofClass('all-asleep'),
  id: 'go/all-goroutines-asleep',
  title: 'every goroutine waits for another one',
  because: (link) => `the first goroutine waits in ${functionOf(link)} at ${lineOf(link)} and no other goroutine is left that could wake it`,
  requires: [],
  refutes: [failedInDependency, standstillIsKnown],
  rivals: [],
  status: 'established',
  mitigation: () => null,
  acceptedFalsePositives: ['the named line waits rightly, and the goroutine that should have answered it ended or waits itself: the other goroutines of the text say which'],
});
