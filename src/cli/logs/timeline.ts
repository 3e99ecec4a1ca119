/** `gorca logs timeline`: what all services logged, counted in columns of time and in one order. */
import { formatInstant, type Instant, instant, parseInstant, TIMELINE_VERSION, type Timeline, type TimelineRecord } from '../../model/index.ts';
import { Merge, type MergedRecord, orderUnknown, servicesOf, shownTime } from '../../observe/lib/timeline/merge.ts';
import { clockViews } from '../../observe/lib/traces/clock-views.ts';
import type { Fleet } from '../../observe/lib/traces/fleet.ts';
import { lineNumbers } from '../../read/lib/line-numbers.ts';
import type { Level } from '../../read/logs/index.ts';
import { renderTimeline, timelineLine } from '../../report/timeline/index.ts';
import type { FlagValues, Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { asPrinted, compareClocks } from './compare-clocks.ts';
import { type OpenLogs, openLogs } from './open-logs.ts';

const FIRST = 40;
const OVERTAKEN = 0.01;
/** As many as half of eighty columns hold. */
const COLUMNS = 48;

export const run: Run = async (console, flags, args) => {
  const from = timeFlag(flags, 'since');
  const to = timeFlag(flags, 'until');
  const opened = await openLogs(console, args, flags);
  if (opened.logs.length === 0) {
    console.err('no log of a known logger is in the input\n');
    return EXIT.nothingReadable;
  }
  const all = flags['all'] === true;
  const options: TimelineOptions = {
    from,
    to,
    minLevel: (flags['level'] as Level | undefined) ?? null,
    raw: flags['raw'] === true,
    keep: all ? 0 : typeof flags['first'] === 'number' ? flags['first'] : FIRST,
    columns: Math.max(COLUMNS, Math.min(160, console.columns - 32)),
  };
  const { timeline, rest } = timelineOf(opened, options, all);
  if (flags['json'] === true) {
    const records = all ? [...rest()] : timeline.records;
    printJson(console, { ...timeline, records });
    return EXIT.finished;
  }
  const style = styleOf(console, flags);
  console.out(renderTimeline(timeline, style));
  // as many as there are: printed as they come
  if (all) for (const r of rest()) console.out(timelineLine(r, style));
  return EXIT.finished;
};

export interface TimelineOptions {
  readonly from: Instant | null;
  readonly to: Instant | null;
  readonly minLevel: Level | null;
  readonly raw: boolean;
  /** Records that come with it. */
  readonly keep: number;
  readonly columns: number;
}

export function timelineOf(opened: OpenLogs, options: TimelineOptions, all = false): { timeline: Timeline; rest: () => Generator<TimelineRecord> } {
  const notes: string[] = [];
  for (const { artifact } of opened.logs)
    if (artifact.incomplete !== undefined) notes.push(`${artifact.path} is incomplete (${artifact.incomplete.how}): ${artifact.incomplete.why}`);
  const fleet = options.raw ? asPrinted(opened, [], notes) : compareClocks(opened, options, notes);
  const reference = referenceOf(fleet);
  const files = opened.logs.map((l) => l.artifact.member ?? l.artifact.path);
  const merge = new Merge(
    opened.logs.map((l, i) => ({ source: l.source, file: files[i] as string })),
    fleet,
    reference,
    options.raw,
  );
  const overview = merge.overview(options, options.keep);
  const { services, from, width } = servicesOf(overview, options.columns);
  const span = Math.max(0, ...services.flatMap((s) => Object.values(s.counts).map((c) => c.length))) * width;
  const at = (seconds: number): string => formatInstant(instant(BigInt(Math.round(seconds * 1e6)) * 1000n));
  const lines = lineNumbers(
    overview.first.map((r) => ({ artifact: opened.logs[r.log]?.artifact.id ?? '', offset: r.offset })),
    opened.logs.map((l) => l.artifact),
  );
  for (const f of overview.files) {
    if (f.untimed > 0) notes.push(`${f.file}: ${f.untimed} of ${f.records} records have no time that could be read`);
    // threads that log at once overtake each other by a little
    if (f.worstSeconds >= OVERTAKEN) notes.push(`${f.file}: ${f.outOfOrder} of ${f.records} records stand below younger ones, by up to ${f.worstSeconds.toPrecision(3)} s`);
  }
  for (const other of opened.others) notes.push(`${other} holds no record of a known logger`);
  const shown = (r: MergedRecord, before: MergedRecord | null, line: number | null): TimelineRecord => ({
    file: files[r.log] as string,
    line,
    offset: r.offset,
    length: r.length,
    service: r.service,
    level: r.level,
    message: r.message,
    time: shownTime(r),
    orderUnknown: orderUnknown(before, r),
  });
  const timeline: Timeline = {
    schema: TIMELINE_VERSION,
    reference: reference === null || options.raw ? null : fleet.label(reference),
    from: services.length === 0 ? null : at(from),
    to: services.length === 0 ? null : at(from + span),
    columnSeconds: width,
    services,
    clocks: reference === null || options.raw ? [] : clockViews(fleet, fleet.clocks.clocks, reference, null),
    files: overview.files,
    records: overview.first.map((r, i) => shown(r, overview.first[i - 1] ?? null, lines[i] ?? null)),
    matched: overview.matched,
    notes,
  };
  return {
    timeline,
    *rest() {
      if (!all) return;
      let before: MergedRecord | null = null;
      for (const r of merge.all(options, overview)) {
        yield shown(r, before, null);
        before = r;
      }
    },
  };
}

/** The reference of the largest group of clocks that can be compared. */
function referenceOf(fleet: Fleet): string | null {
  const groups = new Map<string, number>();
  for (const c of fleet.clocks.clocks) {
    const r = fleet.clocks.referenceOf(c);
    groups.set(r, (groups.get(r) ?? 0) + 1);
  }
  return [...groups].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]?.[0] ?? null;
}

/** RFC 3339, in UTC where no zone is named. */
function timeFlag(flags: FlagValues, name: string): Instant | null {
  const text = flags[name];
  if (typeof text !== 'string') return null;
  const at = parseInstant(text);
  if (at === null) throw new UsageError(`--${name} ${text}: a time like 2026-11-24T03:22:59Z is expected`);
  return at;
}
