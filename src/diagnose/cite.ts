/** Numbers places in the order they are cited and fills in file, line and the raw excerpt. */
import { type Artifact, type CitedPlace, type Place, placeKey, readSlice } from '../model/index.ts';

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export interface Citer {
  /** The numbers of these places, each place once, ascending. */
  cite(places: readonly Place[], most?: number): number[];
  places(): CitedPlace[];
}

export function openCiter(artifacts: readonly Artifact[]): Citer {
  const byId = new Map(artifacts.map((a) => [a.id, a]));
  const numbers = new Map<string, number>();
  const cited: Place[] = [];
  return {
    cite(places, most = 4) {
      const out = new Set<number>();
      for (const p of places) {
        if (out.size >= most) break;
        if (!byId.has(p.artifact)) continue;
        const key = placeKey(p);
        let n = numbers.get(key);
        if (n === undefined) {
          n = cited.length + 1;
          numbers.set(key, n);
          cited.push(p);
        }
        out.add(n);
      }
      return [...out].sort((a, b) => a - b);
    },
    places() {
      const lines = lineNumbers(cited, byId);
      return cited.map((p, i) => {
        const artifact = byId.get(p.artifact) as Artifact;
        const { excerpt, length } = excerptOf(artifact, p);
        const line = lines.get(i);
        return {
          n: i + 1,
          ...p,
          length,
          file: artifact.path,
          ...(artifact.member === undefined ? {} : { member: artifact.member }),
          decoders: [...artifact.decoders, ...(p.decoders ?? [])],
          ...(line === undefined || excerpt.startsWith('hex:') ? {} : { line }),
          excerpt,
        };
      });
    },
  };
}

/** The bytes of the span as text, or as hex where they are not text. The length is trimmed to whole characters. */
export function excerptOf(artifact: Artifact, place: Place): { excerpt: string; length: number } {
  const bytes = readSlice(artifact.source, place.offset, place.length);
  if (!bytes.includes(0) && !isBinary(artifact)) {
    // a span that was capped may end inside a character: at most three bytes belong to it
    for (let trim = 0; trim <= 3 && trim <= bytes.length; trim++) {
      try {
        return { excerpt: strictUtf8.decode(bytes.subarray(0, bytes.length - trim)), length: bytes.length - trim };
      } catch {
        if (trim > 0 && place.length < 600) break;
      }
    }
  }
  const most = bytes.subarray(0, 64);
  return { excerpt: `hex:${Array.from(most, (b) => b.toString(16).padStart(2, '0')).join('')}`, length: most.length };
}

function lineNumbers(places: readonly Place[], artifacts: ReadonlyMap<string, Artifact>): Map<number, number> {
  const out = new Map<number, number>();
  const byArtifact = new Map<string, { index: number; offset: number }[]>();
  places.forEach((p, index) => {
    const list = byArtifact.get(p.artifact) ?? [];
    list.push({ index, offset: p.offset });
    byArtifact.set(p.artifact, list);
  });
  for (const [id, wanted] of byArtifact) {
    const artifact = artifacts.get(id) as Artifact;
    wanted.sort((a, b) => a.offset - b.offset);
    let line = 1;
    let at = 0;
    for (const w of wanted) {
      while (at < w.offset) {
        const block = readSlice(artifact.source, at, Math.min(1 << 20, w.offset - at));
        if (block.length === 0) break;
        for (let k = block.indexOf(10); k >= 0; k = block.indexOf(10, k + 1)) line++;
        at += block.length;
      }
      out.set(w.index, line);
    }
  }
  return out;
}

const HEAD_BYTES = 512;
const binary = new WeakMap<Artifact, boolean>();

/** Some bytes of a file that is no text happen to be text: a zero byte at its begin tells. */
function isBinary(artifact: Artifact): boolean {
  let known = binary.get(artifact);
  if (known === undefined) {
    known = readSlice(artifact.source, 0, HEAD_BYTES).includes(0);
    binary.set(artifact, known);
  }
  return known;
}
