/**
 * Observes where the memory in use was allocated and which site grows, from heap profiles of one process.
 * Reads: pprof, pprof-text · Answers: heap/profiled, heap/site-growing.
 * Absent is said of a process with two profiles or more of one life, between the first and the last of them; two from its start on show a
 * warm-up and a leak alike, so there the heap must be known to grow by other means. One profile alone shows a
 * share, no growth: it is told (weak) only where the heap is known to grow by other means, else it is not observable.
 */
import { heapGrowing, heapProfiled, heapSiteGrowing } from '../../model/conditions/memory.ts';
import {
  type Condition,
  type Coverage,
  condition,
  type Edge,
  type Identified,
  type Kind,
  type NotObservable,
  type Observation,
  type Observer,
  type Place,
  type Query,
  type Readings,
  service,
  shortGoSymbol,
  shortName,
  uniquePlaces,
  type World,
} from '../../model/index.ts';
import { fromBaseline } from '../lib/baseline.ts';
import { growthOfPoints, isSettled } from '../lib/heap/growth.ts';
import { type ProfiledProcess, profiledProcesses, programOf, type Site, type Snapshot, size } from '../lib/heap/snapshots.ts';

/** A site below this share of the whole growth is one of many. */
const LEAST_SHARE_OF_GROWTH = 0.1;
/** A single profile: below this share in use nothing stands out. */
const LEAST_SHARE_IN_USE = 0.4;
const MOST_SITES = 5;

const THIRD = 'a third heap profile of the same process, minutes later: curl -s http://HOST:PORT/debug/pprof/heap > heap-3.pb.gz';
const NEXT = 'two heap profiles of the same process, minutes apart: curl -s http://HOST:PORT/debug/pprof/heap > heap-1.pb.gz';

export const heap: Observer = {
  id: 'heap',
  answers: [heapProfiled, heapSiteGrowing],

  identify(readings: Readings): Identified {
    const edges: Edge[] = [];
    for (const p of profiledProcesses(readings)) {
      const place = (p.lives[0]?.[0] ?? p.deltas[0])?.place;
      if (place === undefined) continue;
      for (const c of p.covers) {
        if (c.entity.kind === 'process' || c.entity.kind === 'namespace' || c.entity.kind === 'node') continue;
        edges.push({ from: p.process, relation: 'part-of', to: c.entity, strength: c.strength, places: [place] });
      }
      const program = programOf(p);
      // the binary's name is often the service's; often is a guess
      if (program !== '' && !p.covers.some((c) => c.entity.kind === 'service'))
        edges.push({ from: p.process, relation: 'part-of', to: service(program), strength: 'guessed', places: [place] });
    }
    return { aliases: [], edges };
  },

  look(kind: Kind, _query: Query, world: World): Observation {
    const processes = profiledProcesses(world.readings);
    return kind.id === heapProfiled.id ? profiled(processes) : sitesGrowing(processes, world);
  },
};

function profiled(processes: readonly ProfiledProcess[]): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  for (const p of processes) {
    for (const s of p.lives.flat()) {
      const top = heaviest(s)[0];
      if (top === undefined || s.totalBytes <= 0) continue;
      const share = top.bytes / s.totalBytes;
      covered.push({ entity: p.process, interval: { from: s.at, to: s.at }, places: [s.place] });
      conditions.push(
        condition(heapProfiled, {
          entity: p.process,
          discriminator: s.artifact.id,
          during: { from: s.at, to: s.at },
          onset: { lastWell: null, firstIll: s.at },
          quantity: { value: s.totalBytes, unit: 'bytes', known: 'sampled' },
          facts: { totalBytes: s.totalBytes, top: top.function, share },
          says: `${size(s.totalBytes)} in use, ${percent(share)} of it from ${shortGoSymbol(top.function)}`,
          places: uniquePlaces([...top.places, s.place]),
          strength: p.strength,
        }) as Condition,
      );
    }
  }
  return { conditions, covered, notObservable: processes.length > 0 ? [] : [{ why: 'no heap profile at hand', next: heapProfiled.next }] };
}

