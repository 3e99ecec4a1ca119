/** A database/sql pool that is waited for: what of it a dump shows. */
import { sqlPoolWaitedFor } from '../../model/conditions/error-texts.ts';
import { type Condition, type Culprit, fails, holds, isKind, type Link, unknown } from '../../model/index.ts';
import { decisive } from './join.ts';

const poolOf = (link: Link) => {
  const c: Condition | null | undefined = link.causes[0];
  return c != null && isKind(c, sqlPoolWaitedFor) ? c.facts : null;
};

/** Whoever keeps the connections. */
export const poolCulprit = (link: Link): readonly Culprit[] => {
  const p = poolOf(link);
  return p === null ? [] : [{ kind: 'code', function: p.function, file: p.file, line: p.line }];
};

/** Then the statements are slow, or more at once than the pool is meant for: nobody keeps a connection from them. */
export const statementsHoldThem = decisive({
  id: 'statements-hold-them',
  title: 'the connections are busy with statements',
  test(link) {
    const p = poolOf(link);
    if (p === null) return unknown('no dump shows who holds the connections', sqlPoolWaitedFor.next);
    const says = `${p.waiting} goroutines wait, ${p.inStatements} are inside a statement`;
    return p.inStatements > 0 ? holds(says, link.causes[0]?.places ?? []) : fails(says, link.causes[0]?.places ?? []);
  },
});
