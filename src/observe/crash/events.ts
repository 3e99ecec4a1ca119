/** Crash texts with the process they belong to. */

import type { PanicClass } from '../../model/conditions/crash.ts';
import {
  type Artifact,
  container,
  type Edge,
  type Entity,
  entityId,
  type Identified,
  type Instant,
  type Interval,
  normaliseGoSymbol,
  placeAt,
  pod,
  type Readings,
  type Strength,
  service,
} from '../../model/index.ts';
import { type Crash, crashText } from '../../read/crash-text/index.ts';
import { logs } from '../../read/logs/index.ts';
import { logOwners } from '../lib/logs/who.ts';
import { processOfArtifact } from '../lib/process-of-artifact.ts';
import { namespaceOf, processOfText } from '../lib/process-of-text.ts';
import { classify } from './classes.ts';
import { type CrashSite, siteOf } from './site.ts';

interface Event {
  readonly process: Entity;
  readonly strength: Strength;
  readonly artifact: string;
  readonly head: { readonly offset: number; readonly length: number };
  readonly decoders: readonly string[];
  readonly at: Instant | null;
  readonly before: Instant | null;
  readonly after: Instant | null;
  readonly label: string;
}

export interface CrashEvent extends Event {
  readonly crash: Crash;
  readonly class: PanicClass;
  readonly message: string;
  readonly recovered: boolean;
  readonly site: CrashSite | null;
  readonly detail: { readonly [name: string]: string };
  readonly goroutine: number | null;
  /** Crashes with one key are one crash seen several times: class and line. */
  readonly key: string;
}

export interface Events {
  readonly crashes: readonly CrashEvent[];
  readonly signals: readonly (Event & { readonly signal: string })[];
  readonly flags: readonly (Event & { readonly message: string })[];
}

const memo = new WeakMap<Readings, Events>();
const MESSAGE = 400;
/** A signal dump this near behind a crash text is the crash's own (GOTRACEBACK=crash sends itself SIGABRT). */
const OWN_SIGNAL = 4096;

export function eventsOf(readings: Readings): Events {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const crashes: CrashEvent[] = [];
  const signals: (Event & { signal: string })[] = [];
  const flags: (Event & { message: string })[] = [];
  for (const r of readings.of(crashText)) {
    const { table } = r.model;
    let diedAt = Number.NEGATIVE_INFINITY;
    for (const c of r.model.crashes) {
      if (c.kind === 'dump') continue;
      const owner = processOfText(readings, r.artifact, c.writer);
      const event: Event = {
        ...owner,
        artifact: r.artifact.id,
        head: c.head,
        decoders: c.decoders,
        at: c.at,
        before: c.before,
        after: c.after ?? r.artifact.takenAt ?? null,
        label: c.kind === 'http' ? 'http: panic serving' : 'crash text',
      };
      if (c.kind === 'signal' && (c.signal?.name === 'SIGQUIT' || c.signal?.name === 'SIGABRT')) {
        if (c.head.offset - diedAt > OWN_SIGNAL) signals.push({ ...event, signal: c.signal.name });
        continue;
      }
      // the first panic is what went wrong; later ones happened while its deferred functions ran
      const text = c.values[0]?.text ?? '';
      const { class: named, detail } = classify(text, c.kind === 'fatal');
      const kind = c.kind === 'signal' ? 'unexpected-fault' : named;
      const site = siteOf(table, c);
      const message = (text.split('\n', 1)[0] ?? '').slice(0, MESSAGE);
      const recovered = c.kind === 'http' || c.kind === 'logged';
      const startedBy = site?.startedBy ?? null;
      crashes.push({
        ...event,
        crash: c,
        class: kind,
        message,
        recovered,
        site,
        goroutine: c.row < 0 || table.id[c.row] === 0 ? null : table.id[c.row]!,
        detail: {
          ...detail,
          ...(c.signal?.address != null ? { address: c.signal.address, signal: c.signal.name } : {}),
          ...(c.notes.length > 0 ? { note: c.notes[0] as string } : {}),
          ...(startedBy === null ? {} : { startedBy: `${normaliseGoSymbol(startedBy.symbol)} ${startedBy.file}:${startedBy.line}` }),
          ...(c.values.length > 1 && c.values[1]?.text !== text ? { afterwards: (c.values.at(-1)?.text ?? '').slice(0, MESSAGE) } : {}),
        },
        key: `${kind} ${site === null ? message : `${normaliseGoSymbol(site.frame.symbol)}:${site.frame.line}`}${recovered ? ' recovered' : ''}`,
      });
      if (!recovered) diedAt = c.span.offset + c.span.length;
    }
    for (const f of r.model.flagErrors) {
      const owner = processOfText(readings, r.artifact, f.writer);
      flags.push({
        ...owner,
        artifact: r.artifact.id,
        head: f.span,
        decoders: f.decoders,
        at: f.at,
        before: f.before,
        after: r.artifact.takenAt ?? null,
        label: 'flag error',
        message: f.message,
      });
    }
  }
  const made = { crashes: once(crashes), signals, flags };
  memo.set(readings, made);
  return made;
}

