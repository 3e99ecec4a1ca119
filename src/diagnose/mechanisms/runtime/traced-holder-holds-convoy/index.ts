import { heldAcrossWait } from '../../../../model/conditions/execution-trace.ts';
import { lockConvoy } from '../../../../model/conditions/goroutines.ts';
import { defineMechanism, enclosingFunction, shortGoSymbol } from '../../../../model/index.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { convoyFacts } from '../../../lib/lock-edges.ts';

/** A dump shows the queue at one moment; the trace has the same lock over time, and what its holders waited for. */
export const tracedHolderHoldsConvoy = defineMechanism({
  id: 'runtime/traced-holder-holds-convoy',
  title: 'a lock is held while its holder waits for something else',
  to: lockConvoy,
  from: [
    {
      kind: heldAcrossWait,
      role: 'defect',
      // an address is in no trace: the same lock is one that is waited for at this line of this function, and is held by that one
      join: (effect, ask) => {
        const f = convoyFacts(effect);
        return joinBy(heldAcrossWait, ask, (c) =>
          f.waitLine !== undefined &&
          c.facts.waitFunction === f.waitFunction &&
          c.facts.waitLine === f.waitLine &&
          (f.holderFunction === null || enclosingFunction(f.holderFunction) === enclosingFunction(c.facts.lockFunction))
            ? tiedWithin(effect, c, ask, ['process', 'container'])
            : null,
        );
      },
    },
  ],
  because: (link) => {
    const f = link.causes[0]?.facts;
    return `the trace has the same lock over its whole time: ${shortGoSymbol(String(f?.['lockFunction'] ?? ''))} holds it ${f?.['heldMs']} ms at a time, ${Math.round(Number(f?.['share'] ?? 0) * 100)} % of that in [${f?.['reason']}]`;
  },
  requires: [],
  refutes: [],
  rivals: ['go/lock-cycle-holds-convoy'],
  sameFaultAs: ['go/lock-across-io'],
  order: 'same-record',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'the queue shortens as soon as the call under the lock is quick again',
  acceptedFalsePositives: ['two locks that are waited for at one line, as one of each object: the trace does not tell them apart'],
});
