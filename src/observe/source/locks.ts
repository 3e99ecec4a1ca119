/**
 * Which locks a function surely holds at each call: Lock adds, Unlock removes, a deferred Unlock holds to the end, branches meet in what
 * both hold. Locks are told apart by field and type, instances of one type by the value they are reached through.
 */
import { type Expr, eachExpr, eachStmt, exprsOf, listsOf, type Stmt } from '../../read/go-source/index.ts';
import { isChannelExpr } from './channels.ts';
import { ends } from './flow.ts';
import { type FunctionRef, literalRef } from './packages.ts';
import { calleeOf, identify, typeOf, underlying } from './types.ts';

export interface Held {
  /** `pool.mu` by type, `pkg.mu` for package variables. */
  readonly key: string;
  readonly instance: string;
  readonly spelt: string;
  readonly read: boolean;
  readonly stmt: Stmt;
  readonly deferred: boolean;
}

export interface LockEvent {
  /** send, receive: of a channel, with no other case to go on with. leave: return, the next turn of a loop, or the end of the text. orphan: given back, not surely taken here. again: the next turn of a loop takes what this one defers to give back. */
  readonly what: 'lock' | 'call' | 'spawn' | 'send' | 'receive' | 'leave' | 'orphan' | 'again';
  readonly held: readonly Held[];
  /** lock: what is taken; orphan: what is given back. */
  readonly taken: Held | null;
  /** call: any call made while something may be held. */
  readonly call: (Expr & { kind: 'call' }) | null;
  /** send, receive: the channel. */
  readonly channel: Expr | null;
  readonly stmt: Stmt;
}

const METHODS: Readonly<Record<string, { readonly read: boolean; readonly take: boolean }>> = {
  Lock: { read: false, take: true },
  RLock: { read: true, take: true },
  Unlock: { read: false, take: false },
  RUnlock: { read: true, take: false },
};

const MUTEX = /^\*?sync\.(?:RW)?Mutex$/;

/** The lock a call takes or gives back; null when the receiver is no mutex for certain. */
export function lockCall(e: Expr, ref: FunctionRef): { id: Omit<Held, 'stmt' | 'deferred'>; take: boolean } | null {
  if (e.kind !== 'call' || e.args.length > 0 || e.fn.kind !== 'selector') return null;
  const method = METHODS[e.fn.field];
  if (method === undefined) return null;
  const type = typeOf(e.fn.of, ref);
  if (type !== null && MUTEX.test(underlying(type, ref.file.package))) {
    const id = identify(e.fn.of, ref);
    return id === null ? null : { id: { key: id.key, instance: id.instance, spelt: id.spelt, read: method.read }, take: method.take };
  }
  // an embedded mutex: s.Lock() where the struct of s embeds sync.Mutex
  if (type === null) return null;
  const name = type.replace(/^\*/, '').split('[')[0];
  for (const file of ref.file.package.files) {
    const embedded = file.model.structs.find((s) => s.name === name)?.fields.find((f) => f.embedded && /^\*?sync\.(?:RW)?Mutex$/.test(f.type));
    if (embedded !== undefined) {
      const instance = identify(e.fn.of, ref)?.spelt ?? '…';
      return { id: { key: `${name}.${embedded.name}`, instance, spelt: instance, read: method.read }, take: method.take };
    }
  }
  return null;
}

/** What is taken and given back: locks, or the slots of a channel. */
export interface Taking {
  /** A call or a receive; null where it is neither. */
  of(e: Expr, ref: FunctionRef): { readonly id: Omit<Held, 'stmt' | 'deferred'>; readonly take: boolean } | null;
  sent(s: Stmt & { kind: 'send' }, ref: FunctionRef): { readonly id: Omit<Held, 'stmt' | 'deferred'>; readonly take: boolean } | null;
  /** What a function that is started or handed on gives back for the one that took it. */
  handed(literal: FunctionRef): readonly Pick<Held, 'key' | 'instance' | 'read'>[];
}

const LOCKS: Taking = { of: lockCall, sent: () => null, handed: () => [] };

const memo = new WeakMap<FunctionRef, readonly LockEvent[]>();

export function lockEvents(ref: FunctionRef): readonly LockEvent[] {
  const known = memo.get(ref);
  if (known !== undefined) return known;
  const events = heldEvents(ref, LOCKS);
  memo.set(ref, events);
  return events;
}

