/**
 * Channels that count: `chan struct{}` with a buffer, of which a place (or a token that was put in beforehand) is taken before the work and given
 * back after it.
 * Which of send and receive takes is told by their order in the functions that do both. A channel that syntax cannot follow everywhere
 * (ranged over, closed, stored, handed to other code) is none of these.
 */
import { type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, type Stmt } from '../../read/go-source/index.ts';
import { capacityOf, closedChannels, usesOf } from './channels.ts';
import type { Section } from './critical-sections.ts';
import { type Held, heldEvents, type LockEvent, type Taking } from './locks.ts';
import { type FunctionRef, type GoPackage, literalRef, withLiterals } from './packages.ts';
import { calleeOf, identify, typeOf, underlying } from './types.ts';

export type SlotOp = 'send' | 'receive';

export interface Slots {
  readonly key: string;
  readonly spelt: string;
  readonly takes: SlotOp;
  /** Null where it is no literal, or not the same wherever such a channel is made. */
  readonly capacity: number | null;
  /** Where goroutines wait for a slot: the operation itself, and calls of functions that do nothing else with it. */
  readonly waits: readonly Section[];
  /** Every stretch in which a goroutine may have one. */
  readonly sections: readonly Section[];
}

interface Use {
  readonly key: string;
  readonly spelt: string;
  readonly instance: string;
  readonly op: SlotOp;
  readonly ref: FunctionRef;
  readonly stmt: Stmt;
}

const SLOT = /^chan struct ?\{ ?\}$/;

interface Package {
  readonly slots: ReadonlyMap<string, Slots>;
  /** Functions that take or give for their callers. */
  readonly wrappers: ReadonlySet<FunctionRef>;
  readonly taking: Taking;
}

const memo = new WeakMap<GoPackage, Package>();

const analysed = (pkg: GoPackage): Package => {
  const known = memo.get(pkg) ?? analyse(pkg);
  memo.set(pkg, known);
  return known;
};

export const slotsOf = (pkg: GoPackage): ReadonlyMap<string, Slots> => analysed(pkg).slots;

export const actsForCaller = (ref: FunctionRef): boolean => analysed(ref.file.package).wrappers.has(ref);

const eventMemo = new WeakMap<FunctionRef, readonly LockEvent[]>();

/** Taking and giving back along the paths of a function, as `lockEvents` has it of locks. */
export function slotEvents(ref: FunctionRef): readonly LockEvent[] {
  const known = eventMemo.get(ref) ?? heldEvents(ref, analysed(ref.file.package).taking);
  eventMemo.set(ref, known);
  return known;
}

function analyse(pkg: GoPackage): Package {
  const uses = new Map<string, Use[]>();
  for (const ref of pkg.functions) for (const use of directUses(ref)) uses.set(use.key, [...(uses.get(use.key) ?? []), use]);
  const closed = closedChannels(pkg);
  const slots = new Map<string, Slots>();
  const wrappers = new Map<FunctionRef, Use>();
  const takes = new Map<string, SlotOp>();
  const capacities = new Map<string, number | null>();
  const made = new Map<string, ReadonlySet<FunctionRef>>();
  for (const [key, list] of uses) {
    const makers = new Set<FunctionRef>();
    const capacity = capacityWhereMade(key, pkg, makers);
    if (capacity === 'none' || closed.has(key) || isLost(key, pkg)) continue;
    const work = list.filter((u) => !fillsIt(u, list, makers));
    const alone = wrappersAmong(work);
    const take = takenBy(work, alone, pkg);
    // other packages may take and give back what they can call
    if (take === null || (pkg.name !== 'main' && [...alone.keys()].some((w) => isExported(w)))) continue;
    // what nobody has put in beforehand is no token: it is the signal that something is done
    if (take === 'receive' && !isFilled(list, makers, alone)) continue;
    // a function that takes one if it can says by its result whether it did
    if ([...alone.values()].some(isOneOfSeveral)) continue;
    made.set(key, makers);
    takes.set(key, take);
    capacities.set(key, capacity);
    for (const [ref, use] of alone) wrappers.set(ref, use);
  }
  const taking = takingOf(takes, wrappers);
  for (const [key, take] of takes) {
    const places = placesOf(key, pkg, taking, wrappers, made.get(key) ?? new Set());
    if (places === null) continue;
    const first = (uses.get(key) as Use[])[0] as Use;
    slots.set(key, { key, spelt: first.spelt, takes: take, capacity: take === 'send' ? (capacities.get(key) ?? null) : null, ...places });
  }
  // what changes hands is taken and given back nowhere that could be told
  for (const key of takes.keys()) if (!slots.has(key)) takes.delete(key);
  return { slots, wrappers: new Set(wrappers.keys()), taking };
}

