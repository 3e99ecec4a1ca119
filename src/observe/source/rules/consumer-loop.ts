/**
 * One function takes from a shared channel in a loop and does its work there, while senders elsewhere in the package have no other case:
 * they go on no faster than it does. The usual shape of a worker, and no fault by itself: it matters where dumps show its senders queue.
 */
import { consumerLoop } from '../../../model/conditions/source.ts';
import { eachExprIn } from '../../../read/go-source/index.ts';
import { consumerLoops, plainSends, receivers } from '../consumers.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';

type Facts = NonNullable<(typeof consumerLoop)['facts']>;

export const rule: SourceRule<Facts> = {
  kind: consumerLoop,
  find(pkg) {
    const loops = consumerLoops(pkg);
    if (loops.length === 0) return [];
    const known = receivers(pkg);
    const sends = plainSends(pkg);
    const found: SourceFinding<Facts>[] = [];
    for (const c of loops) {
      if (c.loop.kind !== 'for') continue;
      // somebody else takes from it too: how fast this one is does not decide alone
      if (known.some((r) => r.stmt !== c.receive && r.keys.some((k) => c.keys.includes(k)))) continue;
      let works = false;
      eachExprIn(c.loop.body, (e) => {
        if (e.kind === 'call') works = true;
      });
      if (!works) continue;
      for (const s of sends) {
        if (!s.keys.some((k) => c.keys.includes(k)) || s.ref === c.ref) continue;
        found.push({
          keyed: s.ref,
          facts: {
            ...site(c.ref, c.receive.line),
            channel: c.spelt,
            loopEndLine: c.loop.endLine,
            sendFunction: s.ref.symbol,
            sendFile: s.ref.file.path,
            sendLine: s.stmt.line,
            sendEndLine: s.stmt.endLine,
          },
          says: `only the loop at ${fileLine(c.ref.file, c.receive.line)} takes from ${c.spelt}; the send at ${fileLine(s.ref.file, s.stmt.line)} has no other case`,
          spans: [
            { file: c.ref.file, span: { offset: c.receive.offset, length: Math.min(c.receive.length, 120) } },
            { file: s.ref.file, span: s.stmt },
          ],
        });
      }
    }
    return found;
  },
};
