/**
 * Channels that count, in one whole dump: who waits for a slot, who has one. A slot that nobody has is lost; where everybody who has one waits for
 * another, none is ever given back. Both are the state of one stopped moment: neither minutes nor a second dump are needed.
 */
import { slotsExhausted } from '../../model/conditions/goroutines.ts';
import { slotNotReturned, slotSection } from '../../model/conditions/source.ts';
import { type Condition, condition, normaliseGoSymbol, shortGoSymbol, uniquePlaces, type World, weaker } from '../../model/index.ts';
import type { ArgumentFrame } from '../../read/lib/goroutines/arguments.ts';
import { stackFrames } from '../../read/lib/goroutines/table.ts';
import { strengthOf } from './growth.ts';
import { bucketsIn, framesOfRow, isIn, isParked, isWhole, stateOf } from './held-sections.ts';
import { onsetOf, placeOfRow, withLocks } from './lock-conditions.ts';
import type { Life } from './series.ts';
import type { Snapshot } from './snapshots.ts';
import { isProgram, waitOf } from './waits.ts';

type Section = NonNullable<(typeof slotSection)['facts']>;
type How = NonNullable<(typeof slotsExhausted)['facts']>['how'];

interface Exhausted {
  readonly slots: Section;
  readonly how: How;
  readonly waiting: readonly number[];
  readonly holding: readonly number[];
}

/** A goroutine whose starters are asked: so many steps up. */
const STEPS = 4;

function exhaustedIn(s: Snapshot, world: World): Exhausted[] {
  const known = world.look(slotSection);
  if (known.state !== 'observed' || !isWhole(s)) return [];
  const all = known.conditions.map((c) => c.facts);
  return all.flatMap((slots) => {
    // two packages of one name may have a channel of one name
    if (all.filter((o) => o.channel === slots.channel).length > 1) return [];
    const waiting = waitersFor(s, slots);
    if (waiting.length === 0) return [];
    const queued = new Set(waiting);
    const holding = bucketsIn(s, slots.sections).flatMap((b) => b.rows.filter((row) => hasSlot(s, row, slots, queued)));
    const how = howOf(s, slots, queued, holding, world);
    return how === null ? [] : [{ slots, how, waiting, holding }];
  });
}

/** Parked at the operation, in the function that stands there by itself: none of those in it has gone on yet. */
function waitersFor(s: Snapshot, slots: Section): number[] {
  const state = slots.takes === 'send' ? 'chan send' : 'chan receive';
  return bucketsIn(s, slots.waits).flatMap((b) => {
    const inner = b.frames.find(isProgram);
    if (inner === undefined || !slots.waits.some((w) => isIn(inner, w))) return [];
    return b.rows.filter((row) => isParked(s, row) && waitOf(stateOf(s, row), b.frames) === state);
  });
}

/** It stands where a slot may be had, otherwise than in the call that still waits for one. */
function hasSlot(s: Snapshot, row: number, slots: Section, queued: ReadonlySet<number>): boolean {
  const { table } = s;
  if (table === null) return false;
  const frames = stackFrames(table, table.stack[row] as number).filter((f) => slots.sections.some((at) => isIn(f, at)));
  return (queued.has(row) ? frames.filter((f) => !slots.waits.some((w) => isIn(f, w))) : frames).length > 0;
}

function howOf(s: Snapshot, slots: Section, queued: ReadonlySet<number>, holding: readonly number[], world: World): How | null {
  // a place that is taken by sending: as many are free as the channel has and nobody stands with
  if (holding.length === 0 || (slots.capacity !== null && holding.length < slots.capacity)) return isLeft(slots, world) ? 'lost' : null;
  return holding.every((row) => queued.has(row) || (isParked(s, row) && startedOneOf(s, row, queued))) ? 'held-by-waiters' : null;
}

/** Without a path on which it is lost, the source is not the one that ran, or does not show all. */
function isLeft(slots: Section, world: World): boolean {
  const answer = world.look(slotNotReturned);
  return answer.state === 'observed' && answer.conditions.some((c) => c.facts.channel === slots.channel);
}

