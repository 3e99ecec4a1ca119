import { defineMechanism, fails, holds, shortGoSymbol, unknown } from '../../../../model/index.ts';
import { failedInDependency, functionOf, lineOf, mitigation, ofClass, stackOf, textNamesTheLine } from '../../../lib/crash-site.ts';

/** Frames of the printed stack (100 at most) that one function must fill to be called its recursion. */
const REPEATS = 10;

function repeated(stack: readonly string[]): { function: string; times: number }[] {
  const count = new Map<string, number>();
  for (const frame of stack) {
    const name = frame.split(' ')[0] ?? '';
    count.set(name, (count.get(name) ?? 0) + 1);
  }
  return [...count].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).map(([name, times]) => ({ function: name, times }));
}

const mostRepeated = (stack: readonly string[]): { function: string; times: number } | null => repeated(stack)[0] ?? null;

/** A goroutine's stack may grow to 1 GB on 64-bit systems: only recursion without end reaches that. */
export const stackOverflow = defineMechanism({
  ...ofClass('stack-overflow'),
  id: 'go/stack-overflow',
  title: 'a function calls itself without end',
  because: (link) => {
    const most = repeated(stackOf(link)).filter((r) => r.times >= REPEATS);
    const [first, ...others] = most;
    if (first === undefined) return `${functionOf(link)} calls itself at ${lineOf(link)} until the stack passes its limit`;
    const frames = most.reduce((n, r) => n + r.times, 0);
    // several functions that fill the stack alike call each other in turn
    const who = others.length === 0 ? `${shortGoSymbol(first.function)} calls itself` : `${most.map((r) => shortGoSymbol(r.function)).join(' and ')} call each other`;
    return `${who} (${frames} of the frames printed) at ${lineOf(link)} until the stack passes its limit`;
  },
  requires: [
    {
      id: 'recursion',
      title: 'the printed stack repeats',
      test(link) {
        const stack = stackOf(link);
        const most = mostRepeated(stack);
        if (most === null || stack.length < REPEATS) return unknown('the printed stack is too short to show what repeats', 'the whole crash text');
        return most.times >= REPEATS
          ? holds(`${shortGoSymbol(most.function)} fills ${most.times} of ${stack.length} frames`, link.causes[0]?.places ?? [])
          : fails('no function repeats in the printed stack', link.causes[0]?.places ?? []);
      },
    },
  ],
  confirms: [textNamesTheLine],
  refutes: [failedInDependency],
  rivals: [],
  status: 'established',
  mitigation,
  acceptedFalsePositives: ['recursion that is meant, on an input with a cycle or far deeper than foreseen (debug.SetMaxStack lowers the limit)'],
});
