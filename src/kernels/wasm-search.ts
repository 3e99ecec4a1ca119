/** The search kernel in WebAssembly: src/kernels/assembly/search.ts. */
import { kernelExports } from './instance.ts';
import { Layout, putPlan } from './layout.ts';
import { PAD, ROW_WORDS, type Searcher, type SearchPlan } from './plan.ts';
import { LONGEST_TEXT, SHAPES_BYTES, SHAPES_WORD } from './shapes.ts';

/** Lines handed out a call. */
const OUT_CAP = 32 * 1024;

export function wasmSearcher(plan: SearchPlan, capacity: number): Searcher | null {
  const kernel = kernelExports();
  if (kernel === null) return null;
  const layout = new Layout(kernel);
  const at = putPlan(layout, kernel, plan);
  // durations are told by all fields of a line
  const shapesAt = plan.durations === null ? layout.reserve(SHAPES_BYTES) : 0;
  const outAt = layout.reserve(OUT_CAP * 4 * ROW_WORDS);
  const bufferAt = layout.reserve(capacity + PAD + LONGEST_TEXT);
  new Uint32Array(kernel.memory.buffer)[at / 4 + SHAPES_WORD] = shapesAt;
  if (shapesAt !== 0) kernel.openShapes(shapesAt);
  kernel.resetCounts();
  let view = new Uint8Array(kernel.memory.buffer, bufferAt, capacity);
  const out = new Uint32Array(kernel.memory.buffer, outAt, OUT_CAP * ROW_WORDS);
  return {
    engine: 'wasm',
    capacity,
    out,
    times: new BigInt64Array(kernel.memory.buffer, outAt, (OUT_CAP * ROW_WORDS) / 2),
    resumeAt: 0,
    get looked() {
      return kernel.linesLooked();
    },
    buffer() {
      if (view.buffer !== kernel.memory.buffer) view = new Uint8Array(kernel.memory.buffer, bufferAt, capacity);
      return view;
    },
    run(from, end) {
      const n = kernel.search(at, bufferAt + from, bufferAt + end, outAt, OUT_CAP);
      this.resumeAt = kernel.resumeAt() - bufferAt;
      for (let i = 0; i < n; i++) {
        out[i * ROW_WORDS]! -= bufferAt;
        out[i * ROW_WORDS + 1]! -= bufferAt;
      }
      return n;
    },
  };
}
