/** Line numbers of byte offsets, in one pass a file that ends at the last offset asked for. */
import type { Artifact } from '../../model/index.ts';
import { readSlice } from '../../model/index.ts';

const WINDOW = 1024 * 1024;

export function lineNumbers(places: readonly { readonly artifact: string; readonly offset: number }[], artifacts: readonly Artifact[]): number[] {
  const out = new Array<number>(places.length).fill(0);
  for (const a of artifacts) {
    const wanted = places.flatMap((p, i) => (p.artifact === a.id ? [{ i, offset: p.offset }] : [])).sort((x, y) => x.offset - y.offset);
    let line = 1;
    let at = 0;
    let next = 0;
    while (next < wanted.length && at < a.source.sizeBytes) {
      const window = readSlice(a.source, at, WINDOW);
      if (window.length === 0) break;
      let from = 0;
      for (; next < wanted.length && wanted[next]!.offset < at + window.length; next++) {
        const to = wanted[next]!.offset - at;
        for (let k = window.indexOf(10, from); k >= 0 && k < to; k = window.indexOf(10, k + 1)) {
          line++;
          from = k + 1;
        }
        out[wanted[next]!.i] = line;
      }
      for (let k = window.indexOf(10, from); k >= 0; k = window.indexOf(10, k + 1)) line++;
      at += window.length;
    }
  }
  return out;
}
