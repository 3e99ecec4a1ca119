/**
 * Conditions of containers, pods, workloads, nodes and configuration, from Kubernetes objects, events and what kubectl prints.
 * Traps it knows: the kubelet writes no event for an OOM kill; lastState holds the newest end only; a ready pod may have been OOMKilled;
 * a refused readiness probe at start and an exit after SIGTERM are what every rollout passes through; completed Jobs are well; events expire.
 */

import { rollout, scaled } from '../../model/conditions/change.ts';
import {
  commandWrong,
  deniedByPolicy,
  imageReferenceWrong,
  outsideLimitRange,
  probeMismatch,
  quotaExhausted,
  referenceMissing,
  registryRefuses,
  requestExceedsNodes,
  runtimeSetting,
  settingMissing,
} from '../../model/conditions/config.ts';
import {
  containerCrashLooping,
  containerExited,
  containerKilledByLiveness,
  containerNotStarting,
  containerOomKilled,
  imageNotPulled,
  probeFailing,
} from '../../model/conditions/container.ts';
import { nodeNotReady, nodeOomKill, nodePressure } from '../../model/conditions/node.ts';
import { jobFailed, podEvicted, podNotReady, podsNotCreated, podUnschedulable, rolloutStuck, workloadUnavailable } from '../../model/conditions/workload.ts';
import type { Condition, Coverage, Kind, NotObservable, Observation, Observer, Query, World } from '../../model/index.ts';
import { type ClusterState, clusterState } from './cluster.ts';
import { imageReferences, missingReferences, refusedCreations, refusingRegistries, requestsNoNodeMeets, wrongCommands } from './configuration.ts';
import { crashLooping, exited, killedByLiveness, oomKilled } from './containers.ts';
import { eventCoverage, nodeCoverage, noEvents, noNodes, noPods, noWorkloads, rowCoverage, statusCoverage, workloadCoverage } from './coverage.ts';
import { flagErrors } from './flags.ts';
import { identify } from './identify.ts';
import { containersKilledByKernel, kernelKills } from './kernel.ts';
import { nodePressures, notReadyNodes } from './nodes.ts';
import { missingSettings, probeMismatches } from './own-words.ts';
import { rollouts, scalings } from './rollouts.ts';
import { environmentCoverage, runtimeSettings } from './runtime-settings.ts';
import { notPulled, notStarting, probes } from './starting.ts';
import { failedJobs, unreadyPods } from './unready.ts';
import { evicted, notCreated, stuckRollouts, unavailable, unschedulable } from './workloads.ts';

interface Rule {
  readonly kind: Kind;
  find(state: ClusterState, world: World): readonly Condition[];
  covered(state: ClusterState): readonly Coverage[];
  /** Where nothing covers it: why, and what to capture. */
  readonly missing: NotObservable;
}

/** Ages of states: a table says the present state only, so it covers crash loops and pulls but no past end. */
const present = (s: ClusterState): Coverage[] => [...statusCoverage(s), ...rowCoverage(s)];

const RULES: readonly Rule[] = [
  { kind: containerOomKilled, find: (s, w) => [...oomKilled(s), ...containersKilledByKernel(w.readings, s)], covered: statusCoverage, missing: noPods },
  { kind: containerExited, find: exited, covered: statusCoverage, missing: noPods },
  { kind: containerCrashLooping, find: crashLooping, covered: present, missing: noPods },
  { kind: containerKilledByLiveness, find: killedByLiveness, covered: eventCoverage, missing: noEvents },
  { kind: probeFailing, find: probes, covered: eventCoverage, missing: noEvents },
  { kind: containerNotStarting, find: notStarting, covered: present, missing: noPods },
  { kind: imageNotPulled, find: notPulled, covered: present, missing: noPods },
  { kind: workloadUnavailable, find: unavailable, covered: workloadCoverage, missing: noWorkloads },
  { kind: rolloutStuck, find: stuckRollouts, covered: workloadCoverage, missing: noWorkloads },
  { kind: podUnschedulable, find: unschedulable, covered: present, missing: noPods },
  { kind: podsNotCreated, find: notCreated, covered: eventCoverage, missing: noEvents },
  { kind: podNotReady, find: unreadyPods, covered: () => [], missing: noPods },
  { kind: jobFailed, find: failedJobs, covered: workloadCoverage, missing: noWorkloads },
  { kind: podEvicted, find: evicted, covered: statusCoverage, missing: noPods },
  { kind: nodeNotReady, find: notReadyNodes, covered: nodeCoverage, missing: noNodes },
  { kind: nodePressure, find: nodePressures, covered: nodeCoverage, missing: noNodes },
  {
    kind: nodeOomKill,
    find: (s, w) => kernelKills(w.readings, s),
    covered: () => [],
    missing: { why: 'no kernel log was captured', next: nodeOomKill.next },
  },
  {
    kind: rollout,
    find: rollouts,
    covered: revisionCoverage,
    missing: { why: 'no ReplicaSets were captured', next: 'kubectl get replicasets,controllerrevisions -A -o json > revisions.json' },
  },
  { kind: scaled, find: scalings, covered: eventCoverage, missing: noEvents },
  { kind: referenceMissing, find: missingReferences, covered: present, missing: noPods },
  { kind: imageReferenceWrong, find: imageReferences, covered: present, missing: noPods },
  { kind: registryRefuses, find: refusingRegistries, covered: present, missing: noPods },
  { kind: requestExceedsNodes, find: requestsNoNodeMeets, covered: present, missing: noPods },
  { kind: quotaExhausted, find: (s) => refusedCreations(s).quotas, covered: eventCoverage, missing: noEvents },
  { kind: outsideLimitRange, find: (s) => refusedCreations(s).ranges, covered: eventCoverage, missing: noEvents },
  { kind: deniedByPolicy, find: (s) => refusedCreations(s).policies, covered: eventCoverage, missing: noEvents },
  {
    kind: probeMismatch,
    find: probeMismatches,
    covered: () => [],
    missing: { why: 'where the program listens is not known', next: 'kubectl logs POD (from its start); kubectl exec POD -- ss -ltnp' },
  },
  {
    kind: settingMissing,
    find: missingSettings,
    covered: () => [],
    missing: { why: 'no log of a container that ended names a missing setting', next: 'kubectl logs POD --previous' },
  },
  {
    kind: runtimeSetting,
    find: runtimeSettings,
    covered: environmentCoverage,
    missing: { why: 'no pod object shows the environment of a container', next: runtimeSetting.next },
  },
  { kind: commandWrong, find: (s, w) => [...wrongCommands(s), ...flagErrors(s, w)], covered: present, missing: noPods },
];

function revisionCoverage(state: ClusterState): Coverage[] {
  return workloadCoverage(state).filter((c) => c.entity?.kind === 'revision' || [...state.listed.keys()].some((k) => k.startsWith('ReplicaSet ')));
}

export const kubernetes: Observer = {
  id: 'kubernetes',
  answers: RULES.map((r) => r.kind),
  identify,
  look(kind: Kind, _query: Query, world: World): Observation {
    const rule = RULES.find((r) => r.kind.id === kind.id);
    if (rule === undefined) return { conditions: [], covered: [], notObservable: [] };
    const state = clusterState(world.readings);
    const covered = rule.covered(state);
    return { conditions: rule.find(state, world), covered, notObservable: covered.length > 0 ? [] : [rule.missing] };
  },
};
