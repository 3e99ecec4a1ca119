/**
 * Was a function of the program at work while captures were taken? From CPU profiles and what heap profiles say was allocated; dumps have
 * goroutines/seen. Reads: pprof · Answers: code/ran, for a function that is asked about. That it is in no profile says nothing: it may be quick.
 */
import { codeRan } from '../../model/conditions/code.ts';
import {
  type Artifact,
  type Condition,
  condition,
  type Entity,
  goFunction,
  type Kind,
  normaliseGoSymbol,
  type Observation,
  type Observer,
  placeAt,
  type Readings,
  type World,
} from '../../model/index.ts';
import { framesOf, type Profile, pprof, sampleSpan } from '../../read/pprof/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';

export const codeRunning: Observer = {
  id: 'code-running',
  answers: [codeRan] as readonly unknown[] as readonly Kind[],

  look(_kind, query, world: World): Observation {
    const name = query.entity?.kind === 'function' ? query.entity.key : null;
    const found = name === null ? [] : ranIn(world.readings, name);
    return {
      conditions: found,
      covered: [],
      notObservable: found.length > 0 ? [] : [{ why: name === null ? 'no function was asked about' : `no profile at hand has ${name} on a stack`, next: codeRan.next }],
    };
  },
};

const memo = new WeakMap<Readings, Map<string, readonly Condition[]>>();

function ranIn(readings: Readings, name: string): readonly Condition[] {
  const known = memo.get(readings) ?? new Map<string, readonly Condition[]>();
  memo.set(readings, known);
  const before = known.get(name);
  if (before !== undefined) return before;
  const made = readings.of(pprof).flatMap(({ artifact, model }) => {
    const type = typeOf(model);
    const sample = type === null ? -1 : firstSample(model, name);
    return type === null || sample < 0 ? [] : [ran(artifact, model, sample, name, type, processOfArtifact(artifact, readings))];
  });
  known.set(name, made);
  return made;
}

const typeOf = (p: Profile): string | null =>
  p.sampleTypes.some((t) => t.type === 'cpu') ? 'CPU profile' : p.sampleTypes.some((t) => t.type === 'alloc_space') ? 'heap profile' : null;

function firstSample(p: Profile, name: string): number {
  for (let s = 0; s < p.samples.count; s++) if (framesOf(p, s).some((f) => normaliseGoSymbol(f.function) === name)) return s;
  return -1;
}

function ran(artifact: Artifact, p: Profile, sample: number, name: string, type: string, owner: { process: Entity; strength: Condition['strength'] }): Condition {
  const at = artifact.takenAt ?? null;
  return condition(codeRan, {
    entity: goFunction(name),
    discriminator: artifact.id,
    during: { from: null, to: at },
    onset: { lastWell: null, firstIll: at },
    facts: { function: name, process: owner.process.key, seenIn: type },
    says: `${name} ran: it is on a stack of a ${type}`,
    places: [placeAt(artifact.id, sampleSpan(p, sample), { pointer: `sample ${sample} of ${p.samples.count}` })],
    strength: owner.strength,
  }) as Condition;
}
