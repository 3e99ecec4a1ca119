/** What must not leave the machine, found in running text. Every expression is linear: no nested repetition. */

export interface Pattern {
  /** Name of the pseudonym: `<token-1>`. */
  readonly name: string;
  readonly expression: RegExp;
  /** The part of a match that is secret; the whole of it unless told. */
  readonly secret?: (match: RegExpMatchArray) => string | null;
}

const second = (m: RegExpMatchArray): string | null => m[2] ?? null;

export const PATTERNS: readonly Pattern[] = [
  { name: 'token', expression: /-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\n]{0,8000}/g },
  { name: 'token', expression: /\b(Bearer|Basic) ([A-Za-z0-9._~+/=-]{8,})/gi, secret: second },
  { name: 'token', expression: /\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*)?/g },
  {
    name: 'token',
    expression:
      /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bxox[abprs]-[A-Za-z0-9-]{10,}|\bsk-[A-Za-z0-9_-]{20,}|\bglpat-[A-Za-z0-9_-]{16,}/g,
  },
  {
    name: 'token',
    // token=…, "password": "…", api_key: …; a name may carry a prefix (DB_PASSWORD)
    expression:
      /((?:token|secret|passwd|password|pwd|api[_-]?key|access[_-]?key|authorization|cookie|session[_-]?id)\\?["']?\s{0,3}[:=]\s{0,3}\\?["']?)(?!Bearer |Basic )([^\s"'\\,;&}<]{3,})/gi,
    secret: second,
  },
  { name: 'token', expression: /(:\/\/[^\s/:@"']{0,100}:)([^\s/@"']{1,200})@/g, secret: second },
  { name: 'email', expression: /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}/g },
  { name: 'user', expression: /((?:\/home\/|\/Users\/|[A-Za-z]:\\{1,2}Users\\{1,2}))([^/\\\s:"']{1,64})/g, secret: second },
  { name: 'ip', expression: /(?<![\d.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\d.]*\d)/g, secret: (m) => (isLocal(m[0]) ? null : m[0]) },
  { name: 'ip', expression: /(?<![0-9A-Za-z:.])[0-9a-fA-F:]{2,39}(?![0-9A-Za-z:])/g, secret: (m) => (isIPv6(m[0]) ? m[0] : null) },
];

/** Says nothing about anybody: loopback and "any". */
const isLocal = (ip: string): boolean => ip.startsWith('127.') || ip === '0.0.0.0' || ip === '255.255.255.255';

/** Eight groups, or fewer around one "::"; clock times and ratios are neither. */
function isIPv6(text: string): boolean {
  if (text === '::' || text === '::1') return false;
  const halves = text.split('::');
  if (halves.length > 2) return false;
  const groups = halves.flatMap((h) => (h === '' ? [] : h.split(':')));
  if (!groups.every((g) => /^[0-9a-fA-F]{1,4}$/.test(g))) return false;
  return halves.length === 2 ? groups.length <= 7 && groups.length >= 2 : groups.length === 8;
}

/** Labels as Prometheus writes them, and the names under which Kubernetes and loggers put the same values. */
const SELECTOR_LABEL = /[{,]\s{0,2}([A-Za-z_][A-Za-z0-9_]{0,60})\s{0,2}=~?\s{0,2}\\?"([^"\\]{1,200})\\?"/g;
const NAMED_LABEL =
  /\\?"?\b(pod|pod_name|namespace|node|nodeName|instance|container|service|job|host|hostname|cluster|tenant|customer|account|app|deployment|exported_instance)\\?"?\s{0,2}[:=]\s{0,2}\\?"?([A-Za-z0-9][A-Za-z0-9_.:-]{0,200})/g;

/** Values that are vocabulary, not names. */
const VOCABULARY = new Set(
  'true false none critical warning info error debug page ticket firing resolved pending get post put patch delete head options inf nan null active inactive running ready default kube-system'.split(
    ' ',
  ),
);
const LABELS_KEPT = new Set([
  'alertname',
  'severity',
  'le',
  'quantile',
  'code',
  'status',
  'status_code',
  'method',
  'le_bucket',
  'phase',
  'reason',
  'condition',
  '__name__',
  'alertstate',
  'level',
]);
/** Labels that name a service: what it is called is what a report is about, and where it runs is not said by it. */
const SERVICE_LABELS = new Set(['service', 'app', 'container', 'job', 'deployment']);

/** A run of what paths and symbols are written with. */
const RUN = /[A-Za-z0-9_@~./()*-]{3,2000}/g;
/** A package before its type or exported name: `inventory.(*Client)`, `ledger.Post`. */
const PACKAGE = /(?:^|[/(])([a-z][a-z0-9_]{0,40})\.(?:\(\*|[A-Z][A-Za-z0-9])/;

/** Words of Go code in one run: the path of a source file, or a package path with its symbol. */
function codeWords(run: string): string[] {
  const at = PACKAGE.exec(run);
  if (at !== null) return run.slice(0, at.index + at[0].indexOf('.')).split(/[/.(]/);
  const file = run.indexOf('.go');
  return file > 0 && !/[A-Za-z0-9_]/.test(run.charAt(file + 3)) ? run.slice(0, file).split(/[/.]/) : [];
}

/** Words that a reader of the report needs: without them neither the code nor the service can be told. */
export function neededWords(text: string): string[] {
  const words: string[] = [];
  for (const [run] of text.matchAll(RUN)) words.push(...codeWords(run));
  for (const [label, value] of labels(text)) if (SERVICE_LABELS.has(label)) words.push(value);
  return words;
}

const isName = (value: string): boolean => value.length >= 3 && /[A-Za-z]/.test(value) && !VOCABULARY.has(value.toLowerCase()) && !/^[\d.]+[a-z]{0,3}$/i.test(value);

function* labels(text: string): Generator<[string, string]> {
  for (const expression of [SELECTOR_LABEL, NAMED_LABEL]) for (const m of text.matchAll(expression)) yield [m[1] as string, m[2] as string];
}

/** Label values a text shows, in order. */
export function labelValues(text: string): string[] {
  const values: string[] = [];
  for (const [label, value] of labels(text)) if (!LABELS_KEPT.has(label) && !SERVICE_LABELS.has(label) && isName(value)) values.push(value);
  return values;
}
