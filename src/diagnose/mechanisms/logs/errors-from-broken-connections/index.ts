import { connectionsBroken } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { ofCallee, surgesWith } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromBrokenConnections = defineMechanism({
  ...surgesWith(connectionsBroken),
  id: 'logs/errors-from-broken-connections',
  title: 'the surging error text reports connections that end before the answer',
  because: 'the caller logs an error for each answer that did not come',
  refutes: [],
  rivals: [],
  culprits: ofCallee,
  acceptedFalsePositives: ['two callees behind one text that names neither'],
});
