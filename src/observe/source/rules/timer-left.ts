/**
 * time.After in a select of a loop, beside a case that goes round again; a ticker that is neither stopped nor handed on. A loop that waits for
 * its time.After, or leaves in every other case, makes no more than one timer that nobody waits for, and is not claimed.
 * Rate: 0 claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { timerLeft } from '../../../model/conditions/source-memory.ts';
import { type CommCase, type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, type Stmt } from '../../../read/go-source/index.ts';
import { leaves } from '../flow.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { qualifiedCallee } from '../types.ts';

type Facts = NonNullable<(typeof timerLeft)['facts']>;
type Call = Expr & { kind: 'call' };

export const rule: SourceRule<Facts> = {
  kind: timerLeft,
  find(pkg) {
    return pkg.functions.filter((ref) => !ref.fn.broken).flatMap((ref) => [...afterInLoops(ref), ...tickersIn(ref)].map((f) => finding(f, ref, pkg)));
  },
};

interface Left {
  readonly call: string;
  readonly at: Call;
  readonly how: Facts['how'];
}

function finding({ call, at, how }: Left, ref: FunctionRef, pkg: GoPackage): SourceFinding<Facts> {
  const where = fileLine(ref.file, at.line);
  return {
    keyed: ref,
    facts: { ...site(ref, at.line), call, how, goVersion: pkg.goVersion },
    says: how === 'each-turn' ? `${call} at ${where} makes a timer in each turn of the loop, and most turns do not wait for it` : `the ticker made at ${where} is never stopped`,
    spans: [{ file: ref.file, span: { offset: at.offset, length: Math.min(at.length, 200) } }],
  };
}

function afterInLoops(ref: FunctionRef): Left[] {
  const found: Left[] = [];
  eachStmt(ref.fn.body, (s, within) => {
    if (s.kind !== 'select') return;
    const loop = within.findLast((w): w is Stmt & { kind: 'for' } => w.kind === 'for');
    if (loop === undefined) return;
    const timed = s.cases.flatMap((c) => afterIn(c, ref).map((at) => ({ c, at })));
    for (const { c, at } of timed) {
      // another case is done again and again while this timer runs
      if (s.cases.some((other) => other !== c && afterIn(other, ref).length === 0 && leaves(other.body, loop, ref) === null))
        found.push({ call: 'time.After', at, how: 'each-turn' });
    }
  });
  return found;
}

function afterIn(c: CommCase, ref: FunctionRef): Call[] {
  const found: Call[] = [];
  for (const e of c.comm === null ? [] : exprsOf(c.comm)) {
    eachExpr(e, (x) => {
      if (x.kind === 'call' && qualifiedCallee(x, ref) === 'time.After') found.push(x);
    });
  }
  return found;
}

function tickersIn(ref: FunctionRef): Left[] {
  const own = ref.declared.fn;
  // what a process does once leaves one ticker behind
  if (own.receiver === null && (own.name === 'main' || own.name.startsWith('init.'))) return [];
  const found: Left[] = [];
  eachStmt(ref.fn.body, (s, within) => {
    if (s.kind !== 'assign' || s.op !== ':=' || s.left.length !== 1 || within.some((w) => w.kind === 'for' && w.form === 'ever')) return;
    const [name, value] = [s.left[0], s.right[0]];
    if (name?.kind !== 'ident' || value?.kind !== 'call' || qualifiedCallee(value, ref) !== 'time.NewTicker') return;
    if (onlyReceivedFrom(name.name, ref) && !loopsForEver(ref)) found.push({ call: 'time.NewTicker', at: value, how: 'each-call' });
  });
  return found;
}

/** Every use of the name is `name.C`: it is not stopped, reset, kept, handed on or caught by a closure. */
function onlyReceivedFrom(name: string, ref: FunctionRef): boolean {
  let channel = 0;
  let other = 0;
  for (const f of [ref, ...ref.literals])
    eachExprIn(f.fn.body, (e) => {
      if (e.kind === 'selector' && e.of.kind === 'ident' && e.of.name === name && e.field === 'C' && f === ref) channel++;
      if (e.kind === 'ident' && e.name === name) other++;
    });
  // the definition names it once
  return channel > 0 && other === channel + 1;
}

/** A goroutine that never ends has one ticker: source/loop-without-exit speaks of those. */
function loopsForEver(ref: FunctionRef): boolean {
  let ever = false;
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'for' && (s.form === 'ever' || s.form === 'range')) ever = true;
  });
  return ever;
}
