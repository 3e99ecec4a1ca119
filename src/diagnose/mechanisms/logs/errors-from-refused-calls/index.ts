import { callsRefused } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { ofCallee, surgesWith } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromRefusedCalls = defineMechanism({
  ...surgesWith(callsRefused),
  id: 'logs/errors-from-refused-calls',
  title: 'the surging error text reports refused connections',
  because: 'the caller logs an error for each connection that was refused',
  refutes: [],
  rivals: [],
  culprits: ofCallee,
  acceptedFalsePositives: ['two callees behind one text that names neither'],
});
