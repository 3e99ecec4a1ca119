import { expect, test } from 'vitest';
import { Collector } from './collector.ts';
import { Sums } from './sums.ts';

test('a cycle that runs when the trace begins had a heap that nobody said: it is not empty', () => {
  const collector = new Collector(new Sums());
  collector.cycleBegins(0);
  collector.alloc(4_000_000, 10);
  collector.cycleEnds(20, 0);
  expect(collector.cycles).toMatchObject([{ heapBefore: null, heapAfter: 4_000_000, goal: null }]);
  collector.cycleBegins(30);
  collector.cycleEnds(40, 0);
  expect(collector.cycles[1]).toMatchObject({ heapBefore: 4_000_000, heapAfter: 4_000_000 });
});
