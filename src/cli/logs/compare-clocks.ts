/** The clocks of the logs that were given: one pass over them, or over what was written around a stretch of time where they are large. */
import { type Instant, placeAt } from '../../model/index.ts';
import { listensAt } from '../../observe/lib/logs/digest.ts';
import { processOfArtifact } from '../../observe/lib/process-of-artifact.ts';
import { type TraceEvent, traceEvent } from '../../observe/lib/traces/events.ts';
import { type Fleet, openFleet, type TracedLog } from '../../observe/lib/traces/fleet.ts';
import { TraceSample } from '../../observe/lib/traces/sample.ts';
import { serviceOf } from '../../read/logs/index.ts';
import type { OpenLogs } from './open-logs.ts';

/** Up to here clocks are compared by everything there is; of more, by what was written around the stretch asked for. */
const ALL_BYTES = 512 * 1024 * 1024;
const AROUND_NS = 600_000_000_000n;

export interface Stretch {
  readonly from: Instant | null;
  readonly to: Instant | null;
}

export function compareClocks(opened: OpenLogs, stretch: Stretch | null, notes: string[]): Fleet {
  const bytes = opened.logs.reduce((n, o) => n + o.artifact.source.sizeBytes, 0);
  const narrow = bytes > ALL_BYTES && stretch !== null && (stretch.from !== null || stretch.to !== null);
  if (narrow) notes.push('the input is large: clocks were compared by what was written within ten minutes of the time asked for');
  const around = narrow
    ? { from: stretch.from === null ? null : ((stretch.from - AROUND_NS) as Instant), to: stretch.to === null ? null : ((stretch.to + AROUND_NS) as Instant) }
    : {};
  // services say where they listen before they are asked anything
  const at = new Map<string, string>();
  const traced = opened.logs.map((o) => {
    const log = emptyLog(o, opened);
    o.source.scan(around, (r) => {
      const e = traceEvent(r, () => placeAt(r.artifact.id, r.span, { decoders: r.decoders }));
      if (e !== null) log.sample.add(e);
      else for (const address of listensAt(r)) at.set(address, serviceOf(r)?.text ?? log.service ?? log.process);
      return true;
    });
    return log;
  });
  const fleet = openFleet(traced, (address) => at.get(address) ?? null);
  if (fleet.share < 1) notes.push(`clocks were compared by ${Math.round(fleet.share * 100)} % of the traces, chosen by their ids`);
  return fleet;
}

/** Without a comparison the records that were found say whose log is whose. */
export function asPrinted(opened: OpenLogs, found: readonly { readonly log: number; readonly event: TraceEvent | null }[], notes: string[]): Fleet {
  const logs = opened.logs.map((o) => emptyLog(o, opened));
  for (const f of found) if (f.event !== null) logs[f.log]?.sample.add(f.event);
  notes.push('clocks were not compared (--raw): times are as printed');
  return openFleet(logs, () => null, { asPrinted: true });
}

function emptyLog(o: OpenLogs['logs'][number], opened: OpenLogs): TracedLog {
  // parts of a rotated log are of one process
  const set = opened.sets.find((s) => s.parts.includes(o.source));
  const of = set?.parts[0]?.artifact ?? o.artifact;
  return {
    artifact: o.artifact.id,
    process: processOfArtifact(of, opened.readings).process.key,
    service: of.covers.find((c) => c.entity.kind === 'service')?.entity.key ?? null,
    sample: new TraceSample(),
  };
}
