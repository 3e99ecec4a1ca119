import { describe, expect, test } from 'vitest';
import { type Answer, type Ask, type Coverage, container, Identity, type Kind, pod } from '../../model/index.ts';
import { kind, stated } from '../testing/world.ts';
import { withinSame } from './join.ts';

const killed = kind('a/killed', {});
const looping = kind('b/looping', { symptom: 'harm' });
const [mine, other] = [container('shop', 'orders-1', 'orders'), container('shop', 'orders-2', 'orders')];
const identity = new Identity(
  [],
  [mine, other].map((c, i) => ({ from: c, relation: 'part-of' as const, to: pod('shop', `orders-${i + 1}`), strength: 'stated' as const, places: [] })),
);
const place = (offset: number) => ({ artifact: 'pods.json', offset, length: 1 });
const looked = (entity: Coverage['entity'], offset: number): Coverage => ({ entity, interval: { from: null, to: null }, places: [place(offset)] });
const asking = (answer: Answer): Ask => ({ identity, look: <F>(_k: Kind) => answer as Answer & F }) as unknown as Ask;
const join = (answer: Answer) => withinSame(killed, 'container', 'pod')(stated(looping, mine, 100), asking(answer));

describe('a cause that was not seen here', () => {
  test('is absent only where it was looked for here, and cites that', () => {
    expect(join({ state: 'absent', covered: [looked(other, 1), looked(mine, 2)] })).toMatchObject({ state: 'fails', places: [place(2)] });
    expect(join({ state: 'absent', covered: [looked(pod('shop', 'orders-1'), 3)] })).toMatchObject({ state: 'fails', places: [place(3)] });
    expect(join({ state: 'absent', covered: [looked(null, 4)] })).toMatchObject({ state: 'fails' });
  });

  test('is unknown where it was looked for on another pod only', () => {
    expect(join({ state: 'absent', covered: [looked(other, 1)] })).toMatchObject({ state: 'unknown', next: 'show a/killed' });
    expect(join({ state: 'observed', conditions: [stated(killed, other, 90)], covered: [looked(other, 1)] })).toMatchObject({ state: 'unknown' });
  });

  test('but seen elsewhere and looked for here is absent', () => {
    expect(join({ state: 'observed', conditions: [stated(killed, other, 90)], covered: [looked(other, 1), looked(mine, 2)] })).toMatchObject({
      state: 'fails',
      places: [place(2)],
    });
  });
});
