/** `gorca logs patterns`: what kinds of records a log holds, and which came, went or grew. */
import { Census, type CensusState, type Stretch } from '../../observe/lib/logs/census/index.ts';
import { patternsOf } from '../../observe/lib/logs/census/patterns.ts';
import { renderPatterns } from '../../report/log-census/index.ts';
import type { FlagValues, Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { parseStretch } from '../hints.ts';
import { printJson, styleOf } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { countLogs, nothingOpened } from './count.ts';

const SHOWN = 30;

export const run: Run = async (console, flags, args) => {
  const windows = windowsIn(flags);
  const counted = await countLogs(console, args, flags, { kind: 'census', windows });
  const nothing = nothingOpened(counted);
  if (nothing !== null) return nothing;
  const census = new Census(windows);
  census.merge(counted.state as CensusState);
  const json = flags['json'] === true;
  const first = typeof flags['first'] === 'number' ? flags['first'] : json ? null : SHOWN;
  const report = patternsOf(census, windows, first);
  if (report.records === 0 && typeof flags['query'] !== 'string') {
    console.err('no record of a known logger is in the input\n');
    return EXIT.nothingReadable;
  }
  if (windows !== null && (report.windows?.window.records === 0 || report.windows?.against.records === 0))
    console.err('one of the windows holds no record: nothing can be compared\n');
  if (json) printJson(console, report);
  else console.out(renderPatterns(report, styleOf(console, flags)));
  return EXIT.finished;
};

function windowsIn(flags: FlagValues): readonly [Stretch, Stretch] | null {
  const { window, against } = flags;
  if (typeof window !== 'string' && typeof against !== 'string') return null;
  if (typeof window !== 'string' || typeof against !== 'string')
    throw new UsageError('--window and --against go together: the stretch in question and the one it is compared with');
  const stretch = (flag: string, given: string): Stretch => {
    const { from, to } = parseStretch(flag, given);
    return { from: Number(from) / 1e9, to: Number(to) / 1e9 };
  };
  return [stretch('window', window), stretch('against', against)];
}
