/** `gorca logs stats --by level,service --every 1m`: records by what their fields say, and by time. */
import type { FieldGroups } from '../../model/index.ts';
import { type FieldCountState, type FieldGroup, GROUP_NAMES_CAP } from '../../read/logs/columns/index.ts';
import { goDurationSeconds } from '../../read/logs/go-duration.ts';
import { renderGroups } from '../../report/log-census/index.ts';
import type { FlagValues, Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { countLogs, nothingOpened } from './count.ts';

const SHOWN = 30;

export const run: Run = async (console, flags, args) => {
  const names = namesIn(flags);
  const everyNs = everyIn(flags);
  const counted = await countLogs(console, args, flags, { kind: 'groups', by: { names, everyNs } });
  const nothing = nothingOpened(counted);
  if (nothing !== null) return nothing;
  const state = counted.state as FieldCountState;
  if (state.records === 0 && typeof flags['query'] !== 'string') {
    console.err('no record of a known logger is in the input\n');
    return EXIT.nothingReadable;
  }
  const json = flags['json'] === true;
  const first = typeof flags['first'] === 'number' ? flags['first'] : json ? null : SHOWN;
  const { groups, left } = shownOf(state.groups, first);
  const report: FieldGroups = {
    schema: 'gorca.log-groups/1',
    by: names,
    everySeconds: everyNs === 0n ? null : Number(everyNs) / 1e9,
    records: state.records,
    rejected: state.rejected,
    logs: counted.logs.length,
    bytes: counted.logs.reduce((n, l) => n + l.artifact.source.sizeBytes, 0),
    groups,
    left,
    beyond: state.beyond,
  };
  if (json) printJson(console, report);
  else console.out(renderGroups(report, styleOf(console, flags)));
  return EXIT.finished;
};

function namesIn(flags: FlagValues): string[] {
  const names = String(flags['by']).split(',');
  if (names.some((n) => n === '')) throw new UsageError(`--by ${String(flags['by'])}: names of fields stand between commas, as in --by level,service`);
  if (names.length > GROUP_NAMES_CAP) throw new UsageError(`--by takes at most ${GROUP_NAMES_CAP} names`);
  return names;
}

function everyIn(flags: FlagValues): bigint {
  const given = flags['every'];
  if (typeof given !== 'string') return 0n;
  const seconds = goDurationSeconds(given);
  if (seconds === null || seconds < 1e-3 || seconds > 366 * 86_400) throw new UsageError(`--every ${given}: 10s, 1m and 1h are widths; a millisecond at least and a year at most`);
  return BigInt(Math.round(seconds * 1e6)) * 1000n;
}

/** The largest groups, by their time. Of groups alike in size the order is that of their values. */
function shownOf(all: readonly FieldGroup[], first: number | null): Pick<FieldGroups, 'groups' | 'left'> {
  const keyed = all.map((g) => ({ g, key: JSON.stringify(g.values) }));
  const bySize = (a: (typeof keyed)[number], b: (typeof keyed)[number]): number => b.g.count - a.g.count || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  const byTime = (a: (typeof keyed)[number], b: (typeof keyed)[number]): number =>
    a.g.from === b.g.from ? 0 : a.g.from === null ? 1 : b.g.from === null ? -1 : a.g.from < b.g.from ? -1 : 1;
  const sorted = keyed.sort((a, b) => bySize(a, b) || byTime(a, b));
  const shown = first === null ? sorted : sorted.slice(0, first);
  const left = sorted.slice(shown.length);
  return {
    groups: shown.sort((a, b) => byTime(a, b) || bySize(a, b)).map(({ g }) => ({ from: g.from === null ? null : isoOf(g.from), values: g.values, count: g.count })),
    left: { groups: left.length, records: left.reduce((n, { g }) => n + g.count, 0) },
  };
}

/** To the millisecond, which no stretch is narrower than. */
function isoOf(at: bigint): string | null {
  const date = new Date(Number(at / 1_000_000n));
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
