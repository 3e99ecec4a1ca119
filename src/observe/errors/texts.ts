/** Kinds that one record shows by its text alone: counted by service and callee, with what became of the requests they belong to. */
import {
  callersGone,
  callsRefused,
  certificateRefused,
  connectionsBroken,
  dnsFailing,
  fieldTypeDiffers,
  filesExhausted,
  handlerTimedOut,
  messageTooLarge,
  poolExhausted,
} from '../../model/conditions/error-texts.ts';
import { type Condition, condition, type Facts, type Kind, service, uniquePlaces } from '../../model/index.ts';
import { changeOf } from '../lib/logs/onset.ts';
import { byService, instantOfSeconds, lastActivityBefore, stretchOf } from '../lib/logs/stretch.ts';
import { type Part, traceParts } from '../lib/logs/traces.ts';
import type { LogOwner } from '../lib/logs/who.ts';
import type { ErrorEvent } from './events.ts';

/** Fewer are an accident. */
const LEAST = 3;
const MOST_FAILED = 0.8;
const PLACES = 4;
const TRACES = 20;

const ends = (e: ErrorEvent, ids: readonly string[]): boolean => ids.includes(e.innermost.id);

export const BROKEN = [
  'io/eof',
  'io/unexpected-eof',
  'net/connection-reset-by-peer',
  'net/broken-pipe',
  'net-http/server-closed-idle-connection',
  'net-http/transport-connection-broken',
  'grpc-status/error-reading-from-server',
];
const REFUSED_CERTIFICATE = [
  'crypto-tls/remote-bad-certificate',
  'crypto-tls/remote-unknown-certificate-authority',
  'crypto-tls/remote-expired-certificate',
  'crypto-tls/remote-certificate-required',
  'crypto-tls/remote-unrecognized-name',
];

/** Each record is of one kind: the first that takes it. */
interface TextKind {
  readonly kind: Kind;
  readonly takes: (e: ErrorEvent) => boolean;
  readonly says: string;
  /** What the texts of this kind say besides; null where one that is of it says nothing that can be read. */
  readonly more?: (events: readonly ErrorEvent[], parts: ReadonlyMap<string, readonly Part[]>) => { readonly facts: Facts; readonly says: string } | null;
}

const OTHER_TYPE = /cannot unmarshal ([\w +.-]{1,60}?) into Go (?:struct field (\S{1,200}) of|value of) type (\S{1,200})/;
const LARGER = /received message larger than max \((\d{1,15}) vs\. (\d{1,15})\)/;

export const TEXT_KINDS: readonly TextKind[] = [
  { kind: dnsFailing as Kind, takes: (e) => e.innermost.class === 'dns', says: 'cannot resolve', more: lookedUp },
  { kind: filesExhausted as Kind, takes: (e) => e.chain.some((c) => c.class === 'files'), says: 'has no file descriptor left' },
  { kind: certificateRefused as Kind, takes: (e) => e.innermost.id.startsWith('crypto-x509/') || ends(e, REFUSED_CERTIFICATE), says: 'does not agree on a certificate' },
  {
    kind: fieldTypeDiffers as Kind,
    takes: (e) => ends(e, ['encoding-json/cannot-unmarshal-field', 'encoding-json/cannot-unmarshal-value']),
    says: 'cannot read what it is sent',
    more: otherType,
  },
  { kind: messageTooLarge as Kind, takes: (e) => ends(e, ['grpc-status/message-larger-than-max']), says: 'gets or sends messages above a limit', more: larger },
  { kind: callsRefused as Kind, takes: (e) => ends(e, ['net/dial-connection-refused', 'net/unix-socket-missing']), says: 'is refused' },
  { kind: poolExhausted as Kind, takes: (e) => e.chain.some((c) => c.class === 'pool'), says: 'waits for a connection of a full pool' },
  { kind: handlerTimedOut as Kind, takes: (e) => ends(e, ['net-http/handler-timeout', 'net-http/superfluous-write-header']), says: 'answers after its time' },
  { kind: connectionsBroken as Kind, takes: (e) => e.ofCall && ends(e, BROKEN), says: 'loses connections before the answer' },
  // in a client's own words it is the client that was told to stop
  { kind: callersGone as Kind, takes: (e) => ends(e, ['context/canceled', 'grpc-status/canceled']), says: 'is left by its callers' },
];

export function lookTexts(kind: Kind, events: readonly ErrorEvent[], owners: readonly LogOwner[]): Condition<Facts>[] {
  const entry = TEXT_KINDS.find((t) => t.kind.id === kind.id);
  if (entry === undefined) return [];
  const groups = new Map<string, ErrorEvent[]>();
  for (const e of events) {
    if (TEXT_KINDS.find((t) => t.takes(e)) !== entry) continue;
    const key = `${e.service}\u0000${e.callee ?? ''}`;
    const list = groups.get(key) ?? [];
    list.push(e);
    groups.set(key, list);
  }
  const services = byService(owners);
  const parts = traceParts(owners);
  const made: Condition<Facts>[] = [];
  for (const [, list] of [...groups].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const c = grouped(entry, list, services.get(list[0]!.service) ?? [], parts);
    if (c !== null) made.push(c);
  }
  return made;
}

