/** The first bytes of a source, which every reader is shown and some come back to. */
import { type ByteSource, decodeLatin1, readSlice, SNIFF_BYTES } from '../../model/index.ts';

const views = new WeakMap<ByteSource, Uint8Array>();

/**
 * The first 64 KiB. Of a source in memory it is one and the same view each time, so that what a reader saw in it can be kept beside it;
 * of any other it is read anew, because keeping 64 KiB of each of thousands of files is too much.
 */
export function headOf(source: ByteSource): Uint8Array {
  if (!('bytes' in source)) return readSlice(source, 0, SNIFF_BYTES);
  let view = views.get(source);
  if (view === undefined) {
    view = readSlice(source, 0, SNIFF_BYTES);
    views.set(source, view);
  }
  return view;
}

let lastHead: Uint8Array | null = null;
let lastText = '';

/** A head, one character per byte: every reader is shown the same one, one after the other, and most look for a few words in it. */
export function headText(head: Uint8Array): string {
  if (head !== lastHead) {
    lastText = decodeLatin1(head);
    lastHead = head;
  }
  return lastText;
}

/** The bytes up to the end of so many lines. */
export function firstLines(head: Uint8Array, most: number): Uint8Array {
  let end = 0;
  for (let n = 0; n < most; n++) {
    const lf = head.indexOf(0x0a, end);
    if (lf < 0) return head;
    end = lf + 1;
  }
  return head.subarray(0, end);
}
