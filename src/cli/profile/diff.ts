/** `gorca profile diff`: what changed from one profile to another, beyond what sampling shows by itself. */
import type { DiffOptions, Normalisation } from '../../observe/lib/profiles/diff.ts';
import { commonTypes } from '../../observe/lib/profiles/diff.ts';
import type { Granularity } from '../../observe/lib/profiles/rows.ts';
import { differenceOf } from '../../observe/lib/profiles/views.ts';
import { typeIndex } from '../../read/pprof/index.ts';
import { renderDifference } from '../../report/profile/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { UsageError } from '../usage-error.ts';
import { granularity, loadProfiles, rowsOf, selection, typeOf } from './load.ts';
import { printViews } from './print.ts';

const SHOWN = 20;

export const run: Run = async (console, flags, args) => {
  const by = granularity(flags);
  const select = await selection(flags);
  const { profiles, exit } = await loadProfiles(console, args);
  if (profiles.length === 0) return exit;
  const [first, second] = profiles;
  if (first === undefined || profiles.length > 2) throw new UsageError('two profiles are compared: gorca profile diff before.pb.gz after.pb.gz');
  if (second === undefined && !first.profile.delta)
    throw new UsageError(`a second profile is needed to compare with ${first.file}; a difference by itself is what ?seconds=N of a heap, block or mutex profile gives`);
  const now = second ?? first;
  const base = second === undefined ? null : first;
  const common = base === null ? now.profile.sampleTypes.map((t) => t.type) : commonTypes(base.profile, now.profile);
  if (common.length === 0)
    throw new UsageError(`the two hold different things: ${base?.profile.sampleTypes.map((t) => t.type).join(', ')} and ${now.profile.sampleTypes.map((t) => t.type).join(', ')}`);
  const usual = now.profile.sampleTypes[typeOf(now.profile, flags)]?.type as string;
  const type = common.includes(usual) ? usual : (common.at(-1) as string);
  const all = flags['all'] === true;
  const options: DiffOptions & { most: number; all: boolean } = {
    by: by.startsWith('label:') ? { label: by.slice(6) } : (by as Granularity),
    ...(typeof flags['normalise'] === 'string' ? { normalise: flags['normalise'] as Normalisation } : {}),
    most: rowsOf(flags, SHOWN),
    all,
  };
  const input = (l: typeof now) => ({ ...l, type: typeIndex(l.profile, type), keep: select(l.profile) });
  printViews(console, flags, [differenceOf(base === null ? null : input(base), input(now), options)], (view, o) => renderDifference(view, { ...o, all }));
  return EXIT.finished;
};
