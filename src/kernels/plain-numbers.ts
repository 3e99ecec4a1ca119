/** The plain twin of src/kernels/assembly/numbers.ts. */
import type { NumberOp } from './plan.ts';

const LONGEST = 32;
const DIGITS = 15;
const MAY_BEGIN = /^[0-9.eE+-]/;
const USUAL = /^-?(\d+)(?:\.(\d*))?$/;

/** null: no number. 'maybe': one that its reader must look at. */
export function plainNumber(text: string): number | 'maybe' | null {
  if (!MAY_BEGIN.test(text)) return null;
  if (text.length > LONGEST) return 'maybe';
  if (!/^[0-9.eE+-]+$/.test(text)) return null;
  const m = USUAL.exec(text);
  return m === null || (m[1] as string).length + (m[2] ?? '').length > DIGITS ? 'maybe' : Number(text);
}

export const compares = (op: NumberOp, value: number, than: number): boolean =>
  op === '>' ? value > than : op === '>=' ? value >= than : op === '<' ? value < than : value <= than;
