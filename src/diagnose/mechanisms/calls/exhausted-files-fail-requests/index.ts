import { filesExhausted } from '../../../../model/conditions/error-texts.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { failsWith, ofCallee } from '../../../lib/error-texts.ts';

/** The harm follows the leak at a distance: the request that meets the limit is seldom the one that leaks. */
export const exhaustedFilesFailRequests = defineMechanism({
  ...failsWith(filesExhausted),
  id: 'calls/exhausted-files-fail-requests',
  title: 'requests fail because the process has no file descriptor left',
  because: 'what the handler must open, a file or a connection, cannot be opened any more',
  refutes: [],
  rivals: ['calls/callee-fails-requests', 'calls/deadline-fails-requests'],
  culprits: ofCallee,
  acceptedFalsePositives: ['a limit that was met for a moment by a burst of connections while something else failed'],
});
