/** Where a memory limit is near the collector runs all the time: allocating is then dear whoever does it. */
import { memoryLimitNear } from '../../model/conditions/cpu.ts';
import { fails, holds, type Mechanism } from '../../model/index.ts';
import { SAME } from './cpu.ts';
import { tiedWithin } from './join.ts';

export const memoryLimitIsNear: Mechanism['refutes'][number] = {
  id: 'memory-limit',
  title: 'a memory limit makes the collector run',
  decisive: true,
  test(link, ask) {
    const answer = ask.look(memoryLimitNear);
    const near = answer.state === 'observed' ? answer.conditions.find((c) => tiedWithin(link.effect, c, ask, SAME) !== null) : undefined;
    return near === undefined ? fails('no memory limit is near', link.effect.places) : holds(near.says, near.places);
  },
};
