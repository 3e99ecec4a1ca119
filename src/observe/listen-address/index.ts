/**
 * One listen address is one process: a profile or dump fetched from http://10.244.1.7:6060 and series scraped from instance="10.244.1.7:6060"
 * speak of one process, although the one is named by its container and the other by its scrape job.
 * Reads: commands of captures, labels of series · Answers: nothing, it only joins names.
 * Addresses are reused over time: a name holds for as long as nobody else was reached there, and a series that names its pod speaks of that pod.
 */
import { type Alias, type Entity, type Identified, type Interval, NOTHING, type Observer, placeAt, processOf, type Readings, type Span, sameEntity } from '../../model/index.ts';
import { prometheusApi } from '../../read/prometheus-api/index.ts';
import { tenancies } from '../lib/address-lives.ts';

const ADDRESS = /\bhttps?:\/\/(\[[0-9a-fA-F:]{2,45}\]:\d{1,5}|[\w.-]{1,253}:\d{1,5})\//;

export const listenAddress: Observer = {
  id: 'listen-address',
  answers: [],

  identify(readings: Readings): Identified {
    const byAddress = new Map<string, { process: string; pod: string | null; artifact: string; span: Span }[]>();
    for (const { artifact, model } of readings.of(prometheusApi)) {
      for (const s of model.series) {
        const instance = s.labels['instance'];
        // kube-state-metrics and cAdvisor speak of others: their instance is their own
        if (instance === undefined || s.name === null || /^(?:kube_|container_|machine_)/.test(s.name)) continue;
        const job = s.labels['job'];
        const process = job === undefined ? instance : `${job}@${instance}`;
        const list = byAddress.get(instance) ?? [];
        const podName = s.labels['pod'] ?? null;
        if (!list.some((x) => x.process === process && x.pod === podName)) list.push({ process, pod: podName, artifact: artifact.id, span: s.span });
        byAddress.set(instance, list);
      }
    }
    const reached = new Map<string, { owner: Entity; at: Interval }[]>();
    for (const artifact of readings.artifacts) {
      const address = ADDRESS.exec(artifact.command ?? '')?.[1];
      const inside = artifact.covers.find((c) => c.entity.kind === 'container');
      if (address === undefined || inside === undefined) continue;
      const at = artifact.takenAt === undefined ? artifact.interval : { from: artifact.takenAt, to: artifact.takenAt };
      reached.set(address, [...(reached.get(address) ?? []), { owner: inside.entity, at }]);
    }
    const aliases: Alias[] = [];
    for (const [address, seen] of reached) {
      for (const { owner, during } of tenancies(seen, sameEntity)) {
        // reached in turn with others (a forwarded port): the address tells nothing
        if (during === null) continue;
        for (const series of byAddress.get(address) ?? []) {
          if (series.pod !== null && series.pod !== owner.key.split('/')[1]) continue;
          if (aliases.some((a) => a.a.key === owner.key && a.b.key === series.process)) continue;
          aliases.push({
            a: processOf(owner.key),
            b: processOf(series.process),
            strength: 'derived',
            why: `both were reached at ${address}`,
            places: [placeAt(series.artifact, series.span)],
            ...(during.from === null && during.to === null ? {} : { during }),
          });
        }
      }
    }
    return { aliases, edges: [] };
  },

  look: () => NOTHING,
};
