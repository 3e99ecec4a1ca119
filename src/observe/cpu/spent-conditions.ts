/** What a CPU profile shows, as conditions: lines and kinds of work whose share is above three in a hundred whatever the sampling. */
import { costClassInfo } from '../../knowledge/go-runtime/index.ts';
import { cpuSpentAt, cpuSpentOn } from '../../model/conditions/cpu.ts';
import { type Condition, type Coverage, condition, normaliseGoSymbol, type Observation, originOfFrame, placeAt, type Readings, shortGoSymbol } from '../../model/index.ts';
import { framesOf } from '../../read/pprof/index.ts';
import { COLLECTING, leastShare, placesOf, type Spent, type SpentAt, type SpentOn, spentOf } from './spent.ts';

/** Below this a share is no cause of anything. */
export const LEAST_SHARE = 0.03;
/** Fewer samples tell nothing. */
const LEAST_TICKS = 50;

export const percent = (share: number): string => `${Math.round(share * 100)} %`;
export const round = (n: number): number => Math.round(n * 1000) / 1000;
const lineOf = (s: { readonly function: string; readonly line: number }): string => `${shortGoSymbol(s.function)}:${s.line}`;

export function lookSpentAt(readings: Readings): Observation {
  return told(readings, (spent) =>
    spent.sites.flatMap((s) => {
      const atLeast = leastShare(s.ticks, spent.ticks);
      return atLeast < LEAST_SHARE ? [] : [spentAt(spent, s, atLeast)];
    }),
  );
}

function spentAt(spent: Spent, s: SpentAt, atLeast: number): Condition {
  const share = s.ticks / spent.ticks;
  const on = [...s.classes]
    .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
    .slice(0, 6)
    .map(([name, ticks]) => ({ class: name, share: round(ticks / s.ticks) }));
  const where = `${lineOf(s)}${s.calls === null ? '' : ` in ${shortGoSymbol(s.calls)}`}`;
  return condition(cpuSpentAt, {
    entity: spent.process,
    discriminator: `${spent.artifact.id} ${s.function}:${s.line} ${s.calls ?? ''}`,
    during: spent.during,
    onset: { lastWell: null, firstIll: spent.during.from },
    quantity: { value: round(share), unit: 'share of CPU time', known: 'sampled' },
    facts: {
      function: s.function,
      file: s.file,
      line: s.line,
      calls: s.calls,
      share: round(share),
      atLeast: round(atLeast),
      seconds: round(s.nanoseconds / 1e9),
      samples: s.ticks,
      stack: ownStack(spent, s),
      inRequests: round(s.requestTicks / s.ticks),
      on,
    },
    says: `${percent(share)} of the CPU time is spent at ${where} (${s.ticks} of ${spent.ticks} samples)`,
    places: placesOf(spent, s.samples, where),
    strength: spent.strength,
  }) as Condition;
}

const MOST_FRAMES = 12;

function ownStack(spent: Spent, s: SpentAt): string[] {
  const heaviest = s.samples.reduce((a, b) => (b.ticks > a.ticks ? b : a));
  return framesOf(spent.model, heaviest.sample)
    .filter((f) => originOfFrame(f.function, f.file) === 'own')
    .slice(0, MOST_FRAMES)
    .map((f) => `${normaliseGoSymbol(f.function)} ${f.file}:${f.line}`);
}

export function lookSpentOn(readings: Readings): Observation {
  return told(readings, (spent) => {
    const sums = new Map<string, SpentOn>();
    for (const [name, on] of spent.classes) {
      if (costClassInfo(name).payer === 'nobody') continue;
      const key = COLLECTING.has(name) ? 'gc' : name;
      const sum = sums.get(key) ?? { nanoseconds: 0, ticks: 0, samples: [] };
      sums.set(key, { nanoseconds: sum.nanoseconds + on.nanoseconds, ticks: sum.ticks + on.ticks, samples: [...sum.samples, ...on.samples] });
    }
    return [...sums].flatMap(([name, on]) => {
      const atLeast = leastShare(on.ticks, spent.ticks);
      return atLeast < LEAST_SHARE ? [] : [spentOn(spent, name, on, atLeast)];
    });
  });
}

function spentOn(spent: Spent, name: string, on: SpentOn, atLeast: number): Condition {
  const share = on.ticks / spent.ticks;
  const title = name === 'gc' ? 'garbage collection' : costClassInfo(name as Parameters<typeof costClassInfo>[0]).title;
  return condition(cpuSpentOn, {
    entity: spent.process,
    discriminator: `${spent.artifact.id} ${name}`,
    during: spent.during,
    onset: { lastWell: null, firstIll: spent.during.from },
    quantity: { value: round(share), unit: 'share of CPU time', known: 'sampled' },
    facts: { class: name, share: round(share), atLeast: round(atLeast), seconds: round(on.nanoseconds / 1e9), samples: on.ticks },
    says: `${percent(share)} of the CPU time goes to ${title} (${on.ticks} of ${spent.ticks} samples)`,
    places: placesOf(spent, on.samples, title),
    strength: spent.strength,
  }) as Condition;
}

/** Each profile with enough samples was looked at whole: what is not told of it is below three in a hundred, or may be. */
function told(readings: Readings, find: (spent: Spent) => readonly Condition[]): Observation {
  const all = spentOf(readings);
  const covered: Coverage[] = [];
  const conditions: Condition[] = [];
  for (const spent of all) {
    if (spent.ticks < LEAST_TICKS) continue;
    covered.push({ entity: spent.process, interval: spent.during, places: [placeAt(spent.artifact.id, { offset: 0, length: Math.min(80, spent.artifact.source.sizeBytes) })] });
    conditions.push(...find(spent));
  }
  const why = all.length === 0 ? 'no CPU profile is at hand' : `the CPU profile has ${all[0]?.ticks} samples only`;
  return { conditions, covered, notObservable: covered.length > 0 ? [] : [{ why, next: cpuSpentAt.next }] };
}
