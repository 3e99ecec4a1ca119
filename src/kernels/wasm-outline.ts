/** The outline kernel in WebAssembly: lays a plan out as src/kernels/assembly/outline.ts reads it. */
import { kernelExports } from './instance.ts';
import { Layout } from './layout.ts';
import { KEPT } from './mask.ts';
import { OUTLINE_ROLES, OUTLINE_WORDS, type OutlineName, type OutlinePlan, type Outliner } from './outline-plan.ts';
import { PAD, slotOf } from './plan.ts';

const FIELD_BYTES = 24 * 1024;
export const OUTLINE_ROWS = 8 * 1024;
const utf8 = new TextEncoder();
const LETTER = (c: number): boolean => (c >= 97 && c <= 122) || (c >= 65 && c <= 90);

export function wasmOutliner(plan: OutlinePlan, capacity: number): Outliner | null {
  const kernel = kernelExports();
  if (kernel === null) return null;
  const layout = new Layout(kernel);
  const at = layout.reserve(128);
  const entries = (names: readonly OutlineName[]): number =>
    layout.words(names.flatMap((n) => [layout.put(utf8.encode(n.name)), utf8.encode(n.name).length, roleNumber(n), n.number]));
  const table = (names: readonly (readonly [string, number])[]): number => {
    const to = layout.reserve(Math.max(16, names.length * 16));
    const memory = new Uint8Array(kernel.memory.buffer);
    const view = new DataView(kernel.memory.buffer);
    for (const [i, [name, value]] of names.entries()) {
      memory.fill(0, to + i * 16, to + i * 16 + 16);
      memory.set(utf8.encode(name), to + i * 16);
      view.setUint32(to + i * 16 + 8, utf8.encode(name).length, true);
      view.setUint32(to + i * 16 + 12, value, true);
    }
    return to;
  };
  const slots = new Array<number>(64).fill(0);
  for (const [i, k] of plan.keys.entries()) {
    let slot = slotOf(utf8.encode(k.name));
    while (slots[slot] !== 0) slot = (slot + 1) & 63;
    slots[slot] = i + 1;
  }
  const words = [
    layout.words(slots),
    entries(plan.keys),
    plan.bare.length,
    entries(plan.bare),
    layout.reserve(FIELD_BYTES + 64),
    table(plan.levels.map((l) => [l.name, l.rank])),
    plan.levels.length,
    table(KEPT.map((k) => [k, 0])),
    KEPT.length,
    layout.reserve(64),
    (plan.json ? 1 : 0) | (plan.logfmt ? 2 : 0),
  ];
  const outAt = layout.reserve(OUTLINE_ROWS * OUTLINE_WORDS * 4);
  const bufferAt = layout.reserve(capacity + PAD);
  new Uint32Array(kernel.memory.buffer).set(words, at / 4);
  const memory = new Uint8Array(kernel.memory.buffer);
  memory.fill(0, at + 64, at + 128);
  const mark = (set: number, c: number): void => {
    for (const b of LETTER(c) ? [c | 32, c & ~32] : [c]) memory[set + (b >> 3)]! |= 1 << (b & 7);
  };
  for (const { name } of plan.bare) {
    mark(at + 64, name.charCodeAt(0));
    mark(at + 96, name.charCodeAt(name.length - 1));
  }
  // a separator may stand where the bare name has none
  for (const c of [45, 95]) {
    mark(at + 64, c);
    mark(at + 96, c);
  }
  let view = new Uint8Array(kernel.memory.buffer, bufferAt, capacity);
  return {
    engine: 'wasm',
    capacity,
    words: OUTLINE_WORDS,
    out: new Uint32Array(kernel.memory.buffer, outAt, OUTLINE_ROWS * OUTLINE_WORDS),
    resumeAt: 0,
    buffer() {
      if (view.buffer !== kernel.memory.buffer) view = new Uint8Array(kernel.memory.buffer, bufferAt, capacity);
      return view;
    },
    run(from, end) {
      const n = kernel.outline(at, bufferAt + from, bufferAt + end, bufferAt, outAt, OUTLINE_ROWS);
      this.resumeAt = kernel.outlineResume() - bufferAt;
      return n;
    },
  };
}

const roleNumber = (n: OutlineName): number => OUTLINE_ROLES.indexOf(n.role) || 7;
