/**
 * What the error texts in logs say, by src/knowledge/go-errors: names that do not resolve, certificates, refused and broken connections, full
 * pools, exhausted files, callers that left; and what only both ends of a trace show: retry storms, deadlines spent before the call, a server's
 * own timeouts.
 */
import { deadlineExhausted, idleTimeoutShorter, ownTimer, readTimeoutTooShort, retryStorm, sqlPoolWaitedFor, writeTimeoutTooShort } from '../../model/conditions/error-texts.ts';
import type { Condition, Facts, Kind, Observer } from '../../model/index.ts';
import { servicesByAddress } from '../lib/logs/addresses.ts';
import { coverageOfAll } from '../lib/logs/gaps.ts';
import { traceParts } from '../lib/logs/traces.ts';
import { type LogOwner, logOwners } from '../lib/logs/who.ts';
import { lookOwnTimers, lookRetryStorms } from './along.ts';
import { type ErrorEvent, errorEvents } from './events.ts';
import { lookExhaustedDeadlines } from './exhausted.ts';
import { lookReadTimeouts } from './read-timeout.ts';
import { lookIdleTimeouts, lookWriteTimeouts } from './settings.ts';
import { lookSqlPools } from './sql-pool.ts';
import { lookTexts, TEXT_KINDS } from './texts.ts';

type Look = (events: readonly ErrorEvent[], owners: readonly LogOwner[]) => Condition<Facts>[];

const BY_TRACE: readonly { readonly kind: Kind; readonly look: Look }[] = [
  { kind: retryStorm as Kind, look: lookRetryStorms },
  { kind: ownTimer as Kind, look: lookOwnTimers },
  { kind: writeTimeoutTooShort as Kind, look: lookWriteTimeouts },
  { kind: idleTimeoutShorter as Kind, look: lookIdleTimeouts },
  { kind: readTimeoutTooShort as Kind, look: lookReadTimeouts },
];

export const errors: Observer = {
  id: 'errors',
  answers: [...TEXT_KINDS.map((t) => t.kind), ...BY_TRACE.map((t) => t.kind), deadlineExhausted as Kind, sqlPoolWaitedFor as Kind],
  look(kind, _query, world) {
    if (kind.id === sqlPoolWaitedFor.id) return lookSqlPools(world);
    const owners = logOwners(world.readings);
    if (owners.length === 0) return { conditions: [], covered: [], notObservable: [{ why: 'no log of a known logger is at hand', next: kind.next }] };
    const byTrace = BY_TRACE.find((t) => t.kind.id === kind.id);
    const exhausted = kind.id === deadlineExhausted.id;
    if ((exhausted || byTrace !== undefined) && traceParts(owners).size === 0)
      return { conditions: [], covered: [], notObservable: [{ why: 'the logs hold no requests with trace ids and durations', next: kind.next }] };
    const events = errorEvents(world.readings);
    if (exhausted) return lookExhaustedDeadlines(events, owners, servicesByAddress(world.readings, owners));
    return { conditions: byTrace?.look(events, owners) ?? lookTexts(kind, events, owners), ...coverageOfAll(owners) };
  },
};
