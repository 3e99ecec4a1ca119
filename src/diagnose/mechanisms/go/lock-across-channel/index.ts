import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { channelUnderLock } from '../../../../model/conditions/source.ts';
import { type Condition, defineMechanism, fails, holds, unknown } from '../../../../model/index.ts';
import { convoyFacts } from '../../../lib/lock-edges.ts';
import { type Frame, joinSource, SHOWS, sourceIsBound } from '../../../lib/source-frames.ts';

const WAITS: Readonly<Record<string, 'send' | 'receive'>> = { 'chan send': 'send', 'chan receive': 'receive' };

function holderFrame(convoy: Condition): Frame | null {
  const f = convoyFacts(convoy);
  return f.holderFunction === null || f.holderLine === null ? null : { function: f.holderFunction, file: f.holderFile ?? '', line: f.holderLine };
}

const short = (name: unknown): string => String(name ?? '').slice(String(name ?? '').lastIndexOf('/') + 1);

/** Everybody waits for a lock whose holder waits at a channel: until somebody comes to its other end, nobody gets it. */
export const lockAcrossChannel = defineMechanism({
  id: 'go/lock-across-channel',
  title: 'a lock is held by a goroutine that waits at a channel',
  to: lockConvoy,
  from: [
    {
      kind: channelUnderLock,
      role: 'defect',
      join: (effect, ask) => {
        const holder = holderFrame(effect);
        if (holder === null) return unknown('which goroutine holds the lock is not known', lockConvoy.next);
        const op = WAITS[convoyFacts(effect).holderWait ?? ''];
        if (op === undefined) return fails(`the holder waits in [${convoyFacts(effect).holderWait}]`, effect.places);
        return joinSource(channelUnderLock, ask, [holder], (c, frame) => c.facts.op === op && c.facts.line <= frame.line && frame.line <= c.facts.endLine);
      },
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${short(f?.['function'])} ${f?.['op'] === 'send' ? 'sends on' : 'receives from'} ${f?.['object']} at line ${f?.['line']} with ${f?.['lock']} held since line ${f?.['lockLine']}${f?.['deferred'] === true ? ', its unlock deferred' : ''}, and has no other case: until somebody ${f?.['op'] === 'send' ? 'receives' : 'sends'}, nobody else gets the lock`;
  },
  requires: [
    sourceIsBound((link) => {
      const holder = holderFrame(link.effect);
      return holder === null ? [] : [{ frame: holder, shows: SHOWS[convoyFacts(link.effect).holderWait ?? ''] ?? [] }];
    }),
    {
      id: 'holder-waits-at-channel',
      title: 'the holder waits at the channel, not for a lock',
      test({ effect }) {
        const wait = convoyFacts(effect).holderWait;
        if (wait === null) return unknown('what the holder waits for is not known', lockConvoy.next);
        return WAITS[wait] === undefined ? fails(`the holder waits in [${wait}]`, effect.places) : holds(`the holder waits in [${wait}]`, effect.places);
      },
    },
  ],
  refutes: [],
  rivals: ['go/lock-cycle-holds-convoy', 'go/lock-across-io'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart ends it until the other end of the channel stays away again',
  acceptedFalsePositives: ['the other end of the channel is slow and not gone: the lock is then held for as long as that takes, and its slowness is what set it off'],
});
