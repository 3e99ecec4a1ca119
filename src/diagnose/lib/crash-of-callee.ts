/** A crash of the service that a call was for. */
import { processCrashed } from '../../model/conditions/crash.ts';
import { type Ask, type Check, fails, holds, isKind, service } from '../../model/index.ts';
import { joinBy } from './join.ts';

export const crashOfCallee = (callee: string | null, ask: Ask) =>
  joinBy(processCrashed, ask, (c) =>
    callee === null ? null : (ask.identity.lift(c.entity, 'service').find((r) => r.entity.key === callee)?.strength ?? ask.identity.same(c.entity, service(callee))),
  );

/** A panic that net/http recovers ends a request, not the process. */
export const diedOfIt: Check = {
  id: 'process-ended',
  title: 'the process ended with it',
  test(link) {
    const c = link.causes[0];
    const places = c?.places ?? [];
    return c != null && isKind(c, processCrashed) && !c.facts.recovered
      ? holds('nothing recovered it: the process ended', places)
      : fails('net/http recovered it: the process lives on', places);
  },
};
