/** What `warm-up.ts` does, each in a process of its own: V8 takes compiled code only under the flags it was compiled with. */
export const STEPS = ['chunks', 'logs-grep: what', 'logs-grep: code', 'search-worker: what', 'search-worker: code'] as const;
export type Step = (typeof STEPS)[number];
