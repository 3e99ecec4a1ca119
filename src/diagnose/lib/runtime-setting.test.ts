import { describe, expect, it } from 'vitest';
import { runtimeSetting } from '../../model/conditions/config.ts';
import { burstThrottled } from '../../model/conditions/cpu.ts';
import { procsOverQuota } from '../../model/conditions/scheduler.ts';
import { type Condition, container, type Edge, type Facts, type Kind, placeAt, processOf } from '../../model/index.ts';
import { procsOverQuotaThrottles } from '../mechanisms/runtime/procs-over-quota/index.ts';
import { askOf, evidence, stated } from '../testing/world.ts';
import { setInPod, settingCulprit } from './runtime-setting.ts';

const [own, beside] = [container('shop', 'mosaics-1', 'mosaics'), container('shop', 'mosaics-1', 'beside')];
const process = processOf('mosaics@1');
const edges: Edge[] = [{ from: process, relation: 'part-of', to: own, strength: 'stated', places: [placeAt(evidence.id, { offset: 0, length: 6 })] }];
const setting = (of: typeof own, facts: Facts): Condition =>
  stated(runtimeSetting as Kind, of, null, {
    discriminator: 'GOMAXPROCS',
    facts: {
      name: 'GOMAXPROCS',
      how: 'value',
      text: '16',
      value: 16,
      where: `pod mosaics-1 containers[${of.key.slice(of.key.lastIndexOf('/') + 1)}].env[GOMAXPROCS]`,
      next: 'printenv',
      ...facts,
    },
  });
const link = {
  effect: stated(burstThrottled as Kind, own, 100, { facts: { quotaCores: 1, usedCores: 0.7, throttled: 0.5 } }),
  causes: [stated(procsOverQuota as Kind, process, null, { facts: { gomaxprocs: 16, quotaCores: 1 } })],
};

describe('a setting in the pod', () => {
  it('is named with its place where it is the container’s own', () => {
    const ask = askOf({ conditions: [setting(own, {})], covered: [], edges });
    expect(procsOverQuotaThrottles.culprits(link, ask)).toEqual([{ kind: 'config', ref: 'pod mosaics-1 containers[mosaics].env[GOMAXPROCS] = 16' }]);
    expect(setInPod('GOMAXPROCS').test(link, ask).state).toBe('holds');
  });
  it('near miss: another container’s, another variable, or none', () => {
    for (const conditions of [[setting(beside, {})], [setting(own, { name: 'GOGC' })], []]) {
      const ask = askOf({ conditions, covered: [], edges });
      expect(settingCulprit('GOMAXPROCS', link, ask, 'mosaics@1')).toEqual([{ kind: 'config', ref: 'GOMAXPROCS of mosaics@1' }]);
      expect(setInPod('GOMAXPROCS').test(link, ask).state).toBe('unknown');
    }
  });
  it('that is not there, or comes from elsewhere, is said to', () => {
    const refs = (facts: Facts) => settingCulprit('GOMAXPROCS', link, askOf({ conditions: [setting(own, facts)], covered: [], edges }), 'x').map((c) => c.ref);
    expect(refs({ how: 'unset', text: null })).toEqual(['pod mosaics-1 containers[mosaics].env[GOMAXPROCS] is not set']);
    expect(refs({ how: 'elsewhere', text: null })).toEqual(['pod mosaics-1 containers[mosaics].env[GOMAXPROCS]']);
  });
});
