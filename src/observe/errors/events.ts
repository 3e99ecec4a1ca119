/** Records that hold a known error text: one event each, with whom the call was for and in which trace. */
import type { GoError } from '../../knowledge/go-errors/index.ts';
import type { Place, Readings } from '../../model/index.ts';
import { type AtAddress, servicesByAddress } from '../lib/logs/addresses.ts';
import { type KnownError, placeOf } from '../lib/logs/digest.ts';
import { addressIn, serviceOfHost, urlIn } from '../lib/logs/mask.ts';
import { fineSeconds } from '../lib/logs/stretch.ts';
import { type LogOwner, logOwners } from '../lib/logs/who.ts';

export interface ErrorEvent {
  readonly owner: LogOwner;
  readonly service: string;
  /** Seconds since the epoch, by the log's own clock. */
  readonly at: number;
  readonly chain: readonly GoError[];
  readonly innermost: GoError;
  readonly text: string;
  readonly trace: string | null;
  /** Whom the call was for; null where the text names nobody known. */
  readonly callee: string | null;
  /** The text names a URL or a remote address: it is about a call. */
  readonly ofCall: boolean;
  readonly place: () => Place;
}

const memo = new WeakMap<Readings, readonly ErrorEvent[]>();

export function errorEvents(readings: Readings): readonly ErrorEvent[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const owners = logOwners(readings);
  const addresses = servicesByAddress(readings, owners);
  const events = owners.flatMap((owner) => {
    const name = owner.service;
    return name === null ? [] : owner.digest.knownErrors.map((e) => eventOf(e, owner, name, addresses));
  });
  events.sort((a, b) => a.at - b.at);
  memo.set(readings, events);
  return events;
}

function eventOf(e: KnownError, owner: LogOwner, name: string, addresses: ReadonlyMap<string, AtAddress>): ErrorEvent {
  const { chain, text } = e;
  const url = urlIn(text);
  const address = url === null ? addressIn(text) : `${url.host}${url.port === null ? '' : `:${url.port}`}`;
  const stated = url === null ? null : serviceOfHost(url.host);
  const callee = stated ?? (address === null ? null : (addresses.get(address)?.service ?? null));
  return {
    owner,
    service: name,
    at: fineSeconds(e.at),
    chain,
    innermost: chain.at(-1) as GoError,
    text,
    trace: e.trace,
    callee: callee === name ? null : callee,
    ofCall: url !== null || address !== null,
    place: () => placeOf(owner.digest, e),
  };
}
