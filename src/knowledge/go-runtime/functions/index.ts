/** The whole table of functions. */
import { GC } from './gc.ts';
import { LIBRARY } from './library.ts';
import { MEMORY } from './memory.ts';
import type { FunctionRow } from './row.ts';
import { SCHEDULING } from './scheduling.ts';
import { WAITING } from './waiting.ts';

export type { FunctionRow } from './row.ts';
export { RUNTIME_LOCK_WAITS } from './scheduling.ts';
export const FUNCTION_ROWS: readonly FunctionRow[] = [...GC, ...MEMORY, ...SCHEDULING, ...WAITING, ...LIBRARY];
