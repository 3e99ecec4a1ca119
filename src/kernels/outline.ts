import type { OutlinePlan, Outliner } from './outline-plan.ts';
import { plainOutliner } from './plain-outline.ts';
import type { Engine } from './search.ts';
import { wasmOutliner } from './wasm-outline.ts';

export function openOutliner(plan: OutlinePlan, capacity: number, engine: Engine = 'auto'): Outliner {
  const wasm = engine === 'plain' ? null : wasmOutliner(plan, capacity);
  if (wasm !== null) return wasm;
  if (engine === 'wasm') throw new Error('WebAssembly with SIMD is missing here');
  return plainOutliner(plan, capacity);
}
