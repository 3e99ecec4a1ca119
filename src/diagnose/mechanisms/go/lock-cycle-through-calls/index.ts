import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { callUnderLock } from '../../../../model/conditions/source.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, uniquePlaces, unknown } from '../../../../model/index.ts';
import { directInversion, edgesOf, type HeldAt, heldAt, holdingFrame, type LockEdge, lockWantedAt, overNoLock } from '../../../lib/lock-edges.ts';
import { joinSource, sourceIsBound } from '../../../lib/source-frames.ts';

/** What the source says is held where the goroutine of this edge called on its way to the lock it waits for. */
function heldBy(edge: LockEdge, cycle: Condition, ask: Ask): readonly HeldAt[] {
  const frame = holdingFrame(edge, cycle, ask);
  return frame === null ? [] : heldAt(frame, ask);
}

const short = (name: string): string => name.slice(name.lastIndexOf('/') + 1);

/**
 * The second lock is taken in another function than the first, behind a call that syntax may not be able to follow (a listener, an
 * interface): the dump's stacks show the way, the source shows what is held at each step.
 */
export const lockCycleThroughCalls = defineMechanism({
  id: 'go/lock-cycle-through-calls',
  title: 'two call paths take the same locks in opposite order',
  to: lockCycle,
  from: [
    {
      kind: callUnderLock,
      role: 'defect',
      join(effect, ask) {
        const other = overNoLock(effect);
        if (other !== null) return other;
        const frames = edgesOf(effect).flatMap((e) => holdingFrame(e, effect, ask) ?? []);
        if (frames.length === 0) return unknown('where the goroutines of the circle took the locks they hold is not known', lockCycle.next);
        const found = joinSource(callUnderLock, ask, frames, (c, frame) => c.facts.line <= frame.line && frame.line <= c.facts.endLine);
        if ('state' in found) return found;
        // the calls of the circle are one defect: the first by name stands for all, the others are named as culprits
        return [...found].sort((a, b) => (a.cause.id < b.cause.id ? -1 : 1)).slice(0, 1);
      },
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    const waits = edgesOf(link.effect).map((e) => `${short(e.function)} (line ${e.line})`);
    return `${short(String(f?.['function']))} calls ${f?.['call']} with ${f?.['lock']} held; below such calls a second lock is taken, in ${waits.join(' and ')}, and each holds what the other waits for`;
  },
  requires: [
    sourceIsBound((link) => edgesOf(link.effect).map((e) => ({ frame: e, shows: ['lock', 'rlock'] }))),
    {
      id: 'crosswise',
      title: 'each goroutine of the circle holds, by the source, the lock that another waits for',
      test({ effect }, ask) {
        const edges = edgesOf(effect);
        const held = edges.map((e) => heldBy(e, effect, ask));
        const wanted = edges.map((e) => lockWantedAt(e, ask));
        if (held.some((h) => h.length === 0) || wanted.includes(null))
          return unknown('what each goroutine of the circle holds could not be read from the source', callUnderLock.next);
        for (const [i, mine] of held.entries())
          if (!wanted.some((w, j) => j !== i && mine.some((c) => c.facts.lock === w)))
            return fails(
              `what ${short(edges[i]?.function ?? '')} holds by the source is not what another waits for`,
              uniquePlaces(
                mine.flatMap((c) => c.places),
                3,
              ),
            );
        return holds(
          edges.map((e, i) => `${short(held[i]?.[0]?.facts.function ?? '')} holds ${held[i]?.[0]?.facts.lock} and waits for ${wanted[i]} in ${short(e.function)}`).join('; '),
          uniquePlaces(
            held.flat().flatMap((c) => c.places),
            4,
          ),
        );
      },
    },
  ],
  refutes: [
    {
      id: 'direct-inversion',
      title: 'the source shows the inversion itself',
      decisive: true,
      test(link, ask) {
        const direct = directInversion(link.effect, ask);
        if (!('state' in direct)) return holds(direct[0]?.cause.says ?? 'an inversion is found', direct[0]?.cause.places ?? []);
        return direct.state === 'unknown' ? direct : fails('no two functions invert the order within what syntax can follow', link.effect.places);
      },
    },
  ],
  rivals: ['go/lock-cycle', 'go/recursive-read-lock'],
  sameFaultAs: ['go/lock-cycle'],
  order: 'standing',
  status: 'trial',
  culprits(link, ask) {
    const edges = edgesOf(link.effect);
    const wanted = new Set(edges.map((e) => lockWantedAt(e, ask)));
    const found = edges.flatMap((e) => {
      const c = heldBy(e, link.effect, ask).find((x) => wanted.has(x.facts.lock));
      return c === undefined ? [] : [{ kind: 'code' as const, function: c.facts.function, file: c.facts.file, line: c.facts.line }];
    });
    return found.length > 0 ? found : edges.map((e) => ({ kind: 'code' as const, function: e.function, file: e.file, line: e.line }));
  },
  mitigation: () => 'a restart ends the standstill until the two meet again',
  acceptedFalsePositives: ['two values of one type that are never locked crosswise at run time: the dump’s addresses tell'],
});
