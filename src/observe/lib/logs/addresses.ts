/** Which service answers at an address: by what it says it listens at, by what the capture says, by the labels of its metrics. */
import type { Readings, Strength } from '../../../model/index.ts';
import { prometheusApi } from '../../../read/prometheus-api/index.ts';
import type { LogOwner } from './who.ts';

export interface AtAddress {
  readonly service: string;
  readonly strength: Strength;
}

const memo = new WeakMap<Readings, ReadonlyMap<string, AtAddress>>();

export function servicesByAddress(readings: Readings, owners: readonly LogOwner[]): ReadonlyMap<string, AtAddress> {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const out = new Map<string, AtAddress>();
  const contested = new Set<string>();
  const put = (address: string, name: string): void => {
    const was = out.get(address);
    if (was !== undefined && was.service !== name) contested.add(address);
    else out.set(address, { service: name, strength: 'derived' });
  };
  for (const o of owners) if (o.service !== null) for (const address of o.digest.listens) put(address, o.service);
  for (const a of readings.artifacts) {
    for (const c of a.covers) {
      const at = c.entity.kind === 'process' ? c.entity.key.indexOf('@') : -1;
      if (at > 0 && /:\d{1,5}$/.test(c.entity.key)) put(c.entity.key.slice(at + 1), c.entity.key.slice(0, at));
    }
  }
  for (const { model } of readings.of(prometheusApi)) {
    for (const s of model.series) {
      const name = s.labels['service'] ?? s.labels['app'] ?? (s.labels['pod'] === undefined ? s.labels['job'] : undefined);
      const instance = s.labels['instance'];
      // an exporter's own address is not the object's
      if (name !== undefined && instance !== undefined && !(s.name ?? '').startsWith('kube_') && name !== 'kube-state-metrics') put(instance, name);
    }
  }
  for (const address of contested) out.delete(address);
  memo.set(readings, out);
  return out;
}
