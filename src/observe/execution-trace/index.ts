/**
 * Observes what execution traces prove: queues at locks and channels with who keeps them waiting, pauses by who asked for them, processors that
 * are too few or taken away, and assists. Reads: execution-trace · Answers: execution-trace/…
 * A trace covers its process for its time: what it does not show was not so then. Every claim cites an event by its bytes.
 */
import * as kinds from '../../model/conditions/execution-trace.ts';
import {
  type Artifact,
  type Condition,
  type Coverage,
  type Identified,
  type Instant,
  instant,
  type Kind,
  type Observation,
  type Observer,
  placeAt,
  type Query,
  type Readings,
  type TraceSummary,
  type World,
} from '../../model/index.ts';
import { type ExecutionTrace, executionTrace } from '../../read/execution-trace/index.ts';
import { analyseTrace } from '../lib/execution-trace/summary.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';
import { pauseConditions, processorConditions } from './processors.ts';
import { channelConditions, lockConditions } from './queues.ts';
import type { Seen } from './seen.ts';
import { assistConditions } from './work.ts';

const ANSWERS = [
  kinds.lockQueue,
  kinds.heldAcrossWait,
  kinds.channelQueue,
  kinds.oneReceiver,
  kinds.worldStopped,
  kinds.stoppedByCapture,
  kinds.stoppedByProgram,
  kinds.stoodStill,
  kinds.quotaPeriod,
  kinds.schedulerLate,
  kinds.processorsBusy,
  kinds.assistsHeavy,
] as readonly unknown[] as readonly Kind[];

/** A stretch shorter than this tells no share of the time. */
const LEAST_NS = 20_000_000;

/** Several kinds are asked of one trace: it is read once. */
const analysed = new WeakMap<ExecutionTrace, { summary: TraceSummary; first: number } | null>();

function summaryOf(trace: ExecutionTrace): { summary: TraceSummary; first: number } | null {
  let known = analysed.get(trace);
  if (known === undefined) {
    const found = analyseTrace(trace);
    known = found === null ? null : { summary: found.summary, first: found.analysis.first };
    analysed.set(trace, known);
  }
  return known;
}

export const executionTraces: Observer = {
  id: 'execution-trace',
  answers: ANSWERS,

  identify: (readings: Readings): Identified => ({
    aliases: [],
    edges: readings.of(executionTrace).flatMap(({ artifact }) => processOfArtifact(artifact, readings).edges),
  }),

  look(kind: Kind, _query: Query, world: World): Observation {
    const conditions: Condition[] = [];
    const covered: Coverage[] = [];
    const notObservable: { why: string; next: string }[] = [];
    for (const { artifact, model } of world.readings.of(executionTrace)) {
      const found = summaryOf(model);
      if (found === null || found.summary.wallNs < LEAST_NS) {
        notObservable.push({ why: `the trace ${artifact.member ?? artifact.path} holds too little`, next: kind.next });
        continue;
      }
      const seen = seenIn(artifact, model, found, world.readings);
      const of = conditionsOf(seen, kind);
      // nothing is known of what lies between two stretches of a damaged trace: what is absent is so within each
      for (const s of found.summary.stretches) covered.push({ entity: seen.process, interval: { from: seen.at(s.fromNs), to: seen.at(s.toNs) }, places: [seen.head] });
      conditions.push(...of);
    }
    if (covered.length === 0 && notObservable.length === 0) notObservable.push({ why: 'no execution trace is at hand', next: kind.next });
    return { conditions, covered, notObservable };
  },
};

function seenIn(artifact: Artifact, trace: ExecutionTrace, of: { summary: TraceSummary; first: number }, readings: Readings): Seen {
  const { process, strength } = processOfArtifact(artifact, readings);
  const wall = trace.originWallNs;
  const at = (ns: number): Instant | null => (wall === null ? null : instant(wall + BigInt(Math.round(of.first + ns))));
  return {
    artifact,
    trace,
    summary: of.summary,
    first: of.first,
    process,
    strength,
    during: { from: at(0), to: at(of.summary.spanNs) },
    head: placeAt(artifact.id, { offset: 0, length: Math.min(16, artifact.source.sizeBytes) }, { pointer: `execution trace of ${Math.round(of.summary.wallNs / 1e6)} ms` }),
    at,
  };
}

function conditionsOf(seen: Seen, kind: Kind): Condition[] {
  const only = (of: readonly Condition[]): Condition[] => of.filter((c) => c.kind === kind.id);
  switch (kind.id) {
    case kinds.lockQueue.id:
    case kinds.heldAcrossWait.id:
      return only(lockConditions(seen));
    case kinds.channelQueue.id:
    case kinds.oneReceiver.id:
      return only(channelConditions(seen));
    case kinds.worldStopped.id:
    case kinds.stoppedByCapture.id:
    case kinds.stoppedByProgram.id:
      return only(pauseConditions(seen));
    case kinds.assistsHeavy.id:
      return only(assistConditions(seen));
    default:
      return only(processorConditions(seen));
  }
}
