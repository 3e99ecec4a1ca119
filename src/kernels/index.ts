/**
 * Kernels: what must be fast over bytes, in WebAssembly (src/kernels/assembly, SIMD), each with a plain twin that is its oracle and stands in
 * where WebAssembly is missing.
 */
export * from './plan.ts';
export { type Engine, openSearcher } from './search.ts';
