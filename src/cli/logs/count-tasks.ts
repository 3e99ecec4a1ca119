/** A census cut into ranges that threads take one after the other. */
import type { LogFile } from '../../collect/log-files/index.ts';
import { Census, type CensusState, type Stretch } from '../../observe/lib/logs/census/index.ts';
import { type FormatSet, LogOutline } from '../../read/logs/index.ts';

export interface CountTask {
  readonly file: number;
  readonly from: number;
  readonly to: number;
}

export interface CountStart {
  readonly paths: readonly { readonly path: string; readonly id: string }[];
  readonly tasks: readonly CountTask[];
  readonly counter: SharedArrayBuffer;
  readonly windows: readonly [Stretch, Stretch] | null;
}

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
  readonly #outliner: ReturnType<typeof LogOutline.outliner>;
  readonly #formats: FormatSet;
  readonly census: Census;

  constructor(logs: readonly LogFile[], windows: readonly [Stretch, Stretch] | null, formats: FormatSet) {
    this.#logs = logs;
    this.#formats = formats;
    this.#outliner = LogOutline.outliner(formats);
    this.census = new Census(windows);
  }

  log(file: number): LogOutline {
    const known = this.#open.get(file) ?? new LogOutline(this.#logs[file]!.artifact, this.#outliner, this.#formats);
    this.#open.set(file, known);
    return known;
  }

  run(task: CountTask): void {
    this.census.walk(this.log(task.file), task.from, task.to);
  }

  state(): CensusState {
    return this.census.state();
  }
}
