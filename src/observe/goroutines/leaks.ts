/** What a series of dumps shows of leaks and of locks, as one document: for `gorca goroutines leaks`. */
import { lockConvoy, lockCycle, lockKept, nilChannel, slotsExhausted, wakerGone } from '../../model/conditions/goroutines.ts';
import type { Condition, DumpPlace, GoroutineLeaks, Kind, LeakFinding, LeakGrowth, Place, World } from '../../model/index.ts';
import { type Growth, perMinute } from './growth.ts';
import { lineageOf } from './lineage.ts';
import { collapsed, lineOf } from './recursion.ts';
import { type Life, leaksOnly } from './series.ts';
import { mainCreator } from './snapshots.ts';
import type { Study } from './study.ts';
import { headOf } from './summary.ts';

const FOUND: readonly Kind[] = [lockCycle, lockKept, slotsExhausted, wakerGone, nilChannel, lockConvoy] as readonly Kind[];
const IDS_SHOWN = 5;
const PLACES_SHOWN = 3;

export function leaksIn(world: World, study: Study, ofFile: ReadonlyMap<string, number>): GoroutineLeaks {
  const findings: LeakFinding[] = [];
  const notObservable = new Map<string, { why: string; next: string }>();
  for (const kind of FOUND) {
    const answer = world.look(kind);
    if (answer.state === 'observed') findings.push(...answer.conditions.map(findingOf).sort((a, b) => b.goroutines - a.goroutines || ((a.lock ?? '') < (b.lock ?? '') ? -1 : 1)));
    else if (answer.state === 'not-observable') for (const r of answer.reasons) notObservable.set(r.why, r);
  }
  const processes = study.lives(world).map(({ life, growths }) => {
    if (life.dumps.length < 2 && !leaksOnly(life))
      notObservable.set('one', {
        why: 'one dump cannot show growth: only a crowd that is old already is said to pile up',
        next: 'two more dumps a minute apart, given together',
      });
    if (life.dumps.some((s, i) => !s.complete && i < life.dumps.length - 1))
      notObservable.set('cut', {
        why: 'from a dump that is cut no growth is taken: more may have stood there',
        next: "the same as 'http://HOST:PORT/debug/pprof/goroutine', which is whole",
      });
    return {
      process: life.process.key,
      dumps: life.dumps.map((s) => headOf(s, ofFile.get(s.artifact.id) ?? 1)),
      order: life.order,
      // ids of other forms beside those that are counted tell as much
      sameLife: life.sameLife === 'ids' || life.all.filter((s) => s.highestId !== null).length > 1,
      perMinute: perMinute(
        life,
        life.dumps.map((s) => s.total),
      ),
      leaksOnly: leaksOnly(life),
      growing: growths.map((g) => growthOf(g, life)).sort((a, b) => (b.counts.at(-1) ?? 0) - (a.counts.at(-1) ?? 0) || (a.at.function < b.at.function ? -1 : 1)),
    };
  });
  const { ...thresholds } = study.than;
  return { schema: 'gorca.goroutine-leaks/1', thresholds, processes, findings, notObservable: [...notObservable.values()] };
}

function growthOf(g: Growth, life: Life): LeakGrowth {
  const t = g.track;
  const last = t.counts.at(-1) ?? 0;
  const inDump = [...life.all].reverse().find((s) => s.table !== null && s.buckets.has(t.key));
  const full = inDump?.buckets.get(t.key);
  const withCreator = [full, t.last, ...t.seen].find((b) => b !== undefined && mainCreator(b) !== null);
  const lineage = full !== undefined && inDump !== undefined ? lineageOf(full, inDump) : withCreator === undefined ? [] : lineageOf(withCreator, life.dumps.at(-1)!);
  const objects = full?.objects ?? new Map<number, number>();
  const object = [...objects].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0];
  return {
    counts: t.counts,
    wait: t.wait,
    at: lineOf(t.last.at),
    weak: g.weak,
    why: g.why,
    perMinute: perMinute(life, t.counts),
    share: last / Math.max(1, life.dumps.at(-1)?.total ?? last),
    stay: t.stay,
    longestMinutes: t.longestMinutes,
    leaked: t.leaked === null ? null : t.leaked.share,
    startedBy: lineage,
    object: object === undefined || object[1] < 2 ? null : `0x${object[0].toString(16)}`,
    stack: collapsed(t.last.frames),
    ids: (full ?? t.last).ids.slice(0, IDS_SHOWN),
    places: placesOf(t.seen.flatMap((b) => b.places.slice(0, 1))),
  };
}

function findingOf(c: Condition): LeakFinding {
  const edges = Array.isArray(c.facts['edges']) ? (c.facts as unknown as NonNullable<(typeof lockCycle)['facts']>).edges : [];
  return {
    kind: c.kind,
    says: c.says,
    lock: typeof c.facts['lock'] === 'string' ? c.facts['lock'] : null,
    goroutines: c.quantity?.value ?? 0,
    edges: edges.map((e) => ({ goroutine: e.holder, holds: e.holds, waitsFor: e.waitsFor, at: { function: e.function, file: e.file, line: e.line } })),
    // the runtime prints what is waited for, never who holds it; that a channel is nil it says itself
    inferred: c.kind !== nilChannel.id,
    places: placesOf(c.places),
  };
}

const placesOf = (places: readonly Place[]): DumpPlace[] => places.slice(0, PLACES_SHOWN).map((p) => ({ file: p.artifact, offset: p.offset, length: p.length }));
