/**
 * Argument words of one goroutine's frames, read again from its raw text: they name the locks it waits for and the objects its methods run on.
 * `0xc000012345?` may be stale (the register was not live any more) and is marked; `...` and `_` carry nothing.
 */
import { type Artifact, decodeText } from '../../../model/index.ts';
import { logicalLines, type Wrapper } from '../lines.ts';
import { type GoroutineTable, rowSpan } from './table.ts';

export interface ArgumentFrame {
  readonly symbol: string;
  readonly file: string;
  readonly line: number;
  /** Words in order, braces flattened away; null where nothing was printed for it. */
  readonly words: readonly (string | null)[];
  /** Same length: true where the runtime marked the word with "?". */
  readonly stale: readonly boolean[];
}

const FILE = /^\s+(.{1,4096}):(\d{1,9})(?: .*)?$/;
const GOROUTINE_BYTES = 256 * 1024;

export function argumentFrames(artifact: Artifact, table: GoroutineTable, row: number, wrapper: Wrapper | null): ArgumentFrame[] {
  const span = rowSpan(table, row);
  const out: ArgumentFrame[] = [];
  let open: { symbol: string; args: string } | null = null;
  let first = true;
  for (const line of logicalLines(artifact, span.offset, span.offset + Math.min(span.length, GOROUTINE_BYTES), wrapper)) {
    const text = decodeText(line.text);
    if (first) {
      first = false;
      continue;
    }
    if (open !== null) {
      const file = FILE.exec(text);
      if (file !== null) out.push({ symbol: open.symbol, file: file[1] as string, line: Number(file[2]), ...argumentWords(open.args) });
      open = null;
      continue;
    }
    const trimmed = text.trimStart();
    if (trimmed.startsWith('created by ') || trimmed.startsWith('[originating')) break;
    const paren = trimmed.endsWith(')') ? trimmed.lastIndexOf('(') : -1;
    if (paren > 0) open = { symbol: trimmed.slice(0, paren), args: trimmed.slice(paren + 1, -1) };
  }
  return out;
}

function argumentWords(args: string): { words: (string | null)[]; stale: boolean[] } {
  const words: (string | null)[] = [];
  const stale: boolean[] = [];
  for (const part of args.split(',')) {
    const word = part.replace(/[{}\s]/g, '');
    if (word === '') continue;
    const known = /^0x[0-9a-f]{1,16}\??$/.test(word);
    words.push(known ? word.replace('?', '') : null);
    stale.push(word.endsWith('?'));
  }
  return { words, stale };
}
