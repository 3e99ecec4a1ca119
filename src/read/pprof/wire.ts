/**
 * Protocol buffer wire format over a byte array: varints in two 32-bit halves, so that int64 stays exact without a BigInt a value.
 * Varints of more than ten bytes, groups, and lengths that overrun their message are faults with an offset, never guessed around.
 */

/** Caught by the reader and turned into a problem: it never leaves this folder. */
export class WireFault extends Error {
  readonly offset: number;
  readonly truncated: boolean;
  constructor(offset: number, what: string, truncated = false) {
    super(what);
    this.offset = offset;
    this.truncated = truncated;
  }
}

const TWO32 = 4294967296;
/** |value| below this is exact as a double. */
const SAFE_HIGH = 0x200000;

export class Wire {
  readonly bytes: Uint8Array;
  at = 0;
  /** Low and high half of the last varint; `low` is unsigned, `high` signed. */
  low = 0;
  high = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  /** Reads one varint that must end before `stop`. */
  varint(stop: number): void {
    const bytes = this.bytes;
    const start = this.at;
    // most numbers take a byte
    if (start < stop && bytes[start]! < 0x80) {
      this.at = start + 1;
      this.low = bytes[start]!;
      this.high = 0;
      return;
    }
    let at = start;
    let low = 0;
    let high = 0;
    for (let shift = 0; ; shift += 7) {
      if (at >= stop) throw new WireFault(start, 'a number runs over the end of its message', stop === bytes.length);
      if (shift > 63) throw new WireFault(start, 'a number of more than ten bytes');
      const b = bytes[at++]!;
      const bits = b & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high |= bits >>> 4;
      } else high |= bits << (shift - 32);
      if (b < 0x80) break;
    }
    this.at = at;
    this.low = low >>> 0;
    this.high = high | 0;
  }

  /** Signed value of the last varint (two's complement); exact where `exact()` says so. */
  signed(): number {
    return this.high * TWO32 + this.low;
  }

  exact(): boolean {
    return this.high >= -SAFE_HIGH && this.high < SAFE_HIGH;
  }

  /** The last varint as int64. */
  big(): bigint {
    return BigInt(this.high) * 4294967296n + BigInt(this.low);
  }

  /** A count, an index or a field tag: larger than 2^53 is no real one. */
  index(stop: number): number {
    const start = this.at;
    if (start < stop) {
      const b = this.bytes[start]!;
      if (b < 0x80) {
        this.at = start + 1;
        return b;
      }
      if (start + 1 < stop && this.bytes[start + 1]! < 0x80) {
        this.at = start + 2;
        return (b & 0x7f) | (this.bytes[start + 1]! << 7);
      }
    }
    this.varint(stop);
    if (this.high < 0 || this.high >= SAFE_HIGH) throw new WireFault(start, 'an index larger than any table');
    return this.high * TWO32 + this.low;
  }

  /** Key of an id: a number where it is exact, else its digits. */
  id(stop: number): number | string {
    this.varint(stop);
    return this.high >= 0 && this.high < SAFE_HIGH ? this.high * TWO32 + this.low : BigInt.asUintN(64, this.big()).toString();
  }

  int(stop: number): number {
    this.varint(stop);
    return this.signed();
  }

  /** Reads a length and returns where the content ends; `at` is at its start. */
  length(stop: number): number {
    const start = this.at;
    const length = this.index(stop);
    if (this.at + length > stop) throw new WireFault(start, `a field of ${length} bytes runs over the end of its message`, stop === this.bytes.length);
    return this.at + length;
  }

  /** Steps over a field of that wire type. */
  skip(wireType: number, stop: number): void {
    const start = this.at;
    if (wireType === 0) this.varint(stop);
    else if (wireType === 2) this.at = this.length(stop);
    else if (wireType === 1 || wireType === 5) {
      this.at += wireType === 1 ? 8 : 4;
      if (this.at > stop) throw new WireFault(start, 'a fixed-size field runs over the end of its message', stop === this.bytes.length);
    } else throw new WireFault(start, `wire type ${wireType} is not used in profiles`);
  }
}

/** The field must be of that wire type. */
export function expectType(wire: Wire, got: number, want: number, what: string): void {
  if (got !== want) throw new WireFault(wire.at, `${what} has wire type ${got}`);
}
