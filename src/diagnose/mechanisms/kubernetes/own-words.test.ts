/** Probes that ask elsewhere, programs that say why they end, programs that were never run. */
import { describe, expect, test } from 'vitest';
import { rollout } from '../../../model/conditions/change.ts';
import { probeMismatch as mismatch, settingMissing as missing, referenceMissing } from '../../../model/conditions/config.ts';
import { containerCrashLooping, containerExited, containerNotStarting, probeFailing } from '../../../model/conditions/container.ts';
import { gaveUp } from '../../../model/conditions/crash.ts';
import { jobFailed, podNotReady, podUnschedulable, workloadUnavailable } from '../../../model/conditions/workload.ts';
import { type Condition, container, type Edge, type Entity, type Facts, type Kind, type Mechanism, placeAt, pod, processOf, revision, workload } from '../../../model/index.ts';
import { Chainer } from '../../chain.ts';
import { askOf, evidence, stated } from '../../testing/world.ts';
import { missingClaim } from './missing-claim/index.ts';
import { ownWordsEndContainer } from './own-words-end-container/index.ts';
import { podsFailJob } from './pods-fail-job/index.ts';
import { probeMismatch } from './probe-mismatch/index.ts';
import { probeUnready } from './probe-unready/index.ts';
import { readinessUnavailable } from './readiness-unavailable/index.ts';
import { settingMissing } from './setting-missing/index.ts';
import { startErrorCrashLoop } from './start-error-crash-loop/index.ts';

const places = [placeAt(evidence.id, { offset: 0, length: 6 })];
const edge = (from: Entity, to: Entity): Edge => ({ from, relation: 'part-of', to, strength: 'stated', places });
const box = container('shop', 'cart-new-1', 'cart');
const other = container('shop', 'mail-1', 'cart');
const cart = workload('shop', 'deployment', 'cart');
const edges = [
  edge(processOf('shop/cart-new-1/cart'), box),
  edge(box, pod('shop', 'cart-new-1')),
  edge(pod('shop', 'cart-new-1'), revision('shop', 'cart-new')),
  edge(revision('shop', 'cart-new'), cart),
  edge(other, pod('shop', 'mail-1')),
  edge(pod('shop', 'mail-1'), workload('shop', 'deployment', 'mail')),
];
const make =
  <F extends Facts>(kind: Kind<F>, at: number) =>
  (entity: Entity, facts: Partial<F> = {}): Condition =>
    stated(kind as unknown as Kind, entity, at, { facts: facts as Facts, lastWell: at - 5 });
function judge(m: Mechanism, effect: Condition, causes: readonly Condition[]) {
  const ask = askOf({ conditions: [effect, ...causes], covered: [], edges });
  const explanation = new Chainer([m], new Map(), ask).explain(effect);
  const link = explanation.chains.find((x) => x.link !== null)?.link;
  return {
    verdict: link?.verdict ?? (explanation.refuted.length > 0 ? 'refuted' : 'none'),
    culprits: link === undefined || link === null ? [] : m.culprits(link.link, ask).map((c) => c.ref),
  };
}
const verdict = (m: Mechanism, effect: Condition, ...causes: Condition[]): string => judge(m, effect, causes).verdict;
const culprit = (m: Mechanism, effect: Condition, ...causes: Condition[]): readonly (string | undefined)[] => judge(m, effect, causes).culprits;

describe('probe-mismatch', () => {
  const probing = (how: string, probe = 'readiness') =>
    make(probeFailing, 80)(box, { container: 'cart', probe: probe as 'readiness', how: how as 'refused', port: '8080', message: 'refused' });
  const asks = (of: Entity = cart, how = 'port') =>
    make(mismatch, 80)(of, {
      container: 'cart',
      probe: 'readiness',
      how: how as 'port',
      asked: '8080',
      offered: ':8081',
      referencedBy: 'deployment/cart containers[cart].readinessProbe',
    });
  test('what the probe asks is not what the program offers', () => {
    expect(verdict(probeMismatch, probing('refused'), asks())).toBe('supported');
    expect(verdict(probeMismatch, probing('status'), asks(cart, 'path'))).toBe('supported');
  });
  test('near misses: another probe, another workload, a probe that runs into its timeout', () => {
    expect(verdict(probeMismatch, probing('refused', 'liveness'), asks())).toBe('none');
    expect(verdict(probeMismatch, probing('refused'), asks(workload('shop', 'deployment', 'mail')))).toBe('none');
    expect(verdict(probeMismatch, probing('timeout'), asks())).toBe('refuted');
  });
  test('the rollout that moved the probe is the culprit', () => {
    const change = make(rollout, 50)(cart, {
      workload: 'deployment/cart',
      fromRevision: '1',
      toRevision: '2',
      fromName: 'cart-old',
      toName: 'cart-new',
      fields: [{ path: 'containers[cart].readinessProbe.httpGet.port', before: '8081', after: '8080' }],
      at: null,
    });
    expect(culprit(probeMismatch, probing('refused'), asks(), change)).toEqual(['deployment/cart spec.template.spec.containers[cart].readinessProbe.httpGet.port=8080']);
  });
});

