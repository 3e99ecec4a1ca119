/**
 * fmt.Sprint… as an argument of a Debug or Trace call that no check of the level stands around.
 * Rate: no claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { formattedForNothing } from '../../../model/conditions/source.ts';
import { type Expr, eachExpr, eachExprIn, type Stmt, spell } from '../../../read/go-source/index.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { qualifiedCallee } from '../types.ts';

type Facts = NonNullable<(typeof formattedForNothing)['facts']>;

/** Those that take the text as it is; Debugf and the like format themselves, and only when they write. */
const LOGS = /^(?:Debug|Trace|Debugw|Debugln|DebugContext)$/;
const FORMATS = /^fmt\.Sprint(?:f|ln)?$/;
const ASKS = /enabled|level|verbose|debug|trace|^v$/i;

export const rule: SourceRule<Facts> = {
  kind: formattedForNothing,
  find: (pkg) => pkg.functions.filter((f) => !f.fn.broken).flatMap(callsIn),
};

function callsIn(ref: FunctionRef): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  eachExprIn(ref.fn.body, (e, _s, within) => {
    if (e.kind !== 'call' || e.fn.kind !== 'selector' || !LOGS.test(e.fn.field) || isAsked(within)) return;
    const log = spell(e.fn);
    const format = e.args.find((a): a is Expr & { kind: 'call' } => a.kind === 'call' && FORMATS.test(qualifiedCallee(a, ref) ?? ''));
    if (format === undefined) return;
    found.push({
      keyed: ref,
      facts: { ...site(ref, format.line), endLine: Math.max(format.endLine, e.endLine), log, format: spell(format.fn) },
      says: `${spell(format.fn)} at ${fileLine(ref.file, format.line)} formats for ${log} before the level is looked at`,
      spans: [{ file: ref.file, span: { offset: e.offset, length: Math.min(e.length, 200) } }],
    });
  });
  return found;
}

/** `if log.Enabled(ctx, slog.LevelDebug) {` or `if debug {` stands around it. */
function isAsked(within: readonly Stmt[]): boolean {
  return within.some((s) => {
    if (s.kind !== 'if') return false;
    let asks = false;
    eachExpr(s.cond, (x) => {
      if ((x.kind === 'selector' && ASKS.test(x.field)) || (x.kind === 'ident' && ASKS.test(x.name))) asks = true;
    });
    return asks;
  });
}
