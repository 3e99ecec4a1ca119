export { renderGoroutineDiff } from './diff.ts';
export { renderGoroutineLeaks } from './leaks.ts';
export { renderGoroutineSummary } from './summary.ts';