function startedOneOf(s: Snapshot, row: number, queued: ReadonlySet<number>): boolean {
  const { table } = s;
  if (table === null) return false;
  const id = table.id[row];
  return [...queued].some((w) => {
    let at: number | undefined = w;
    for (let step = 0; step < STEPS && at !== undefined; step++) {
      const by: number | undefined = table.creator[at];
      if (by === id) return true;
      at = by === undefined || by < 0 ? undefined : rowOf(s, by);
    }
    return false;
  });
}

const rows = new WeakMap<Snapshot, ReadonlyMap<number, number>>();

function rowOf(s: Snapshot, id: number): number | undefined {
  let known = rows.get(s);
  if (known === undefined) {
    const { table } = s;
    known = new Map([...s.buckets.values()].flatMap((b) => b.rows.map((row) => [table?.id[row] as number, row] as const)));
    rows.set(s, known);
  }
  return known.get(id);
}

const where = (f: ArgumentFrame) => ({ function: normaliseGoSymbol(f.symbol), file: f.file, line: f.line });

/** Where one of those who have a slot has it, and where it or a goroutine it started asks for the next. */
function story(s: Snapshot, { slots, how, waiting, holding }: Exhausted): Pick<NonNullable<(typeof slotsExhausted)['facts']>, 'holds' | 'asks'> {
  const first = how === 'held-by-waiters' ? holding[0] : undefined;
  if (first === undefined) return { holds: null, asks: null };
  const program = framesOfRow(s, first).filter(isProgram);
  const had = program.find((f) => slots.sections.some((at) => isIn(f, at)) && !(waiting.includes(first) && slots.waits.some((w) => isIn(f, w))));
  const asking = waiting.includes(first) ? first : waiting.find((w) => startedOneOf(s, first, new Set([w])));
  const asked =
    asking === undefined
      ? undefined
      : framesOfRow(s, asking)
          .filter(isProgram)
          .find((f) => !slots.waits.some((w) => isIn(f, w)));
  // the frame inside the one that has it is what it is busy with
  const inside = had === undefined ? undefined : (program[program.indexOf(had) - 1] ?? had);
  return { holds: inside === undefined ? null : where(inside), asks: asked === undefined ? null : where(asked) };
}

export function exhaustedSlots(life: Life, world: World): Condition[] {
  const dumps = withLocks(life);
  const last = dumps.at(-1);
  if (last === undefined) return [];
  return exhaustedIn(last, world).map((found) => {
    const { slots, how, waiting, holding } = found;
    const inner = framesOfRow(last, waiting[0] as number).find(isProgram) as ArgumentFrame;
    const longest = Math.max(...waiting.map((row) => last.table?.minutes[row] ?? -1));
    const at = `${shortGoSymbol(inner.symbol)}:${inner.line}`;
    const has = slots.capacity === null ? '' : ` of ${slots.capacity}`;
    const facts: NonNullable<(typeof slotsExhausted)['facts']> = {
      channel: slots.channel,
      object: slots.object,
      capacity: slots.capacity,
      waiters: waiting.length,
      holders: holding.length,
      how,
      waitFunction: normaliseGoSymbol(inner.symbol),
      file: inner.file,
      line: inner.line,
      longestMinutes: longest < 1 ? null : longest,
      ...story(last, found),
    };
    return condition(slotsExhausted, {
      entity: life.process,
      discriminator: slots.channel,
      during: { from: dumps[0]?.at ?? null, to: last.at },
      onset: onsetOf(dumps, (s) => exhaustedIn(s, world).some((e) => e.slots.channel === slots.channel)),
      quantity: { value: waiting.length, unit: 'goroutines', known: 'counted' },
      facts,
      says: `${waiting.length} goroutine${waiting.length === 1 ? ' waits' : 's wait'} for a slot of ${slots.object} in ${at}${longest < 1 ? '' : `, up to ${longest} minute${longest === 1 ? '' : 's'}`}, and ${
        how === 'lost'
          ? `${holding.length === 0 ? 'nobody' : `only ${holding.length} goroutines${has}`} stand${holding.length === 0 ? 's' : ''} where one is had (by the source)`
          : `all ${holding.length}${has} who have one wait for another`
      }`,
      places: uniquePlaces([...waiting.slice(0, 2), ...holding.slice(0, 2)].map((row) => placeOfRow(last, row))),
      strength: weaker(strengthOf(life), 'derived'),
    });
  });
}
