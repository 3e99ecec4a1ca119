export { renderFields } from './fields.ts';
export { renderGroups } from './groups.ts';
export { renderPatterns } from './patterns.ts';
export { renderStats } from './stats.ts';
