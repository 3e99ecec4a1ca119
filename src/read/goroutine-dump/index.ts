/**
 * Reads goroutine dumps: `GET /debug/pprof/goroutine?debug=2`, the output of runtime.Stack(buf, true), and SIGQUIT dumps in a file of their own.
 * Written by: runtime/traceback.go goroutineheader and traceback, Go 1.11 to 1.27 (testdata here and in go/zoo/testdata/parked).
 * Sample:   goroutine 18 [chan receive, 5 minutes]:
 *           shop/orders/internal/inventory.(*Client).Reserve.func1()
 *           ⇥/src/orders/internal/inventory/client.go:61 +0x1d
 *           created by shop/orders/internal/inventory.(*Client).Reserve in goroutine 7
 *           ⇥/src/orders/internal/inventory/client.go:60 +0x9a
 * Units:    minutes are whole and a lower bound (counted from the first GC after parking); -1 = none printed, which is not zero.
 * Problems: goroutine-dump/cut, goroutine-dump/truncated, goroutine-dump/broken-frame, goroutine-dump/foreign-lines, goroutine-dump/none. Never throws on input.
 * Not read: what argument words point at; registers; the system stacks ("runtime stack:").
 */
import { memorySource, type Problem, placeAt, type Reader, readSlice, type Sniff, type Span } from '../../model/index.ts';
import { GoroutineParser } from '../lib/goroutines/parser.ts';
import { type GoroutineTable, GoroutineTableBuilder } from '../lib/goroutines/table.ts';
import { headText } from '../lib/head.ts';
import { logicalLines, type Wrapper, wrapperOf } from '../lib/lines.ts';
import { RawLines } from '../lib/raw-lines.ts';

export interface DumpBlock {
  /** Rows [from, to) of the table. */
  readonly from: number;
  readonly to: number;
  readonly span: Span;
  /** Time the log driver wrote on its first line; null for a plain file. */
  readonly time: string | null;
  /** False: the text ends before the dump does, counts are lower bounds. */
  readonly complete: boolean;
}

export interface GoroutineDump {
  readonly table: GoroutineTable;
  readonly dumps: readonly DumpBlock[];
  readonly wrapper: Wrapper | null;
}

/** net/http/pprof stops a debug=2 dump at this size, in the middle of a goroutine. */
export const HTTP_DUMP_CAP = 64 * 1024 * 1024;

const SURE_LINES = 200;
const NO_GOROUTINE: Sniff = { confidence: 0, reached: 0, why: 'no line of the form "goroutine 1 [running]:"' };

