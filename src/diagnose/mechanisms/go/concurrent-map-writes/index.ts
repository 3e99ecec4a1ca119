import { defineMechanism } from '../../../../model/index.ts';
import { detailOf, failedInDependency, functionOf, lineOf, ofClass } from '../../../lib/crash-site.ts';

/** The runtime notices the second access: the goroutine in the text is one of two, and not necessarily the one that forgot the lock. */
export const concurrentMapWrites = defineMechanism({
  ...ofClass('concurrent-map'),
  id: 'go/concurrent-map-writes',
  title: 'goroutines use one map at the same time without a lock',
  because: (link) =>
    `${functionOf(link)} at ${lineOf(link)} met another access to the same map (concurrent map ${detailOf(link, 'met') ?? 'writes'}); the text names the goroutine that noticed, the other one may be the one at fault`,
  requires: [],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  mitigation: () => 'fewer goroutines at that map make it rarer, a lock or sync.Map around every access ends it (the first stops nothing for good)',
  acceptedFalsePositives: ['the named line holds the lock and another access does not: the text names a victim, not the culprit; go build -race names both lines'],
});
