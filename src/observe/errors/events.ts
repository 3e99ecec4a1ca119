/** Records that hold a known error text: one event each, with whom the call was for and in which trace. */
import { type ErrorMatch, type GoError, matchErrorText, outerMatches } from '../../knowledge/go-errors/index.ts';
import { type Place, placeAt, type Readings } from '../../model/index.ts';
import { atLeastLevel, errorOf, type LogRecord, traceIdOf } from '../../read/logs/index.ts';
import { type AtAddress, servicesByAddress } from '../lib/logs/addresses.ts';
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

const EVENTS_CAP = 100_000;
const TEXTS_CAP = 5_000;

const memo = new WeakMap<Readings, readonly ErrorEvent[]>();

export function errorEvents(readings: Readings): readonly ErrorEvent[] {
  const known = memo.get(readings);
  if (known !== undefined) return known;
  const owners = logOwners(readings);
  const addresses = servicesByAddress(readings, owners);
  const events: ErrorEvent[] = [];
  const texts = new Map<string, readonly GoError[]>();
  for (const owner of owners) {
    const name = owner.service;
    if (name === null) continue;
    owner.digest.source.scan({}, (r) => {
      const event = eventOf(r, owner, name, texts, addresses);
      if (event !== null) events.push(event);
      return events.length < EVENTS_CAP;
    });
  }
  events.sort((a, b) => a.at - b.at);
  memo.set(readings, events);
  return events;
}

function eventOf(r: LogRecord, owner: LogOwner, name: string, texts: Map<string, readonly GoError[]>, addresses: ReadonlyMap<string, AtAddress>): ErrorEvent | null {
  // net/http's own lines have no level; an info record that mentions an error reports none
  if (r.time === null || r.format === 'plain' || r.format === 'go-crash' || (r.level !== null && !atLeastLevel(r.level, 'warn'))) return null;
  const text = errorOf(r)?.text ?? r.message;
  let chain = texts.get(text);
  if (chain === undefined) {
    chain = outerMatches(matchErrorText(text)).map((m: ErrorMatch) => m.pattern);
    if (texts.size < TEXTS_CAP) texts.set(text, chain);
  }
  const innermost = chain.at(-1);
  if (innermost === undefined) return null;
  const url = urlIn(text);
  const address = url === null ? addressIn(text) : `${url.host}${url.port === null ? '' : `:${url.port}`}`;
  const stated = url === null ? null : serviceOfHost(url.host);
  const callee = stated ?? (address === null ? null : (addresses.get(address)?.service ?? null));
  const { span, decoders } = r;
  return {
    owner,
    service: name,
    at: fineSeconds(r.time.at),
    chain,
    innermost,
    text,
    trace: traceIdOf(r)?.text ?? null,
    callee: callee === name ? null : callee,
    ofCall: url !== null || address !== null,
    place: () => placeAt(owner.digest.source.artifact.id, span, { decoders: [...decoders] }),
  };
}
