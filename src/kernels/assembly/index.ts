export { newlines } from './bytes';
export { jsonFields, logfmtFields } from './fields';
export { findMany, findNeedle, lastHit } from './needles';
export { outline, outlineResume } from './outline';
export { linesLooked, resetCounts, resumeAt, search } from './search';
export { anyTime } from './times';
export { contentHash, fillFilter, idHash, indexBlock } from './log-index';