export function heldEvents(ref: FunctionRef, taking: Taking): readonly LockEvent[] {
  const events: LockEvent[] = [];
  const atEnd = walk(ref.fn.body, [], ref, events, taking);
  const last = ref.fn.body[ref.fn.body.length - 1];
  if (atEnd !== null && last !== undefined) events.push({ ...NOTHING, what: 'leave', held: atEnd, stmt: last });
  return events;
}

const NOTHING = { taken: null, call: null, channel: null } as const;

const same = (a: { key: string; instance: string; read: boolean }, b: { key: string; instance: string; read: boolean }): boolean =>
  a.key === b.key && a.instance === b.instance && a.read === b.read;

/** Operations that are one case of several: their goroutine goes on by another one. */
const cases = new WeakSet<Stmt>();

/** What is surely held after the list; null when it does not end (return, panic, break …). */
function walk(list: readonly Stmt[], before: readonly Held[], ref: FunctionRef, events: LockEvent[], taking: Taking): readonly Held[] | null {
  let held: readonly Held[] | null = before;
  for (const s of list) {
    if (held === null) return null;
    held = step(s, held, ref, events, taking);
  }
  return held;
}

function step(s: Stmt, held: readonly Held[], ref: FunctionRef, events: LockEvent[], taking: Taking): readonly Held[] | null {
  if (s.kind === 'defer') {
    const call = s.call;
    const unlock = taking.of(call, ref);
    if (unlock !== null && !unlock.take) {
      if (!held.some((h) => same(h, unlock.id))) events.push({ ...NOTHING, what: 'orphan', held, taken: { ...unlock.id, stmt: s, deferred: true }, stmt: s });
      return held.map((h) => (same(h, unlock.id) ? { ...h, deferred: true } : h));
    }
    // defer func() { mu.Unlock() }()
    if (call.kind === 'call' && call.fn.kind === 'func') {
      const literal = literalRef(ref.file, call.fn.function);
      const given = literal === undefined ? [] : givenIn(literal, taking);
      return held.map((h) => (given.some((g) => same(g, h)) ? { ...h, deferred: true } : h));
    }
    return held;
  }
  if (s.kind === 'go') {
    events.push({ ...NOTHING, what: 'spawn', held, call: s.call.kind === 'call' ? s.call : null, stmt: s });
    return s.call.kind === 'call' ? withoutHanded(held, [s.call.fn, ...s.call.args], ref, taking) : held;
  }
  let now = held;
  if ('init' in s && s.init !== null) now = step(s.init, now, ref, events, taking) ?? now;
  for (const e of exprsOf(s))
    eachExpr(e, (x) => {
      if (x.kind === 'receive' && !cases.has(s)) events.push({ ...NOTHING, what: 'receive', held: now, channel: x.from, stmt: s });
      if (x.kind !== 'call' && x.kind !== 'receive') return;
      const op = taking.of(x, ref);
      if (op !== null) now = applied(op, now, s, events);
      else if (x.kind === 'call') {
        events.push({ ...NOTHING, what: 'call', held: now, call: x, stmt: s });
        now = withoutHanded(now, x.args, ref, taking);
      }
    });
  if (s.kind === 'send') {
    if (!cases.has(s)) events.push({ ...NOTHING, what: 'send', held: now, channel: s.to, stmt: s });
    const op = taking.sent(s, ref);
    if (op !== null) now = applied(op, now, s, events);
  }
  if (s.kind === 'for' && s.form === 'range' && s.over !== null && isChannelExpr(s.over, ref)) events.push({ ...NOTHING, what: 'receive', held: now, channel: s.over, stmt: s });
  if (s.kind === 'select' && s.cases.length > 1) for (const c of s.cases) if (c.comm !== null) cases.add(c.comm);
  if (s.kind === 'return' || (s.kind === 'branch' && s.word === 'continue')) events.push({ ...NOTHING, what: 'leave', held: now, stmt: s });
  if (s.kind === 'return' || s.kind === 'branch' || ends(s, ref)) return null;
  const lists = 'init' in s && s.init !== null ? listsOf(s).slice(1) : listsOf(s);
  if (lists.length === 0) return now;
  const outcomes = lists.map((inner) => walk(inner, now, ref, events, taking));
  if (s.kind === 'for')
    for (const h of outcomes[outcomes.length - 1] ?? [])
      if (h.deferred && !now.some((x) => same(x, h)) && !variesIn(s, h.instance)) events.push({ ...NOTHING, what: 'again', held: [h], taken: h, stmt: h.stmt });
  if (s.kind === 'block') return outcomes[0] ?? null;
  // a loop or an if without else may run no list at all
  const covered = (s.kind === 'if' && s.else !== null) || (s.kind === 'switch' && s.cases.some((c) => c.isDefault)) || s.kind === 'select';
  const alive = outcomes.filter((o): o is readonly Held[] => o !== null);
  if (!covered) alive.push(now);
  if (alive.length === 0) return null;
  return alive.reduce((a, b) => a.filter((h) => b.some((x) => same(x, h))));
}

