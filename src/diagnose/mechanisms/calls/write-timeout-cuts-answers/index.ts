import { connectionsBroken, writeTimeoutTooShort } from '../../../../model/conditions/error-texts.ts';
import { type Condition, defineMechanism, isKind, type Link } from '../../../../model/index.ts';
import { countedShare } from '../../../lib/counted-share.ts';
import { durationText } from '../../../lib/durations.ts';
import { joinBy } from '../../../lib/join.ts';

const limit = (link: Link) => {
  const c: Condition | null | undefined = link.causes[0];
  return c != null && isKind(c, writeTimeoutTooShort) ? c.facts : null;
};

/** The handler is not told: it logs a success that nobody received. */
export const writeTimeoutCutsAnswers = defineMechanism({
  id: 'calls/write-timeout-cuts-answers',
  title: (link) => `${limit(link)?.service ?? 'a server'} closes connections before its handler has answered`,
  to: connectionsBroken,
  from: [
    {
      kind: writeTimeoutTooShort,
      role: 'defect',
      join: (effect, ask) =>
        joinBy(writeTimeoutTooShort, ask, (c) =>
          isKind(effect, connectionsBroken) && effect.facts.callee === c.facts.service && c.facts.callers.includes(effect.facts.service) ? 'stated' : null,
        ),
    },
  ],
  because: 'http.Server.WriteTimeout counts from the end of the request’s header; when the handler writes after it, the connection is closed and the answer is lost',
  requires: [],
  refutes: [],
  rivals: ['calls/crash-breaks-connections', 'calls/idle-timeout-breaks-calls'],
  accounts: countedShare(connectionsBroken, (link) => limit(link)?.count),
  leastShare: 0.3,
  order: 'standing',
  status: 'trial',
  culprits(link) {
    const l = limit(link);
    return l === null ? [] : [{ kind: 'config', ref: `WriteTimeout of ${l.service}${l.seconds === null ? '' : ` = ${durationText(l.seconds)}`}` }];
  },
  mitigation: (link) => (limit(link) === null ? null : `raise WriteTimeout of ${limit(link)?.service} above ${durationText(limit(link)?.cutFromSeconds ?? 0)}`),
  acceptedFalsePositives: ['a proxy between them that cuts after the same time'],
});
