import { dnsFailing } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { ofCallee, surgesWith } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromDns = defineMechanism({
  ...surgesWith(dnsFailing),
  id: 'logs/errors-from-dns',
  title: 'names cannot be resolved, and each call that needs one is logged as failed',
  because: 'the caller logs an error for each name it could not resolve',
  refutes: [],
  rivals: [],
  culprits: ofCallee,
  acceptedFalsePositives: ['two names in one text, one of which always failed'],
});
