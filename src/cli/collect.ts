/** `gorca collect`: takes a slice of logs from where they lie, or what a process says about itself, into a bundle. */
import { isFree, writeBundle } from '../collect/lib/bundle-folder.ts';
import { manifestOf, type StoreSlice } from '../collect/lib/slice.ts';
import { formatInstant, type ReportGap } from '../model/index.ts';
import { manyLines } from '../report/lib/safe-text.ts';
import type { Run } from './command.ts';
import { namesStore } from './flags.ts';
import { askStores, wantedOf } from './stores.ts';
import { UsageError } from './usage-error.ts';

export const run: Run = async (console, flags, args) => {
  if (args.length > 0) throw new UsageError('collect takes no input; --loki, --victorialogs and --pprof name what is asked');
  if (typeof flags['pprof'] === 'string') return (await import('./collect-pprof.ts')).collectPprof(console, flags);
  for (const f of PPROF_ONLY) if (flags[f] !== undefined && flags[f] !== false) throw new UsageError(`--${f} goes with --pprof`);
  if (!namesStore(flags)) throw new UsageError('name what is asked: --loki URL, --victorialogs URL or --pprof URL');
  const folder = flags['output'];
  if (typeof folder !== 'string' || folder === '') throw new UsageError('name a new folder for the bundle: -o FOLDER');
  if (!isFree(folder)) throw new UsageError(`-o ${folder}: a new or an empty folder is expected, so that nothing is mixed in or written over`);
  const wanted = wantedOf(flags);
  const { slices, faults, gaps, exit } = await askStores(console, flags, wanted);
  for (const fault of faults) console.err(manyLines(fault));
  if (slices.length === 0) return exit;
  const manifest = manifestOf(slices, 'logs taken from where they lie');
  const all = [...(manifest.gaps ?? []), ...gaps] as ReportGap[];
  writeBundle(
    folder,
    slices.flatMap((s) => s.files),
    { ...manifest, gaps: all },
  );
  console.out(manyLines(summaryOf(slices, all, folder)));
  return exit;
};

const PPROF_ONLY = ['dry-run', 'namespace', 'context', 'container', 'seconds', 'rounds', 'every', 'gc', 'max-dump-goroutines', 'metrics'] as const;

const plural = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;

function summaryOf(slices: readonly StoreSlice[], gaps: readonly ReportGap[], folder: string): string {
  const lines: string[] = [];
  for (const s of slices) {
    lines.push(`${s.store === 'loki' ? 'Loki' : 'VictoriaLogs'} at ${s.server}, ${formatInstant(s.from)} to ${formatInstant(s.to)}`);
    for (const a of s.asked)
      lines.push(`  ${String(a.lines).padStart(6)}  ${a.what}${a.from === s.from && a.to === s.to ? '' : `, ${formatInstant(a.from)} to ${formatInstant(a.to)}`}`);
    lines.push(`  ${plural(s.lines, 'line')} of ${plural(s.files.length, 'source')}`);
  }
  for (const g of gaps) lines.push('', `GAP  ${g.what}`, `     ${g.why}`, ...(g.next === '' ? [] : [`     ${g.next}`]));
  lines.push('', `gorca investigate ${folder}`);
  return `${lines.join('\n')}\n`;
}