function* directUses(ref: FunctionRef): Generator<Use> {
  if (ref.fn.broken) return;
  const found: Use[] = [];
  const add = (channel: Expr, op: SlotOp, stmt: Stmt): void => {
    const type = typeOf(channel, ref);
    const id = type !== null && SLOT.test(underlying(type, ref.file.package)) ? identify(channel, ref) : null;
    if (id !== null && id.scope !== 'param') found.push({ key: id.key, spelt: id.spelt, instance: id.instance, op, ref, stmt });
  };
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'send') add(s.to, 'send', s);
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind === 'receive') add(x.from, 'receive', s);
      });
  });
  yield* found;
}

/** Ranged over, stored or handed to other code: then nobody knows all who take and give. */
function isLost(key: string, pkg: GoPackage): boolean {
  return pkg.functions.some((ref) =>
    usesOf(ref, (e) => (e.kind === 'ident' || e.kind === 'selector') && identify(e, ref)?.key === key).some(
      (u) => u.how === 'range' || u.how === 'argument' || (u.how === 'other' && !isMade(u.stmt, u.channel)),
    ),
  );
}

const isMade = (s: Stmt, channel: Expr): boolean => s.kind === 'assign' && s.left.includes(channel);

/** 'none': it is made nowhere that is seen, or without a buffer. */
function capacityWhereMade(key: string, pkg: GoPackage, makers: Set<FunctionRef>): number | null | 'none' {
  const sizes: (number | 'unknown')[] = [];
  let unbuffered = false;
  const see = (value: Expr | null | undefined, ref: FunctionRef | null): void => {
    const size = capacityOf(value);
    if (size === null) return;
    if (ref !== null) makers.add(ref);
    if (size === 0) unbuffered = true;
    else sizes.push(size);
  };
  for (const ref of pkg.functions) {
    eachStmt(ref.fn.body, (s) => {
      if (s.kind === 'assign') for (const [i, l] of s.left.entries()) if ((l.kind === 'ident' || l.kind === 'selector') && identify(l, ref)?.key === key) see(s.right[i], ref);
    });
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind === 'composite') see(memberOf(e, key, pkg), ref);
    });
  }
  for (const file of pkg.files)
    for (const v of file.model.vars) {
      if (`${pkg.symbolPath}.${v.name}` === key) see(v.value, null);
      const made = v.value?.kind === 'unary' ? v.value.of : v.value;
      if (made?.kind === 'composite') see(memberOf(made, key, pkg), null);
    }
  if (unbuffered || sizes.length === 0) return 'none';
  const [size] = sizes;
  return typeof size === 'number' && sizes.every((x) => x === size) ? size : null;
}

/** What a composite gives the field, named or by its place. */
function memberOf(e: Expr & { kind: 'composite' }, key: string, pkg: GoPackage): Expr | null {
  const type = e.type.replace(/^[&*]/, '').split('[')[0] as string;
  if (!key.startsWith(`${type}.`)) return null;
  const field = key.slice(type.length + 1);
  const named = e.elements.find((x) => x.key?.kind === 'ident' && x.key.name === field);
  if (named !== undefined || e.elements.some((x) => x.key !== null)) return named?.value ?? null;
  const at = pkg.files.flatMap((f) => f.model.structs.filter((t) => t.name === type)).flatMap((t) => t.fields.findIndex((f) => f.name === field))[0];
  return at === undefined || at < 0 ? null : (e.elements[at]?.value ?? null);
}

