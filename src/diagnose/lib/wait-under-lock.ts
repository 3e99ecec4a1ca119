/** Circles that lead over what is no lock: a goroutine waits for others with a lock held that they need. */
import { lockCycle } from '../../model/conditions/goroutines.ts';
import { waitUnderLock } from '../../model/conditions/source.ts';
import { fails, holds, type Link, type Mechanism } from '../../model/index.ts';
import { edgesOf, type LockEdge } from './lock-edges.ts';
import { joinSource, SHOWS, sourceIsBound } from './source-frames.ts';

type Op = NonNullable<LockEdge['op']>;

const short = (name: unknown): string => String(name ?? '').slice(String(name ?? '').lastIndexOf('/') + 1);
const atLock = (link: Link): LockEdge | undefined => edgesOf(link.effect).find((e) => e.op === undefined);

const SITES: Readonly<Record<Op, readonly string[]>> = { send: SHOWS['chan send'] ?? [], receive: SHOWS['chan receive'] ?? [], 'wait-group': ['wait'], cond: ['wait'] };

export const waitsUnderLock = (...ops: readonly Op[]) =>
  ({
    to: lockCycle,
    from: [
      {
        kind: waitUnderLock,
        role: 'defect',
        join(effect, ask) {
          const edge = edgesOf(effect).find((e) => e.op !== undefined && ops.includes(e.op));
          if (edge === undefined) return fails('no goroutine of the circle waits like that', effect.places);
          return joinSource(waitUnderLock, ask, [edge], (c, frame) => c.facts.op === edge.op && c.facts.line <= frame.line && frame.line <= c.facts.endLine);
        },
      },
    ],
    requires: [
      sourceIsBound((link) =>
        edgesOf(link.effect).map((e) => ({
          frame: e,
          shows: e.op === undefined ? ['lock', 'rlock'] : SITES[e.op],
        })),
      ),
      {
        id: 'waker-stands-at-the-lock',
        title: 'whoever could end the wait stands at the lock that is held',
        test(link) {
          const other = atLock(link);
          return other === undefined
            ? fails('nobody of the circle waits for a lock', link.effect.places)
            : holds(`${other.holder} waits for it in ${short(other.function)} at line ${other.line}`, link.effect.places, 'derived');
        },
      },
    ],
    refutes: [],
    rivals: [],
    order: 'standing',
    status: 'trial',
    culprits: (link) => {
      const f = link.causes[0]?.facts;
      const other = atLock(link);
      if (f === undefined) return [];
      return [
        { kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) },
        ...(other === undefined ? [] : [{ kind: 'code' as const, function: other.function, file: other.file, line: other.line }]),
      ];
    },
    mitigation: () => 'a restart ends the standstill until they meet again',
  }) satisfies Partial<Mechanism>;

/** "Hub.Publish sends on …": in words for both sides, or nothing where the circle is of another kind. */
export function bothSides(link: Link, how: (own: LockEdge, other: LockEdge) => { own: string; before: string }): string {
  const own = edgesOf(link.effect).find((e) => e.op !== undefined);
  const other = atLock(link);
  const f = link.causes[0]?.facts;
  if (own === undefined || other === undefined) return 'each waits for the other';
  const words = how(own, other);
  return `${short(own.function)} ${words.own} ${own.waitsFor} at line ${own.line} with ${f?.['lock']} held since line ${f?.['lockLine']}; ${short(other.function)} needs it at line ${other.line} before ${words.before}: neither goes on`;
}
