/** The plain twin of src/kernels/assembly/log-index.ts. */
import type { BlockFacts, BlockIndexer } from './block-facts.ts';
import { IDS_CAP, IDS_FULL, INSIDE, OPAQUE_CAP, OPAQUE_FULL, ORDERED, POSTINGS_CAP, POSTINGS_FULL, UNTIMED } from './block-facts.ts';
import { ID_LEAST, ID_MOST, idHash, idProbe, LINE_BYTES, lineBits, lineOf } from './ids.ts';
import { ESCAPED_VALUE, FIELD_WORDS, OBJECT } from './plain-fields.ts';
import { PlainJudge } from './plain-search.ts';
import { plainTime } from './plain-times.ts';
import type { SearchPlan } from './plan.ts';

const MASK = 0xffffffffffffffffn;

/** A colour before a level. */
const ESC = 27;

export class PlainBlocks implements BlockIndexer {
  readonly engine = 'plain';
  readonly capacity: number;
  readonly #b: Uint8Array;
  readonly #judge: PlainJudge;
  readonly #plan: SearchPlan;
  #ids = new Set<bigint>();
  #full = false;

  constructor(plan: SearchPlan, capacity: number) {
    this.capacity = capacity;
    this.#plan = plan;
    this.#b = new Uint8Array(capacity);
    this.#judge = new PlainJudge(plan, this.#b);
  }

  buffer(): Uint8Array {
    return this.#b;
  }

