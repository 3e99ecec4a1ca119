/** A census as what is to be known of logs before they are trusted. */
import type { CensusFile, CensusPlace, CensusStats } from '../../../../model/index.ts';
import { LEVELS, samplingIn } from '../../../../read/logs/index.ts';
import type { FileState, Mark } from './files.ts';
import { gapsOf } from './gaps.ts';
import type { Census } from './index.ts';
import { isoOf } from './patterns.ts';
import { NO_LEVEL } from './texts.ts';

const COLUMNS = 40;
const ERROR = LEVELS.indexOf('error');
/** Less is a busy moment. */
const BURST = 5;

export function statsOf(census: Census): CensusStats {
  const states = [...census.files.values()].map((f) => f.state()).sort((a, b) => (a.path < b.path ? -1 : 1));
  const from = Math.min(...states.map((f) => f.first));
  const to = Math.max(...states.map((f) => f.last));
  const dated = from < to;
  const services = [...census.services.values()].sort((a, b) => b.count - a.count || ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
  const sampling = samplingIn(census.breaks);
  return {
    schema: 'gorca.log-stats/1',
    records: states.reduce((n, f) => n + f.records, 0),
    bytes: states.reduce((n, f) => n + f.sizeBytes, 0),
    from: isoOf(from),
    to: isoOf(to),
    columnSeconds: dated ? (to - from) / COLUMNS : 0,
    levels: census.levels
      .map((h, i) => ({ level: i === NO_LEVEL ? null : LEVELS[i]!, count: sum(h.counts) + census.undated[i]!, over: dated ? h.bars(from, to, COLUMNS) : [] }))
      .filter((l) => l.count > 0),
    services: services.map((s) => ({ service: s.name, count: s.count, errors: s.levels[ERROR]! + s.levels[ERROR + 1]!, over: dated ? s.over.bars(from, to, COLUMNS) : [] })),
    busiest: dated ? busiestOf(census, from, to) : null,
    sampled: sampling === null ? null : { how: sampling.how, texts: sampling.of.size, windows: sampling.windows },
    gaps: gapsOf(services.map((s) => ({ service: s.name, over: s.over }))).map((g) => ({ ...g, from: isoOf(g.from)!, to: isoOf(g.to)!, seconds: g.to - g.from })),
    files: states.map(fileOf),
  };
}

const sum = (counts: Iterable<number>): number => {
  let n = 0;
  for (const c of counts) n += c;
  return n;
};

const FINE = 400;

function busiestOf(census: Census, from: number, to: number): CensusStats['busiest'] {
  const total = new Array<number>(FINE).fill(0);
  for (const h of census.levels) for (const [i, n] of h.bars(from, to, FINE).entries()) total[i]! += n;
  const usual = [...total].sort((a, b) => a - b)[FINE >> 1]!;
  const most = Math.max(...total);
  if (usual === 0 || most < BURST * usual) return null;
  const step = (to - from) / FINE;
  return { from: isoOf(from + total.indexOf(most) * step)!, seconds: step, records: most, timesUsual: Number((most / usual).toPrecision(2)) };
}

function fileOf(f: FileState): CensusFile {
  const place = (m: Mark | null): CensusPlace | null => (m === null ? null : { file: f.path, offset: m.offset, length: m.length });
  return {
    file: f.path,
    bytes: f.sizeBytes,
    lines: f.lines,
    records: f.records,
    recordBytes: f.recordBytes,
    rejected: { spans: f.rejected, bytes: f.rejectedBytes, first: place(f.rejectedAt[0] ?? null) },
    blankBytes: f.blankBytes,
    lineEndBytes: f.sizeBytes - f.recordBytes - f.rejectedBytes - f.blankBytes,
    formats: Object.fromEntries([...f.formats].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))),
    from: isoOf(f.first),
    to: isoOf(f.last),
    undated: f.undated,
    severalLines: f.severalLines,
    crashes: f.crashes,
    longLines: f.longLines,
    duplicateKeys: { records: f.duplicateKeys, first: place(f.duplicateAt) },
    stepNs: f.stepNs,
    stepsBack: { count: f.stepsBack, most: f.back?.seconds ?? 0, at: place(f.back?.at ?? null) },
    signs: signsOf(f),
  };
}

function signsOf(f: FileState): string[] {
  const signs: string[] = [];
  if (f.rejectedAt[0]?.offset === 0) signs.push('its first line is no record: rotated in the middle of one, or a banner');
  if (f.rejectedLast !== null && f.rejectedLast.offset + f.rejectedLast.length === f.sizeBytes)
    signs.push('its last line is no record and has no end: cut off, or still being written');
  if (f.holeAt !== null) signs.push(`NUL bytes at ${f.holeAt.offset}: truncated in place while its writer went on`);
  return signs;
}
