/**
 * A finalizer that sends, receives, locks or waits, itself: what it calls is not followed. Cleanups (runtime.AddCleanup) are no finalizers: what
 * they are attached to is freed whether they ran or not. A select with a default, and a goroutine
 * that it starts, do not hold the others up.
 * Rate: 2 (os.Root takes its own mutex in its finalizer) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { finalizerMayBlock } from '../../../model/conditions/source-memory.ts';
import { type Expr, eachExpr, eachExprIn, eachStmt, exprsOf, isTimer, type Stmt, spell } from '../../../read/go-source/index.ts';
import { canGoOn } from '../channels.ts';
import { type FunctionRef, literalRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { bareType, qualifiedCallee, qualifiedMethod, typeOf, variable } from '../types.ts';

type Facts = NonNullable<(typeof finalizerMayBlock)['facts']>;

/** Which argument is the function. */
const REGISTERS: Readonly<Record<string, number>> = { 'runtime.SetFinalizer': 1 };
const WAITS: Readonly<Record<string, string>> = {
  'sync.Mutex.Lock': 'lock',
  'sync.RWMutex.Lock': 'lock',
  'sync.RWMutex.RLock': 'lock',
  'sync.WaitGroup.Wait': 'wait',
  'sync.Cond.Wait': 'wait',
};

export const rule: SourceRule<Facts> = {
  kind: finalizerMayBlock,
  find(pkg) {
    const found: SourceFinding<Facts>[] = [];
    for (const ref of pkg.functions) {
      if (ref.fn.broken) continue;
      eachExprIn(ref.fn.body, (e) => {
        if (e.kind !== 'call') return;
        const index = REGISTERS[qualifiedCallee(e, ref) ?? ''];
        const arg = index === undefined ? undefined : e.args[index];
        const finalizer = arg === undefined ? null : functionNamed(arg, ref);
        if (finalizer === null || finalizer.fn.broken) return;
        const waits = waitIn(finalizer);
        if (waits === null) return;
        found.push({
          keyed: ref,
          facts: {
            ...site(ref, e.line),
            finalizer: finalizer.symbol,
            finalizerFile: finalizer.file.path,
            finalizerLine: waits.stmt.line,
            finalizerEndLine: waits.stmt.endLine,
            op: waits.op,
          },
          says: `the finalizer set at ${fileLine(ref.file, e.line)} may wait in a ${waits.op} (${fileLine(finalizer.file, waits.stmt.line)})`,
          spans: [
            { file: ref.file, span: { offset: e.offset, length: Math.min(e.length, 200) } },
            { file: finalizer.file, span: { offset: waits.stmt.offset, length: Math.min(waits.stmt.length, 200) } },
          ],
        });
      });
    }
    return found;
  },
};

/** A literal, a function of the package, `value.method`, `(*T).method`. */
function functionNamed(e: Expr, ref: FunctionRef): FunctionRef | null {
  const { byName } = ref.file.package;
  if (e.kind === 'func') return literalRef(ref.file, e.function) ?? null;
  if (e.kind === 'ident') return variable(e.name, ref) === null ? (byName.get(e.name) ?? null) : null;
  if (e.kind !== 'selector') return null;
  const on = typeOf(e.of, ref);
  if (on !== null) return byName.get(`${bareType(on)}.${e.field}`) ?? null;
  return byName.get(`${spell(e.of).replace(/[()*]/g, '')}.${e.field}`) ?? null;
}

function waitIn(ref: FunctionRef): { op: string; stmt: Stmt } | null {
  let found: { op: string; stmt: Stmt } | null = null;
  eachStmt(ref.fn.body, (s, within) => {
    if (found !== null || s.kind === 'go' || s.kind === 'defer') return;
    const select = within.findLast((w): w is Stmt & { kind: 'select' } => w.kind === 'select') ?? null;
    const isComm = select?.cases.some((c) => c.comm === s) === true;
    if (isComm && canGoOn(select)) return;
    if (s.kind === 'send') found = { op: 'send', stmt: s };
    for (const e of exprsOf(s))
      eachExpr(e, (x) => {
        if (found !== null) return;
        if (x.kind === 'receive' && !isTimer(x.from)) found = { op: 'receive', stmt: s };
        if (x.kind === 'call') {
          const wait = WAITS[qualifiedMethod(x, ref) ?? ''];
          if (wait !== undefined) found = { op: wait, stmt: s };
        }
      });
  });
  return found;
}
