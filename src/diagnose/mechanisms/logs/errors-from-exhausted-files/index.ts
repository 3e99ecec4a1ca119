import { filesExhausted } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { ofCallee, surgesWith } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromExhaustedFiles = defineMechanism({
  ...surgesWith(filesExhausted),
  id: 'logs/errors-from-exhausted-files',
  title: 'the surging error text reports that no file can be opened',
  because: 'each thing that could not be opened is logged',
  refutes: [],
  rivals: [],
  culprits: ofCallee,
  acceptedFalsePositives: ['a text that reports the limit of another process'],
});
