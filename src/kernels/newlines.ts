/** Where lines end: src/kernels/assembly/bytes.ts newlines, or its plain twin. */
import { kernelExports } from './instance.ts';
import { Layout } from './layout.ts';
import { PAD } from './plan.ts';
import type { Engine } from './search.ts';

/** Finds line feeds in a buffer of its own. */
export interface Newlines {
  readonly capacity: number;
  /** To be filled by the caller. */
  buffer(): Uint8Array;
  /** Offsets of all line feeds in buffer[0, end), ascending: a view that holds until the next call. */
  run(end: number): Uint32Array;
  readonly engine: 'wasm' | 'plain';
}

export function openNewlines(capacity: number, engine: Engine = 'auto'): Newlines {
  const wasm = engine === 'plain' ? null : wasmNewlines(capacity);
  if (wasm !== null) return wasm;
  if (engine === 'wasm') throw new Error('WebAssembly with SIMD is missing here');
  return plainNewlines(capacity);
}

function wasmNewlines(capacity: number): Newlines | null {
  const kernel = kernelExports();
  if (kernel === null) return null;
  const layout = new Layout(kernel);
  const out = layout.reserve(capacity * 4);
  const at = layout.reserve(capacity + PAD);
  const view = new Uint8Array(kernel.memory.buffer, at, capacity);
  return {
    engine: 'wasm',
    capacity,
    buffer: () => view,
    run: (end) => new Uint32Array(kernel.memory.buffer, out, kernel.newlines(at, at + end, out, capacity)),
  };
}

function plainNewlines(capacity: number): Newlines {
  const buffer = new Uint8Array(capacity);
  const out = new Uint32Array(capacity);
  return {
    engine: 'plain',
    capacity,
    buffer: () => buffer,
    run(end) {
      let n = 0;
      for (let at = buffer.indexOf(10); at >= 0 && at < end; at = buffer.indexOf(10, at + 1)) out[n++] = at;
      return out.subarray(0, n);
    },
  };
}
