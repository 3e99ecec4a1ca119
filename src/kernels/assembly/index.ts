export { newlines } from './bytes';
export { outline, outlineResume } from './outline';
export { linesLooked, resetCounts, resumeAt, search } from './search';
export { beginMerge, mergeRecords } from './merge';
export { contentHash, fillFilter, indexBlock } from './log-index';
export { countCells } from './cells';
export { columns, columnsFull, columnsResume, openColumns } from './columns';
export { groupCount, openGroups } from './groups';
export { columnCount, openShapes } from './shapes';
