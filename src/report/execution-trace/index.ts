/** What `gorca trace` prints, from the data of src/model/execution-trace.ts. */
export { type PageOptions, renderBlocking, renderCollector, renderGoroutine, renderGoroutines, renderLatency, renderPath, renderWakes } from './pages.ts';
export { renderTraceSummary } from './summary.ts';