/** Tokens put in by the function that makes the channel, which takes none out itself or in what stands in it. */
const fillsIt = (u: Use, all: readonly Use[], makers: ReadonlySet<FunctionRef>): boolean =>
  makers.has(u.ref) && !all.some((o) => o.op !== u.op && withLiterals(u.ref.declared).includes(o.ref));

/** Who makes the channel puts tokens in, itself or by the function that gives them back. */
const isFilled = (all: readonly Use[], makers: ReadonlySet<FunctionRef>, alone: ReadonlyMap<FunctionRef, Use>): boolean =>
  all.some((u) => u.op === 'send' && fillsIt(u, all, makers)) ||
  [...makers].some((maker) => {
    let gives = false;
    eachExprIn(maker.fn.body, (x) => {
      if (x.kind === 'call' && alone.get(calleeOf(x, maker) as FunctionRef)?.op === 'send') gives = true;
    });
    return gives;
  });

/** Declared functions that take or give and do nothing else with it: calls of them are the operation. */
function wrappersAmong(work: readonly Use[]): Map<FunctionRef, Use> {
  const found = new Map<FunctionRef, Use>();
  for (const u of work) {
    if (u.ref.parent !== null || u.stmt.kind === 'defer') continue;
    if (work.filter((o) => o.ref.declared === u.ref).length === 1) found.set(u.ref, u);
  }
  return found;
}

/** A case of a select. */
function isOneOfSeveral(u: Use): boolean {
  let found = false;
  eachStmt(u.ref.fn.body, (s) => {
    if (s.kind === 'select' && s.cases.length > 1 && s.cases.some((c) => c.comm === u.stmt)) found = true;
  });
  return found;
}

const isExported = (ref: FunctionRef): boolean => /^[A-Z]/.test(ref.fn.name.slice(ref.fn.name.lastIndexOf('.') + 1));

/** The operation that comes first, or is not deferred, wherever one function does both; null where they disagree or nobody tells. */
function takenBy(work: readonly Use[], alone: ReadonlyMap<FunctionRef, Use>, pkg: GoPackage): SlotOp | null {
  const votes = new Set<SlotOp>();
  for (const ref of pkg.functions) {
    if (ref.parent !== null || alone.has(ref)) continue;
    // in the order of the text: what a deferred or started function does comes later than it stands
    const seen: { op: SlotOp; at: number; later: boolean }[] = [];
    for (const inner of withLiterals(ref)) {
      const own = work.filter((u) => u.ref === inner);
      for (const u of own) seen.push({ op: u.op, at: u.stmt.offset, later: inner !== ref || u.stmt.kind === 'defer' });
      eachStmt(inner.fn.body, (s) => {
        for (const e of exprsOf(s))
          eachExpr(e, (x) => {
            const called = x.kind === 'call' ? alone.get(calleeOf(x, inner) as FunctionRef) : undefined;
            if (called !== undefined) seen.push({ op: called.op, at: s.offset, later: inner !== ref || s.kind === 'defer' });
          });
      });
    }
    if (new Set(seen.map((o) => o.op)).size < 2) continue;
    const now = seen.filter((o) => !o.later).sort((a, b) => a.at - b.at)[0];
    if (now !== undefined) votes.add(now.op);
  }
  return votes.size === 1 ? ([...votes][0] as SlotOp) : null;
}

