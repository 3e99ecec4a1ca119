/** What the memory mechanisms share: sizes in words, stacks compared by function. */
import type { Condition, Fact } from '../../model/index.ts';

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

/** The allocation happened in goroutines that were started with the function at the bottom of the bucket's stack. */
export function allocatedBy(site: Condition, bucket: Condition): boolean {
  const entry = entryOf(bucket.facts['stack']);
  return entry !== null && functionsOf(site.facts['stack']).includes(entry);
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
