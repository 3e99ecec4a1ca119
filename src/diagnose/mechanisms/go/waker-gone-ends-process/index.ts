import { wakerGone } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { endsProcess } from '../../../lib/standstill.ts';

export const wakerGoneEndsProcess = defineMechanism({
  ...endsProcess(wakerGone),
  id: 'go/waker-gone-ends-process',
  title: 'what is left of the process waits for goroutines that have ended',
});
