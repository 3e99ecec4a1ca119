import { wider } from './grow.ts';

/**
 * Durations summed by a pair of small numbers (a reason and a stack, an unblocking stack and a wait …). Memory grows with the number of
 * pairs, never with the number of durations. Times are nanoseconds.
 */
export class Sums {
  count = 0;
  a = new Int32Array(64);
  b = new Int32Array(64);
  times = new Float64Array(64);
  total = new Float64Array(64);
  most = new Float64Array(64);
  /** Where in the file the event stands that ended the longest; -1 unknown. */
  mostOffset = new Float64Array(64).fill(-1);
  /** When that was. */
  mostAt = new Float64Array(64);
  #slots = new Int32Array(256);

  /** Index of the pair; new ones get the next. `a` and `b` are -1 or greater. */
  index(a: number, b: number): number {
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = mixed(a, b) & mask;
    for (;;) {
      const at = (slots[slot] as number) - 1;
      if (at < 0) break;
      if (this.a[at] === a && this.b[at] === b) return at;
      slot = (slot + 1) & mask;
    }
    const at = this.count++;
    if (at === this.a.length) this.#grow();
    this.a[at] = a;
    this.b[at] = b;
    slots[slot] = at + 1;
    if (this.count * 2 > slots.length) this.#rehash();
    return at;
  }

  add(at: number, ns: number, when: number, offset: number): void {
    (this.times[at] as number)++;
    (this.total[at] as number) += ns;
    if (ns > (this.most[at] as number)) {
      this.most[at] = ns;
      this.mostAt[at] = when;
      this.mostOffset[at] = offset;
    }
  }

  /** Indices, greatest total first; equal ones as they first came. */
  ranked(): number[] {
    return Array.from({ length: this.count }, (_, i) => i).sort((x, y) => (this.total[y] as number) - (this.total[x] as number) || x - y);
  }

  #grow(): void {
    const room = this.a.length * 2;
    this.a = wider(this.a, room);
    this.b = wider(this.b, room);
    this.times = wider(this.times, room);
    this.total = wider(this.total, room);
    this.most = wider(this.most, room);
    this.mostAt = wider(this.mostAt, room);
    this.mostOffset = wider(this.mostOffset, room, -1);
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let at = 0; at < this.count; at++) {
      let slot = mixed(this.a[at] as number, this.b[at] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = at + 1;
    }
    this.#slots = slots;
  }
}

function mixed(a: number, b: number): number {
  let h = Math.imul(a + 1, 0x9e3779b1) ^ Math.imul(b + 1, 0x85ebca6b);
  h ^= h >>> 15;
  return (Math.imul(h, 0x2c1b3c6d) ^ (h >>> 13)) >>> 1;
}
