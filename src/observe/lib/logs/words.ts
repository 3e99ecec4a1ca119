/**
 * What the words of a message say, decided once for each text: a logger repeats few messages, and asking a dozen expressions of each record
 * anew is most of what reading a log costs.
 */
import { addressIn, type CalledUrl, type EndOfCall, endOfCall, urlIn } from './mask.ts';

const KNOWN_CAP = 4096;
/** A longer text is hardly said twice. */
const LENGTH_CAP = 256;

/** "listening", "orders listening on :8080", "api: server started": a program may say its own name first. */
const LISTENING =
  /^(?:http: ?)?(?:(?!(?:stop|fail|not|no|error|cannot|unable|quit|cease|done|was|still|keep)[a-z]{0,5}[: ])[\w.-]{1,40}:? (?:is )?(?=listening(?:$|:| (?:on|at|and|:|\[?\d|https?:))|server (?:listen|start)))?(?:listen|serving|server (?:listen|start)|start(?:ing|ed) (?:http |grpc )?server)/i;
/** "store starting", "accounts up": it serves from now on, if the record says at what address. */
const STARTED =
  /^(?:(?!(?:client|worker|consumer|producer|connection|pool|cache|session|job|not|reconnect)[a-z]{0,4} )[\w.-]{1,40} )?(?:is )?(?:starting|started|starting up|up|ready|running)$/i;
const SERVER_STARTS =
  /\b(?:request|rpc|call) (?:started|received|begin|began|start|accepted)\b|\b(?:started|received|incoming|handling|accepted|begin) (?:http |grpc )?(?:request|call|rpc)\b|^started call$/i;
const CLIENT_STARTS = /^(?:calling|call(?:ing)? started|sending|dialing|invoking|requesting|outgoing)\b|\brequest sent\b|\b(?:sending|outgoing) (?:http |grpc )?request\b/i;
const ACCESS = /^(?:https? )?(?:request|access|served|handled|finished|completed)\b/i;
const SENDS = /\b(?:publish(?:ed|ing)?|produced?|producing|enqueued?|message sent|sent message|dispatched)\b/i;
const RECEIVES = /\b(?:receiv(?:ed|ing)|consum(?:ed|ing)|dequeued?)\b/i;

export class Words {
  readonly #text: string;
  #listening: boolean | null = null;
  #serverStarts: boolean | null = null;
  #clientStarts: boolean | null = null;
  #access: boolean | null = null;
  #end: EndOfCall | null | undefined;
  #url: CalledUrl | null | undefined;
  #address: string | null | undefined;

  constructor(text: string) {
    this.#text = text;
  }

  /** It listens, or serves from now on. */
  get listening(): boolean {
    this.#listening ??= LISTENING.test(this.#text);
    return this.#listening;
  }
  /** The whole of it says that something has started. */
  get started(): boolean {
    return STARTED.test(this.#text);
  }
  /** A request came in. */
  get serverStarts(): boolean {
    this.#serverStarts ??= SERVER_STARTS.test(this.#text);
    return this.#serverStarts;
  }
  /** A request is sent. */
  get clientStarts(): boolean {
    this.#clientStarts ??= CLIENT_STARTS.test(this.#text);
    return this.#clientStarts;
  }
  /** The record of a request that was answered. */
  get access(): boolean {
    this.#access ??= ACCESS.test(this.#text);
    return this.#access;
  }
  /** A message was sent; asked of records with the id of one only. */
  get sends(): boolean {
    return SENDS.test(this.#text);
  }
  get receives(): boolean {
    return RECEIVES.test(this.#text);
  }
  get end(): EndOfCall | null {
    if (this.#end === undefined) this.#end = endOfCall(this.#text);
    return this.#end;
  }
  get url(): CalledUrl | null {
    if (this.#url === undefined) this.#url = urlIn(this.#text);
    return this.#url;
  }
  get address(): string | null {
    if (this.#address === undefined) this.#address = addressIn(this.#text);
    return this.#address;
  }
}

const known = new Map<string, Words>();

export function wordsOf(text: string): Words {
  const seen = known.get(text);
  if (seen !== undefined) return seen;
  const made = new Words(text);
  if (text.length > LENGTH_CAP) return made;
  // error texts with ids in them must not keep the messages of loggers out
  if (known.size >= KNOWN_CAP) known.clear();
  known.set(text, made);
  return made;
}
