/** Indexing kernels: src/kernels/assembly/log-index.ts, or its plain twin. */
import { type BlockIndexer, IDS_CAP, OPAQUE_CAP, POSTINGS_CAP, SET_CAP } from './block-facts.ts';
import { LINE_BYTES } from './ids.ts';
import { kernelExports } from './instance.ts';
import { Layout, putPlan } from './layout.ts';
import { PlainBlocks } from './plain-block-index.ts';
import { PAD, type SearchPlan } from './plan.ts';
import type { Engine } from './search.ts';
import { LONGEST_TEXT, SHAPES_BYTES, SHAPES_WORD } from './shapes.ts';

export function openBlockIndexer(plan: SearchPlan, capacity: number, engine: Engine = 'auto'): BlockIndexer {
  const wasm = engine === 'plain' ? null : wasmBlocks(plan, capacity);
  if (wasm !== null) return wasm;
  if (engine === 'wasm') throw new Error('WebAssembly with SIMD is missing here');
  return new PlainBlocks(plan, capacity);
}

function wasmBlocks(plan: SearchPlan, capacity: number): BlockIndexer | null {
  const kernel = kernelExports();
  if (kernel === null) return null;
  const layout = new Layout(kernel);
  const planAt = putPlan(layout, kernel, plan);
  const shapesAt = layout.reserve(SHAPES_BYTES);
  const out = layout.reserve(96);
  const opaque = layout.reserve(OPAQUE_CAP * 4);
  const postings = layout.reserve(POSTINGS_CAP * 4);
  const set = layout.reserve(SET_CAP * 8);
  const ids = layout.reserve(IDS_CAP * 8);
  const table = layout.words([opaque, OPAQUE_CAP, postings, POSTINGS_CAP, set, SET_CAP, ids, IDS_CAP]);
  const filter = layout.reserve(IDS_CAP * 4 + LINE_BYTES);
  const at = layout.reserve(capacity + PAD + LONGEST_TEXT);
  const { buffer } = kernel.memory;
  new Uint32Array(buffer)[planAt / 4 + SHAPES_WORD] = shapesAt;
  kernel.openShapes(shapesAt);
  const words = new Uint32Array(buffer, out, 24);
  const times = new BigInt64Array(buffer, out + 32, 2);
  const view = new Uint8Array(buffer, at, capacity);
  return {
    engine: 'wasm',
    capacity,
    buffer: () => view,
    run(from, end) {
      kernel.indexBlock(planAt, at + from, at + end, out, table);
      return {
        lines: words[0] as number,
        timed: words[1] as number,
        flags: words[2] as number,
        from: times[0] as bigint,
        to: times[1] as bigint,
        levels: [...words.subarray(12, 19)],
        opaque: new Uint32Array(buffer, opaque, words[3] as number),
        postings: new Uint32Array(buffer, postings, words[4] as number),
        ids: words[5] as number,
      };
    },
    filter(lines) {
      kernel.fillFilter(ids, words[5] as number, filter, lines);
      return new Uint8Array(buffer, filter, lines * LINE_BYTES);
    },
    hash: (from, end) => BigInt.asUintN(64, kernel.contentHash(at + from, at + end)),
  };
}
