export { renderPatterns } from './patterns.ts';
export { renderStats } from './stats.ts';
