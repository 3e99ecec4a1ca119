import { expect, it } from 'vitest';
import { requestsFailing } from '../../../model/conditions/calls.ts';
import { contrast } from '../../../model/conditions/contrast.ts';
import { type Condition, type Kind, service } from '../../../model/index.ts';
import { Chainer, isUsable } from '../../chain.ts';
import { askOf, stated } from '../../testing/world.ts';
import { sliceOfFailingRequests } from './slice-of-failing-requests/index.ts';

const failing = stated(requestsFailing as Kind, service('front'), 100, { facts: { service: 'front', route: null, code: '502', count: 100, share: 0.3, ratePerSecond: 3 } });
const differs = (what: string, name = 'front'): Condition =>
  stated(contrast as Kind, service(name), 100, { discriminator: `${what} ${name}`, facts: { what, subject: 'region=port', before: 4, after: 98, unit: '% of requests' } });
const best = (...others: Condition[]) =>
  new Chainer([sliceOfFailingRequests], new Map(), askOf({ conditions: [failing, ...others], covered: [], edges: [] })).explain(failing).chains;

it('a value on the failing requests is associated with them, never their cause', () => {
  const chains = best(differs('value-over-represented'));
  expect(chains.find((c) => c.link !== null)?.link).toMatchObject({ verdict: 'associated', why: 'a contrast says what differs, not why' });
  expect(chains.some((c) => c.link !== null && isUsable(c))).toBe(false);
});

it('near miss: a pattern that merely appeared, and a value in another service', () => {
  expect(best(differs('pattern-new')).every((c) => c.link === null)).toBe(true);
  expect(best(differs('value-over-represented', 'stock')).every((c) => c.link === null)).toBe(true);
});
