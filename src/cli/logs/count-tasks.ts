/** A count over logs, cut into ranges that threads take one after the other. */
import type { LogFile } from '../../collect/log-files/index.ts';
import type { CensusState, Stretch } from '../../observe/lib/logs/census/index.ts';
import type { FieldUseState } from '../../read/logs/columns/fields.ts';
import type { FieldCountState, GroupBy } from '../../read/logs/columns/index.ts';
import { type FormatSet, LogOutline, type LogRecord } from '../../read/logs/index.ts';

export interface CountTask {
  readonly file: number;
  readonly from: number;
  readonly to: number;
}

/** What is counted: everything that patterns and stats need, records by what fields say, or which fields there are. */
export type Counting =
  | { readonly kind: 'census'; readonly windows: readonly [Stretch, Stretch] | null }
  | { readonly kind: 'groups'; readonly by: GroupBy }
  | { readonly kind: 'fields' };

export interface CountStart {
  readonly paths: readonly { readonly path: string; readonly id: string }[];
  readonly tasks: readonly CountTask[];
  readonly counter: SharedArrayBuffer;
  readonly counting: Counting;
}

export type CountState = CensusState | FieldCountState | FieldUseState;

/** Of fixed size at any length of the logs; two of them add up. */
export interface Tally {
  open(log: LogFile): LogOutline;
  walk(log: LogOutline, from: number, to: number): void;
  record(record: LogRecord): void;
  state(): CountState;
  merge(state: CountState): void;
}

/** Only what is asked for is loaded. */
export async function openTally(counting: Counting, formats: FormatSet): Promise<Tally> {
  if (counting.kind === 'groups') {
    const { FieldCounter } = await import('../../read/logs/columns/index.ts');
    return tallyOf<FieldCountState>(new FieldCounter(counting.by, formats));
  }
  if (counting.kind === 'fields') {
    const { FieldCensus } = await import('../../read/logs/columns/fields.ts');
    return tallyOf<FieldUseState>(new FieldCensus(formats));
  }
  const { Census } = await import('../../observe/lib/logs/census/index.ts');
  const census = new Census(counting.windows);
  const outliner = LogOutline.outliner(formats);
  return tallyOf<CensusState>({
    open: (artifact) => new LogOutline(artifact, outliner, formats),
    walk: (log, from, to) => census.walk(log, from, to),
    record: (record) => census.record(record),
    state: () => census.state(),
    merge: (state) => census.merge(state),
  });
}

interface Counter<S extends CountState> extends Pick<Tally, 'walk' | 'record'> {
  open(artifact: LogFile['artifact']): LogOutline;
  state(): S;
  merge(state: S): void;
}

/** Who opens a tally knows of what kind its states are. */
const tallyOf = <S extends CountState>(of: Counter<S>): Tally => ({
  open: ({ artifact }) => of.open(artifact),
  walk: (log, from, to) => of.walk(log, from, to),
  record: (record) => of.record(record),
  state: () => of.state(),
  merge: (state) => of.merge(state as S),
});

const TASK_BYTES = 16 * 1024 * 1024;

/** Where a log has no place near that it may be cut at, ranges are longer. */
export function countTasks(log: LogOutline, file: number): CountTask[] {
  const size = log.artifact.source.sizeBytes;
  const tasks: CountTask[] = [];
  let from = 0;
  for (let at = TASK_BYTES; at < size; at += TASK_BYTES) {
    const cut = log.cutNear(at);
    if (cut === null || cut <= from || cut >= size) continue;
    tasks.push({ file, from, to: cut });
    from = cut;
  }
  tasks.push({ file, from, to: size });
  return tasks;
}

export class CountRunner {
  readonly #logs: readonly LogFile[];
  readonly #open = new Map<number, LogOutline>();
  readonly #tally: Tally;

  constructor(logs: readonly LogFile[], tally: Tally) {
    this.#logs = logs;
    this.#tally = tally;
  }

  log(file: number): LogOutline {
    const known = this.#open.get(file) ?? this.#tally.open(this.#logs[file]!);
    this.#open.set(file, known);
    return known;
  }

  run(task: CountTask): void {
    this.#tally.walk(this.log(task.file), task.from, task.to);
  }
}