/** The lock is reached through a name that each turn of the loop gives another value. */
export function variesIn(loop: Stmt & { kind: 'for' }, instance: string): boolean {
  const names = new Set(instance.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []);
  let varies = loop.vars.some((v) => v.kind === 'ident' && names.has(v.name)) || instance.includes('[');
  eachStmt([loop], (s) => {
    const given = s.kind === 'assign' ? s.left : s.kind === 'step' ? [s.of] : [];
    if (given.some((e) => e.kind === 'ident' && names.has(e.name))) varies = true;
  });
  return varies;
}

type Op = NonNullable<ReturnType<Taking['of']>>;

function applied(op: Op, held: readonly Held[], s: Stmt, events: LockEvent[]): readonly Held[] {
  const own: Held = { ...op.id, stmt: s, deferred: false };
  if (op.take) {
    events.push({ ...NOTHING, what: 'lock', held, taken: own, stmt: s });
    return [...held, own];
  }
  if (!held.some((h) => same(h, own))) events.push({ ...NOTHING, what: 'orphan', held, taken: own, stmt: s });
  return held.filter((h) => !same(h, own));
}

/** What is left when functions among these expressions give back for this one. */
function withoutHanded(held: readonly Held[], among: readonly Expr[], ref: FunctionRef, taking: Taking): readonly Held[] {
  if (held.length === 0) return held;
  const given = among.flatMap((e) => {
    const literal = e.kind === 'func' ? literalRef(ref.file, e.function) : undefined;
    return literal === undefined ? [] : taking.handed(literal);
  });
  return given.length === 0 ? held : held.filter((h) => !given.some((g) => same(g, h)));
}

function givenIn(ref: FunctionRef, taking: Taking): { key: string; instance: string; read: boolean }[] {
  const found: { key: string; instance: string; read: boolean }[] = [];
  for (const s of ref.fn.body) {
    const sent = s.kind === 'send' ? taking.sent(s, ref) : null;
    if (sent !== null && !sent.take) found.push(sent.id);
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        const op = taking.of(x, ref);
        if (op !== null && !op.take) found.push(op.id);
      });
  }
  return found;
}

/** The function gives this lock back somewhere in its own text or in what it surely calls, not counting what is deferred. */
export function givesBack(key: string, ref: FunctionRef, before = Number.POSITIVE_INFINITY, depth = 2): boolean {
  let found = false;
  eachStmt(ref.fn.body, (s) => {
    if (found || s.kind === 'defer' || s.kind === 'go' || s.offset >= before) return;
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (found || x.kind !== 'call') return;
        const lock = lockCall(x, ref);
        if (lock !== null) found = !lock.take && lock.id.key === key;
        else if (depth > 0) {
          const callee = calleeOf(x, ref);
          found = callee !== null && callee !== ref && givesBack(key, callee, undefined, depth - 1);
        }
      });
  });
  return found;
}

/** Where a lock taken at `held` is given back in the function's own text; null when deferred or not at all. */
export function unlockLine(held: Held, ref: FunctionRef): number | null {
  let line: number | null = null;
  const visit = (list: readonly Stmt[]): void => {
    for (const s of list) {
      if (s.kind !== 'defer')
        for (const e of exprsOf(s))
          eachExpr(e, (x) => {
            const lock = lockCall(x, ref);
            if (lock !== null && !lock.take && same(lock.id, held) && s.offset > held.stmt.offset) line ??= s.line;
          });
      for (const inner of listsOf(s)) visit(inner);
    }
  };
  visit(ref.fn.body);
  return line;
}
