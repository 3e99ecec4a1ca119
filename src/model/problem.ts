import type { Place } from './place.ts';

/** What is wrong with an input. Bad input is data: readers return problems, they never throw. */
export interface Problem {
  /** `<reader>/<what>`, explained by `gorca explain <code>`. */
  readonly code: string;
  /** error: nothing usable; warning: something is missing or cut; note: harmless. */
  readonly severity: 'error' | 'warning' | 'note';
  readonly place: Place | null;
  /** Stands alone, starts lower-case: what was found. */
  readonly what: string;
  /** Why that matters or how it came about. */
  readonly why: string;
  /** What to do; the only field that suggests a fix. */
  readonly next: string;
}
