/**
 * A panic that a function of the same package, which calls the one that panics, recovers from and goes on. Recovering to panic again, and
 * what guards calls of values it does not know (handlers, callbacks), is something else.
 * Rate: 24 (panics of broken invariants below a server or decoder that recovers; none is raised for what is usual) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { panicForControl } from '../../../model/conditions/source.ts';
import { type Expr, eachExprIn, eachStmt, type Stmt } from '../../../read/go-source/index.ts';
import { runsIn } from '../flow.ts';
import { type FunctionRef, literalRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { calleeOf } from '../types.ts';

type Facts = NonNullable<(typeof panicForControl)['facts']>;

export const rule: SourceRule<Facts> = {
  kind: panicForControl,
  find: (pkg) =>
    pkg.functions
      .filter((f) => !f.fn.broken)
      .flatMap((ref) => {
        const recovery = recoversIn(ref);
        if (recovery === null) return [];
        return runsIn(ref, 3).flatMap((inner) => {
          const raised = inner.fn.broken ? null : builtinCall('panic', inner);
          return raised === null ? [] : [finding(inner, raised.call, ref, recovery)];
        });
      }),
};

/** `defer func() { if r := recover(); … }()`, or a deferred function of the package that recovers; null when it panics again. */
function recoversIn(ref: FunctionRef): Stmt | null {
  let found: Stmt | null = null;
  eachStmt(ref.fn.body, (s) => {
    if (found !== null || s.kind !== 'defer' || s.call.kind !== 'call') return;
    const by = s.call.fn.kind === 'func' ? literalRef(ref.file, s.call.fn.function) : (calleeOf(s.call, ref) ?? undefined);
    if (by === undefined || by.fn.broken || builtinCall('recover', by) === null || builtinCall('panic', by) !== null) return;
    found = s;
  });
  return found;
}

function builtinCall(name: string, ref: FunctionRef): { call: Expr; stmt: Stmt } | null {
  let found: { call: Expr; stmt: Stmt } | null = null;
  eachExprIn(ref.fn.body, (call, stmt) => {
    if (found === null && call.kind === 'call' && call.fn.kind === 'ident' && call.fn.name === name) found = { call, stmt };
  });
  return found;
}

const finding = (ref: FunctionRef, raised: Expr, by: FunctionRef, recovery: Stmt): SourceFinding<Facts> => ({
  keyed: ref,
  facts: {
    ...site(ref, raised.line),
    endLine: raised.endLine,
    recoverFunction: by.symbol,
    recoverFile: by.file.path,
    recoverLine: recovery.line,
  },
  says: `the panic at ${fileLine(ref.file, raised.line)} is recovered at ${fileLine(by.file, recovery.line)}, where the program goes on`,
  spans: [
    { file: ref.file, span: { offset: raised.offset, length: Math.min(raised.length, 200) } },
    { file: by.file, span: { offset: recovery.offset, length: Math.min(recovery.length, 200) } },
  ],
});