/** Two captures of one log overlap: a crash with the same time and goroutine happened once. */
function once(list: readonly CrashEvent[]): CrashEvent[] {
  const seen = new Map<string, string>();
  return list.filter((e) => {
    const time = e.at ?? e.before;
    if (time === null || e.goroutine === null) return true;
    const key = `${entityId(e.process)} ${e.key} ${time} ${e.goroutine}`;
    const artifact = seen.get(key);
    if (artifact === undefined) seen.set(key, e.artifact);
    return artifact === undefined || artifact === e.artifact;
  });
}

/** process → container → pod, process → service, for every process a crash text speaks of. */
export function linkedProcesses(readings: Readings): Identified {
  const edges = new Map<string, Edge>();
  const add = (e: Edge): void => {
    edges.set(`${entityId(e.from)} ${e.relation} ${entityId(e.to)}`, e);
  };
  for (const r of readings.of(crashText)) {
    for (const e of processOfArtifact(r.artifact, readings).edges) add(e);
    const place = placeAt(r.artifact.id, { offset: 0, length: Math.min(80, r.artifact.source.sizeBytes) });
    for (const { writer } of [...r.model.crashes, ...r.model.flagErrors]) {
      const at = processOfText(readings, r.artifact, writer).process;
      if (writer === null) continue;
      const [kind, podName, name] = writer.split('/');
      const ns = namespaceOf(r.artifact);
      if (kind === 'pod' && podName !== undefined && name !== undefined) {
        if (ns === null) continue;
        add({ from: at, relation: 'part-of', to: container(ns, podName, name), strength: 'stated', places: [place] });
        add({ from: container(ns, podName, name), relation: 'part-of', to: pod(ns, podName), strength: 'stated', places: [place] });
      } else if (/-\d{1,3}$/.test(writer)) add({ from: at, relation: 'part-of', to: service(writer.replace(/-\d{1,3}$/, '')), strength: 'derived', places: [place] });
    }
  }
  return { aliases: [], edges: [...edges.values()] };
}

export interface CoveredText {
  readonly artifact: Artifact;
  readonly process: Entity;
  readonly interval: Interval;
}

/** Texts that would hold a crash text if there had been one: logs, and files that do hold one. */
export function textsOf(readings: Readings): CoveredText[] {
  const out = new Map<string, CoveredText>();
  for (const o of logOwners(readings)) {
    const { artifact } = o.digest.source;
    out.set(artifact.id, { artifact, process: o.process, interval: artifact.interval });
  }
  for (const r of [...readings.of(crashText), ...readings.of(logs)])
    if (!out.has(r.artifact.id)) out.set(r.artifact.id, { artifact: r.artifact, process: processOfText(readings, r.artifact, null).process, interval: r.artifact.interval });
  return [...out.values()];
}
