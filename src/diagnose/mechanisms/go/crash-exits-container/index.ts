import { containerExited } from '../../../../model/conditions/container.ts';
import { processCrashed } from '../../../../model/conditions/crash.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { endsNear, exitedAsGoDoes, lastWords, livesOn } from '../../../lib/crash-exit.ts';
import { joinNear } from '../../../lib/join.ts';

/** The crash text is in the log of the container that ended (`kubectl logs --previous`), and the exit code is Go's. */
export const crashExitsContainer = defineMechanism({
  id: 'go/crash-exits-container',
  title: 'the Go runtime ended the process after a panic or fatal error',
  to: containerExited,
  from: [
    {
      kind: processCrashed,
      role: 'amplifier',
      join: (effect, ask) => joinNear(processCrashed, effect, ask, ['container'], (c) => ask.identity.within(effect.entity, c.entity, 'container')),
    },
  ],
  because: (link) => `"${String(link.causes[0]?.facts['message'] ?? '')}" was not recovered: the runtime prints the goroutine and exits with status 2`,
  requires: [exitedAsGoDoes('exitCode', containerExited), endsNear],
  confirms: [lastWords],
  refutes: [livesOn],
  rivals: ['kubernetes/flag-ends-process'],
  // only the newest life's text is kept, and it may be younger than the first known end; ends-near ties text and end
  order: 'same-record',
  status: 'established',
  culprits: () => [],
  acceptedFalsePositives: ['a child process of the container crashed and its parent passed the status on'],
});
