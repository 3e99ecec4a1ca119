/** Numbers of the wire: LEB128, at most ten bytes, as doubles (exact up to 2^53; what is larger is an id that only has to stay one). */
export class Cursor {
  bytes: Uint8Array;
  at: number;
  end: number;
  /** A number ended beyond `end` or took more than ten bytes. */
  bad = false;

  constructor(bytes: Uint8Array, at = 0, end = bytes.length) {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  byte(): number {
    if (this.at >= this.end) {
      this.bad = true;
      return 0;
    }
    return this.bytes[this.at++] as number;
  }

  uvarint(): number {
    const { bytes, end } = this;
    let at = this.at;
    let value = 0;
    let scale = 1;
    for (let i = 0; i < 10; i++) {
      if (at >= end) break;
      const b = bytes[at++] as number;
      if (b < 0x80) {
        this.at = at;
        return value + b * scale;
      }
      value += (b & 0x7f) * scale;
      scale *= 128;
    }
    this.bad = true;
    this.at = end;
    return 0;
  }
}

/** 2^64-1 stands for "no thread" and "no P". */
export const NONE_64 = 2 ** 64;
export const MAX_BATCH = 64 * 1024;
export const MAX_STRING = 1024;
export const MAX_FRAMES = 128;
