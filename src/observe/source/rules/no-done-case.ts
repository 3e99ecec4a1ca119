/**
 * A goroutine that waits on a channel without a case on a context that is in scope where it was written.
 * Rate: 15 (semaphores and net/http transport internals) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { noDoneCase } from '../../../model/conditions/source.ts';
import { type Expr, eachExpr, eachStmt, exprsOf, isDone, isTimer, receivedFrom, type Stmt, spell } from '../../../read/go-source/index.ts';
import { canGoOn, closedChannels, contextInScope, isChannelExpr, originsOf } from '../channels.ts';
import { insideLoop, positions, runsIn, type Spawn, spawnsIn } from '../flow.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { identify } from '../types.ts';

type Facts = NonNullable<(typeof noDoneCase)['facts']>;

interface Wait {
  readonly stmt: Stmt;
  readonly wait: 'chan receive' | 'chan send' | 'select';
  readonly on: string;
  readonly endLine: number;
}

export const rule: SourceRule<Facts> = {
  kind: noDoneCase,
  find(pkg) {
    const found: SourceFinding<Facts>[] = [];
    const seen = new Set<Stmt>();
    for (const spawn of spawnsIn(pkg.functions)) {
      for (const ref of runsIn(spawn.entry, 1)) {
        if (ref.fn.broken) continue;
        if (!contextInScope(ref) && !(spawn.entry !== ref && contextInScope(spawn.entry)) && !contextInScope(spawn.by)) continue;
        for (const w of waitsOf(ref, spawn, pkg)) {
          if (seen.has(w.stmt)) continue;
          seen.add(w.stmt);
          found.push({
            keyed: ref,
            facts: {
              ...site(ref, w.stmt.line),
              loops: insideLoop(w.stmt, positions(ref.fn.body)) || w.stmt.kind === 'for',
              waitsOn: w.on,
              wait: w.wait,
              endLine: w.endLine,
              hasContext: true,
              startedIn: spawn.by.symbol,
              startLine: spawn.at.line,
            },
            says: `the goroutine waits for ${w.on} at ${fileLine(ref.file, w.stmt.line)} without a case on the context that is in scope`,
            spans: [
              { file: ref.file, span: { offset: w.stmt.offset, length: Math.min(w.stmt.length, 200) } },
              { file: spawn.by.file, span: { offset: spawn.at.offset, length: Math.min(spawn.at.length, 80) } },
            ],
          });
        }
      }
    }
    return found;
  },
};

function waitsOf(ref: FunctionRef, spawn: Spawn, pkg: GoPackage): Wait[] {
  const found: Wait[] = [];
  const closed = closedChannels(pkg);
  const isClosed = (e: Expr): boolean => originsOf(e, ref).some((k) => closed.has(k));
  const inSelect = new Set<Stmt>();
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'select') {
      for (const c of s.cases) if (c.comm !== null) inSelect.add(c.comm);
      if (s.cases.length === 0 || canGoOn(s)) return;
      // a case on a channel that somebody closes is a way to be told
      const told = s.cases.some((c) => {
        const from = c.comm === null ? null : receivedFrom(c.comm);
        return from !== null && isClosed(from);
      });
      if (told || s.cases.some((c) => c.comm !== null && surelyMet(c.comm, ref, spawn))) return;
      const on = s.cases
        .map((c) => (c.comm === null ? 'default' : c.comm.kind === 'send' ? spell(c.comm.to) : spell(receivedFrom(c.comm) ?? { ...s, kind: 'other', parts: [] })))
        .join(', ');
      found.push({ stmt: s, wait: 'select', on, endLine: s.line });
      return;
    }
    if (inSelect.has(s)) return;
    if (s.kind === 'send') {
      if (!surelyMet(s, ref, spawn) && identify(s.to, ref) !== null) found.push({ stmt: s, wait: 'chan send', on: spell(s.to), endLine: s.endLine });
      return;
    }
    if (s.kind === 'for' && s.form === 'range' && s.over !== null && isChannelExpr(s.over, ref) && !isTimer(s.over)) {
      if (!isClosed(s.over) && !surelyMet(s, ref, spawn)) found.push({ stmt: s, wait: 'chan receive', on: spell(s.over), endLine: s.line });
      return;
    }
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind !== 'receive' || isDone(x.from) || isTimer(x.from) || isClosed(x.from) || surelyMet(s, ref, spawn)) return;
        found.push({ stmt: s, wait: 'chan receive', on: spell(x.from), endLine: s.endLine });
      });
  });
  return found;
}

/**
 * A channel local to the function that starts the goroutine is that function's own affair (the sender's side is judged by
 * receiver-may-leave): only channels that come from elsewhere, fields, parameters and package variables, are claimed here.
 */
function surelyMet(s: Stmt, ref: FunctionRef, spawn: Spawn): boolean {
  const e = s.kind === 'send' ? s.to : s.kind === 'for' ? s.over : (receivedFrom(s) ?? firstReceive(s));
  if (e === null) return false;
  const id = identify(e, ref);
  if (id === null) return false;
  if (id.scope === 'local') return id.variable?.value?.kind === 'call' && id.variable.value.fn.kind === 'ident' && id.variable.value.fn.name === 'make';
  if (id.scope === 'param') return originsOf(e, ref).some((k) => k.startsWith(`${spawn.by.symbol}#`) && isMadeLocally(k, spawn.by));
  return false;
}

function firstReceive(s: Stmt): Expr | null {
  let found: Expr | null = null;
  for (const e of exprsOf(s))
    eachExpr(e, (x) => {
      if (found === null && x.kind === 'receive') found = x.from;
    });
  return found;
}

function isMadeLocally(key: string, by: FunctionRef): boolean {
  const name = key.slice(key.indexOf('#') + 1);
  let made = false;
  eachStmt(by.fn.body, (s) => {
    if (s.kind !== 'assign' || s.op !== ':=') return;
    s.left.forEach((l, i) => {
      const r = s.right[i];
      if (l.kind === 'ident' && l.name === name && r?.kind === 'call' && r.fn.kind === 'ident' && r.fn.name === 'make') made = true;
    });
  });
  return made;
}
