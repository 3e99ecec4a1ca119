import { poolExhausted } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { ofCallee, surgesWith } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromFullPool = defineMechanism({
  ...surgesWith(poolExhausted),
  id: 'logs/errors-from-full-pool',
  title: 'a pool is full, and each call that gets no connection in time is logged',
  because: 'the client logs an error for each call that got no connection in time',
  refutes: [],
  rivals: [],
  culprits: ofCallee,
  acceptedFalsePositives: ['two pools behind one text'],
});
