import { defineMechanism, type Link } from '../../../../model/index.ts';
import { detailOf, failedInDependency, functionOf, lineOf, mitigation, ofClass, textNamesTheLine } from '../../../lib/crash-site.ts';

function against(link: Link): string {
  const index = detailOf(link, 'index') ?? detailOf(link, 'bounds');
  const length = detailOf(link, 'length');
  if (index === null) return 'beyond its end';
  return length === null ? `with ${index}` : `with ${index}, its length is ${length}`;
}

/** An element or a part was taken that the slice does not have. */
export const indexOutOfRange = defineMechanism({
  ...ofClass('index-out-of-range', 'slice-out-of-range'),
  id: 'go/index-out-of-range',
  title: 'an element is taken that is not there',
  because: (link) => `${functionOf(link)} at ${lineOf(link)} indexes ${against(link)}`,
  requires: [],
  confirms: [textNamesTheLine],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  mitigation,
  acceptedFalsePositives: ['the index is right and the slice is shorter than it ever should be: then the input or its parser is at fault'],
});
