import { lockCycle } from '../../../../model/conditions/goroutines.ts';
import { waitBeforeReceive } from '../../../../model/conditions/source.ts';
import { defineMechanism, fails } from '../../../../model/index.ts';
import { edgesOf } from '../../../lib/lock-edges.ts';
import { joinSource, sourceIsBound } from '../../../lib/source-frames.ts';

const short = (name: unknown): string => String(name ?? '').slice(String(name ?? '').lastIndexOf('/') + 1);

/** Wait first, receive later: what the goroutines send nobody takes as long as they are waited for. */
export const waitsBeforeItReceives = defineMechanism({
  id: 'go/wait-before-receive',
  title: 'a function waits for goroutines before it receives what they send',
  to: lockCycle,
  from: [
    {
      kind: waitBeforeReceive,
      role: 'defect',
      join(effect, ask) {
        const edge = edgesOf(effect).find((e) => e.op === 'wait-group');
        if (edge === undefined) return fails('no goroutine of the circle waits for others to be done', effect.places);
        return joinSource(waitBeforeReceive, ask, [edge], (c, frame) => c.facts.line <= frame.line && frame.line <= c.facts.endLine);
      },
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `${short(f?.['function'])} waits for ${f?.['group']} at line ${f?.['line']} and receives from ${f?.['channel']} only at line ${f?.['receiveLine']}; ${f?.['channel']} has no buffer, so whoever sends on it before being done waits for ever`;
  },
  requires: [sourceIsBound(({ effect }) => edgesOf(effect).map((e) => ({ frame: e, shows: e.op === 'send' ? ['send'] : ['wait'] })))],
  refutes: [],
  rivals: ['go/wait-under-lock'],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart ends the wait until the function is called again',
  acceptedFalsePositives: ['none known: only the function that waits could receive'],
});
