import { lockKept } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { endsProcess } from '../../../lib/standstill.ts';

export const keptLockEndsProcess = defineMechanism({
  ...endsProcess(lockKept),
  id: 'go/kept-lock-ends-process',
  title: 'nothing goes on behind a lock that nobody gives back',
});
