import { sqlPoolWaitedFor } from '../../../../model/conditions/error-texts.ts';
import { bucketSeen } from '../../../../model/conditions/goroutines.ts';
import { sqlNotClosed } from '../../../../model/conditions/source.ts';
import { type Ask, type Condition, defineMechanism, fails, holds, normaliseGoSymbol, unknown } from '../../../../model/index.ts';
import { countsOf, placesOf } from '../../../lib/buckets.ts';
import { joinBy, tiedWithin } from '../../../lib/join.ts';
import { codeOfProcess } from '../../../lib/linked-code.ts';
import { type Frame, framesOf, sourceIsBound } from '../../../lib/source-frames.ts';

type Facts = NonNullable<(typeof sqlNotClosed)['facts']>;

const short = (name: string): string => name.slice(name.lastIndexOf('/') + 1);
const lastElement = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const frameOf = (c: Condition): Frame => ({ function: String(c.facts['function']), file: String(c.facts['file']), line: Number(c.facts['line']) });
const GAVE: Readonly<Record<Facts['what'], string>> = { rows: 'closes its rows', transaction: 'ends its transaction', connection: 'closes its connection' };

/** Goroutines that stand where rows, a transaction or a connection may be had, otherwise than in the wait for one. */
function holders(effect: Condition, cause: Condition, ask: Ask): Condition[] {
  const { sections } = cause.facts as unknown as Facts;
  const answer = ask.look(bucketSeen);
  if (answer.state !== 'observed') return [];
  return answer.conditions.filter((b) => {
    if (tiedWithin(effect, b, ask, ['process']) === null || (countsOf(b).at(-1) ?? 0) === 0) return false;
    const stack = framesOf(b.facts['stack']);
    if (stack.some((f) => f.function === 'database/sql.(*DB).conn')) return false;
    return stack.some((f) =>
      sections.some(
        (s) =>
          s.line <= f.line && f.line <= s.last && lastElement(s.file) === lastElement(f.file.replaceAll('\\', '/')) && short(normaliseGoSymbol(f.function)) === short(s.function),
      ),
    );
  });
}

/** Each run of the path leaves one connection taken; when all are, every statement waits. */
export const sqlConnectionKept = defineMechanism({
  id: 'go/sql-connection-kept',
  title: 'a function leaves rows or a transaction open, and with them a connection of the pool',
  to: sqlPoolWaitedFor,
  from: [{ kind: sqlNotClosed, role: 'defect', join: (effect, ask) => joinBy(sqlNotClosed, ask, (c) => codeOfProcess(effect, c, ask)) }],
  because: (link) => {
    const f = link.causes[0]?.facts as unknown as Facts | undefined;
    if (f === undefined) return 'rows or transactions are left open';
    const leaves = f.returnLine === null ? `nowhere ${GAVE[f.what]}` : `returns at line ${f.returnLine} before it ${GAVE[f.what]}`;
    return `${short(f.function)} asks ${f.call} at line ${f.line} and ${leaves}: that connection is never free again, and no goroutine is at work with one`;
  },
  requires: [
    sourceIsBound(({ effect }) => [{ frame: frameOf(effect), shows: ['call'] }]),
    {
      id: 'no-statement-runs',
      title: 'no goroutine is inside a statement',
      test({ effect }) {
        const n = Number(effect.facts['inStatements']);
        return n === 0 ? holds('none is inside a statement', effect.places) : fails(`${n} are inside a statement`, effect.places);
      },
    },
    {
      id: 'nobody-has-one',
      title: 'no goroutine stands where rows, a transaction or a connection can be had',
      test({ effect, causes }, ask) {
        const [cause] = causes;
        if (cause == null) return unknown('which code takes connections is not known', sqlNotClosed.next);
        const facts = cause.facts as unknown as Facts;
        if (facts.open) return unknown('the program hands transactions or rows on: who has them is not known from its text', sqlNotClosed.next);
        const at = holders(effect, cause, ask);
        return at.length > 0 ? fails(at[0]?.says ?? 'a goroutine stands there', placesOf(at)) : holds('none stands where one can be had', effect.places, 'derived');
      },
    },
  ],
  refutes: [],
  rivals: [],
  order: 'standing',
  status: 'trial',
  culprits: (link) => {
    const f = link.causes[0]?.facts;
    return f === undefined ? [] : [{ kind: 'code', function: String(f['function']), file: String(f['file']), line: Number(f['line']) }];
  },
  mitigation: () => 'a restart gives all connections back, until the same path has been taken as often again',
  acceptedFalsePositives: [
    'several functions leave connections open and only one of them ran: all are named',
    'the context of the statement ends soon after and gives it back: the crowd then shrinks again',
  ],
});
