/** Who held locks that others waited for, who waited for locks, and which requests waited for channels, from mutex and block profiles. */
import { channelWaited, lockContended } from '../../model/conditions/contention.ts';
import {
  type Artifact,
  type Condition,
  condition,
  type Entity,
  entityId,
  type Identified,
  type Instant,
  instant,
  type Kind,
  normaliseGoSymbol,
  type Observation,
  type Observer,
  originOfFrame,
  type Place,
  type Readings,
  type Strength,
  shortGoSymbol,
} from '../../model/index.ts';
import { framesOf, type Profile, type ProfileFrame, pprof, typeIndex } from '../../read/pprof/index.ts';
import { pprofText } from '../../read/pprof-text/index.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';
import { placeOfSample } from '../lib/profiles/captures.ts';
import { profileOfText } from '../lib/profiles/from-text.ts';
import { waitedAtChannels } from './channels.ts';

type Side = 'released' | 'waited';

/** Less than a second of waiting since the program began is no contention. */
const LEAST_SECONDS = 1;
const LEAST_SHARE = 0.5;
const RELEASES = /^(?:internal\/)?sync\.\(\*(?:Mutex|RWMutex|rlocker)\)\.(?:Unlock|RUnlock|unlockSlow|rUnlockSlow)$/;
const WAITS = /^(?:internal\/)?sync\.\(\*(?:Mutex|RWMutex|rlocker)\)\.(?:Lock|RLock|lockSlow)$/;
const OF_SYNC = /^(?:internal\/)?sync\.|^runtime\./;

interface Sum {
  frame: ProfileFrame;
  nanoseconds: number;
  places: { nanoseconds: number; place: Place }[];
}

interface Tally {
  readonly process: Entity;
  readonly strength: Strength;
  readonly side: Side;
  readonly at: Instant | null;
  total: number;
  readonly functions: Map<string, Sum>;
}

/** Contention profiles of both kinds have the same sample types: what the stack ends with tells them apart. */
function sideOf(frames: readonly ProfileFrame[]): Side | null {
  for (const f of frames) {
    if (RELEASES.test(f.function)) return 'released';
    if (WAITS.test(f.function)) return 'waited';
    if (!OF_SYNC.test(f.function)) return null;
  }
  return null;
}

interface Contended {
  readonly artifact: Artifact;
  readonly model: Profile;
}

const memo = new WeakMap<Readings, readonly Contended[]>();

/** Contention profiles of both forms. As text a wait for a channel has lost its innermost frames, so that is looked for in the others only. */
function contended(readings: Readings): readonly Contended[] {
  let known = memo.get(readings);
  if (known === undefined) {
    const texts = readings.of(pprofText).filter((r) => r.model.types.includes('delay'));
    known = [...readings.of<Profile>(pprof), ...texts.map(({ artifact, model }) => ({ artifact, model: profileOfText(model) }))].filter(
      ({ model }) => typeIndex(model, 'contentions') >= 0 && typeIndex(model, 'delay') >= 0,
    );
    memo.set(readings, known);
  }
  return known;
}

function tallies(readings: Readings): Tally[] {
  const best = new Map<string, Tally>();
  for (const { artifact, model } of contended(readings)) {
    const delay = typeIndex(model, 'delay');
    const { process, strength } = processOfArtifact(artifact, readings);
    const at = artifact.takenAt ?? (model.timeNanos > 0n ? instant(model.timeNanos) : null);
    const found = new Map<Side, Tally>();
    for (let s = 0; s < model.samples.count; s++) {
      const nanoseconds = model.samples.value[s * model.sampleTypes.length + delay] ?? 0;
      if (nanoseconds <= 0) continue;
      const frames = framesOf(model, s);
      const side = sideOf(frames);
      // where the lock belongs to: the function that calls Lock or Unlock
      const frame = side === null ? undefined : frames.find((f) => !OF_SYNC.test(f.function));
      if (side === null || frame === undefined) continue;
      const tally = found.get(side) ?? { process, strength, side, at, total: 0, functions: new Map<string, Sum>() };
      found.set(side, tally);
      tally.total += nanoseconds;
      if (!['own', 'dependency'].includes(originOfFrame(frame.function, frame.file))) continue;
      const name = normaliseGoSymbol(frame.function);
      const sum = tally.functions.get(name) ?? { frame, nanoseconds: 0, places: [] };
      sum.nanoseconds += nanoseconds;
      sum.places.push({ nanoseconds, place: placeOfSample(artifact, model, s, shortGoSymbol(frame.function)) });
      if (sum.places.every((p) => p.nanoseconds <= nanoseconds)) sum.frame = frame;
      tally.functions.set(name, sum);
    }
    // they count from the start of the process: the fullest holds what the others hold
    for (const tally of found.values()) {
      const key = `${entityId(process)} ${tally.side}`;
      if ((best.get(key)?.total ?? 0) < tally.total) best.set(key, tally);
    }
  }
  return [...best.values()];
}

const secondsText = (s: number): string => (s < 10 ? s.toFixed(1) : String(Math.round(s)));

function told(t: Tally): Condition[] {
  if (t.total / 1e9 < LEAST_SECONDS) return [];
  return [...t.functions].flatMap(([name, { frame, nanoseconds, places }]) => {
    const share = nanoseconds / t.total;
    if (share < LEAST_SHARE) return [];
    const seconds = nanoseconds / 1e9;
    const percent = Math.round(share * 100);
    return [
      condition(lockContended, {
        entity: t.process,
        discriminator: `${t.side} ${name}`,
        during: { from: null, to: t.at },
        onset: { lastWell: null, firstIll: null },
        quantity: { value: seconds, unit: 'seconds', known: 'sampled' },
        facts: { side: t.side, function: name, file: frame.file, line: frame.line, share: Math.round(share * 1000) / 1000, seconds: Math.round(seconds * 1000) / 1000 },
        says:
          t.side === 'released'
            ? `${percent} % of the waiting for locks (${secondsText(seconds)} s) ended when ${shortGoSymbol(name)} unlocked`
            : `${percent} % of the waiting for locks (${secondsText(seconds)} s) was in ${shortGoSymbol(name)}:${frame.line}`,
        places: [...places]
          .sort((a, b) => b.nanoseconds - a.nanoseconds)
          .slice(0, 2)
          .map((p) => p.place),
        strength: t.strength,
      }),
    ];
  });
}

export const contention: Observer = {
  id: 'contention',
  answers: [lockContended, channelWaited] as readonly unknown[] as readonly Kind[],
  identify: (readings): Identified => ({
    aliases: [],
    edges: contended(readings).flatMap(({ artifact }) => processOfArtifact(artifact, readings).edges),
  }),
  look(kind, _query, world): Observation {
    if (kind.id === channelWaited.id)
      return {
        conditions: waitedAtChannels(world.readings),
        covered: [],
        notObservable: [{ why: 'no block profile at hand shows requests that wait for a channel', next: kind.next }],
      };
    const conditions = tallies(world.readings).flatMap(told);
    // empty unless the program set a rate, which the profile does not say: never absent
    return { conditions, covered: [], notObservable: [{ why: 'no mutex or block profile at hand shows much waiting for one lock', next: kind.next }] };
  },
};
