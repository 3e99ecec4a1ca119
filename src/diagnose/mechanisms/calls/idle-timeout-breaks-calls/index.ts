import { connectionsBroken, idleTimeoutShorter } from '../../../../model/conditions/error-texts.ts';
import { type Condition, defineMechanism, isKind, type Link } from '../../../../model/index.ts';
import { countedShare } from '../../../lib/counted-share.ts';
import { durationText } from '../../../lib/durations.ts';
import { joinBy } from '../../../lib/join.ts';

const limit = (link: Link) => {
  const c: Condition | null | undefined = link.causes[0];
  return c != null && isKind(c, idleTimeoutShorter) ? c.facts : null;
};

/** The close and the next request pass each other on the way. */
export const idleTimeoutBreaksCalls = defineMechanism({
  id: 'calls/idle-timeout-breaks-calls',
  title: (link) => `${limit(link)?.callee ?? 'a server'} closes idle connections that ${limit(link)?.caller ?? 'its caller'} uses again`,
  to: connectionsBroken,
  from: [
    {
      kind: idleTimeoutShorter,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(idleTimeoutShorter, ask, (c) =>
          isKind(effect, connectionsBroken) && effect.facts.callee === c.facts.callee && effect.facts.service === c.facts.caller ? 'stated' : null,
        ),
    },
  ],
  because: 'the server closes a connection that was idle for its limit; a request that is sent before the close arrives is lost, and net/http sends only repeatable ones again',
  requires: [],
  refutes: [],
  rivals: ['calls/crash-breaks-connections', 'calls/write-timeout-cuts-answers'],
  accounts: countedShare(connectionsBroken, (link) => limit(link)?.count),
  leastShare: 0.3,
  order: 'standing',
  status: 'trial',
  culprits(link) {
    const l = limit(link);
    return l === null
      ? []
      : [{ kind: 'config', ref: `IdleTimeout of ${l.callee}${l.idleSeconds === null ? '' : ` = ${durationText(l.idleSeconds)}`}, shorter than what ${l.caller} keeps` }];
  },
  mitigation: (link) => (limit(link) === null ? null : `let ${limit(link)?.caller} keep idle connections for less than ${limit(link)?.callee} does (Transport.IdleConnTimeout)`),
  acceptedFalsePositives: ['a load balancer between them whose idle limit is the shorter one'],
});