function takingOf(takes: ReadonlyMap<string, SlotOp>, wrappers: ReadonlyMap<FunctionRef, Use>): Taking {
  const op = (key: string, instance: string, spelt: string, what: SlotOp) => {
    const take = takes.get(key);
    return take === undefined ? null : { id: { key, instance, spelt, read: false }, take: take === what };
  };
  const at = (channel: Expr, ref: FunctionRef, what: SlotOp) => {
    const id = identify(channel, ref);
    return id === null ? null : op(id.key, id.instance, id.spelt, what);
  };
  const of: Taking['of'] = (e, ref) => {
    if (e.kind === 'receive') return at(e.from, ref, 'receive');
    if (e.kind !== 'call') return null;
    const wrapper = wrappers.get(calleeOf(e, ref) as FunctionRef);
    if (wrapper === undefined || wrapper.ref === ref) return null;
    const on = e.fn.kind === 'selector' ? (identify(e.fn.of, ref)?.spelt ?? '…') : '';
    return op(wrapper.key, on, wrapper.spelt, wrapper.op);
  };
  const sent: Taking['sent'] = (s, ref) => at(s.to, ref, 'send');
  return {
    of,
    sent,
    handed(literal) {
      const given: Pick<Held, 'key' | 'instance' | 'read'>[] = [];
      for (const inner of withLiterals(literal))
        eachStmt(inner.fn.body, (s) => {
          const ops = [s.kind === 'send' ? sent(s, inner) : null];
          for (const e of exprsOf(s)) eachExpr(e, (x) => ops.push(of(x, inner)));
          for (const o of ops) if (o !== null && !o.take) given.push(o.id);
        });
      return given;
    },
  };
}

/** Null where it changes hands: given back by a function that did not take it and was not handed it. `makers` put the tokens in. */
function placesOf(
  key: string,
  pkg: GoPackage,
  taking: Taking,
  wrappers: ReadonlyMap<FunctionRef, Use>,
  makers: ReadonlySet<FunctionRef>,
): Pick<Slots, 'waits' | 'sections'> | null {
  const waits: Section[] = [];
  const sections: Section[] = [];
  for (const ref of pkg.functions) {
    const events = heldEvents(ref, taking).filter((e) => e.taken?.key === key && (e.what === 'lock' || e.what === 'orphan'));
    const taken = events.filter((e) => e.what === 'lock');
    const given = lastGiven(key, ref, taking);
    for (const e of taken) waits.push({ ref, line: e.stmt.line, last: e.stmt.endLine });
    if (taken.length > 0) sections.push({ ref, line: Math.min(...taken.map((e) => e.stmt.line)), last: given ?? ref.fn.endLine });
    else if (given !== null && wrappers.get(ref)?.key !== key && !makers.has(ref)) {
      // who makes it puts the tokens in
      if (!isHandedOn(ref) && !isDeferred(ref)) return null;
      sections.push({ ref, line: ref.fn.line, last: given });
    }
  }
  return waits.length === 0 ? null : { waits, sections };
}

/** The last line at which the function itself gives back; its end where that is deferred. */
function lastGiven(key: string, ref: FunctionRef, taking: Taking): number | null {
  let last: number | null = null;
  eachStmt(ref.fn.body, (s) => {
    const ops = [s.kind === 'send' ? taking.sent(s, ref) : null];
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        ops.push(taking.of(x, ref));
        const literal = x.kind === 'func' ? literalRef(ref.file, x.function) : undefined;
        // a deferred literal gives back at the end, a started one holds it itself from there on
        if (literal !== undefined && taking.handed(literal).some((g) => g.key === key)) last = Math.max(last ?? 0, s.kind === 'defer' ? ref.fn.endLine : s.line);
      });
    if (ops.some((o) => o !== null && !o.take && o.id.key === key)) last = Math.max(last ?? 0, s.kind === 'defer' ? ref.fn.endLine : s.endLine);
  });
  return last;
}

/** The literal is started as a goroutine, or given to a call that runs it. */
const isHandedOn = (ref: FunctionRef): boolean => isLiteralIn(ref, (s) => s.kind === 'go' || s.kind === 'expr' || s.kind === 'assign');
const isDeferred = (ref: FunctionRef): boolean => isLiteralIn(ref, (s) => s.kind === 'defer');

function isLiteralIn(ref: FunctionRef, fits: (s: Stmt) => boolean): boolean {
  const { parent } = ref;
  let found = false;
  if (parent !== null)
    eachStmt(parent.fn.body, (s) => {
      if (!fits(s)) return;
      for (const e of exprsOf(s))
        eachExpr(e, (x) => {
          if (x.kind !== 'call') return;
          for (const a of [x.fn, ...x.args]) if (a.kind === 'func' && literalRef(ref.file, a.function) === ref) found = true;
        });
    });
  return found;
}