/** Of the texts the one that most say; the records of one service may speak of several fields, and the first kind of them is cited. */
function otherType(events: readonly ErrorEvent[], parts: ReadonlyMap<string, readonly Part[]>) {
  const said = events.flatMap((e) => {
    const m = OTHER_TYPE.exec(e.text);
    return m === null ? [] : [{ got: m[1]!, field: m[2] ?? null, wanted: m[3]! }];
  });
  const most = said.length === 0 ? null : mostFrequent(said.map((s) => JSON.stringify(s)));
  if (most === null) return null;
  const { got, field, wanted } = JSON.parse(most) as { got: string; field: string | null; wanted: string };
  return { facts: { field, wanted, got, failingCallers: failingCallers(events, parts) }, says: `${field ?? 'the document'} is ${wanted}, ${got} was sent` };
}

const LOOKUP = /\blookup ([A-Za-z0-9_][\w.-]{0,252}?)\.?(?: on (\S{1,80}?))?: /;

/** The whole name as it was asked for, by which it can be asked again. */
function lookedUp(events: readonly ErrorEvent[]) {
  const names = events.flatMap((e) => LOOKUP.exec(e.text)?.[1] ?? []);
  const error = mostFrequent(events.map((e) => e.innermost.id));
  return { facts: {}, says: names.length === 0 ? error : `${mostFrequent(names)}, ${error}` };
}

function larger(events: readonly ErrorEvent[]) {
  const said = events.flatMap((e) => {
    const m = LARGER.exec(e.text);
    return m === null ? [] : [{ size: Number(m[1]), limit: Number(m[2]) }];
  });
  const limit = said[0]?.limit;
  if (limit === undefined) return null;
  const sizes = said.map((s) => s.size);
  const largest = sizes.reduce((a, b) => Math.max(a, b));
  const least = sizes.reduce((a, b) => Math.min(a, b));
  return { facts: { limitBytes: limit, largestBytes: largest }, says: `${least === largest ? least : `${least} to ${largest}`} bytes, ${limit} are allowed` };
}

/** Services that failed in most of the traces in which they and these records are. */
export function failingCallers(events: readonly { readonly service: string; readonly trace: string | null }[], parts: ReadonlyMap<string, readonly Part[]>): string[] {
  const seen = new Map<string, { failed: number; all: number }>();
  for (const e of events) {
    for (const p of (e.trace === null ? undefined : parts.get(e.trace)) ?? []) {
      if (p.service === e.service) continue;
      const s = seen.get(p.service) ?? { failed: 0, all: 0 };
      seen.set(p.service, s);
      s.all++;
      if (p.code >= 500) s.failed++;
    }
  }
  return [...seen].flatMap(([name, s]) => (s.failed >= LEAST && s.failed >= MOST_FAILED * s.all ? [name] : [])).sort();
}

function grouped({ kind, says, more }: TextKind, events: readonly ErrorEvent[], owners: readonly LogOwner[], parts: ReadonlyMap<string, readonly Part[]>): Condition<Facts> | null {
  const stretch = stretchOf(owners);
  if (stretch === null) return null;
  const change = changeOf(
    events.map((e) => e.at),
    stretch.from,
    stretch.to,
  );
  const since = events.slice(change.first);
  if (since.length < LEAST) return null;
  const first = since[0]!;
  const last = since.at(-1)!;
  // what was there from the first record on has no onset that is known
  const lastWell = change.how === 'constant' || change.how === 'few' ? null : lastActivityBefore(owners, first.at);
  const error = mostFrequent(since.map((e) => e.innermost.id));
  const traces = [...new Set(since.flatMap((e) => (e.trace === null ? [] : [e.trace])))];
  let failed = 0;
  let answered = 0;
  let seenByCallee = 0;
  for (const t of traces) {
    const of = parts.get(t) ?? [];
    const own = of.find((p) => p.service === first.service);
    if (own !== undefined) answered++;
    if (own !== undefined && own.code >= 500) failed++;
    if (first.callee !== null && of.some((p) => p.service === first.callee)) seenByCallee++;
  }
  const sampled = owners.some((o) => o.digest.sampled !== null);
  const said = more?.(since, parts) ?? null;
  if (more !== undefined && said === null) return null;
  return condition(kind, {
    entity: service(first.service),
    ...(first.callee === null ? {} : { discriminator: first.callee }),
    during: { from: instantOfSeconds(first.at), to: instantOfSeconds(last.at) },
    onset: { lastWell: lastWell === null ? null : instantOfSeconds(lastWell), firstIll: instantOfSeconds(first.at), clock: `log of ${first.service}` },
    quantity: { value: since.length, baseline: change.first, unit: 'records', known: sampled ? 'lower-bound' : 'counted' },
    facts: {
      service: first.service,
      callee: first.callee,
      error,
      count: since.length,
      failed,
      answered,
      seenByCallee,
      example: first.text.slice(0, 400),
      traces: traces.slice(0, TRACES),
      ...said?.facts,
    },
    says: `${first.service} ${says}${first.callee === null ? '' : ` (${first.callee})`}: ${said === null ? error : `${said.says},`} ${since.length} times${change.first === 0 ? '' : `, before ${change.first}`}`,
    places: uniquePlaces(
      [first, since[since.length >> 1]!, last].map((e) => e.place()),
      PLACES,
    ),
    strength: owners.some((o) => o.strength !== 'guessed') ? 'stated' : 'guessed',
  }) as Condition<Facts>;
}

function mostFrequent(ids: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id, (counts.get(id) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))[0]![0];
}