describe('why a container ends', () => {
  const ended = (exitCode: number) => make(containerExited, 100)(box, { container: 'cart', exitCode, finishedAt: '1970-01-01T00:01:40Z' });
  const lacks = (of: Entity = cart) => make(missing, 100)(of, { container: 'cart', setting: 'DATABASE_URL', message: 'DATABASE_URL is required', owner: 'deployment/cart' });
  const words = (at: number, of: Entity = processOf('shop/cart-new-1/cart')) => make(gaveUp, at)(of, { message: 'dial tcp: refused', about: 'dependency' });
  test('setting-missing', () => {
    expect(verdict(settingMissing, ended(1), lacks())).toBe('confirmed');
    expect(culprit(settingMissing, ended(1), lacks())).toEqual(['deployment/cart containers[cart]: DATABASE_URL is not set']);
    expect(verdict(settingMissing, ended(137), lacks())).toBe('refuted');
    expect(verdict(settingMissing, ended(1), lacks(workload('shop', 'deployment', 'mail')))).toBe('none');
  });
  test('own-words-end-container: in the moment of the end, and by itself', () => {
    expect(verdict(ownWordsEndContainer, ended(1), words(100))).toBe('supported');
    expect(verdict(ownWordsEndContainer, ended(137), words(100))).toBe('refuted');
    expect(verdict(ownWordsEndContainer, ended(2), words(100))).toBe('refuted');
    expect(verdict(ownWordsEndContainer, ended(1), words(40))).toBe('refuted');
    expect(verdict(ownWordsEndContainer, ended(1), words(100, other))).toBe('none');
  });
});

test('start-error-crash-loop: never ran, in contrast to one that ran once', () => {
  const loops = (reason: string) => make(containerCrashLooping, 110)(box, { container: 'cart', restarts: 3, reason });
  const start = make(containerNotStarting, 60)(box, { container: 'cart', reason: 'RunContainerError', message: 'exec: "/x": no such file' });
  expect(verdict(startErrorCrashLoop, loops('StartError'), start)).toBe('confirmed');
  expect(verdict(startErrorCrashLoop, loops('Error'), start)).toBe('refuted');
});

test('readiness-unavailable: liveness failures end in kills, not in unready pods', () => {
  const few = make(workloadUnavailable, 120)(cart, { workload: 'deployment/cart', desired: 1, available: 0 });
  const fails = (probe: string) => make(probeFailing, 80)(box, { container: 'cart', probe: probe as 'readiness', how: 'refused', port: '8080', message: '' });
  expect(verdict(readinessUnavailable, few, fails('readiness'))).toBe('confirmed');
  expect(verdict(readinessUnavailable, few, fails('liveness'))).toBe('none');
});

test('probe-unready: the readiness probe of this pod', () => {
  const unready = make(podNotReady, 90)(pod('shop', 'cart-new-1'), { pod: 'cart-new-1' });
  const fails = (of: Entity, probe: string) => make(probeFailing, 80)(of, { container: 'cart', probe: probe as 'readiness', how: 'refused', port: '8080', message: 'refused' });
  expect(verdict(probeUnready, unready, fails(box, 'readiness'))).toBe('confirmed');
  expect(verdict(probeUnready, unready, fails(other, 'readiness'))).toBe('none');
  expect(verdict(probeUnready, unready, fails(box, 'liveness'))).toBe('none');
});

test('pods-fail-job: pods of this job', () => {
  const gaveIn = make(jobFailed, 120)(cart, { job: 'cart', reason: 'BackoffLimitExceeded', message: '' });
  expect(verdict(podsFailJob, gaveIn, make(containerExited, 100)(box, { container: 'cart', exitCode: 1 }))).toBe('confirmed');
  expect(verdict(podsFailJob, gaveIn, make(containerExited, 100)(other, { container: 'cart', exitCode: 1 }))).toBe('none');
  const late = make(jobFailed, 120)(cart, { job: 'cart', reason: 'DeadlineExceeded', message: '' });
  expect(verdict(podsFailJob, late, make(containerExited, 100)(box, { container: 'cart', exitCode: 1 }))).toBe('supported');
});

test('missing-claim: the one the scheduler names', () => {
  const unplaced = make(podUnschedulable, 60)(pod('shop', 'cart-new-1'), { pod: 'cart-new-1', message: '0/1 nodes are available: persistentvolumeclaim "data" not found.' });
  const lacks = (object: string) => make(referenceMissing, 60)(cart, { object, key: null, referencedBy: 'deployment/cart', field: 'volumes[d]', optional: false });
  expect(verdict(missingClaim, unplaced, lacks('persistentvolumeclaim/data'))).toBe('confirmed');
  expect(verdict(missingClaim, unplaced, lacks('secret/other'))).toBe('none');
});
