import { defineMechanism } from '../../../../model/index.ts';
import { detailOf, failedInDependency, functionOf, lineOf, mitigation, ofClass, textNamesTheLine } from '../../../lib/crash-site.ts';

/** A field, method or element was taken of a pointer, interface or func that is nil. */
export const nilDereference = defineMechanism({
  ...ofClass('nil-dereference'),
  id: 'go/nil-dereference',
  title: 'a nil pointer is used',
  because: (link) => {
    const address = detailOf(link, 'address');
    const field = address === null || address === '0x0' ? '' : ` (address ${address}: a field that far into it)`;
    return `${functionOf(link)} uses a pointer that is nil at ${lineOf(link)}${field}`;
  },
  requires: [],
  confirms: [textNamesTheLine],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  mitigation,
  acceptedFalsePositives: ['who left the pointer nil is not in the text: an ignored error or a missing value further up'],
});
