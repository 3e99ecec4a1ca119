/**
 * An endless loop around a select with a default, in which nothing waits: neither the default nor what follows calls anything or leaves.
 * Rate: no claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { busySelect } from '../../../model/conditions/source.ts';
import { eachExpr, eachStmt, exprsOf, type Stmt } from '../../../read/go-source/index.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { qualifiedCallee } from '../types.ts';

type Facts = NonNullable<(typeof busySelect)['facts']>;

export const rule: SourceRule<Facts> = {
  kind: busySelect,
  find: (pkg) => pkg.functions.filter((f) => !f.fn.broken).flatMap(selectsIn),
};

function selectsIn(ref: FunctionRef): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  eachStmt(ref.fn.body, (loop) => {
    if (loop.kind !== 'for' || loop.form !== 'ever') return;
    const select = loop.body.find((s) => s.kind === 'select');
    if (select?.kind !== 'select') return;
    const fallback = select.cases.find((c) => c.comm === null);
    if (fallback === undefined || !goesOn([...fallback.body, ...loop.body.filter((s) => s !== select)], ref)) return;
    found.push({
      keyed: ref,
      facts: { ...site(ref, select.line), loopLine: loop.line, endLine: loop.endLine },
      says: `the select at ${fileLine(ref.file, select.line)} has a default and stands in an endless loop in which nothing waits`,
      spans: [
        { file: ref.file, span: { offset: select.offset, length: Math.min(select.length, 200) } },
        { file: ref.file, span: { offset: loop.offset, length: Math.min(loop.length, 60) } },
      ],
    });
  });
  return found;
}

/** Nothing in it waits or leaves for certain: no call (but runtime.Gosched), no channel operation, no way out. */
function goesOn(body: readonly Stmt[], ref: FunctionRef): boolean {
  let on = true;
  eachStmt(body, (s) => {
    if (['send', 'select', 'go', 'defer', 'return', 'broken'].includes(s.kind) || (s.kind === 'branch' && s.word !== 'continue')) on = false;
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (x.kind === 'receive' || (x.kind === 'call' && qualifiedCallee(x, ref) !== 'runtime.Gosched')) on = false;
      });
  });
  return on;
}
