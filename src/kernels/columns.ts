import type { Columns, ColumnsPlan } from './columns-plan.ts';
import { plainColumns } from './plain-columns.ts';
import type { Engine } from './search.ts';
import { wasmColumns } from './wasm-columns.ts';

export function openColumns(plan: ColumnsPlan, capacity: number, engine: Engine = 'auto'): Columns {
  const wasm = engine === 'plain' ? null : wasmColumns(plan, capacity);
  if (wasm !== null) return wasm;
  if (engine === 'wasm') throw new Error('WebAssembly with SIMD is missing here');
  return plainColumns(plan, capacity);
}
