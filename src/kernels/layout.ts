/** Lays plans out in the kernels' memory, as src/kernels/assembly/search.ts reads them. */
import type { KernelExports } from './instance.ts';
import {
  type DurationCondition,
  type DurationReading,
  KEYS_CAP,
  type Needle,
  type NumberOp,
  rareOffsets,
  rarePair,
  type SearchKey,
  type SearchPlan,
  type SearchTerm,
  slotOf,
} from './plan.ts';
import { TEDDY_BYTES, teddyOf, WINDOW_SLOTS, windowSlot } from './teddy.ts';

const KINDS: Readonly<Record<SearchTerm['kind'], number>> = { equal: 0, level: 1, exists: 2, maybe: 3, undecidable: 4, time: 5, stamp: 6, number: 7 };
const OPS: readonly NumberOp[] = ['>', '>=', '<', '<='];
/** Below it lies what the compiler placed. */
const FIRST_FREE = 8192;
const FIELD_BYTES = 24 * 1024;

/** Places things one after another; what is placed keeps its address. */
export class Layout {
  at = FIRST_FREE;
  #kernel: KernelExports;

  constructor(kernel: KernelExports) {
    this.#kernel = kernel;
  }

  reserve(bytes: number): number {
    const at = (this.at + 15) & ~15;
    this.at = at + bytes;
    const pages = Math.ceil((this.at - this.#kernel.memory.buffer.byteLength) / 65536);
    if (pages > 0) this.#kernel.memory.grow(pages);
    return at;
  }

  put(bytes: Uint8Array): number {
    // a step reads up to 16 bytes beyond a short text
    const at = this.reserve(bytes.length + 16);
    new Uint8Array(this.#kernel.memory.buffer).set(bytes, at);
    return at;
  }

  words(words: readonly number[]): number {
    const at = this.reserve(Math.max(4, words.length * 4));
    new Uint32Array(this.#kernel.memory.buffer).set(words, at / 4);
    return at;
  }
}

const utf8 = new TextEncoder();
const LETTER = (b: number): boolean => (b >= 97 && b <= 122) || (b >= 65 && b <= 90);

function needleWords(needle: Needle, at: number, window: number): number[] {
  const [a, b] = rareOffsets(needle);
  const fold = (i: number): number => (needle.fold && LETTER(needle.bytes[i] as number) ? 32 : 0);
  return [at, needle.bytes.length, a, b, needle.bytes[a] as number, needle.bytes[b] as number, fold(a) | (fold(b) << 8) | (window << 16), needle.fold ? 1 : 0];
}

/** How needles are sought: src/kernels/assembly/search.ts candidate. */
const BY = { needle: 0, pairs: 1, teddy: 2, roughTeddy: 3 } as const;

/** Needles and, for several, their Teddy table. */
function putNeedles(layout: Layout, kernel: KernelExports, needles: readonly Needle[], opening: number): { list: number; by: number; teddy: number } {
  const several = needles.length > 1 || opening !== 0;
  const pairs = opening === 0 && needles.length === 2 && needles.every((n) => !n.fold && n.bytes.length >= 2);
  const many = several && !pairs && needles.every((n) => n.bytes.length >= TEDDY_BYTES);
  const none = { windows: pairs ? needles.map(rarePair) : [], buckets: [], rough: false };
  const { windows, buckets, rough } = many ? teddyOf(needles, opening) : none;
  const list = layout.words(needles.flatMap((n, i) => needleWords(n, layout.put(n.bytes), windows[i] ?? 0)));
  if (!many) return { list, by: pairs ? BY.pairs : BY.needle, teddy: 0 };
  const { slots, next } = windowLists(needles, windows);
  const teddy = layout.reserve(TEDDY_TABLE + (slots.length + next.length) * 2);
  const memory = new Uint8Array(kernel.memory.buffer);
  for (const [i, b] of buckets.entries()) {
    for (let place = 0; place < TEDDY_BYTES; place++) {
      for (let nibble = 0; nibble < 16; nibble++) {
        if (((b.low[place] as number) >> nibble) & 1) memory[teddy + place * 32 + nibble]! |= 1 << i;
        if (((b.high[place] as number) >> nibble) & 1) memory[teddy + place * 32 + 16 + nibble]! |= 1 << i;
      }
    }
  }
  if (rough) memory.fill(15, teddy, teddy + 16);
  new Uint16Array(kernel.memory.buffer, teddy + TEDDY_TABLE, slots.length).set(slots);
  new Uint16Array(kernel.memory.buffer, teddy + TEDDY_TABLE + slots.length * 2, next.length).set(next);
  return { list, by: rough ? BY.roughTeddy : BY.teddy, teddy };
}

const TEDDY_TABLE = 96;

/** Needles by the hash of their windows: each slot and each needle names the next needle, counted from 1; 0 ends the list. */
function windowLists(needles: readonly Needle[], windows: readonly number[]): { readonly slots: Uint16Array; readonly next: Uint16Array } {
  const slots = new Uint16Array(WINDOW_SLOTS);
  const next = new Uint16Array(needles.length);
  for (let i = needles.length - 1; i >= 0; i--) {
    const slot = windowSlot((needles[i] as Needle).bytes, windows[i] as number);
    next[i] = slots[slot] as number;
    slots[slot] = i + 1;
  }
  return { slots, next };
}

interface Laid {
  readonly entries: number;
  readonly names: readonly Uint8Array[];
}

/** Lower case letters as a set of bits. */
const lettersOf = (codes: readonly number[]): number => codes.reduce((bits, c) => bits | (1 << (c - 97)), 0);

const CLUES = { there: 0, dated: 1, 'one-of': 2, before: 3 } as const;

/** As src/kernels/assembly/durations.ts reads them: the address of the reading, that of the conditions, and their number. */
function putDurations(layout: Layout, of: { readonly reading: DurationReading; readonly conditions: readonly DurationCondition[] }): number[] {
  const text = (t: string): number[] => [layout.put(utf8.encode(t)), utf8.encode(t).length];
  const texts = (list: readonly string[]): number => layout.words(list.flatMap(text));
  const { names, endings, messages, clues, units } = of.reading;
  const seconds = (s: number): number[] => [...new Uint32Array(new Float64Array([s]).buffer)];
  const compared = (clue: DurationReading['clues'][number]): number[] => {
    if (clue.kind === 'before') return [...text(clue.other), 0];
    return clue.kind === 'one-of' ? [texts(clue.texts), clue.texts.length, clue.offset ? 1 : 0] : [0, 0, 0];
  };
  const words = [
    texts(names),
    names.length,
    layout.words(endings.flatMap((e) => [...text(e.text), ...seconds(e.seconds)])),
    endings.length,
    texts(messages),
    messages.length,
    layout.words(clues.flatMap((c) => [CLUES[c.kind], ...text(c.key), ...compared(c)])),
    clues.length,
    layout.put(units),
    layout.reserve(64),
    lettersOf(names.map((n) => n.charCodeAt(0))),
    lettersOf([...names, ...endings.map((e) => e.text)].map((n) => n.charCodeAt(n.length - 1))),
  ];
  const conditions = layout.words(of.conditions.flatMap((c) => [1 << c.bit, OPS.indexOf(c.op), ...seconds(c.than)]));
  return [layout.words(words), conditions, of.conditions.length];
}

export function putPlan(layout: Layout, kernel: KernelExports, plan: SearchPlan): number {
  if (plan.keys.length > KEYS_CAP) throw new Error(`a plan of ${plan.keys.length} names; at most ${KEYS_CAP}`);
  const at = layout.reserve(160);
  const { list, by, teddy } = plan.needles === null ? { list: 0, by: 0, teddy: 0 } : putNeedles(layout, kernel, plan.needles, plan.opening);
  const all = plan.keys.flatMap((k) => k.terms);
  const values = all.map((t) => (t.kind === 'equal' ? layout.put(t.value) : 0));
  const terms = layout.reserve(Math.max(32, all.length * 32));
  const place = (keys: readonly SearchKey[]): Laid => {
    const names = keys.map((k) => utf8.encode(k.name));
    const firsts = keys.map((k) => {
      return plan.keys.slice(0, plan.keys.indexOf(k)).reduce((n, o) => n + o.terms.length, 0);
    });
    const words = keys.flatMap((k, i) => [layout.put(names[i] as Uint8Array), (names[i] as Uint8Array).length, firsts[i] as number, k.terms.length]);
    return { entries: layout.words(words), names };
  };
  const dotted = plan.keys.filter((k) => !k.bare && k.name.includes('.'));
  const exact = place([...dotted, ...plan.keys.filter((k) => !k.bare && !k.name.includes('.'))]);
  const bare = place(plan.keys.filter((k) => k.bare));
  const slots = new Array<number>(64).fill(0);
  for (const [i, name] of exact.names.entries()) {
    let slot = slotOf(name);
    while (slots[slot] !== 0) slot = (slot + 1) & 63;
    slots[slot] = i + 1;
  }
  const slotsAt = layout.words(slots);
  const truth = layout.put(plan.truth);
  const fields = layout.reserve(FIELD_BYTES + 64);
  const levels = layout.reserve(Math.max(16, plan.levels.length * 16));
  const scratch = layout.reserve(64);
  const view = new DataView(kernel.memory.buffer);
  for (const [i, t] of all.entries()) {
    const to = terms + i * 32;
    view.setUint32(to, t.kind === 'stamp' ? 0 : 1 << t.bit, true);
    view.setUint32(to + 4, KINDS[t.kind], true);
    view.setUint32(to + 8, t.kind === 'equal' ? (values[i] as number) : t.kind === 'level' ? t.ranks : t.kind === 'number' ? OPS.indexOf(t.op) : 0, true);
    view.setUint32(to + 12, t.kind === 'equal' ? t.value.length : 0, true);
    if (t.kind === 'number') {
      view.setFloat64(to + 16, t.than, true);
      continue;
    }
    view.setBigInt64(to + 16, t.kind === 'time' ? t.from : 0n, true);
    view.setBigInt64(to + 24, t.kind === 'time' ? t.to : 0n, true);
  }
  for (const [i, l] of plan.levels.entries()) {
    const name = new Uint8Array(8);
    name.set(utf8.encode(l.name));
    new Uint8Array(kernel.memory.buffer).set(name, levels + i * 16);
    view.setUint32(levels + i * 16 + 8, l.name.length, true);
    view.setUint32(levels + i * 16 + 12, l.rank, true);
  }
  const words = [
    plan.needles?.length ?? 0,
    list,
    teddy,
    slotsAt,
    exact.entries,
    terms,
    truth,
    fields,
    levels,
    plan.levels.length,
    plan.opening,
    (plan.json ? 1 : 0) | (plan.logfmt ? 2 : 0),
    bare.names.length,
    bare.entries,
    scratch,
    dotted.length,
  ];
  const durations = plan.durations === null ? null : putDurations(layout, plan.durations);
  new Uint32Array(kernel.memory.buffer).set(words, at / 4);
  const memory = new Uint8Array(kernel.memory.buffer);
  memory.fill(0, at + 128, at + 160);
  if (durations !== null) new Uint32Array(kernel.memory.buffer).set(durations, (at + 128) / 4);
  view.setUint32(at + 140, by, true);
  const mark = (set: number, c: number): void => {
    for (const b of LETTER(c) ? [c | 32, c & ~32] : [c]) memory[set + (b >> 3)]! |= 1 << (b & 7);
  };
  for (const name of bare.names) {
    mark(at + 64, name[0] as number);
    mark(at + 96, name[name.length - 1] as number);
    // a separator may stand where the bare name has none
    for (const c of [45, 95]) {
      mark(at + 64, c);
      mark(at + 96, c);
    }
  }
  return at;
}
