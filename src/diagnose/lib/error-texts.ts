/** What mechanisms share that follow a kind of error text: into the requests that fail with it, and into the records that surge with it. */
import { innermostError } from '../../knowledge/go-errors/index.ts';
import { requestsFailing } from '../../model/conditions/calls.ts';
import { callersGone, type ErrorFacts, fieldTypeDiffers, messageTooLarge } from '../../model/conditions/error-texts.ts';
import { errorBurst } from '../../model/conditions/logs.ts';
import { type Ask, type Check, type Condition, type Culprit, fails, holds, isKind, type Kind, type Link, type Mechanism, service, unknown } from '../../model/index.ts';
import { countedShare } from './counted-share.ts';
import { joinBy } from './join.ts';

export const textOf = (link: Link): Condition<ErrorFacts> => link.causes[0] as Condition<ErrorFacts>;

/** Of the requests with this error, this share must have failed: a service may do without what it could not reach. */
const MOST_FAILED = 0.5;

const thoseRequestsFailed: Check = {
  id: 'those-requests-failed',
  title: 'the requests that logged this error are among those that failed',
  test(link) {
    const { answered, failed, service: name } = textOf(link).facts;
    if (answered === 0)
      return unknown(`no record with this error shares a trace id with a request that ${name} answered`, `the log of ${name} with trace ids on errors and requests`);
    const says = `of ${answered} requests that logged it ${name} answered ${failed} with 500 or above`;
    return failed >= MOST_FAILED * answered ? holds(says, textOf(link).places) : fails(says, textOf(link).places);
  },
};

/** Decisive: what has a record of the call was reached. */
export const calleeWasReached: Check = {
  id: 'callee-was-reached',
  title: 'the callee has records of those very requests',
  test(link) {
    const { callee, answered, seenByCallee } = textOf(link).facts;
    if (callee === null || answered === 0) return fails('the records name no callee whose log is at hand', []);
    const says = `${callee} has records of ${seenByCallee} of ${answered} of those requests`;
    return seenByCallee > MOST_FAILED * answered ? holds(says, textOf(link).places) : fails(says, textOf(link).places);
  },
};

type Told = Pick<Mechanism, 'to' | 'from' | 'requires' | 'accounts' | 'leastShare' | 'order' | 'status'>;

/** What ends a chain is what somebody must change; the rest passes it on. */
const roleOf = (kind: Kind<ErrorFacts>) => (kind.root === undefined ? 'amplifier' : 'defect');

/** The requests of one service that fail, because of an error each of them logged. Joined by service, held to by trace ids. */
export function failsWith(kind: Kind<ErrorFacts>): Told {
  return {
    to: requestsFailing as Kind,
    from: [
      {
        kind: kind as Kind,
        role: roleOf(kind),
        join: (effect, ask) => joinBy(kind, ask, (c) => (isKind(effect, requestsFailing) && effect.facts.service === c.facts.service ? 'stated' : null)),
      },
    ],
    requires: [thoseRequestsFailed],
    accounts: countedShare(requestsFailing, (link) => textOf(link).facts.failed),
    leastShare: 0.3,
    // one request logs its error and its end in one go
    order: 'same-record',
    status: 'trial',
  };
}

/** The records that surge are those with this error: one harm, told twice. */
export function surgesWith(kind: Kind<ErrorFacts>): Told {
  return {
    to: errorBurst as Kind,
    from: [
      {
        kind: kind as Kind,
        role: roleOf(kind),
        join: (effect, ask) =>
          joinBy(kind, ask, (c) =>
            isKind(effect, errorBurst) && effect.facts.service === c.facts.service && innermostError(effect.facts.example)?.pattern.id === c.facts.error ? 'stated' : null,
          ),
      },
    ],
    requires: [],
    accounts: countedShare(errorBurst, (link) => textOf(link).facts.count),
    leastShare: 0.3,
    order: 'same-record',
    status: 'trial',
  };
}

/** Callers that went away from the service whose process or goroutines these are. */
export const leftBy = (effect: Condition, ask: Ask) =>
  joinBy(callersGone, ask, (c) => ask.identity.within(effect.entity, service(c.facts.service), 'service') ?? ask.identity.same(effect.entity, service(c.facts.service)));

/** Field and types stand in the text; which side is to be changed does not. */
export const otherTypeCulprit = (link: Link): readonly Culprit[] => {
  const c = link.causes[0];
  if (c == null || !isKind(c, fieldTypeDiffers)) return [];
  return [{ kind: 'endpoint', ref: `${c.facts.service}: ${c.facts.field ?? 'the document'} is ${c.facts.wanted}, ${c.facts.got} was sent` }];
};

export const tooLargeCulprit = (link: Link): readonly Culprit[] => {
  const c = link.causes[0];
  if (c == null || !isKind(c, messageTooLarge)) return [];
  const { service: name, callee, largestBytes, limitBytes } = c.facts;
  return [{ kind: 'endpoint', ref: `${name}${callee === null ? '' : ` → ${callee}`}: up to ${largestBytes} bytes, ${limitBytes} are allowed` }];
};

export const ofCallee = (link: Link): readonly Culprit[] => {
  const c = link.causes[0] as Condition<ErrorFacts> | null | undefined;
  return c == null ? [] : [{ kind: 'endpoint', ref: c.facts.callee === null ? c.facts.service : `${c.facts.service} → ${c.facts.callee}` }];
};
