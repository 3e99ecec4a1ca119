/**
 * A goroutine whose loop has no return, break, goto, panic or exit. Stop on a ticker does not end a range over its channel.
 * Rate: 0 claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { loopWithoutExit } from '../../../model/conditions/source.ts';
import { type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, isTimer, type Stmt } from '../../../read/go-source/index.ts';
import { contextInScope } from '../channels.ts';
import { exitsOf, runsIn, spawnsIn } from '../flow.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { qualifiedCallee, typeOf, variable } from '../types.ts';

type Facts = NonNullable<(typeof loopWithoutExit)['facts']>;
type Loop = Stmt & { kind: 'for' };

export const rule: SourceRule<Facts> = {
  kind: loopWithoutExit,
  find(pkg) {
    const found: SourceFinding<Facts>[] = [];
    const seen = new Set<Stmt>();
    for (const spawn of spawnsIn(pkg.functions))
      for (const ref of runsIn(spawn.entry)) {
        if (ref.fn.broken) continue;
        for (const { loop, ticker } of endless(ref)) {
          if (seen.has(loop)) continue;
          seen.add(loop);
          found.push({
            keyed: ref,
            facts: {
              ...site(ref, loop.line),
              ticker,
              stopCalled: callsStop(ref),
              stopDeferred: ref.fn.body.some((s) => s.kind === 'defer' && s.call.kind === 'call' && s.call.fn.kind === 'selector' && s.call.fn.field === 'Stop'),
              endLine: loop.endLine,
              startedIn: spawn.by.symbol,
              startFile: spawn.by.file.path,
              startLine: spawn.at.line,
            },
            says: `the ${ticker ? 'ticker ' : ''}loop at ${fileLine(ref.file, loop.line)} has no way out; ${spawn.by.symbol.slice(spawn.by.symbol.lastIndexOf('/') + 1)} starts one each time it runs (${fileLine(spawn.by.file, spawn.at.line)})`,
            spans: [
              { file: ref.file, span: { offset: loop.offset, length: Math.min(loop.length, 200) } },
              { file: spawn.by.file, span: { offset: spawn.at.offset, length: Math.min(spawn.at.length, 80) } },
            ],
          });
        }
      }
    return found;
  },
};

function endless(ref: FunctionRef): { loop: Loop; ticker: boolean }[] {
  const found: { loop: Loop; ticker: boolean }[] = [];
  eachStmt(ref.fn.body, (s, within) => {
    if (s.kind !== 'for' || within.some((w) => w.kind === 'for')) return;
    const overTicker = s.form === 'range' && s.over !== null && isTickerChannel(s.over, ref);
    if (s.form !== 'ever' && !overTicker) return;
    if (exitsOf(s, ref).length > 0) return;
    const ticker = overTicker || waitsForTime(s, ref);
    // with a context at hand and nothing periodic, the missing case on it is the fault: no-done-case says so
    if (!ticker && contextInScope(ref) && waitsOnChannels(s)) return;
    found.push({ loop: s, ticker });
  });
  return found;
}

const isTickerChannel = (e: Expr, ref: FunctionRef): boolean => {
  if (e.kind === 'call') return qualifiedCallee(e, ref) === 'time.Tick';
  if (e.kind === 'selector' && e.field === 'C') return typeOf(e.of, ref) === '*time.Ticker';
  if (e.kind !== 'ident') return false;
  const v = variable(e.name, ref);
  return v !== null && !v.ambiguous && v.value?.kind === 'call' && qualifiedCallee(v.value, v.owner ?? ref) === 'time.Tick';
};

function waitsForTime(loop: Loop, ref: FunctionRef): boolean {
  let timed = false;
  eachStmt(loop.body, (s) => {
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind === 'receive' && (isTimer(x.from) || isTickerChannel(x.from, ref))) timed = true;
        if (x.kind === 'call' && qualifiedCallee(x, ref) === 'time.Sleep') timed = true;
      });
  });
  return timed;
}

function waitsOnChannels(loop: Loop): boolean {
  let waits = false;
  eachStmt(loop.body, (s) => {
    if (s.kind === 'select' || s.kind === 'send') waits = true;
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind === 'receive') waits = true;
      });
  });
  return waits;
}

function callsStop(ref: FunctionRef): boolean {
  let stops = false;
  for (const f of [ref.declared, ...ref.declared.literals, ref])
    eachExprIn(f.fn.body, (e) => {
      // called, or handed out as a value for somebody else to call
      if (e.kind === 'selector' && e.field === 'Stop') stops = true;
    });
  return stops;
}
