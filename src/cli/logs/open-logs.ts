/** What the commands of `gorca logs` share: inputs into logs that can be scanned, and what was wrong with them. */
import { collectFiles } from '../../collect/files/index.ts';
import type { Artifact, Problem, Readings } from '../../model/index.ts';
import { MemoryBudget } from '../../platform/files.ts';
import { openReadings } from '../../read/lib/readings.ts';
import { type LogSet, type LogSource, logs, logsReader, rotatedSets } from '../../read/logs/index.ts';
import type { FlagValues } from '../command.ts';
import type { Console } from '../console.ts';
import { givenFormats } from '../own-formats.ts';
import { progressOn } from '../progress.ts';
import { UsageError } from '../usage-error.ts';

export interface OpenLog {
  readonly artifact: Artifact;
  readonly source: LogSource;
}

export interface OpenLogs {
  /** Parts of a rotated log stand together, oldest first. */
  readonly logs: readonly OpenLog[];
  /** One log a set: the parts of a rotated one, or a file by itself. */
  readonly sets: readonly LogSet[];
  readonly readings: Readings;
  readonly problems: readonly Problem[];
  /** Inputs in which no record of a known logger was found. */
  readonly others: readonly string[];
}

/** Logs are read from end to end, once or twice: the larger ones through a window. */
const HELD_BYTES = 8 * 1024 * 1024;

/** `more`: what was taken from log stores. */
export async function openLogs(console: Console, inputs: readonly string[], flags: FlagValues = {}, more: readonly Artifact[] | null = null): Promise<OpenLogs> {
  if (inputs.length === 0 && more === null) throw new UsageError('name at least one log: files, folders, archives, or - for standard input');
  const { formats } = givenFormats(console, flags);
  const progress = progressOn(console);
  const files = await collectFiles(inputs, { onProgress: progress.onBytes, budget: new MemoryBudget(HELD_BYTES) });
  const collected = { ...files, artifacts: [...files.artifacts, ...(more ?? [])] };
  progress.end();
  const readings = openReadings(collected.artifacts, [logsReader(formats)]);
  const sets = rotatedSets(readings.of(logs).map((r) => r.model));
  const open = sets.flatMap((s) => s.parts.map((source) => ({ artifact: source.artifact, source })));
  const taken = new Set(open.map((o) => o.artifact.id));
  const problems = [...collected.problems, ...readings.problems(), ...sets.flatMap((s) => s.problems)];
  return { logs: open, sets, readings, problems, others: collected.artifacts.filter((a) => !taken.has(a.id)).map((a) => a.id) };
}
