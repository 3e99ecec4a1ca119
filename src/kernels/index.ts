/**
 * Kernels: what must be fast over bytes, in WebAssembly (src/kernels/assembly, SIMD), each with a plain twin that is its oracle and stands in
 * where WebAssembly is missing.
 */

export { type BlockFacts, type BlockIndexer, IDS_FULL, INSIDE, OPAQUE_FULL, ORDERED, POSTINGS_FULL, UNTIMED } from './block-facts.ts';
export { openBlockIndexer } from './block-index.ts';
export { openColumns } from './columns.ts';
export * from './columns-plan.ts';
export { type IdProbe, idHash, idProbe, isIndexedId, LINE_BYTES, lineBits, lineHolds, lineOf, sealFilter } from './ids.ts';
export { maskedText } from './mask.ts';
export { openMerger } from './merge.ts';
export { FULL, MERGED, type Merger } from './merge-plan.ts';
export { type Newlines, openNewlines } from './newlines.ts';
export { openOutliner } from './outline.ts';
export * from './outline-plan.ts';
export * from './plan.ts';
export { type Engine, openSearcher } from './search.ts';
