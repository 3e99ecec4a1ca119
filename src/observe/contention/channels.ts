/** Where requests wait for a channel, from block profiles: only waits that ended are in them, and only below a handler they are a request's. */
import { channelWaited } from '../../model/conditions/contention.ts';
import {
  type Artifact,
  type Condition,
  condition,
  type Entity,
  entityId,
  type Instant,
  instant,
  normaliseGoSymbol,
  originOfFrame,
  type Place,
  type Readings,
  type Strength,
  shortGoSymbol,
} from '../../model/index.ts';
import { framesOf, type Profile, type ProfileFrame, pprof, typeIndex } from '../../read/pprof/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';
import { placeOfSample } from '../lib/profiles/captures.ts';
import { answersRequest } from '../lib/request-frames.ts';

type Op = 'send' | 'receive' | 'select';

/** Less than this in all is no waiting to speak of. */
const LEAST_SECONDS = 1;
const LEAST_SHARE = 0.3;
const OPS: Readonly<Record<string, Op>> = {
  'runtime.chansend': 'send',
  'runtime.chansend1': 'send',
  'runtime.chanrecv': 'receive',
  'runtime.chanrecv1': 'receive',
  'runtime.chanrecv2': 'receive',
  'runtime.selectgo': 'select',
};

interface Sum {
  readonly op: Op;
  readonly frame: ProfileFrame;
  nanoseconds: number;
  waits: number;
  heaviest: number;
  sample: number;
}

interface Tally {
  readonly artifact: Artifact;
  readonly model: Profile;
  readonly process: Entity;
  readonly strength: Strength;
  readonly at: Instant | null;
  total: number;
  readonly sums: Map<string, Sum>;
}

export function waitedAtChannels(readings: Readings): Condition[] {
  const fullest = new Map<string, Tally>();
  for (const { artifact, model } of readings.of<Profile>(pprof)) {
    const delay = typeIndex(model, 'delay');
    const contentions = typeIndex(model, 'contentions');
    if (delay < 0 || contentions < 0) continue;
    const { process, strength } = processOfArtifact(artifact, readings);
    const at = artifact.takenAt ?? (model.timeNanos > 0n ? instant(model.timeNanos) : null);
    const tally: Tally = { artifact, model, process, strength, at, total: 0, sums: new Map() };
    for (let s = 0; s < model.samples.count; s++)
      add(tally, s, model.samples.value[s * model.sampleTypes.length + delay]!, model.samples.value[s * model.sampleTypes.length + contentions]!);
    // they count from the start of the process: the fullest holds what the others hold
    if (tally.total > (fullest.get(entityId(process))?.total ?? 0)) fullest.set(entityId(process), tally);
  }
  return [...fullest.values()].flatMap(told);
}

function add(t: Tally, sample: number, nanoseconds: number, waits: number): void {
  if (nanoseconds <= 0) return;
  const frames = framesOf(t.model, sample);
  if (!answersRequest(frames)) return;
  t.total += nanoseconds;
  const op = OPS[frames[0]?.function ?? ''];
  const at = frames.findIndex((f) => !f.function.startsWith('runtime.'));
  const frame = frames[at];
  // a library's own channels (a server's, a pool's) are another story
  if (op === undefined || frame === undefined || originOfFrame(frame.function, frame.file) !== 'own') return;
  const key = `${op} ${normaliseGoSymbol(frame.function)}:${frame.line}`;
  const sum = t.sums.get(key) ?? { op, frame, nanoseconds: 0, waits: 0, heaviest: 0, sample };
  t.sums.set(key, sum);
  sum.nanoseconds += nanoseconds;
  sum.waits += waits;
  if (nanoseconds > sum.heaviest) {
    sum.heaviest = nanoseconds;
    sum.sample = sample;
  }
}

const round = (n: number): number => Math.round(n * 1000) / 1000;

function told(t: Tally): Condition[] {
  return [...t.sums.values()].flatMap((s) => {
    const seconds = s.nanoseconds / 1e9;
    const share = s.nanoseconds / t.total;
    if (seconds < LEAST_SECONDS || share < LEAST_SHARE || s.waits <= 0) return [];
    const name = normaliseGoSymbol(s.frame.function);
    const where = `${shortGoSymbol(name)}:${s.frame.line}`;
    const place: Place = placeOfSample(t.artifact, t.model, s.sample, where);
    const mean = seconds / s.waits;
    return [
      condition(channelWaited, {
        entity: t.process,
        discriminator: `${s.op} ${name}:${s.frame.line}`,
        during: { from: null, to: t.at },
        onset: { lastWell: null, firstIll: null },
        quantity: { value: round(seconds), unit: 'seconds', known: 'sampled' },
        facts: {
          op: s.op,
          function: name,
          file: s.frame.file,
          line: s.frame.line,
          share: round(share),
          seconds: round(seconds),
          waits: Math.round(s.waits),
          meanSeconds: round(mean),
        },
        says: `requests waited ${Math.round(seconds)} s in all for a channel at ${where} [${s.op}], ${mean >= 1 ? `${round(mean)} s` : `${Math.round(mean * 1000)} ms`} each: ${Math.round(share * 100)} % of what they waited`,
        places: [place],
        strength: t.strength,
      }) as Condition,
    ];
  });
}
