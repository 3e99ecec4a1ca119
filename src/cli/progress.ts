/** One line on the error stream while long inputs are read; nothing where nobody looks. */
import type { Console } from './console.ts';

/** Below this much input nothing is shown: it is over before it can be read. */
const WORTH_BYTES = 64 * 1024 * 1024;
const EVERY_MS = 200;

export interface Progress {
  readonly onBytes: (done: number, known: number) => void;
  readonly says: (what: string) => void;
  readonly end: () => void;
}

export function progressOn(console: Console, now: () => number = Date.now): Progress {
  let shown = false;
  let last = 0;
  let worth = false;
  const put = (text: string): void => {
    console.err(`\r\u001b[K${text}`);
    shown = true;
  };
  return {
    onBytes(done, known) {
      worth ||= known >= WORTH_BYTES;
      if (!console.errIsTerminal || !worth || now() - last < EVERY_MS) return;
      last = now();
      put(`reading ${(done / 2 ** 20).toFixed(0)} of ${(known / 2 ** 20).toFixed(0)} MiB`);
    },
    says(what) {
      if (console.errIsTerminal && worth) put(what);
    },
    end() {
      if (shown) console.err('\r\u001b[K');
    },
  };
}
