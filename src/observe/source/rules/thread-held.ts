/**
 * Calls that wait in the kernel or in C, where the runtime cannot take their thread away from them.
 * Rate: 23 (file locks of cmd/go, the C resolver of net) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { threadHeld } from '../../../model/conditions/source-memory.ts';
import { type Expr, eachExpr, eachExprIn } from '../../../read/go-source/index.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { qualifiedCallee } from '../types.ts';

type Facts = NonNullable<(typeof threadHeld)['facts']>;

/** Waiting system calls by name, and the flag that makes them not wait. */
const SYSTEM_CALLS: Readonly<Record<string, RegExp | null>> = {
  Flock: /^LOCK_NB$/,
  FcntlFlock: /^(?:F_SETLK|F_OFD_SETLK|F_GETLK)$/,
  Read: null,
  Wait4: /^WNOHANG$/,
  Recvfrom: /^MSG_DONTWAIT$/,
  Accept: null,
  Select: null,
};
/** Conversions and the allocator: they do not wait. */
const QUICK_C =
  /^(?:CString|CBytes|GoString|GoStringN|GoBytes|malloc|calloc|realloc|free|strlen|memcpy|memset|[a-z]*int\d*_t|u?(?:int|char|short|long)|\w{1,30}_t|free\w{0,30}|float|double|struct_\w+|uintptr_t)$/;

export const rule: SourceRule<Facts> = {
  kind: threadHeld,
  find(pkg) {
    const found: SourceFinding<Facts>[] = [];
    for (const ref of pkg.functions) {
      if (ref.fn.broken) continue;
      eachExprIn(ref.fn.body, (e) => {
        if (e.kind !== 'call') return;
        const why = holdsThread(e, ref);
        const call = qualifiedCallee(e, ref);
        if (why === null || call === null) return;
        const name = call.slice(call.lastIndexOf('/') + 1);
        found.push({
          keyed: ref,
          facts: { ...site(ref, e.line), call: name, endLine: e.endLine, why },
          says: `${name} at ${fileLine(ref.file, e.line)} ${why}: whoever waits there needs a thread`,
          spans: [{ file: ref.file, span: { offset: e.offset, length: Math.min(e.length, 200) } }],
        });
      });
    }
    return found;
  },
};

function holdsThread(e: Expr & { kind: 'call' }, ref: FunctionRef): string | null {
  const call = qualifiedCallee(e, ref);
  if (call === null) return null;
  const cut = call.lastIndexOf('.');
  const [pkg, name] = [call.slice(0, cut), call.slice(cut + 1)];
  if (pkg === 'C') return QUICK_C.test(name) ? null : 'runs C';
  if (pkg !== 'syscall' && pkg !== 'golang.org/x/sys/unix') return null;
  const quick = SYSTEM_CALLS[name];
  if (quick === undefined) return null;
  // the flag may come in a variable: only what stands here is known
  if (quick !== null && e.args.some((a) => names(a, quick))) return null;
  return 'waits in the kernel';
}

function names(e: Expr, flag: RegExp): boolean {
  let found = false;
  eachExpr(e, (x) => {
    if ((x.kind === 'selector' && flag.test(x.field)) || (x.kind === 'ident' && flag.test(x.name))) found = true;
  });
  return found;
}
