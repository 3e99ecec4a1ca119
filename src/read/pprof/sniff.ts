/** A profile is recognised by its fields: every one has the number and wire type the format gives it, and a value type is well formed. */
import type { Sniff } from '../../model/index.ts';
import { Wire, WireFault } from './wire.ts';

/** Wire type of fields 1 to 15. */
const TYPES: readonly number[] = [-1, 2, 2, 2, 2, 2, 2, 0, 0, 0, 0, 2, 0, -2, 0, 0];

export function sniffProfile(head: Uint8Array, sizeBytes: number): Sniff {
  if (head.length === 0) return { confidence: 0, reached: 0, why: 'no bytes' };
  if (head[0] === 0x1f && head[1] === 0x8b) return { confidence: 0.5, reached: 2, why: 'still compressed with gzip' };
  const wire = new Wire(head);
  let fields = 0;
  let valueTypes = 0;
  let at = 0;
  try {
    while (wire.at < head.length) {
      at = wire.at;
      const tag = wire.index(head.length);
      const field = Math.floor(tag / 8);
      const type = tag & 7;
      const want = TYPES[field];
      if (want === undefined || (want === -2 ? type !== 0 && type !== 2 : want !== type))
        return { confidence: 0, reached: at, why: `field ${field} of wire type ${type} is none of a profile` };
      if (type === 0) wire.varint(head.length);
      else {
        const length = wire.index(head.length);
        if (wire.at + length > sizeBytes && sizeBytes > head.length) return { confidence: 0, reached: at, why: 'a field longer than the file' };
        if (wire.at + length > head.length) {
          // cut profiles are still profiles: the reader says where they end
          fields++;
          break;
        }
        if (field === 1 || field === 11) {
          if (!isValueType(head.subarray(wire.at, wire.at + length))) return { confidence: 0, reached: at, why: 'no value type where one should stand' };
          valueTypes++;
        }
        wire.at += length;
      }
      fields++;
    }
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    if (!error.truncated) return { confidence: 0, reached: at, why: error.message };
  }
  if (valueTypes === 0) return { confidence: 0, reached: at, why: 'no sample type among the first fields' };
  return { confidence: fields >= 3 ? 0.95 : 0.6, reached: at, why: `${fields} fields of a profile` };
}

function isValueType(bytes: Uint8Array): boolean {
  const wire = new Wire(bytes);
  try {
    while (wire.at < bytes.length) {
      const tag = wire.index(bytes.length);
      if (tag !== 8 && tag !== 16) return false;
      wire.index(bytes.length);
    }
  } catch {
    return false;
  }
  return bytes.length > 0;
}
