import { handlerTimedOut } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { ofCallee, surgesWith } from '../../../lib/error-texts.ts';

/** The records are the condition: it is told twice, and explained once. */
export const errorsFromLateHandlers = defineMechanism({
  ...surgesWith(handlerTimedOut),
  id: 'logs/errors-from-late-handlers',
  title: 'the surging error text reports handlers that write after their time',
  because: 'each late write is logged by the handler or by net/http',
  refutes: [],
  rivals: [],
  culprits: ofCallee,
  acceptedFalsePositives: ['a second WriteHeader in an error path, without a timeout'],
});
