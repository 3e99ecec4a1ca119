export { renderPatterns } from './patterns.ts';
