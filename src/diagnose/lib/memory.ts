/** What the memory mechanisms share: sizes in words, stacks compared by function. */
import { type Condition, type Fact, isRuntimeOrStd, packageOfSymbol, type Strength } from '../../model/index.ts';

export function sizeText(bytes: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value >= 100 || unit === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[unit]}`;
}

/** Stack entries are "function file:line" or "function"; only the function is compared. */
export const functionsOf = (stack: Fact | undefined): string[] => (Array.isArray(stack) ? stack.map((f) => String(f).split(' ')[0] ?? '').filter((f) => f !== '') : []);

/** The function a goroutine was started with: the outermost of its stack. */
export const entryOf = (stack: Fact | undefined): string | null => functionsOf(stack).at(-1) ?? null;

/**
 * How surely the allocation belongs to the goroutines of a bucket: it happened below the function they were started with (stated by the
 * stack), or in the function that starts them, which hands them what it has made (derived); null when neither stands on its stack.
 * Where a library starts them (net/http serves every request below one function) the entry is everybody's: then it is the function of the
 * program that they stand in, or the one of its package that called it.
 */
export function allocatedBy(site: Condition, bucket: Condition): Strength | null {
  const stack = functionsOf(site.facts['stack']);
  const entry = entryOf(bucket.facts['stack']);
  if (entry !== null && isRuntimeOrStd(packageOfSymbol(entry))) {
    const own = functionsOf(bucket.facts['stack']);
    const at = own.findIndex((f) => !isRuntimeOrStd(packageOfSymbol(f)));
    const [stands, caller] = at < 0 ? [] : own.slice(at, at + 2);
    if (stands !== undefined && stack.includes(stands)) return 'derived';
    if (stands !== undefined && caller !== undefined && packageOfSymbol(caller) === packageOfSymbol(stands) && stack.includes(caller)) return 'derived';
  } else if (entry !== null && stack.includes(entry)) return 'stated';
  const creator = bucket.facts['createdBy'];
  return typeof creator === 'string' && stack.includes(creator) ? 'derived' : null;
}

export const numberFact = (c: Condition | null | undefined, name: string): number | null => {
  const v = c?.facts[name];
  return typeof v === 'number' ? v : null;
};

export const growthOf = (c: Condition | null | undefined): number | null => {
  const from = numberFact(c, 'fromBytes');
  const to = numberFact(c, 'toBytes');
  return from === null || to === null ? null : to - from;
};

/** Share of the effect's growth that the cause's growth makes up, 0…1. */
export function shareOfGrowth(cause: Condition | null | undefined, effect: Condition): number | null {
  const part = growthOf(cause);
  const whole = growthOf(effect);
  return part === null || whole === null || whole <= 0 ? null : Math.max(0, Math.min(1, part / whole));
}
