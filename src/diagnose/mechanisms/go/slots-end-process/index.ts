import { slotsExhausted } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { endsProcess } from '../../../lib/standstill.ts';

/** All wait for slots, and nothing else runs. */
export const slotsEndProcess = defineMechanism({
  ...endsProcess(slotsExhausted),
  id: 'go/slots-end-process',
  title: 'the runtime ends the process because all wait for slots that nobody gives back',
});
