/**
 * Which reader takes which artifact, decided by content; reading itself is lazy and memoised.
 */
import type { Artifact, Problem, Reader, Reading, Readings, Sniff } from '../../model/index.ts';
import { headOf, headText } from './head.ts';

/** Below this no reader owns a file: it is listed as unknown with how far each reader got. */
const OWNS_FROM = 0.5;
/** From here on a costly sniff could not change the owner. */
const SURE_FROM = 0.9;

export interface Tried {
  readonly reader: string;
  readonly reached: number;
  readonly why: string;
}

export interface OpenReadings extends Readings {
  /** The reader that owns the artifact, or null. */
  owner(artifact: Artifact): Reader<unknown> | null;
  /** Readers that found something in it so far. */
  readersOf(artifact: Artifact): readonly string[];
  tried(artifact: Artifact): readonly Tried[];
  /** Reads whatever nobody asked for yet, so that every problem is known. Readers marked lazy are left alone. */
  finish(): void;
  problems(): readonly Problem[];
}

export function openReadings(artifacts: readonly Artifact[], readers: readonly Reader<unknown>[]): OpenReadings {
  const sorted = [...artifacts].sort((a, b) => (a.id < b.id ? -1 : 1));
  const whole = readers.filter((r) => r.takes === 'whole').sort((a, b) => Number(a.costlySniff === true) - Number(b.costlySniff === true) || (a.id < b.id ? -1 : 1));
  const embedded = readers.filter((r) => r.takes === 'embedded').sort((a, b) => (a.id < b.id ? -1 : 1));
  const owners = new Map<string, Reader<unknown> | null>();
  const tries = new Map<string, Tried[]>();
  const texts = new Set<string>();
  for (const a of sorted) {
    const head = headOf(a.source);
    if (looksLikeText(head)) texts.add(a.id);
    let best: { reader: Reader<unknown>; sniff: Sniff } | null = null;
    const tried: Tried[] = [];
    for (const reader of whole) {
      if (reader.costlySniff === true && best !== null && best.sniff.confidence >= SURE_FROM) continue;
      const sniff = reader.sniff(head, a.source.sizeBytes);
      tried.push({ reader: reader.id, reached: sniff.reached, why: sniff.why });
      if (sniff.confidence >= OWNS_FROM && (best === null || sniff.confidence > best.sniff.confidence)) best = { reader, sniff };
    }
    owners.set(a.id, best?.reader ?? null);
    tries.set(
      a.id,
      tried.sort((x, y) => y.reached - x.reached || (x.reader < y.reader ? -1 : 1)),
    );
  }

  const memo = new Map<string, { model: unknown; problems: readonly Problem[] }>();
  // what was opened with is what reads: a reader of the same id may have been given more to know (the user's log formats)
  const given = new Map(readers.map((r) => [r.id, r]));
  const readOnce = (asked: Reader<unknown>, artifact: Artifact): unknown => {
    const reader = given.get(asked.id) ?? asked;
    const key = `${reader.id}\u0000${artifact.id}`;
    let known = memo.get(key);
    if (known === undefined) {
      known = reader.read(artifact);
      memo.set(key, known);
    }
    return known.model;
  };
  const of = <M>(reader: Reader<M>): Reading<M>[] => {
    const out: Reading<M>[] = [];
    for (const artifact of sorted) {
      if (reader.takes === 'whole' ? owners.get(artifact.id)?.id !== reader.id : !texts.has(artifact.id) || reader.mayHold?.(artifact) === false) continue;
      const model = readOnce(reader, artifact) as M | null;
      if (model !== null) out.push({ artifact, reader: reader.id, model });
    }
    return out;
  };
  const lists = new Map<string, readonly Reading<unknown>[]>();
  return {
    artifacts: sorted,
    of<M>(reader: Reader<M>): readonly Reading<M>[] {
      const known = lists.get(reader.id) as readonly Reading<M>[] | undefined;
      if (known !== undefined) return known;
      const made = of(reader);
      lists.set(reader.id, made);
      return made;
    },
    owner: (artifact) => owners.get(artifact.id) ?? null,
    readersOf(artifact) {
      const ids = new Set<string>();
      const owner = owners.get(artifact.id);
      if (owner !== null && owner !== undefined && memo.get(`${owner.id}\u0000${artifact.id}`)?.model !== null) ids.add(owner.id);
      for (const r of embedded) if ((memo.get(`${r.id}\u0000${artifact.id}`)?.model ?? null) !== null) ids.add(r.id);
      return [...ids].sort();
    },
    tried: (artifact) => tries.get(artifact.id) ?? [],
    finish() {
      for (const artifact of sorted) {
        const owner = owners.get(artifact.id);
        if (owner !== null && owner !== undefined && owner.lazy !== true) readOnce(owner, artifact);
      }
    },
    problems() {
      const all: Problem[] = [];
      for (const key of [...memo.keys()].sort()) all.push(...(memo.get(key)?.problems ?? []));
      return all;
    },
  };
}

const ODD = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

/** No NUL in the head and hardly any control bytes: embedded readers look into it. */
function looksLikeText(head: Uint8Array): boolean {
  // nearly every file: told at once
  if (!ODD.test(headText(head))) return true;
  let odd = 0;
  for (let i = 0; i < head.length; i++) {
    const b = head[i] as number;
    if (b > 31) continue;
    if (b === 0) odd += 8;
    else if (b < 9 || (b > 13 && b !== 27)) odd++;
  }
  return odd * 50 <= head.length;
}