function sitesGrowing(processes: readonly ProfiledProcess[], world: World): Observation {
  const conditions: Condition[] = [];
  const covered: Coverage[] = [];
  const notObservable: NotObservable[] = [];
  for (const p of processes) {
    const grows = (): boolean => world.look(heapGrowing, p.process).state === 'observed';
    // two profiles from a start on show a warm-up and a leak alike: then the heap must be known to grow by other means
    const judged = p.lives.map((life) => fromBaseline(life, (s) => s.at, world.baseline)).filter((j) => j.list.length >= 2);
    const [told, unsure] = split(judged, ({ list, firstIsWell }) => firstIsWell || list.length >= 3 || settled(list) || grows());
    const series = told.map((j) => j.list);
    if (unsure.length > 0) notObservable.push({ why: `two heap profiles of ${shortName(p.process)}, the first soon after its start: a warm-up looks like that too`, next: THIRD });
    for (const life of series)
      covered.push({
        entity: p.process,
        interval: { from: life[0]?.at ?? null, to: life.at(-1)?.at ?? null },
        places: [life[0], life.at(-1)].flatMap((s) => (s === undefined ? [] : [s.place])),
      });
    // the life with the most to tell: the others show the same defect again
    const found = [...series.map((life) => growingIn(p, life)), ...p.deltas.map((d) => growingInDelta(p, d))].filter((c) => c.length > 0);
    const grown = (c: readonly Condition<SiteFacts>[]): number => c.reduce((n, x) => n + x.facts.toBytes - x.facts.fromBytes, 0);
    const best = found.reduce<Condition<SiteFacts>[]>((a, b) => (grown(b) > grown(a) ? b : a), []);
    conditions.push(...(best as unknown as Condition[]));
    if (series.length === 0 && unsure.length === 0 && p.deltas.length === 0) {
      const only = p.lives.at(-1)?.[0];
      const known = only === undefined ? null : world.look(heapGrowing, p.process);
      if (only !== undefined && known?.state === 'observed') conditions.push(...inUse(p, only));
      else
        notObservable.push({
          why: `${p.lives.length < 2 ? 'only one heap profile' : 'no two heap profiles of one life'} of ${shortName(p.process)}: it shows a share, no growth`,
          next: NEXT,
        });
    }
  }
  if (processes.length === 0) notObservable.push({ why: 'no heap profile at hand', next: NEXT });
  return { conditions, covered, notObservable };
}

function settled(life: readonly Snapshot[]): boolean {
  const first = life[0] as Snapshot;
  const last = life.at(-1) as Snapshot;
  return isSettled({ from: first.totalBytes, to: Math.max(first.totalBytes, last.totalBytes), firstIll: 1, perMinute: 0, points: life.length }, first.allocatedBytes);
}

function split<T>(list: readonly T[], test: (x: T) => boolean): [T[], T[]] {
  const yes: T[] = [];
  const no: T[] = [];
  for (const x of list) (test(x) ? yes : no).push(x);
  return [yes, no];
}

type SiteFacts = typeof heapSiteGrowing extends Kind<infer F> ? F : never;

function growingIn(p: ProfiledProcess, life: readonly Snapshot[]): Condition<SiteFacts>[] {
  const first = life[0] as Snapshot;
  const last = life.at(-1) as Snapshot;
  const whole = last.totalBytes - first.totalBytes;
  const out: { condition: Condition<SiteFacts>; grown: number }[] = [];
  for (const site of last.sites.values()) {
    const growth = growthOfPoints(
      life.map((s) => {
        const here = s.sites.get(site.key);
        return { at: s.at as NonNullable<Snapshot['at']>, bytes: here?.bytes ?? 0, variance: here?.variance ?? 0 };
      }),
    );
    if (growth === null) continue;
    const grown = growth.to - growth.from;
    const share = whole <= 0 ? 1 : Math.min(1, grown / whole);
    if (share < LEAST_SHARE_OF_GROWTH) continue;
    const before = first.sites.get(site.key);
    const ill = life[growth.firstIll] as Snapshot;
    out.push({
      grown,
      condition: siteCondition(p, site, {
        from: growth.from,
        to: growth.to,
        share,
        profiles: growth.points,
        objects: Math.round(site.objects - (before?.objects ?? 0)),
        during: { from: ill.at, to: last.at },
        // hardly anything at the first profile: it began after it; else it was on its way already
        onset: { lastWell: growth.from < grown * 0.1 ? first.at : null, firstIll: ill.at },
        says: `memory in use from ${shortGoSymbol(site.function)} ${size(growth.from)} → ${size(growth.to)}, ${percent(share)} of the growth, ${growth.points} profiles`,
        places: [...site.places, ...(before?.places ?? [first.place])],
      }),
    });
  }
  return out
    .sort((a, b) => b.grown - a.grown || (a.condition.id < b.condition.id ? -1 : 1))
    .slice(0, MOST_SITES)
    .map((x) => x.condition);
}

