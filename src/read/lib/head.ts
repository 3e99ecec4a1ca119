/** The first bytes of a source, which every reader is shown and some come back to. */
import { type ByteSource, readSlice, SNIFF_BYTES } from '../../model/index.ts';

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
