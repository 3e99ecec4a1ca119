/**
 * One listen address is one process: a profile or dump fetched from http://10.244.1.7:6060 and series scraped from instance="10.244.1.7:6060"
 * speak of one process, although the one is named by its container and the other by its scrape job.
 * Reads: commands of captures, labels of series · Answers: nothing, it only joins names.
 * Addresses are reused over time, so this holds only where the series was scraped while the capture covers the same pod.
 */
import { type Alias, type Identified, NOTHING, type Observer, placeAt, processOf, type Readings, type Span } from '../../model/index.ts';
import { prometheusApi } from '../../read/prometheus-api/index.ts';

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
        if (!list.some((x) => x.process === process)) list.push({ process, pod: s.labels['pod'] ?? null, artifact: artifact.id, span: s.span });
        byAddress.set(instance, list);
      }
    }
    const aliases = new Map<string, Alias>();
    for (const artifact of readings.artifacts) {
      const address = ADDRESS.exec(artifact.command ?? '')?.[1];
      const at = address === undefined ? undefined : byAddress.get(address);
      const inside = artifact.covers.find((c) => c.entity.kind === 'container');
      if (at === undefined || inside === undefined) continue;
      const podName = inside.entity.key.split('/')[1];
      for (const seen of at) {
        if (seen.pod !== null && seen.pod !== podName) continue;
        const key = `${inside.entity.key} ${seen.process}`;
        if (!aliases.has(key))
          aliases.set(key, {
            a: processOf(inside.entity.key),
            b: processOf(seen.process),
            strength: 'derived',
            why: `both were reached at ${address}`,
            places: [placeAt(seen.artifact, seen.span)],
          });
      }
    }
    return { aliases: [...aliases.values()], edges: [] };
  },

  look: () => NOTHING,
};
