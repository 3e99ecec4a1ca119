import { bucketSeen } from '../../../../model/conditions/goroutines.ts';
import { heapSiteGrowing } from '../../../../model/conditions/memory.ts';
import { finalizerMayBlock } from '../../../../model/conditions/source-memory.ts';
import { type Check, type Condition, defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { tiedWithin } from '../../../lib/join.ts';
import { entryOf } from '../../../lib/memory.ts';
import { codeCulprit, joinSite } from '../../../lib/site-source.ts';
import { framesOf } from '../../../lib/source-frames.ts';

/**
 * The runtime starts the goroutine that runs finalizers itself: a dump prints no "created by" for it, and the finalizer is the outermost function
 * of the program on its stack. The program's own goroutines have a creator, and main has main.main.
 */
const runsFinalizer = (c: Condition, finalizer: string): boolean => c.facts['createdBy'] === null && entryOf(c.facts['stack']) === finalizer;

const standsThere: Check = {
  id: 'finalizer-stands-there',
  title: 'the goroutine that runs the finalizers stands in this one, in every dump',
  test(link, ask) {
    const cause = link.causes[0];
    if (cause === null || cause === undefined) return unknown('no finalizer to look for', bucketSeen.next);
    const answer = ask.look(bucketSeen);
    if (answer.state === 'not-observable') return unknown(answer.reasons[0]?.why ?? 'no goroutine dump is at hand', bucketSeen.next);
    if (answer.state === 'absent') return unknown('no dump of this process', bucketSeen.next);
    const here = answer.conditions.filter((c) => tiedWithin(link.effect, c, ask, ['process', 'container', 'pod']) !== null);
    if (here.length === 0) return unknown('no goroutine dump of this process', bucketSeen.next);
    const [from, to] = [Number(cause.facts['finalizerLine']), Number(cause.facts['finalizerEndLine'])];
    const standing = here.filter(
      (c) => runsFinalizer(c, String(cause.facts['finalizer'])) && framesOf(c.facts.stack).some((f) => f.function === cause.facts['finalizer'] && f.line >= from && f.line <= to),
    );
    const [one] = standing;
    if (one === undefined) return fails('the goroutine that runs the finalizers does not stand in it', here[0]?.places ?? []);
    if (one.facts.wait === 'unknown')
      return unknown('the dumps count stacks only: who started a goroutine is not in them', "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines.txt");
    const always = one.facts.counts.every((n) => n > 0);
    if (one.facts.counts.length < 2 && (one.facts.longestMinutes ?? 0) < 1)
      return unknown('one dump shows it there for a moment', "a second dump a minute later: curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' > goroutines-2.txt");
    return always || (one.facts.longestMinutes ?? 0) >= 1
      ? holds(`it stands there in ${one.facts.counts.length} dumps [${one.facts.wait}]`, one.places)
      : fails('it goes on between the dumps', one.places);
  },
};

/** One finalizer that waits holds up all others; what has one is reachable until its turn comes. */
export const finalizerBlocks = defineMechanism({
  id: 'memory/finalizer-blocks',
  title: 'a finalizer waits, and nothing that has one is freed any more',
  to: heapSiteGrowing,
  from: [{ kind: finalizerMayBlock, role: 'defect', join: joinSite(finalizerMayBlock) }],
  because: (link) =>
    `the runtime runs finalizers one after the other in one goroutine; ${String(link.causes[0]?.facts['finalizer'] ?? 'one of them')} waits in a ${String(link.causes[0]?.facts['op'] ?? 'wait')}, and all objects in the queue behind it stay`,
  requires: [standsThere],
  refutes: [],
  rivals: ['memory/unbounded-collection'],
  order: 'standing',
  status: 'established',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined
      ? []
      : [{ kind: 'code', function: String(f['finalizer']), file: String(f['finalizerFile']), line: Number(f['finalizerLine']) }, ...codeCulprit(link.causes[0])];
  },
  mitigation: () => 'a restart empties the queue',
  acceptedFalsePositives: ['a finalizer that is slow and not stuck, caught at the same line by every dump, while the heap grows for another reason in the same function'],
});
