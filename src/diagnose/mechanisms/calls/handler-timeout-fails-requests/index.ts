import { handlerTimedOut } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { failsWith, ofCallee } from '../../../lib/error-texts.ts';

/** The late write is the trace that the handler leaves: the request itself logs only 503. */
export const handlerTimeoutFailsRequests = defineMechanism({
  ...failsWith(handlerTimedOut),
  id: 'calls/handler-timeout-fails-requests',
  title: 'requests fail because their handler takes longer than http.TimeoutHandler lets it',
  because: 'http.TimeoutHandler answers 503 when its time is over; the handler goes on and writes to nobody',
  refutes: [],
  rivals: ['calls/callee-fails-requests', 'calls/deadline-fails-requests'],
  culprits: ofCallee,
  acceptedFalsePositives: ['a handler whose late write is of an answer that did arrive (a second WriteHeader in an error path)'],
});
