/**
 * A function leaves with a slot of a channel surely taken: an early return without giving it back, or nothing that does at all.
 * Rate: no claim on 3,889 non-test files of the Go 1.26 tree, one of whose channels counts.
 */
import { slotNotReturned } from '../../../model/conditions/source.ts';
import { takenInsideLoop } from '../flow.ts';
import type { Held, LockEvent } from '../locks.ts';
import type { FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { actsForCaller, slotEvents, slotsOf } from '../slots.ts';

type Facts = NonNullable<(typeof slotNotReturned)['facts']>;

export const rule: SourceRule<Facts> = {
  kind: slotNotReturned,
  find(pkg) {
    const slots = slotsOf(pkg);
    if (slots.size === 0) return [];
    return pkg.functions
      .filter((ref) => !ref.fn.broken && !actsForCaller(ref))
      .flatMap((ref) => {
        const found = new Map<string, SourceFinding<Facts>>();
        const events = slotEvents(ref);
        for (const e of events) {
          if (e.what !== 'leave') continue;
          for (const h of e.held) {
            const deferred = h.deferred || events.some((x) => x.held.some((o) => o.key === h.key && o.deferred));
            if (deferred || found.has(h.key) || !slots.has(h.key)) continue;
            // the next turn of a loop leaves only what was taken in this one
            if (e.stmt.kind === 'branch' && !takenInsideLoop(h.stmt, e.stmt, ref.fn.body)) continue;
            found.set(h.key, finding(ref, h, e));
          }
        }
        return [...found.values()];
      });
  },
};

function finding(ref: FunctionRef, held: Held, e: LockEvent): SourceFinding<Facts> {
  const how = e.stmt.kind === 'return' ? 'returns' : e.stmt.kind === 'branch' ? 'goes on' : 'ends';
  const line = how === 'ends' ? e.stmt.endLine : e.stmt.line;
  return {
    keyed: ref,
    facts: { ...site(ref, line), channel: held.key, object: held.spelt, takeLine: held.stmt.line, how },
    says: `${fileLine(ref.file, line)} ${how === 'goes on' ? 'goes into the next turn' : how} with a slot of ${held.spelt} taken at line ${held.stmt.line}: nothing gives it back`,
    spans: [
      { file: ref.file, span: { offset: e.stmt.offset, length: Math.min(e.stmt.length, 120) } },
      { file: ref.file, span: held.stmt },
    ],
  };
}
