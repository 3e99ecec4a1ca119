import { numberAt, objectAt, textAt } from '../lib/fields.ts';
import type { EventView } from '../lib/kubernetes-views.ts';
import { fieldOf, instantAt, type KubernetesObject, withField } from './object.ts';

/** spec.containers{orders} → orders; also spec.initContainers{…}. */
export function containerOfFieldPath(path: string | null): string | null {
  if (path === null) return null;
  const m = /^spec\.(?:initContainers|containers|ephemeralContainers)\{([^{}]{1,253})\}$/.exec(path);
  return m?.[1] ?? null;
}

/**
 * core/v1 and events.k8s.io/v1 differ in names: involvedObject/regarding, message/note, count/deprecatedCount,
 * source/deprecatedSource, reportingComponent/reportingController. Scheduler events carry eventTime only.
 */
export function eventView(o: KubernetesObject): EventView | null {
  const v = o.value;
  const at = objectAt(v, 'involvedObject') ?? objectAt(v, 'regarding');
  const reason = textAt(v, 'reason');
  if (at === null || reason === null) return null;
  const firstStamp = instantAt(v, 'firstTimestamp') ?? instantAt(v, 'deprecatedFirstTimestamp');
  const lastStamp = instantAt(v, 'lastTimestamp') ?? instantAt(v, 'deprecatedLastTimestamp');
  const eventTime = instantAt(v, 'eventTime');
  const created = instantAt(v, 'metadata', 'creationTimestamp');
  return withField(fieldOf(o, ''), {
    namespace: o.namespace,
    name: o.name === '' ? null : o.name,
    type: textAt(v, 'type'),
    reason,
    message: textAt(v, 'message') ?? textAt(v, 'note') ?? '',
    involvedKind: textAt(at, 'kind') ?? '',
    involvedName: textAt(at, 'name') ?? '',
    involvedNamespace: textAt(at, 'namespace'),
    involvedUid: textAt(at, 'uid'),
    container: containerOfFieldPath(textAt(at, 'fieldPath')),
    first: firstStamp ?? eventTime ?? created,
    last: instantAt(v, 'series', 'lastObservedTime') ?? lastStamp ?? eventTime ?? created,
    count: Math.max(1, numberAt(v, 'series', 'count') ?? numberAt(v, 'count') ?? numberAt(v, 'deprecatedCount') ?? 1),
    source: textAt(v, 'source', 'component') ?? textAt(v, 'deprecatedSource', 'component') ?? textAt(v, 'reportingComponent') ?? textAt(v, 'reportingController'),
    precisionSeconds: 1,
  });
}
