/**
 * A goroutine is started whose function calls, or is, one that calls itself. Goroutines that take work in a loop keep their stack and are left out.
 * Rate: no claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { recursiveGoroutine } from '../../../model/conditions/source.ts';
import { type Expr, eachExprIn } from '../../../read/go-source/index.ts';
import { type Spawn, spawnsIn } from '../flow.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { calleeOf } from '../types.ts';

type Facts = NonNullable<(typeof recursiveGoroutine)['facts']>;
type Call = Expr & { kind: 'call' };

export const rule: SourceRule<Facts> = {
  kind: recursiveGoroutine,
  find: (pkg) =>
    spawnsIn(pkg.functions).flatMap((spawn) =>
      calledOnce(spawn.entry).flatMap((ref) => {
        const again = ref.fn.broken ? null : callsItself(ref);
        return again === null ? [] : [finding(spawn, ref, again)];
      }),
    ),
};

/** The entry and what it calls itself, outside of loops that may be the goroutine's life. */
function calledOnce(entry: FunctionRef): FunctionRef[] {
  const found = new Set([entry]);
  if (!entry.fn.broken)
    eachExprIn(entry.fn.body, (e, _s, within) => {
      if (e.kind !== 'call' || within.some((w) => w.kind === 'for' && w.form !== 'clause')) return;
      const callee = calleeOf(e, entry);
      if (callee !== null && !callee.fn.literal) found.add(callee);
    });
  return [...found];
}

function callsItself(ref: FunctionRef): Call | null {
  let found: Call | null = null;
  eachExprIn(ref.fn.body, (e, s) => {
    if (found === null && e.kind === 'call' && s.kind !== 'go' && s.kind !== 'defer' && calleeOf(e, ref) === ref) found = e;
  });
  return found;
}

const finding = (spawn: Spawn, ref: FunctionRef, again: Call): SourceFinding<Facts> => ({
  keyed: ref,
  facts: {
    ...site(ref, again.line),
    endLine: ref.fn.endLine,
    callLine: again.line,
    startedIn: spawn.by.symbol,
    startFile: spawn.by.file.path,
    startLine: spawn.at.line,
  },
  says: `the goroutine started at ${fileLine(spawn.by.file, spawn.at.line)} calls a function that calls itself (${fileLine(ref.file, again.line)})`,
  spans: [
    { file: ref.file, span: { offset: again.offset, length: Math.min(again.length, 200) } },
    { file: spawn.by.file, span: { offset: spawn.at.offset, length: Math.min(spawn.at.length, 80) } },
  ],
});
