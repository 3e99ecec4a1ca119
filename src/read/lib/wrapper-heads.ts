/**
 * Which wrapper a text has, decided from its first 64 KiB: a time stamp at the start of some lines is the program's own business, on
 * (nearly) every line it is the driver's.
 */
import { decodeLatin1 } from '../../model/index.ts';
import { type Store, storeOf } from './stores/index.ts';

export type Wrapper =
  | 'docker'
  | 'cri'
  | 'kubectl'
  | 'compose'
  | 'compose-timestamps'
  | 'journal'
  | 'journal-json'
  | 'journal-export'
  | 'stern'
  | 'stern-timestamps'
  | 'stern-json'
  | 'otlp'
  | Store;

export const NONE: readonly Wrapper[] = [];
const CR = 0x0d;

export const KUBECTL_PREFIX = /^\[pod\/[^\]\s]{1,512}\] /;
export const KUBECTL_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.(\d{1,9}))?(?:Z|[+-]\d\d:\d\d)(?: |$)/;
const CRI = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d) (?:stdout|stderr) [FP](?::\S{0,64})?(?: |$)/;
export const COMPOSE = /^[A-Za-z0-9][\w.-]{0,200} {0,64}\| /;
/** short, short-precise and short-iso. */
export const JOURNAL =
  /^((?:[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d{6})?|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?[+-]\d\d:?\d\d)) \S{1,255} ([^\s:[\]]{1,200}(?:\[\d{1,10}\])?): /;
const COLOUR = '(?:\\x1b\\[[\\d;]{1,12}m)?';
/** Pods of Deployments and DaemonSets end in five of the API server's letters (no vowels, k8s.io/apimachinery util/rand), of StatefulSets in a number. */
const POD = '[a-z0-9](?:[a-z0-9.-]{0,240})-(?:[bcdfghjklmnpqrstvwxz2456789]{5}|\\d{1,5})';
const NAME = '[a-z0-9][a-z0-9-]{0,62}';
/** `pod container text`, with --all-namespaces `namespace pod container text`. */
export const STERN = new RegExp(`^(?:${COLOUR}(${NAME})${COLOUR} )?${COLOUR}(${POD})${COLOUR} ${COLOUR}(${NAME})${COLOUR} `);
const STERN_JSON = /^\{(?:"namespace": ?"[^"]{1,253}", ?)?"pod": ?"[^"]{1,253}", ?"container": ?"[^"]{1,253}", ?"message": ?/;
const JOURNAL_KEY = /"(?:__REALTIME_TIMESTAMP|__MONOTONIC_TIMESTAMP|__CURSOR)" ?: ?"/;
const JOURNAL_EXPORT = /^(?:__CURSOR=|__REALTIME_TIMESTAMP=)/;
const OTLP = /^\s{0,64}\{\s{0,64}"resourceLogs"\s{0,64}:/;

/** By so many lines it is decided which wrapper a text has. */
const WRAPPED_LINES = 400;

/** Wrappers of a text, outermost first, by its head. */
export function wrappersOf(head: Uint8Array): readonly Wrapper[] {
  const text = decodeLatin1(head);
  if (JOURNAL_EXPORT.test(text)) return ['journal-export'];
  if (OTLP.test(text)) return ['otlp'];
  const store = storeOf(head);
  if (store !== null) return [store];
  const full = firstLines(text);
  if (full.length === 0) return NONE;
  const nearlyAll = (test: (line: string) => boolean): boolean => {
    let not = 0;
    for (const line of full) if (!test(line) && ++not * 10 > full.length) return false;
    return true;
  };
  if (text.startsWith('{')) {
    if (nearlyAll((l) => l.startsWith('{"log":"') || l.startsWith('{"log": "'))) return ['docker'];
    if (nearlyAll((l) => l.startsWith('{') && JOURNAL_KEY.test(l))) return ['journal-json'];
    if (nearlyAll((l) => STERN_JSON.test(l) || (l.startsWith('{"message":"') && l.includes('","podName":"')))) return ['stern-json'];
    return NONE;
  }
  if (nearlyAll((l) => CRI.test(l))) return ['cri'];
  if (nearlyAll((l) => KUBECTL_PREFIX.test(l))) return ['kubectl'];
  if (areStamped(full)) return ['kubectl'];
  if (nearlyAll((l) => COMPOSE.test(l))) return areStamped(full.map((l) => l.replace(COMPOSE, ''))) ? ['compose-timestamps'] : ['compose'];
  if (nearlyAll((l) => JOURNAL.test(l))) return ['journal'];
  if (nearlyAll((l) => STERN.test(l))) return areStamped(full.map((l) => l.replace(STERN, ''))) ? ['stern-timestamps'] : ['stern'];
  return NONE;
}

/** The kubelet writes RFC 3339 with nanoseconds, trailing zeros trimmed: nine digits in nine of ten lines. Programs' own stamps are shorter. */
function areStamped(lines: readonly string[]): boolean {
  const stamped = lines.map((l) => KUBECTL_TIME.exec(l)).filter((m) => m !== null);
  const fine = stamped.filter((m) => (m[1] ?? '').length >= 7).length;
  return stamped.length * 10 >= lines.length * 9 && fine * 10 >= stamped.length * 7;
}

/** Lines that are not empty, without their ends; what follows the last line end may be cut and is left out. */
function firstLines(text: string): string[] {
  const out: string[] = [];
  let start = 0;
  for (let end = text.indexOf('\n'); out.length < WRAPPED_LINES; end = text.indexOf('\n', start)) {
    const stop = end < 0 ? text.length : end;
    if (end < 0 && start > 0) break;
    const line = text.slice(start, stop > start && text.charCodeAt(stop - 1) === CR ? stop - 1 : stop);
    if (line !== '') out.push(line);
    if (end < 0) break;
    start = end + 1;
  }
  return out;
}
