import { probeFailing } from '../../../../model/conditions/container.ts';
import { podNotReady } from '../../../../model/conditions/workload.ts';
import { defineMechanism, holds, isKind, type Kind } from '../../../../model/index.ts';
import { onParts } from '../../../lib/part-joins.ts';

const KINDS = [probeFailing] as unknown as readonly Kind[];

export const probeUnready = defineMechanism({
  id: 'kubernetes/probe-unready',
  title: 'the pod is not ready because its readiness probe fails',
  to: podNotReady,
  from: [{ kind: probeFailing, role: 'amplifier', join: onParts(KINDS, (cause) => isKind(cause, probeFailing) && cause.facts.probe !== 'liveness') }],
  because: 'a pod is ready only while the readiness probe of each of its containers succeeds',
  requires: [],
  confirms: [
    { id: 'kubelet-says-so', title: 'the kubelet says that the probe fails', test: ({ causes }) => holds(String(causes[0]?.facts['message'] ?? ''), causes[0]?.places ?? []) },
  ],
  refutes: [],
  rivals: [],
  order: 'same-record',
  status: 'established',
  culprits: (link) => [{ kind: 'object', ref: link.effect.entity.key }],
  acceptedFalsePositives: ['a readiness gate that is not met besides'],
});
