export { renderGoroutineSummary } from './summary.ts';
