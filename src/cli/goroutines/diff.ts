/** `gorca goroutines diff`: dumps beside each other. */
import type { GoroutineDiff } from '../../model/index.ts';
import { compareDumps } from '../../observe/goroutines/compare.ts';
import type { Snapshot } from '../../observe/goroutines/snapshots.ts';
import type { Likeness } from '../../observe/goroutines/summary.ts';
import { renderGoroutineDiff } from '../../report/goroutines/index.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { givenOrder, natural, openDumps } from './open-dumps.ts';

const SHOWN = 20;

export const run: Run = async (console, flags, args) => {
  const { dumps, ofFile, exit } = await openDumps(console, args);
  if (dumps.length === 0) return exit;
  const { alike, others } = comparable(dumps);
  if (others.length > 0) console.err(`left out, for they count differently: ${others.map((d) => oneLine(d.artifact.id)).join(', ')}\n`);
  if (alike.length === 1) {
    console.err('one dump was found; two are compared, in two files or in one\n');
    return EXIT.nothingReadable;
  }
  const { ordered, order } = inOrder(alike, args);
  const json = flags['json'] === true;
  const first = typeof flags['first'] === 'number' ? flags['first'] : json ? null : SHOWN;
  const diff = compareDumps(ordered, { by: (flags['by'] ?? 'stack') as Likeness, first, system: json, order, ofFile });
  if (json) printJson(console, diff);
  else console.out(renderGoroutineDiff(diff, { ...styleOf(console, flags), stacks: flags['stacks'] === true }));
  return EXIT.finished;
};

/**
 * Of a pile with several forms one: each counts a little differently. Those with ids before those without, and what lists leaks only where there is
 * nothing else. Two dumps of different forms are compared all the same.
 */
function comparable(dumps: readonly Snapshot[]): { alike: readonly Snapshot[]; others: readonly Snapshot[] } {
  const forms = (['debug2', 'protobuf', 'debug1'] as const).map((form) => dumps.filter((d) => d.form === form));
  const all = forms.flat();
  const alike = forms.find((of) => of.length > 1) ?? (all.length > 1 ? all : dumps);
  return { alike, others: dumps.filter((d) => !alike.includes(d)) };
}

/** Files that are named one by one stand in that order; those of a folder by their times, else by their names. */
function inOrder(dumps: readonly Snapshot[], args: readonly string[]): { ordered: readonly Snapshot[]; order: GoroutineDiff['order'] } {
  if (new Set(dumps.map((d) => d.artifact.id)).size === 1) return { ordered: dumps, order: 'one file' };
  const given = givenOrder(dumps, args);
  if (given !== null) return { ordered: [...dumps].sort((a, b) => (given.get(a.artifact.id) as number) - (given.get(b.artifact.id) as number) || a.n - b.n), order: 'as given' };
  if (dumps.every((d) => d.at !== null)) return { ordered: [...dumps].sort((a, b) => Number((a.at as bigint) - (b.at as bigint)) || a.n - b.n), order: 'times' };
  return { ordered: [...dumps].sort((a, b) => natural(a.artifact.path, b.artifact.path) || a.n - b.n), order: 'file names' };
}
