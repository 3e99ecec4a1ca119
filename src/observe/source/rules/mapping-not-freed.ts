/**
 * A package that takes memory outside the heap and nowhere calls what gives it back; handed to another package it may be freed there.
 * Rate: 1 (cmd/go maps files for as long as it runs) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { mappingNotFreed } from '../../../model/conditions/source-memory.ts';
import { eachExprIn } from '../../../read/go-source/index.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { callsOf } from '../types.ts';

type Facts = NonNullable<(typeof mappingNotFreed)['facts']>;

const UNIX = 'golang.org/x/sys/unix';
/** What takes, and all that may give it back. */
const TAKES: readonly { readonly calls: readonly string[]; readonly frees: readonly string[] }[] = [
  { calls: ['syscall.Mmap', `${UNIX}.Mmap`, `${UNIX}.MmapPtr`], frees: ['syscall.Munmap', `${UNIX}.Munmap`, `${UNIX}.MunmapPtr`] },
  { calls: ['C.malloc', 'C.calloc', 'C.realloc', 'C.strdup', 'C.CString', 'C.CBytes'], frees: ['C.free'] },
];

export const rule: SourceRule<Facts> = {
  kind: mappingNotFreed,
  find(pkg, module) {
    const found: SourceFinding<Facts>[] = [];
    for (const { calls, frees } of TAKES) {
      // any package of the module may be the one that frees
      if (module.some((p) => frees.some((f) => (callsOf(p).outward.get(f)?.length ?? 0) > 0 || mentions(p, f)))) continue;
      for (const name of calls)
        for (const { call, from } of callsOf(pkg).outward.get(name) ?? []) {
          if (from.fn.broken) continue;
          found.push({
            keyed: from,
            facts: { ...site(from, call.line), call: name.slice(name.lastIndexOf('/') + 1), frees: (frees[0] as string).slice((frees[0] as string).lastIndexOf('/') + 1) },
            says: `${name.slice(name.lastIndexOf('/') + 1)} at ${fileLine(from.file, call.line)} takes memory outside the heap, and nothing in the module gives it back`,
            spans: [{ file: from.file, span: { offset: call.offset, length: Math.min(call.length, 200) } }],
          });
        }
    }
    return found;
  },
};

/** As a value: `defer` of it aside, it may be handed to whoever calls it. */
function mentions(pkg: Parameters<SourceRule['find']>[0], name: string): boolean {
  const cut = name.lastIndexOf('.');
  let found = false;
  for (const ref of pkg.functions)
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind === 'selector' && e.field === name.slice(cut + 1) && e.of.kind === 'ident' && e.of.name === name.slice(0, cut).split('/').at(-1)) found = true;
    });
  return found;
}
