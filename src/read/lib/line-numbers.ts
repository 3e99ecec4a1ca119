/** Line numbers of byte offsets, in one pass a file that ends at the last offset asked for. */
import { type Newlines, openNewlines } from '../../kernels/index.ts';
import type { Artifact } from '../../model/index.ts';

const WINDOW = 256 * 1024;

export function lineNumbers(places: readonly { readonly artifact: string; readonly offset: number }[], artifacts: readonly Artifact[]): number[] {
  const out = new Array<number>(places.length).fill(0);
  const byArtifact = new Map<string, { readonly i: number; readonly offset: number }[]>();
  for (const [i, { artifact, offset }] of places.entries()) {
    const list = byArtifact.get(artifact);
    if (list === undefined) byArtifact.set(artifact, [{ i, offset }]);
    else list.push({ i, offset });
  }
  const newlines = openNewlines(WINDOW);
  for (const a of artifacts) {
    const wanted = byArtifact.get(a.id)?.sort((x, y) => x.offset - y.offset) ?? [];
    numberIn(a, wanted, newlines, out);
  }
  return out;
}

/** `wanted` in the order of their offsets. */
function numberIn({ source }: Artifact, wanted: readonly { readonly i: number; readonly offset: number }[], newlines: Newlines, out: number[]): void {
  let before = 0;
  let at = 0;
  let next = 0;
  while (next < wanted.length && at < source.sizeBytes) {
    const have = source.readInto(at, newlines.buffer());
    if (have <= 0) return;
    const ends = newlines.run(have);
    let passed = 0;
    for (; next < wanted.length && wanted[next]!.offset < at + have; next++) {
      const to = wanted[next]!.offset - at;
      while (passed < ends.length && ends[passed]! < to) passed++;
      out[wanted[next]!.i] = before + passed + 1;
    }
    before += ends.length;
    at += have;
  }
}