export const goroutineDump: Reader<GoroutineDump> = {
  id: 'goroutine-dump',
  title: 'goroutine dump (debug=2, runtime.Stack, SIGQUIT)',
  takes: 'whole',

  sniff(head) {
    // how each goroutine begins; no wrapper takes a line apart this early
    if (!/goroutine \d/.test(headText(head))) return NO_GOROUTINE;
    const parser = new GoroutineParser(new GoroutineTableBuilder());
    let lines = 0;
    let fitting = 0;
    let reached = 0;
    for (const line of logicalLines(memorySource(head))) {
      const fits = parser.feed(line.text, 0, line.text.length, line.span.offset, line.span.length);
      if (line.text.length === 0) continue;
      lines++;
      if (!fits) continue;
      fitting++;
      reached = line.span.offset + line.span.length;
      // nothing but goroutines so far: the rest of the head would not make it surer
      if (lines === SURE_LINES && fitting === lines) break;
    }
    parser.close();
    if (parser.rows === 0) return NO_GOROUTINE;
    const share = fitting / lines;
    return { confidence: share < 0.5 ? share * 0.8 : 0.5 + share * 0.48, reached, why: `${parser.rows} goroutines; ${fitting} of ${lines} lines belong to them` };
  },

  read(artifact) {
    const builder = new GoroutineTableBuilder();
    const parser = new GoroutineParser(builder);
    parser.splitOnRepeat = true;
    const problems: Problem[] = [];
    const times: (string | null)[] = [];
    const wrapper = wrapperOf(artifact.source);
    let foreign = 0;
    let firstForeign: Span | null = null;
    const takeForeign = (offset: number, length: number): void => {
      // what stands before the first goroutine is a heading, not damage
      if (builder.count === 0 && !parser.inside) return;
      foreign++;
      firstForeign ??= { offset, length };
    };
    if (wrapper === null) {
      const raw = new RawLines(artifact.source);
      for (;;) {
        parser.skim(raw);
        if (!raw.next()) break;
        if (!parser.feed(raw.buffer, raw.start, raw.end, raw.offset, raw.length) && raw.end > raw.start) takeForeign(raw.offset, raw.length);
      }
    } else {
      let rows = 0;
      let pending: string | null = null;
      for (const line of logicalLines(artifact, 0, undefined, wrapper)) {
        const outside = !parser.inside;
        if (!parser.feed(line.text, 0, line.text.length, line.span.offset, line.span.length)) {
          if (line.text.length > 0) takeForeign(line.span.offset, line.span.length);
        } else if (outside && parser.inside) pending = line.time;
        while (rows < builder.count) times[rows++] = pending;
      }
    }
    const midFrame = parser.midFrame;
    parser.close();
    const table = builder.finish();
    if (table.count === 0) {
      problems.push({
        code: 'goroutine-dump/none',
        severity: 'error',
        place: null,
        what: 'no goroutine was found in the text',
        why: 'a dump has lines of the form "goroutine 1 [running]:"',
        next: "take the dump again: curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt",
      });
      return { model: null, problems };
    }
    const cut = artifact.source.sizeBytes === HTTP_DUMP_CAP;
    const last = placeAt(artifact.id, { offset: table.offset[table.count - 1]!, length: table.length[table.count - 1]! });
    if (cut)
      problems.push({
        code: 'goroutine-dump/cut',
        severity: 'warning',
        place: last,
        what: 'the dump ends at exactly 64 MiB',
        why: 'net/http/pprof stops a debug=2 dump there, in the middle of a goroutine: all counts are lower bounds',
        next: "take the counts from 'http://HOST:PORT/debug/pprof/goroutine' (protobuf), which is whole and stops the process for less time",
      });
    else if (midFrame || !endsWithLineEnd(artifact.source.sizeBytes, (at) => readSlice(artifact.source, at, 1)[0]))
      problems.push({
        code: 'goroutine-dump/truncated',
        severity: midFrame ? 'warning' : 'note',
        place: last,
        what: midFrame ? 'the text ends in the middle of a goroutine' : 'the last line has no line end',
        why: midFrame ? 'goroutines behind it are missing: all counts are lower bounds' : 'the runtime ends every line: the text may have been cut',
        next: 'copy the whole output of the capture',
      });
    if (parser.broken > (midFrame ? 1 : 0))
      problems.push({
        code: 'goroutine-dump/broken-frame',
        severity: 'note',
        place: null,
        what: `${parser.broken} function lines have no file line`,
        why: 'other output was written between them, or lines were lost; those frames have no line number',
        next: 'take the dump over HTTP, where nothing else writes into it',
      });
    if (foreign > 0 && firstForeign !== null)
      problems.push({
        code: 'goroutine-dump/foreign-lines',
        severity: 'note',
        place: placeAt(artifact.id, firstForeign),
        what: `${foreign} lines between or after goroutines belong to none`,
        why: 'registers, runtime stacks or the output of other programs',
        next: 'nothing, unless goroutines are missing',
      });
    return { model: { table, dumps: blocksOf(table, times, !cut && !midFrame), wrapper }, problems };
  },
};

function blocksOf(table: GoroutineTable, times: readonly (string | null)[], complete: boolean): DumpBlock[] {
  const out: DumpBlock[] = [];
  let from = 0;
  for (let i = 1; i <= table.count; i++) {
    if (i < table.count && table.block[i] === table.block[from]) continue;
    const offset = table.offset[from]!;
    out.push({
      from,
      to: i,
      span: { offset, length: table.offset[i - 1]! + table.length[i - 1]! - offset },
      time: times[from] ?? null,
      complete: complete || i < table.count,
    });
    from = i;
  }
  return out;
}

function endsWithLineEnd(size: number, byteAt: (at: number) => number | undefined): boolean {
  return size === 0 || byteAt(size - 1) === 0x0a;
}
