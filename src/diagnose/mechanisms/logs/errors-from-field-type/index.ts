import { fieldTypeDiffers } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { otherTypeCulprit, surgesWith } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromFieldType = defineMechanism({
  ...surgesWith(fieldTypeDiffers),
  id: 'logs/errors-from-field-type',
  title: 'a field is sent with another type than its reader has, and each document that cannot be read is logged',
  because: 'encoding/json gives an error for the field, and the reader logs it',
  refutes: [],
  rivals: [],
  culprits: otherTypeCulprit,
  acceptedFalsePositives: ['users of a public interface who send a wrong type: the defect is theirs'],
});
