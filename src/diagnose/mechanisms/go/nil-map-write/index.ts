import { defineMechanism } from '../../../../model/index.ts';
import { failedInDependency, functionOf, lineOf, mitigation, ofClass, textNamesTheLine } from '../../../lib/crash-site.ts';

/** A map that was declared and never made can be read, not written. */
export const nilMapWrite = defineMechanism({
  ...ofClass('nil-map-write'),
  id: 'go/nil-map-write',
  title: 'a value is written into a map that was never made',
  because: (link) => `${functionOf(link)} assigns to a map that is nil at ${lineOf(link)}: reading a nil map is allowed, writing panics`,
  requires: [],
  confirms: [textNamesTheLine],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  mitigation,
  acceptedFalsePositives: ['the map should have been made elsewhere: the line is where it shows, the omission may lie in a constructor'],
});
