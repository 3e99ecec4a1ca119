/** How a name, an alias or an edge is known: one record says so, it follows from what is said, or it looks like it. */
export type Strength = 'stated' | 'derived' | 'guessed';

const STRENGTHS: readonly Strength[] = ['guessed', 'derived', 'stated'];
export const weaker = (a: Strength, b: Strength): Strength => (STRENGTHS.indexOf(a) <= STRENGTHS.indexOf(b) ? a : b);
export const isWeaker = (a: Strength, b: Strength): boolean => STRENGTHS.indexOf(a) < STRENGTHS.indexOf(b);
