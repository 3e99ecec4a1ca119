import { defineMechanism } from '../../../../model/index.ts';
import { detailOf, failedInDependency, functionOf, lineOf, mitigation, ofClass, textNamesTheLine } from '../../../lib/crash-site.ts';

/** v.(T) in its one-value form on a value of another type. */
export const typeAssertion = defineMechanism({
  ...ofClass('type-assertion'),
  id: 'go/type-assertion',
  title: 'a value has another type than the code takes for granted',
  because: (link) => {
    const wanted = detailOf(link, 'wanted');
    const dynamic = detailOf(link, 'dynamic');
    const missing = detailOf(link, 'missingMethod');
    const types = wanted === null || dynamic === null ? '' : `: the value is ${dynamic}, ${wanted} is asserted${missing === null ? '' : ` (method ${missing} is missing)`}`;
    return `${functionOf(link)} asserts a type at ${lineOf(link)} without looking whether it holds${types}`;
  },
  requires: [],
  confirms: [textNamesTheLine],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  mitigation,
  acceptedFalsePositives: ['the value is wrong, not the assertion: where it was made is not in the text'],
});
