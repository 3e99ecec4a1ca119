import { plainSearcher } from './plain-search.ts';
import type { Searcher, SearchPlan } from './plan.ts';
import { wasmSearcher } from './wasm-search.ts';

export type Engine = 'auto' | 'wasm' | 'plain';

/** `capacity`: bytes of its buffer, at least as long as the longest line that is to be decided. */
export function openSearcher(plan: SearchPlan, capacity: number, engine: Engine = 'auto'): Searcher {
  const wasm = engine === 'plain' ? null : wasmSearcher(plan, capacity);
  if (wasm !== null) return wasm;
  if (engine === 'wasm') throw new Error('WebAssembly with SIMD is missing here');
  return plainSearcher(plan, capacity);
}