  run(from: number, end: number): BlockFacts {
    const b = this.#b;
    this.#ids = new Set();
    this.#full = false;
    const levels = [0, 0, 0, 0, 0, 0, 0];
    const opaque: number[] = [];
    const postings: number[] = [];
    let flags = ORDERED;
    let lines = 0;
    let timed = 0;
    let least = 2n ** 63n - 1n;
    let greatest = -(2n ** 63n);
    let last = greatest;
    for (let p = from; p < end; ) {
      lines++;
      const { stop, count } = this.#judge.fieldsOf(p, end, b[p] === 123 ? this.#plan.json : this.#plan.logfmt);
      if (count < 0 && lines === 1 && !beginsRecord(b, p, stop)) flags |= INSIDE;
      let at: bigint | null = null;
      let isOpaque = false;
      if (count >= 0) {
        const { yes, unsure, rank, time } = this.#judge.bitsOf(count);
        if ((unsure & 1) !== 0) isOpaque = true;
        else if ((yes & 1) !== 0) {
          levels[rank]!++;
          if (rank >= 3) {
            if (postings.length >= POSTINGS_CAP) flags |= POSTINGS_FULL;
            else postings.push(((p - from) << 3) | rank);
          }
        } else levels[6]!++;
        if ((unsure & 2) !== 0) flags |= UNTIMED;
        else if ((yes & 2) !== 0) at = time;
        this.#fieldIds(count);
      } else if (stop > p && ((b[p] as number) > 32 || b[p] === ESC)) {
        isOpaque = true;
        at = leadingTime(b, p, stop);
        if (at === null) flags |= UNTIMED;
        this.#textIds(p, stop);
      } else this.#textIds(p, stop);
      if (isOpaque) {
        if (opaque.length >= OPAQUE_CAP) flags |= OPAQUE_FULL;
        else opaque.push(p - from);
      }
      if (at !== null) {
        timed++;
        if (at < least) least = at;
        if (at > greatest) greatest = at;
        if (at < last) flags &= ~ORDERED;
        last = at;
      }
      p = stop + 1;
    }
    if (this.#full) flags |= IDS_FULL;
    return {
      lines,
      timed,
      flags,
      from: least,
      to: greatest,
      levels,
      opaque: Uint32Array.from(opaque),
      postings: Uint32Array.from(postings),
      ids: this.#ids.size,
    };
  }

  #fieldIds(count: number): void {
    const { fields } = this.#judge;
    for (let i = 0; i < count; i++) {
      const [, , value = 0, valueEnd = 0, bits = 0] = fields.subarray(i * FIELD_WORDS, i * FIELD_WORDS + FIELD_WORDS);
      const length = valueEnd - value;
      if ((bits & 0xff) === OBJECT || length < ID_LEAST) continue;
      if ((bits & 0xff) > 1 || (bits & ESCAPED_VALUE) !== 0 || length > ID_MOST) this.#textIds(value, valueEnd);
      else if (runEnd(this.#b, value, valueEnd) === valueEnd && hasDigit(this.#b, value, valueEnd)) this.#addRun(value, length);
    }
  }

  #textIds(from: number, end: number): void {
    for (let p = from; p < end; ) {
      if (this.#b[p] === 27) {
        p = colourEnd(this.#b, p, end);
        continue;
      }
      const stop = runEnd(this.#b, p, end);
      if (stop - p >= ID_LEAST && stop - p <= ID_MOST && hasDigit(this.#b, p, stop)) this.#addRun(p, stop - p);
      p = stop < end && this.#b[stop] === 27 ? stop : stop + 1;
    }
  }

  #addRun(at: number, length: number): void {
    this.#add(idHash(this.#b, at, length));
    if (length !== 55 || [2, 35, 52].some((i) => this.#b[at + i] !== 45)) return;
    this.#add(idHash(this.#b, at + 3, 32));
    this.#add(idHash(this.#b, at + 36, 16));
  }

  #add(hash: bigint): void {
    if (this.#ids.has(hash)) return;
    if (this.#ids.size >= IDS_CAP) this.#full = true;
    else this.#ids.add(hash);
  }

  filter(lines: number): Uint8Array {
    const out = new Uint8Array(lines * LINE_BYTES);
    for (const h of this.#ids) {
      const probe = idProbe(h);
      const line = lineOf(probe, lines) * LINE_BYTES;
      for (const bit of lineBits(probe)) out[line + (bit >> 3)]! |= 1 << (bit & 7);
    }
    return out;
  }

  hash(from: number, end: number): bigint {
    const view = new DataView(this.#b.buffer);
    const lanes = [0x9e3779b97f4a7c15n, 0xbf58476d1ce4e5b9n, 0x94d049bb133111ebn, 0xff51afd7ed558ccdn];
    let p = from;
    for (; p + 32 <= end; p += 32)
      for (const [i, lane] of lanes.entries()) lanes[i] = rotl(((lane ^ view.getBigUint64(p + i * 8, true)) * (MIX[i] as bigint)) & MASK, TURN[i] as number);
    let h = (lanes[0] as bigint) ^ rotl(lanes[1] as bigint, 17) ^ rotl(lanes[2] as bigint, 37) ^ rotl(lanes[3] as bigint, 47) ^ BigInt(end - from);
    for (; p < end; p++) h = ((h ^ BigInt(this.#b[p] as number)) * 0xff51afd7ed558ccdn) & MASK;
    h ^= h >> 32n;
    h = (h * 0xc4ceb9fe1a85ec53n) & MASK;
    return h ^ (h >> 29n);
  }
}

const MIX = [0xff51afd7ed558ccdn, 0xc4ceb9fe1a85ec53n, 0x9e3779b97f4a7c15n, 0xbf58476d1ce4e5b9n];
const TURN = [29, 31, 27, 33];
const rotl = (x: bigint, by: number): bigint => ((x << BigInt(by)) | (x >> BigInt(64 - by))) & MASK;

const isDigit = (c: number | undefined): boolean => c !== undefined && c >= 48 && c <= 57;
const isIdByte = (c: number): boolean => isDigit(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 45 || c === 95;

function runEnd(b: Uint8Array, from: number, end: number): number {
  let p = from;
  while (p < end && isIdByte(b[p] as number)) p++;
  return p;
}

function colourEnd(b: Uint8Array, from: number, end: number): number {
  let p = from + 1;
  if (p >= end || b[p] !== 91) return p;
  p++;
  while (p < end && p < from + 24 && (isDigit(b[p]) || b[p] === 59)) p++;
  return p < end ? p + 1 : end;
}

function hasDigit(b: Uint8Array, from: number, end: number): boolean {
  for (let p = from; p < end; p++) if (isDigit(b[p])) return true;
  return false;
}

function beginsRecord(b: Uint8Array, p: number, end: number): boolean {
  const c = b[p] as number;
  if (c === 123 || leadingTime(b, p, end) !== null) return true;
  return [73, 87, 69, 70].includes(c) && p + 6 <= end && [1, 2, 3, 4].every((i) => isDigit(b[p + i])) && b[p + 5] === 32;
}

function leadingTime(b: Uint8Array, p: number, end: number): bigint | null {
  if (p + 19 > end || !isDigit(b[p])) return null;
  let q = p + 19;
  if (q < end && (b[q] === 46 || b[q] === 44)) {
    q++;
    while (q < end && isDigit(b[q])) q++;
  }
  if (q < end) {
    if (b[q] === 90) q++;
    else if ((b[q] === 43 || b[q] === 45) && q + 5 <= end) q += q + 6 <= end && b[q + 3] === 58 ? 6 : 5;
  }
  // an ISO time only: a line that begins with a number begins with no clock
  return b[p + 10] === 84 || b[p + 10] === 32 ? isoOnly(b, p, q - p) : null;
}

function isoOnly(b: Uint8Array, p: number, length: number): bigint | null {
  return b[p + 13] === 58 ? plainTime(b, p, length) : null;
}
