import { processCrashed, processExited } from '../../../../model/conditions/crash.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { endsNear, exitedAsGoDoes, lastWords, livesOn } from '../../../lib/crash-exit.ts';
import { withinSame } from '../../../lib/join.ts';

/** What a supervisor reports as the end of the process is the end that the crash text announces. */
export const crashExitsProcess = defineMechanism({
  id: 'go/crash-exits-process',
  title: 'the Go runtime ended the process after a panic or fatal error',
  to: processExited,
  from: [{ kind: processCrashed, role: 'amplifier', join: withinSame(processCrashed, 'process') }],
  because: (link) => `"${String(link.causes[0]?.facts['message'] ?? '')}" was not recovered: the runtime prints the goroutine and exits with status 2`,
  requires: [exitedAsGoDoes('code', processExited), endsNear],
  confirms: [lastWords],
  refutes: [livesOn],
  rivals: [],
  order: 'cause-first',
  status: 'established',
  culprits: () => [],
  acceptedFalsePositives: ['a supervisor that reports the status of another process of the same name'],
});