/** `?seconds=N` is growth by itself. Its noise is that of both snapshots, of which only the difference is known: three errors of the difference. */
function growingInDelta(p: ProfiledProcess, delta: Snapshot): Condition<SiteFacts>[] {
  const whole = delta.totalBytes;
  const from = delta.at === null ? null : ((delta.at - BigInt(Math.round((delta.deltaSeconds ?? 0) * 1e9))) as NonNullable<Snapshot['at']>);
  return heaviest(delta)
    .filter((s) => s.bytes >= 1024 ** 2 && s.bytes > 3 * Math.sqrt(s.variance) && (whole <= 0 || s.bytes >= whole * LEAST_SHARE_OF_GROWTH))
    .slice(0, MOST_SITES)
    .map((site) => {
      const share = whole <= 0 ? 1 : Math.min(1, site.bytes / whole);
      return siteCondition(p, site, {
        from: 0,
        to: site.bytes,
        share,
        profiles: 2,
        objects: Math.round(site.objects),
        during: { from, to: delta.at },
        onset: { lastWell: null, firstIll: delta.at },
        says: `memory in use from ${shortGoSymbol(site.function)} grew by ${size(site.bytes)} within ${Math.round(delta.deltaSeconds ?? 0)} s, ${percent(share)} of the growth`,
        places: site.places,
      });
    });
}

/** One profile of a heap known to grow: what stands out in it, stated as weak (from = to, one profile). */
function inUse(p: ProfiledProcess, s: Snapshot): Condition[] {
  return heaviest(s)
    .filter((site) => site.bytes >= s.totalBytes * LEAST_SHARE_IN_USE && site.bytes >= 1024 ** 2)
    .map((site) => {
      const share = site.bytes / s.totalBytes;
      return siteCondition(p, site, {
        from: site.bytes,
        to: site.bytes,
        share,
        profiles: 1,
        objects: Math.round(site.objects),
        during: { from: s.at, to: s.at },
        onset: { lastWell: null, firstIll: s.at },
        says: `${percent(share)} of the memory in use (${size(site.bytes)}) is from ${shortGoSymbol(site.function)}; one profile shows no growth`,
        places: site.places,
      }) as unknown as Condition;
    });
}

function siteCondition(
  p: ProfiledProcess,
  site: Site,
  c: {
    readonly from: number;
    readonly to: number;
    readonly share: number;
    readonly profiles: number;
    readonly objects: number;
    readonly during: Condition['during'];
    readonly onset: Condition['onset'];
    readonly says: string;
    readonly places: readonly Place[];
  },
): Condition<SiteFacts> {
  return condition(heapSiteGrowing, {
    entity: p.process,
    discriminator: `${site.function} ${site.stack.length} ${digest(site.key)}`,
    during: c.during,
    onset: c.onset,
    quantity: { value: c.to, ...(c.profiles > 1 ? { baseline: c.from } : {}), unit: 'bytes', known: 'sampled' },
    facts: {
      function: site.function,
      file: site.file,
      line: site.line,
      fromBytes: c.from,
      toBytes: c.to,
      share: c.share,
      objects: c.objects,
      stack: site.stack,
      profiles: c.profiles,
    },
    says: c.says,
    places: uniquePlaces(c.places, 4),
    strength: p.strength,
  });
}

const heaviest = (s: Snapshot): Site[] => [...s.sites.values()].sort((a, b) => b.bytes - a.bytes || (a.key < b.key ? -1 : 1));
const percent = (share: number): string => `${Math.round(share * 100)} %`;

/** FNV-1a: tells stacks of one function apart in an id. */
function digest(text: string): string {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return (h >>> 0).toString(16);
}
