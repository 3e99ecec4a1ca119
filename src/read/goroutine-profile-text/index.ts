/**
 * Reads `GET /debug/pprof/goroutine?debug=1` (and goroutineleak?debug=1): goroutines counted by stack, as text.
 * Written by: runtime/pprof/pprof.go printCountProfile and printStackRecord, Go 1.11 to 1.27 (testdata here and in go/zoo/testdata/parked).
 * Sample:   goroutine profile: total 154
 *           143 @ 0x48c20a 0x4189ac 0x418897 0x681d3e 0x493101
 *           # labels: {"route":"/reserve", "tenant":"blue"}
 *           #⇥0x681d3d⇥main.reserve.func1+0x1d⇥⇥/src/orders/main.go:61
 * Units:    counts are goroutines. Columns go through text/tabwriter: one to many tabs between them.
 * Problems: goroutine-profile-text/total (counts do not add up to the total), goroutine-profile-text/none. Never throws on input.
 * Not read: program counters (without the binary they name nothing). The runtime's own frames are not printed, so this form does not
 * say what a goroutine waits for where the wait is a channel operation; nor since when.
 */
import { decodeText, type Problem, placeAt, type Reader, type Span } from '../../model/index.ts';
import { unquote } from '../lib/goroutines/header.ts';
import type { Frame } from '../lib/goroutines/table.ts';
import { logicalLines } from '../lib/lines.ts';

export interface CountedStack {
  readonly count: number;
  /** Innermost first; the runtime's leading frames are missing. */
  readonly frames: readonly Frame[];
  readonly labels: readonly (readonly [string, string])[];
  readonly span: Span;
}

export interface GoroutineProfileText {
  readonly profile: 'goroutine' | 'goroutineleak';
  readonly total: number;
  readonly stacks: readonly CountedStack[];
  readonly span: Span;
}

const HEAD = /^(goroutine|goroutineleak) profile: total (\d{1,12})$/;
const COUNT = /^(\d{1,12}) @((?: 0x[0-9a-f]{1,16})*)$/;
const FRAME = /^#\t+0x[0-9a-f]{1,16}\t+([^\t]{1,4096}?)\+0x[0-9a-f]{1,16}\t+([^\t]{1,4096}):(\d{1,9})$/;
const LABELS = /^# labels: (\{.{0,65536}\})$/;
/** Text longer than this a line is no line of this format. */
const LINE_MOST = 1024 * 1024;

export const goroutineProfileText: Reader<GoroutineProfileText> = {
  id: 'goroutine-profile-text',
  title: 'goroutine profile as text (debug=1)',
  takes: 'whole',

  sniff(head) {
    const end = head.indexOf(0x0a);
    const first = decodeText(head.subarray(0, Math.min(end < 0 ? head.length : end, 200))).trimEnd();
    if (!HEAD.test(first)) return { confidence: 0, reached: 0, why: 'does not begin with "goroutine profile: total"' };
    return { confidence: 0.98, reached: first.length, why: first };
  },

  read(artifact) {
    const problems: Problem[] = [];
    let name: 'goroutine' | 'goroutineleak' | null = null;
    let total = 0;
    const stacks: CountedStack[] = [];
    let open: { count: number; frames: Frame[]; labels: readonly (readonly [string, string])[]; offset: number; end: number } | null = null;
    const close = (): void => {
      if (open !== null) stacks.push({ count: open.count, frames: open.frames, labels: open.labels, span: { offset: open.offset, length: open.end - open.offset } });
      open = null;
    };
    let headSpan: Span = { offset: 0, length: 0 };
    for (const line of logicalLines(artifact)) {
      if (line.text.length === 0 || line.text.length > LINE_MOST) {
        close();
        continue;
      }
      const text = decodeText(line.text).trimEnd();
      const head = name === null ? HEAD.exec(text) : null;
      if (head !== null) {
        name = head[1] as 'goroutine' | 'goroutineleak';
        total = Number(head[2]);
        headSpan = line.span;
        continue;
      }
      if (name === null) continue;
      const count = COUNT.exec(text);
      if (count !== null) {
        close();
        open = { count: Number(count[1]), frames: [], labels: [], offset: line.span.offset, end: line.span.offset + line.span.length };
        continue;
      }
      if (open === null) continue;
      const frame = FRAME.exec(text);
      if (frame !== null) open.frames.push({ symbol: frame[1] as string, file: frame[2] as string, line: Number(frame[3]) });
      else {
        const labels = LABELS.exec(text);
        if (labels === null) continue;
        open.labels = labelPairs(labels[1] as string);
      }
      open.end = line.span.offset + line.span.length;
    }
    close();
    if (name === null) {
      problems.push({
        code: 'goroutine-profile-text/none',
        severity: 'error',
        place: null,
        what: 'no line "goroutine profile: total N" was found',
        why: 'the text of debug=1 begins with it',
        next: "take the profile again: curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=1' > goroutines.txt",
      });
      return { model: null, problems };
    }
    const sum = stacks.reduce((n, s) => n + s.count, 0);
    if (sum !== total)
      problems.push({
        code: 'goroutine-profile-text/total',
        severity: 'warning',
        place: placeAt(artifact.id, headSpan),
        what: `the counts add up to ${sum}, the head line says ${total}`,
        why: 'the text is cut, or lines were lost: the counts that are there are right',
        next: 'copy the whole output of the capture',
      });
    return { model: { profile: name, total, stacks, span: headSpan }, problems };
  },
};

/** `{"route":"/reserve", "tenant":"blue"}`: keys and values are written with %q, which JSON cannot always read. */
function labelPairs(text: string): readonly (readonly [string, string])[] {
  const words: string[] = [];
  for (const m of text.matchAll(/"((?:[^"\\]|\\.)*)"/g)) words.push(unquote(m[0]));
  const out: [string, string][] = [];
  for (let i = 0; i + 1 < words.length; i += 2) out.push([words[i] as string, words[i + 1] as string]);
  return out;
}
