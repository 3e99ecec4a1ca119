/**
 * Processes of plain machines that ended, as their supervisor tells it. A stop that somebody asked for is no harm; "exit status 2" alone is
 * an ending only where `go run` writes it, at the very end of a capture.
 */

import { processExited } from '../../model/conditions/crash.ts';
import {
  type Artifact,
  type Condition,
  type Coverage,
  condition,
  type Edge,
  type Entity,
  type Identified,
  type Kind,
  type Observation,
  type Observer,
  placeAt,
  processOf,
  type Readings,
  type Strength,
  service,
} from '../../model/index.ts';
import { type Supervised, type SupervisedEnd, supervisor } from '../../read/supervisor/index.ts';
import { earliest, latest } from '../lib/earliest.ts';
import { stemOf } from '../lib/pile.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';

interface Ended {
  readonly artifact: Artifact;
  readonly process: Entity;
  readonly strength: Strength;
  readonly named: string | null;
  readonly end: SupervisedEnd;
}

function endings(readings: Readings): Ended[] {
  const out: Ended[] = [];
  for (const { artifact, model } of readings.of<Supervised>(supervisor)) {
    for (const end of model.ends) {
      if (end.wanted || (end.code === null && end.signal === null) || end.code === 0) continue;
      if (end.supervisor === 'go-run' && end.span.offset + end.span.length < artifact.source.sizeBytes - 2) continue;
      // the log of one process, whoever supervises it
      const stated = processOfArtifact(artifact, readings);
      if (end.name === null || stated.strength !== 'guessed') out.push({ artifact, process: stated.process, strength: stated.strength, named: null, end });
      else out.push({ artifact, process: processOf(`${end.name}@${stemOf(artifact)}`), strength: 'derived', named: end.name, end });
    }
  }
  return out;
}

const endText = (e: SupervisedEnd): string => (e.signal === null ? `exit status ${e.code ?? '?'}` : e.signal);

function exited(readings: Readings): Condition[] {
  const groups = new Map<string, Ended[]>();
  for (const e of endings(readings)) {
    const key = `${e.process.key} ${endText(e.end)}`;
    groups.set(key, [...(groups.get(key) ?? []), e]);
  }
  return [...groups.values()].map((list) => {
    const first = list[0] as Ended;
    const from = earliest(list.map((e) => e.end.at));
    return condition(processExited, {
      entity: first.process,
      discriminator: first.end.signal === null ? `exit ${first.end.code ?? '?'}` : `signal ${first.end.signal}`,
      during: { from, to: latest(list.map((e) => e.end.at)) },
      onset: { lastWell: null, firstIll: from, clock: first.artifact.id },
      quantity: { value: list.length, unit: 'times', known: 'counted' },
      facts: { code: first.end.code, signal: first.end.signal, supervisor: first.end.supervisor, count: list.length },
      says: `${first.named ?? 'the process'} ended with ${endText(first.end)}${list.length === 1 ? '' : `, ${list.length} times`}${list.some((e) => e.end.oom) ? ' (out of memory, says its supervisor)' : ''}`,
      places: list.slice(0, 3).map((e) => placeAt(e.artifact.id, e.end.span)),
      strength: first.strength,
    });
  });
}

export const supervision: Observer = {
  id: 'supervisor',
  answers: [processExited],
  identify(readings): Identified {
    const edges: Edge[] = [];
    const done = new Set<string>();
    for (const e of endings(readings)) {
      if (done.has(e.process.key)) continue;
      done.add(e.process.key);
      if (e.named === null) edges.push(...processOfArtifact(e.artifact, readings).edges);
      else edges.push({ from: e.process, relation: 'part-of', to: service(e.named), strength: 'derived', places: [placeAt(e.artifact.id, e.end.span)] });
    }
    return { aliases: [], edges };
  },
  look(kind: Kind, _query, world): Observation {
    if (kind.id !== processExited.id) return { conditions: [], covered: [], notObservable: [] };
    // a log without such lines covers nothing: only its supervisor would have written them
    const covered: Coverage[] = [];
    return { conditions: exited(world.readings), covered, notObservable: [{ why: 'no supervisor told of an ending', next: processExited.next }] };
  },
};
