import { wakerGone } from '../../../../model/conditions/goroutines.ts';
import { wakerMayLeave } from '../../../../model/conditions/source.ts';
import { defineMechanism } from '../../../../model/index.ts';
import { type Frame, joinSource, sourceIsBound } from '../../../lib/source-frames.ts';

const short = (name: unknown): string => String(name ?? '').slice(String(name ?? '').lastIndexOf('/') + 1);
const frameOf = (facts: { readonly [name: string]: unknown }): Frame => ({ function: String(facts['function']), file: String(facts['file']), line: Number(facts['line']) });

const TITLES: Readonly<Record<string, string>> = {
  'wait-group': 'a goroutine ends without Done, and Wait never returns',
  cond: 'a signal came before anybody waited for it, and no other one comes',
  receive: 'a goroutine receives from others that have ended',
};

/** Done, the send, close or Signal was left out or came too early; when all who could have done it are gone, the wait has no end. */
export const wakerHasGone = defineMechanism({
  id: 'go/waker-gone',
  title: (link) => TITLES[String(link.effect.facts['op'])] ?? 'a goroutine waits for others that have ended',
  to: wakerGone,
  from: [
    {
      kind: wakerMayLeave,
      role: 'defect',
      join: (effect, ask) =>
        joinSource(
          wakerMayLeave,
          ask,
          [frameOf(effect.facts)],
          (c, frame) => c.facts.op === effect.facts['op'] && c.facts.waitLine <= frame.line && frame.line <= c.facts.waitEndLine,
        ),
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${short(f?.['waitFunction'])} waits at ${f?.['object']} for goroutines that it started; ${f?.['how']}, and none of them is left`;
  },
  requires: [sourceIsBound(({ effect }) => [{ frame: frameOf(effect.facts), shows: effect.facts['op'] === 'receive' ? ['receive', 'range'] : ['wait'] }])],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart ends the wait until the same path is taken again',
  acceptedFalsePositives: ['the goroutine ended by a recovered panic instead, before it could wake anybody'],
});
