import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { endsProcess } from '../../../lib/standstill.ts';

export const standstillEndsProcess = defineMechanism({
  ...endsProcess(lockCycle),
  id: 'go/standstill-ends-process',
  title: 'nothing goes on behind a lock that is never given back',
});
