/** Walks a range of a log as rows of the columns kernel, and as records where there is no row to be counted. */
import type { Columns } from '../../../kernels/index.ts';
import type { LogRecord } from '../log-source.ts';
import type { LogOutline, RowSource } from '../outline/index.ts';

/** `take`: whether the row that begins at `at` was counted; else it is asked as a record. [from, to) as LogOutline.walk wants them. */
export function walkRows(log: LogOutline, from: number, to: number, take: (words: Uint32Array, at: number) => boolean, record: (r: LogRecord) => void): void {
  log.walk(from, to, {
    row: (base, words, at) => {
      if (take(words, at)) return;
      const asked = log.recordOf(base, words, at);
      // what the kernel decided a record says, too
      if (asked === null) throw new Error(`no record at ${base + words[at]!} of ${log.artifact.path}`);
      record(asked);
    },
    record,
  });
}

/** The rows of a columns kernel, with what is to be done around each run of it. */
export function rowsOf(columns: Columns, run: RowSource['run']): RowSource {
  return {
    words: columns.words,
    out: columns.out,
    capacity: columns.capacity,
    buffer: () => columns.buffer(),
    get resumeAt() {
      return columns.resumeAt;
    },
    run,
  };
}
