/** `gorca logs trace`: the request with this id across services, on one clock. */
import { type Instant, placeAt, type ReportGap, type TraceTree } from '../../model/index.ts';
import { traceEvent } from '../../observe/lib/traces/events.ts';
import { type FoundRecord, tellTrace } from '../../observe/lib/traces/story.ts';
import { lineNumbers } from '../../read/lib/line-numbers.ts';
import { errorOf, type LogRecord, madeUnique, traceIdsOf } from '../../read/logs/index.ts';
import { oneLine } from '../../report/lib/safe-text.ts';
import { renderTrace } from '../../report/trace/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { namesStore } from '../flags.ts';
import { printJson, styleOf } from '../output.ts';
import { UsageError } from '../usage-error.ts';
import { asPrinted, compareClocks } from './compare-clocks.ts';
import { type OpenLogs, openLogs } from './open-logs.ts';

/** More records than these of one trace are a loop or an id that is none. */
const FOUND_CAP = 5000;
const MESSAGE_CAP = 400;

export const run: Run = async (console, flags, args) => {
  const [given, ...inputs] = args;
  if (given === undefined) throw new UsageError('name a trace id and at least one log');
  const id = idOf(given);
  const asked = namesStore(flags) ? await (await import('../stores.ts')).askedStores(console, flags, { trace: id }) : null;
  const opened = await openLogs(console, inputs, flags, asked === null ? null : asked.artifacts);
  if (opened.logs.length === 0) {
    if (asked !== null && asked.exit !== EXIT.finished) return asked.exit;
    console.err(asked === null ? 'no log of a known logger is in the input\n' : `no line holds ${id}${gapText(asked.gaps)}\n`);
    return asked === null ? EXIT.nothingReadable : EXIT.finished;
  }
  const tree = traceIn(id, opened, flags['raw'] === true, asked?.gaps);
  if (flags['json'] === true) printJson(console, tree);
  else if (tree.records.length === 0) console.out(`no record holds ${id}, in ${opened.logs.length} logs\n`);
  else console.out(renderTrace(tree, { ...styleOf(console, flags), all: flags['all'] === true }));
  return asked?.exit === EXIT.interrupted ? EXIT.interrupted : EXIT.finished;
};

const gapText = (gaps: readonly ReportGap[]): string => gaps.map((g) => `\n${oneLine(gapNote(g))}`).join('');
/** What a store did not hand back. */
const gapNote = (g: ReportGap): string => `${g.what} (${g.why})`;

/** A whole traceparent is as good as the id in it. */
const idOf = (text: string): string => /^[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}/.exec(text)?.[1] ?? text;

export function traceIn(id: string, opened: OpenLogs, raw = false, gaps: readonly ReportGap[] = []): TraceTree {
  const found: FoundRecord[] = [];
  const notes: string[] = gaps.map(gapNote);
  let times: { from: Instant; to: Instant } | null = null;
  let more = 0;
  for (const [log, { artifact, source }] of opened.logs.entries()) {
    source.scan({ contains: [id] }, (r) => {
      if (found.length >= FOUND_CAP) more++;
      else {
        found.push(foundRecord(id, log, r));
        const at = r.time?.at;
        if (at !== undefined) times = times === null ? { from: at, to: at } : { from: at < times.from ? at : times.from, to: at > times.to ? at : times.to };
      }
      return true;
    });
    // a slice of one trace is meant to hold that trace alone
    if (artifact.incomplete !== undefined && artifact.incomplete.how !== 'filtered')
      notes.push(`${artifact.path} is incomplete (${artifact.incomplete.how}): ${artifact.incomplete.why}`);
  }
  if (more > 0) notes.push(`${more} more records hold the id: only the first ${FOUND_CAP} were looked at`);
  const fleet = raw ? asPrinted(opened, found, notes) : compareClocks(opened, times, notes);
  const lines = lineNumbers(
    found.map((f) => ({ artifact: f.shown.file, offset: f.shown.offset })),
    opened.logs.map((l) => l.artifact),
  );
  const byPath = new Map(opened.logs.map((l) => [l.artifact.id, l.artifact.member ?? l.artifact.path]));
  const tree = tellTrace(
    id,
    found.map((f, i) => ({ ...f, shown: { ...f.shown, file: byPath.get(f.shown.file) ?? f.shown.file, line: lines[i] ?? null } })),
    fleet,
    notes,
  );
  return raw ? { ...tree, clocks: [] } : tree;
}

/** Not as a part of a longer word. */
function standsAlone(id: string, text: string): boolean {
  for (let at = text.indexOf(id); at >= 0; at = text.indexOf(id, at + 1)) {
    if (!/[A-Za-z0-9]/.test(text[at - 1] ?? '') && !/[A-Za-z0-9]/.test(text[at + id.length] ?? '')) return true;
  }
  return false;
}

function foundRecord(id: string, log: number, r: LogRecord): FoundRecord {
  const ids = traceIdsOf(r).traces.map((t) => t.id);
  const at = ids.indexOf(id);
  const distinct = new Set(ids).size;
  // an id under a name of its own, in words, or behind a level of nesting: no other record holds it by chance
  const named = at < 0 && ids.length === 0 && madeUnique(id) && standsAlone(id, r.text());
  const found = named ? 'only' : at < 0 ? 'text' : distinct === 1 ? 'only' : at === 0 ? 'first' : ids.lastIndexOf(id) === ids.length - 1 ? 'last' : 'between';
  return {
    log,
    event: traceEvent(r, () => placeAt(r.artifact.id, r.span, { decoders: r.decoders }), named ? id : null),
    at: r.time?.at ?? null,
    stepNs: r.time?.stepNs ?? 1n,
    shown: {
      // the artifact's id until all are found
      file: r.artifact.id,
      line: null,
      offset: r.span.offset,
      length: r.span.length,
      level: r.level,
      message: r.message.slice(0, MESSAGE_CAP),
      error: errorOf(r)?.text.slice(0, MESSAGE_CAP) ?? null,
      found,
    },
  };
}
