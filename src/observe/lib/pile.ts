/**
 * Whose process do files speak of when nobody says so? Files of one process lie together and are called alike but for a counter, a time and
 * the kind of capture: goroutines-1.txt, heap-2.pb.gz, orders.log. A name of which nothing else is left belongs to the only program named
 * in its folder; with several named there, to none of them. All of it is a guess, and kept as one.
 */
import { type Artifact, type Entity, processOf, type Readings } from '../../model/index.ts';
import { executionTrace } from '../../read/execution-trace/index.ts';
import { expvar } from '../../read/expvar/index.ts';
import { goroutineDump } from '../../read/goroutine-dump/index.ts';
import { goroutineProfileText } from '../../read/goroutine-profile-text/index.ts';
import { logs } from '../../read/logs/index.ts';
import { pprof } from '../../read/pprof/index.ts';
import { pprofText } from '../../read/pprof-text/index.ts';
import { prometheusText } from '../../read/prometheus-text/index.ts';
import { podFile } from './pod-files.ts';

const COVERING = new Set(['process', 'container', 'pod', 'service']);
const KINDS =
  /(?:^|[-_. ])(?:goroutines?|goroutineleak|dumps?|stacks?|heap|allocs|inuse|cpu|profiles?|block|mutex|threadcreate|trace|debug ?=? ?[012]|pprof|metrics|scrapes?|prom|vars|expvars?|logs?|stderr|stdout|output|crash|panic|fatal|app|service|server|main|previous|prev|current|before|after|first|second|third|later|last)(?=$|[-_. ]|\d)/gi;
const TIMES = /(?:^|[-_.])(?:\d{4}-?\d\d-?\d\d[T_-]?)?\d[\d:-]{0,18}(?:\.\d{1,9})?(?:Z|ms|s|m|min|h)?(?=$|[-_.])/g;

const memo = new WeakMap<Readings, ReadonlyMap<string, Entity>>();

/** The guessed process of an artifact that no manifest speaks for; null when one does. */
export function guessedProcess(artifact: Artifact, readings: Readings): Entity | null {
  if (artifact.covers.some((c) => COVERING.has(c.entity.kind))) return null;
  let known = memo.get(readings);
  if (known === undefined) {
    known = guessAll(readings);
    memo.set(readings, known);
  }
  return known.get(artifact.id) ?? processOf(stemOf(artifact) || folderOf(artifact));
}

function guessAll(readings: Readings): Map<string, Entity> {
  const candidates = new Map<string, Artifact>();
  for (const reader of [goroutineDump, goroutineProfileText, logs, pprof, pprofText, prometheusText, executionTrace, expvar])
    for (const { artifact } of readings.of(reader as typeof logs)) if (!artifact.covers.some((c) => COVERING.has(c.entity.kind))) candidates.set(artifact.id, artifact);
  const named = new Map<string, Set<string>>();
  const ofPods = new Map<string, Entity>();
  for (const a of candidates.values()) {
    const pod = podFile(a, readings);
    if (pod !== null) ofPods.set(a.id, pod.process);
    const stem = stemOf(a);
    if (stem !== '') named.set(folderOf(a), (named.get(folderOf(a)) ?? new Set()).add(stem));
  }
  const out = ofPods;
  for (const a of candidates.values()) {
    if (out.has(a.id)) continue;
    const inFolder = named.get(folderOf(a));
    const only = inFolder?.size === 1 ? [...inFolder][0] : undefined;
    out.set(a.id, processOf(stemOf(a) || only || folderOf(a)));
  }
  return out;
}

const pathOf = (a: Artifact): string => (a.member ?? a.path).replaceAll('\\', '/');

/** Folders named after a kind of capture (dumps/, logs/) are not where things lie together: the one above is. */
function folderOf(a: Artifact): string {
  const parts = pathOf(a).split('/').slice(0, -1);
  while (parts.length > 0 && `/${parts.at(-1)}`.replace('/', '-').replace(KINDS, '').replace(/s$/, '') === '') parts.pop();
  return parts.length === 0 ? 'process' : parts.join('/');
}

/** File name without what counts, times, or names the kind of capture; '' when nothing is left. */
export function stemOf(a: Artifact): string {
  const path = pathOf(a);
  return (
    path
      .slice(path.lastIndexOf('/') + 1)
      .replace(/\.(?:gz|zst|zip)$/i, '')
      // a part of a rotated log is of the same process: app.log.2
      .replace(/(\.(?:log|out|err|txt|json))\.\d{1,4}$/i, '$1')
      .replace(/\.(?:txt|log|out|err|pb|json|ndjson|jsonl|pprof|prof|prom)$/i, '')
      .replace(TIMES, '')
      .replace(KINDS, '-')
      // goroutine0.txt, heap2.pb.gz: what counts may stand at the word itself, and is bare once that is gone
      .replace(TIMES, '')
      .replace(/^[-_. ]+|[-_. ]+$/g, '')
  );
}
