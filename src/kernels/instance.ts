/** The compiled kernels, or null where WebAssembly or its SIMD instructions are missing: then the plain twins do the work. */
import { KERNELS_BASE64 } from './module.ts';

export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  newlines(from: number, to: number, out: number, cap: number): number;
  search(plan: number, from: number, end: number, out: number, cap: number): number;
  resumeAt(): number;
  linesLooked(): number;
  resetCounts(): void;
  openShapes(at: number): void;
  indexBlock(plan: number, from: number, end: number, out: number, table: number): void;
  fillFilter(ids: number, count: number, filter: number, bits: number): void;
  contentHash(from: number, end: number): bigint;
  beginMerge(state: number, count: number): void;
  mergeRecords(state: number): number;
  outline(plan: number, from: number, end: number, base: number, out: number, cap: number): number;
  outlineResume(): number;
  openColumns(plan: number): void;
  columns(plan: number, from: number, end: number, base: number, out: number, cap: number): number;
  columnsResume(): number;
  columnsFull(): number;
  groupCount(): number;
  columnCount(): number;
  countCells(cells: number, rows: number, chosen: number, counts: number): void;
  openGroups(at: number): void;
}

/** Not every place this runs in declares it, and not every one has it. */
interface WasmApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: object };
}

let compiled: object | null | undefined;

function api(): WasmApi | null {
  return (Reflect.get(globalThis, 'WebAssembly') as WasmApi | undefined) ?? null;
}

function compile(): object | null {
  const wasm = api();
  if (wasm === null) return null;
  try {
    return new wasm.Module(bytesOf(KERNELS_BASE64));
  } catch {
    // an instruction that is not known here
    return null;
  }
}

/** At once where the place has something for it, as Node does. */
function bytesOf(base64: string): Uint8Array {
  const native = Reflect.get(globalThis, 'Buffer') as { from(text: string, encoding: string): Uint8Array } | undefined;
  if (native !== undefined) return native.from(base64, 'base64');
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

/** A new instance with a memory of its own. */
export function kernelExports(): KernelExports | null {
  if (compiled === undefined) compiled = compile();
  const wasm = api();
  return compiled === null || wasm === null ? null : (new wasm.Instance(compiled, { env: { abort: () => undefined } }).exports as KernelExports);
}
