/**
 * The parts of a rotated log as one: app.log.2.gz, app.log.1, app.log. Names say which belong together and suggest an order; what stands in
 * them decides it, because names lie: files are copied, restored and renamed. What contradicts is said.
 */
import { formatInstant, type Instant, type Problem, placeAt } from '../../model/index.ts';
import { byRotation, type Rotation, rotationOfArtifact } from '../lib/rotation.ts';
import type { LogSource } from './log-source.ts';

export interface LogSet {
  /** Path of the file that is written to now. */
  readonly name: string;
  /** Oldest first; one where nothing was rotated. */
  readonly parts: readonly LogSource[];
  /** name: in one of the parts no record says when it was written. */
  readonly orderedBy: 'time' | 'name';
  readonly problems: readonly Problem[];
}

/** So many records may stand at the head of a part before one that says when it was written. */
const LOOK_CAP = 2000;

export function rotatedSets(logs: readonly LogSource[]): LogSet[] {
  const groups = new Map<string, { log: LogSource; rotation: Rotation }[]>();
  for (const log of logs) {
    const rotation = rotationOfArtifact(log.artifact);
    const group = groups.get(rotation.base) ?? [];
    group.push({ log, rotation });
    groups.set(rotation.base, group);
  }
  const sets: LogSet[] = [];
  for (const [name, group] of groups) {
    // two files of one plain name are two logs: a folder was given twice
    const plain = group.filter((g) => g.rotation.number === null && g.rotation.stamp === null);
    if (plain.length > 1) for (const g of group) sets.push({ name: g.log.artifact.path, parts: [g.log], orderedBy: 'name', problems: [] });
    else sets.push(setOf(name, group));
  }
  return sets;
}

function setOf(name: string, group: readonly { log: LogSource; rotation: Rotation }[]): LogSet {
  const named = [...group].sort((a, b) => byRotation(a.rotation, b.rotation) || (a.log.artifact.id < b.log.artifact.id ? -1 : 1));
  if (named.length === 1) return { name, parts: [named[0]!.log], orderedBy: 'name', problems: [] };
  const timed = named.map((g) => ({ ...g, from: firstTime(g.log) }));
  if (timed.some((t) => t.from === null)) return { name, parts: named.map((g) => g.log), orderedBy: 'name', problems: [] };
  const parts = timed.map((t, i) => ({ ...t, i })).sort((a, b) => (a.from! < b.from! ? -1 : a.from! > b.from! ? 1 : a.i - b.i));
  const problems: Problem[] = [];
  const moved = parts.find((p, i) => p.i !== i);
  if (moved !== undefined) {
    const { artifact } = moved.log;
    problems.push({
      code: 'logs/rotated-order',
      severity: 'note',
      place: placeAt(artifact.id, { offset: 0, length: 0 }),
      what: `the names of ${parts.length} parts of ${name} suggest another order than their records: ${artifact.path} begins at ${formatInstant(moved.from!)}`,
      why: 'files of a rotated log were copied, restored or renamed; the order of their records is used',
      next: 'look at whether parts of several hosts lie together',
    });
  }
  return { name, parts: parts.map((p) => p.log), orderedBy: 'time', problems };
}

/** When the first record that says so was written; an assumed date says nothing of that. */
function firstTime(log: LogSource): Instant | null {
  let at: Instant | null = null;
  let seen = 0;
  log.scan({}, (r) => {
    const time = r.time;
    if (time !== null && !time.assumed.includes('date')) at = time.at;
    return at === null && ++seen < LOOK_CAP;
  });
  return at;
}
