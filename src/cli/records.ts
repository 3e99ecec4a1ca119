/**
 * One record a command: help, completion and docs/cli.md are made from it, and the flags are parsed by it.
 * Nothing heavy is imported here: `run` is loaded when the command is.
 */
import type { Console } from './console.ts';
import type { ExitCode } from './exit-codes.ts';

export interface FlagRecord {
  /** As typed, without the dashes. */
  readonly name: string;
  /** One letter, typed with one dash. */
  readonly short?: string;
  readonly type: 'switch' | 'text' | 'count' | 'choice';
  readonly values?: readonly string[];
  readonly placeholder?: string;
  readonly says: string;
  /** May be given several times. */
  readonly repeats?: boolean;
  /** A switch that can be turned off: --no-<name>. */
  readonly negates?: boolean;
  /** A second spelling, kept out of help. */
  readonly hidden?: boolean;
}

export type FlagValues = Readonly<Record<string, boolean | number | string | readonly string[] | undefined>>;
export type Run = (console: Console, flags: FlagValues, args: readonly string[]) => Promise<ExitCode>;

export interface CommandRecord {
  /** As typed; the words of a group's command are separated by a space: `logs grep`. */
  readonly name: string;
  readonly says: string;
  readonly more: string;
  readonly args?: { readonly placeholder: string; readonly says: string; readonly values?: readonly string[]; readonly files?: boolean };
  readonly flags: readonly FlagRecord[];
  readonly examples: readonly { readonly command: string; readonly says: string }[];
  readonly exits: readonly ExitCode[];
  readonly load: () => Promise<{ readonly run: Run }>;
}

/** Commands that are named by a noun and a verb: what the noun stands for. */
export const GROUPS: Readonly<Record<string, string>> = {
  goroutines: 'goroutine dumps in all forms: what they do, what changed, what leaks, who waits for whom',
  logs: 'any Go log of any size: search, traces across services, timelines, patterns',
  trace: 'Go execution traces: where the time went, who waited for whom',
  profile: 'pprof profiles: where it goes, what it is spent on, what changed',
};

/** The command that the words begin with. */
export const recordOf = (words: readonly string[]): CommandRecord | undefined =>
  COMMANDS.find((c) => {
    const name = c.name.split(' ');
    return name.every((word, i) => words[i] === word);
  });

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
const VERDICTS = ['confirmed', 'supported', 'associated', 'unproven'] as const;

const COLOUR: readonly FlagRecord[] = [
  { name: 'colour', type: 'switch', negates: true, says: 'colour, or --no-colour (else by NO_COLOR, FORCE_COLOR and the terminal)' },
  { name: 'color', type: 'switch', negates: true, says: 'colour', hidden: true },
];

const FORMAT_FILE: FlagRecord = {
  name: 'format-file',
  type: 'text',
  placeholder: 'file.json',
  says: 'a log format of your own (docs/log-formats.md); also read from $XDG_CONFIG_HOME/gorca/log-formats/*.json',
  repeats: true,
};

const OUTPUT: readonly FlagRecord[] = [
  { name: 'json', type: 'switch', says: 'the whole report as one JSON document (docs/report.schema.json)' },
  { name: 'markdown', type: 'switch', says: 'the report for an issue or a post-mortem' },
  { name: 'evidence', type: 'count', placeholder: 'n', says: 'the raw bytes of place [n] and what stands around them; with --json every byte, as text or base64' },
  { name: 'why-not', type: 'text', placeholder: 'mechanism', says: 'why this mechanism is not named, and what would have to be seen' },
  { name: 'redact', type: 'switch', says: 'without tokens, e-mail, IP addresses, home folders and label values but names of services and code; joins are kept' },
  { name: 'fail-on', type: 'choice', values: VERDICTS, placeholder: 'verdict', says: 'exit 1 when the first cause has this verdict or a stronger one' },
  ...COLOUR,
];

const TRACE_ARGS = {
  placeholder: 'files',
  says: "execution traces (trace.Start, /debug/pprof/trace, flight recorder), also in folders and archives, '-' for standard input",
  files: true,
};
const TRACE_FLAGS: readonly FlagRecord[] = [
  { name: 'first', type: 'count', placeholder: 'n', says: 'so many rows of each list (15)' },
  { name: 'json', type: 'switch', says: 'all of it as one JSON document (gorca.execution-trace/1), times in nanoseconds' },
  { name: 'chrome', type: 'text', placeholder: 'file.json', says: 'also write the trace for Perfetto (ui.perfetto.dev): processors, goroutines, who woke whom, heap, tasks' },
  ...COLOUR,
];

/** Where lines are taken from that lie in a store. */
const STORE_FLAGS: readonly FlagRecord[] = [
  { name: 'loki', type: 'text', placeholder: 'url', says: 'lines that lie in this Loki: http://127.0.0.1:3100, with the prefix of a proxy' },
  { name: 'victorialogs', type: 'text', placeholder: 'url', says: 'rows that lie in this VictoriaLogs: http://127.0.0.1:9428; of a cluster a select node' },
  { name: 'limit', type: 'count', placeholder: 'n', says: 'lines at most from each store, the earliest (50000)' },
  { name: 'tenant', type: 'text', placeholder: 'id', says: 'tenant: X-Scope-OrgID of Loki, ACCOUNT:PROJECT of VictoriaLogs' },
  { name: 'token-env', type: 'text', placeholder: 'name', says: 'the variable that holds a bearer token; it is written nowhere' },
  { name: 'header', type: 'text', placeholder: 'name: value', says: 'a header for the store; it is written nowhere', repeats: true },
  { name: 'ca', type: 'text', placeholder: 'file', says: 'certificate of the authority that signed that of the store (PEM)' },
  { name: 'timeout', type: 'count', placeholder: 'seconds', says: 'wait so long for each answer (60)' },
];

/** Which samples of a profile count. */
const SAMPLES: readonly FlagRecord[] = [
  { name: 'sample-type', type: 'text', placeholder: 'type', says: 'cpu, samples, inuse_space, alloc_objects, delay … (what the profile shows first)' },
  { name: 'focus', type: 'text', placeholder: 'expression', says: 'samples with a function, file or binary like this only (a regular expression, linear in time)' },
  { name: 'ignore', type: 'text', placeholder: 'expression', says: 'without samples that have one like this' },
  { name: 'label', type: 'text', placeholder: 'key=expression', says: 'samples with a label whose value is like this only' },
];
const ROWS: FlagRecord = { name: 'rows', short: 'n', type: 'count', placeholder: 'n', says: 'so many rows' };
const BY: FlagRecord = { name: 'by', type: 'text', placeholder: 'what', says: 'function, file, package, line or label:KEY (function)' };
const JSON_VIEW = (schema: string): FlagRecord => ({ name: 'json', type: 'switch', says: `as one JSON document (${schema})` });
const PROFILES = { placeholder: 'files', says: "profiles as they were taken, compressed or not, also as text (debug=1); '-' for standard input", files: true } as const;

/** What asks stores is loaded only then. */
export const namesStore = (flags: FlagValues): boolean => typeof flags['loki'] === 'string' || typeof flags['victorialogs'] === 'string';

export const COMMANDS: readonly CommandRecord[] = [
  {
    name: 'investigate',
    says: 'what brought the incident about, from the files at hand',
    more: 'Reads alerts, metrics, Kubernetes objects and events, logs, goroutine dumps, profiles and Go source, whatever of them there is, and prints ranked causes with the chain from root to symptom. Every [n] is a place in the raw input. What cannot be proven is said, with the command that would show it. Only the log stores that are named are asked; nothing else is sent anywhere, and nothing is changed.',
    args: { placeholder: 'inputs', says: "files, folders, .zip, .tar, .tar.gz, .gz, .zst, '-' for standard input", files: true },
    flags: [
      ...OUTPUT,
      { name: 'explain', type: 'text', placeholder: 'id', says: 'what a condition, mechanism, verdict or problem code means and how it is decided (needs no input)' },
      { name: 'scope', type: 'text', placeholder: 'name', says: 'harm to this service, pod, workload or namespace only; causes are sought everywhere', repeats: true },
      { name: 'at', type: 'text', placeholder: 'time', says: 'harm that was there at this time only' },
      { name: 'since', type: 'text', placeholder: 'time', says: 'harm from this time on' },
      { name: 'until', type: 'text', placeholder: 'time', says: 'harm up to this time' },
      { name: 'baseline', type: 'text', placeholder: 'from/to', says: 'a stretch of time in which all was well: growth is measured from there' },
      { name: 'service', type: 'text', placeholder: 'name', says: 'of a log store, the lines of this service only' },
      ...STORE_FLAGS,
      { name: 'same', type: 'text', placeholder: 'a=b', says: 'two names are one thing, e.g. service:orders=workload:shop/deployment/orders', repeats: true },
      FORMAT_FILE,
    ],
    examples: [
      { command: 'gorca investigate ./incident/', says: 'any pile of files' },
      { command: 'gorca investigate alert.json dump.txt heap.pb.gz', says: 'a few of them' },
      { command: 'kubectl logs -p orders-7d9f | gorca investigate -', says: 'standard input' },
      { command: 'gorca investigate ./incident/ --evidence 3', says: 'the raw bytes behind [3]' },
      {
        command: 'gorca investigate ./incident/ --loki http://127.0.0.1:3100',
        says: 'with the logs of the last hour from where they lie',
      },
      { command: 'gorca investigate ./incident/ --redact --markdown > issue.md', says: 'to show to others' },
    ],
    exits: [0, 1, 2, 3, 4, 130],
    load: () => import('./investigate.ts'),
  },
  {
    name: 'demo',
    says: 'the same on a real recorded incident that comes with gorca',
    more: 'A rollout of a Go service shortened a deadline; recorded from a real cluster under load, with its alerts, metrics, logs, dumps and profiles.',
    flags: OUTPUT,
    examples: [
      { command: 'gorca demo', says: 'the report' },
      { command: 'gorca demo --evidence 1', says: 'what its first place points at' },
    ],
    exits: [0, 1, 2],
    load: () => import('./demo.ts'),
  },
  {
    name: 'collect',
    says: 'logs that lie in Loki or VictoriaLogs, or the profiles, dumps and trace of a running process, as a bundle',
    more: 'From a log store: The query runs in the store, page by page, and only its slice comes back: for each source of lines a file, and a manifest with the queries and their addresses. What the store cut, no longer keeps or answered only in part is listed as a gap. An id is looked for where it costs least first: labels or fields, structured metadata, then the text of lines around what was found. From a process with net/http/pprof (--pprof): heap and goroutines as a series, CPU profile and execution trace of one window, the rest once; what each costs the service is said before it is taken, and what failed is a gap. Reads only. Ctrl-C keeps what had come.',
    flags: [
      ...STORE_FLAGS.slice(0, 2),
      {
        name: 'pprof',
        type: 'text',
        placeholder: 'url',
        says: 'the debug server of a Go process: http://127.0.0.1:6060, with a prefix before /debug/pprof/ if there is one; or pod/NAME[:PORT], reached with kubectl port-forward',
      },
      { name: 'output', short: 'o', type: 'text', placeholder: 'folder', says: 'a new folder for the bundle' },
      { name: 'trace', type: 'text', placeholder: 'id', says: 'lines of this trace or request' },
      { name: 'service', type: 'text', placeholder: 'name', says: 'lines of this service' },
      { name: 'level', type: 'text', placeholder: 'level', says: 'this level and above (debug, info, warn, error, fatal); lines whose level the store does not know come, too' },
      { name: 'text', type: 'text', placeholder: 'text', says: 'lines that hold this text' },
      { name: 'query', type: 'text', placeholder: 'query', says: "in the store's own language, LogQL or LogsQL, instead of the four above" },
      { name: 'since', type: 'text', placeholder: 'time', says: 'from this time on, or so long before the end: 30m, 6h, 2d (1h)' },
      { name: 'until', type: 'text', placeholder: 'time', says: 'up to this time (now)' },
      { name: 'dry-run', type: 'switch', says: '--pprof: only look at what is there and say what each capture would cost' },
      { name: 'namespace', short: 'n', type: 'text', placeholder: 'name', says: '--pprof pod/NAME: its namespace (default)' },
      { name: 'context', type: 'text', placeholder: 'name', says: '--pprof pod/NAME: context of the kubeconfig' },
      { name: 'container', short: 'c', type: 'text', placeholder: 'name', says: '--pprof pod/NAME: whose port it is (else the only container, or the one that declares the port)' },
      { name: 'seconds', type: 'count', placeholder: 'n', says: '--pprof: of CPU profile and trace, taken at the same time (5)' },
      { name: 'rounds', type: 'count', placeholder: 'n', says: '--pprof: of heap and goroutines (3)' },
      { name: 'every', type: 'count', placeholder: 'seconds', says: '--pprof: from one round to the next (10)' },
      { name: 'gc', type: 'switch', says: '--pprof: force a garbage collection before each heap profile' },
      {
        name: 'max-dump-goroutines',
        type: 'count',
        placeholder: 'n',
        says: '--pprof: no goroutine?debug=2 where there are more, for it stops the world while it is written (10000)',
      },
      { name: 'metrics', type: 'text', placeholder: 'url', says: '--pprof: path or address of its metrics (/metrics)' },
      ...STORE_FLAGS.slice(2),
    ],
    examples: [
      { command: 'gorca collect --loki http://127.0.0.1:3100 --trace 4bf92f3577b34da6a3ce929d0e0e4736 -o slice', says: 'one request across all services' },
      { command: 'gorca collect --victorialogs http://127.0.0.1:9428 --service orders --level warn --since 6h -o slice', says: 'one service' },
      {
        command: 'gorca collect --loki https://logs.example.com --tenant shop --token-env LOKI_TOKEN --query \'{app="orders"} |= "timeout"\' -o slice',
        says: 'a query of your own',
      },
      { command: 'gorca collect --pprof http://127.0.0.1:6060 --dry-run', says: 'what a running process offers, and what taking it would cost' },
      { command: 'gorca collect --pprof pod/orders-7d9f8b6c5d-x2x1z:6060 -n shop -o slice', says: 'a pod, through kubectl port-forward' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./collect.ts'),
  },
  {
    name: 'prove',
    says: 'a program before and after a change, run in turn in a sandbox, with the statistics it takes',
    more: 'Builds a small Go program (standard library or vendor only) as it is and as changed, runs both in turn without a network, and reads one measured number from each run: a printed line {"metric":"name","value":N}. "Gone" is said only after as many clean runs as the rate before asks for (one-sided, 95 %). With inputs the proof stands beside the verdict of their cause. Linux with bubblewrap; elsewhere nothing is run and the command is printed.',
    args: { placeholder: 'inputs', says: 'the incident the experiment is about; none: the experiment alone', files: true },
    flags: [
      { name: 'before', type: 'text', placeholder: 'folder', says: 'the program as it is: a Go main package with its go.mod' },
      { name: 'after', type: 'text', placeholder: 'folder', says: 'the program as changed' },
      { name: 'patch', type: 'text', placeholder: 'file', says: 'the change as a diff against --before, instead of --after' },
      { name: 'measure', type: 'text', placeholder: 'name', says: 'the metric to read (else the first one printed)' },
      { name: 'harmful-above', type: 'text', placeholder: 'number', says: 'a run is harmful when its value is greater than this (0)' },
      { name: 'runs', type: 'count', placeholder: 'n', says: 'runs before the change that establish its rate (10)' },
      { name: 'mechanism', type: 'text', placeholder: 'id', says: 'the cause the proof is about (else the first)' },
      ...OUTPUT,
    ],
    examples: [
      { command: 'gorca prove --before . --patch fix.patch --measure leaked_goroutines', says: 'does the fix stop the leak?' },
      { command: 'gorca prove ./incident/ --before before/ --after after/', says: 'the same, beside the verdict of the incident' },
    ],
    exits: [0, 1, 2, 3, 4, 130],
    load: () => import('./prove.ts'),
  },
  {
    name: 'logs grep',
    says: 'records that match a query, in any Go log of any size',
    more: 'A query names fields: level>=warn service=orders msg~"reserve.*timeout" trace_id=4bf9… since=14:02 dur>250ms not user=health "some text". What stands side by side must all hold; or, not and parentheses as everywhere. A field is looked for as a field: level=error never matches a message that says "level=error" or a field my_level, in JSON, logfmt and console logs alike. level, msg, time, service, trace_id, span_id, request_id, dur, error, status, method, route, pod, caller and logger stand for what the logger calls them. Operators: = != ~ !~ (a regular expression, linear in time) > >= < <=, and field=* for "is there". since and until take a time of day or RFC 3339.',
    args: { placeholder: 'query files', says: "the query, then files, folders, archives or '-' for standard input", files: true },
    flags: [
      { name: 'count', short: 'c', type: 'switch', says: 'only how many records match' },
      { name: 'only', short: 'o', type: 'text', placeholder: 'field', says: 'only the value of this field, a line each' },
      { name: 'fields', type: 'text', placeholder: 'a,b', says: 'these fields of each record, separated by tabs; with --json as members' },
      { name: 'context', short: 'C', type: 'count', placeholder: 'n', says: 'so many lines before and after each record' },
      { name: 'first', type: 'count', placeholder: 'n', says: 'stop after so many records' },
      {
        name: 'order',
        type: 'choice',
        values: ['time', 'file'],
        placeholder: 'order',
        says: 'by time over all files, or as they stand (one file: as it stands; several: by time)',
      },
      { name: 'with-filename', type: 'switch', says: 'the file and offset of each record before it' },
      { name: 'raw', type: 'switch', says: 'on a terminal too, the lines as they stand in the file (controls spelled out)' },
      { name: 'json', type: 'switch', says: 'one JSON object a record: file, offset, length, time, level, service, message, fields, raw' },
      { name: 'stats', type: 'switch', says: 'on standard error, what was looked at' },
      { name: 'index', type: 'switch', negates: true, says: 'use an index where one is there (gorca logs index), or --no-index' },
      { name: 'follow', short: 'f', type: 'switch', says: 'go on as the files grow; rotation and truncation are said' },
      FORMAT_FILE,
      ...COLOUR,
    ],
    examples: [
      { command: "gorca logs grep 'level=error' app.log", says: 'errors, whatever the logger calls them' },
      { command: "gorca logs grep 'trace_id=4bf92f3577b34da6a3ce929d0e0e4736' logs/", says: 'one request over all services, by time' },
      { command: "gorca logs grep -c 'level>=warn not service=health' app.log", says: 'how many' },
      { command: 'gorca logs grep -o user \'msg~"denied$" since=14:02\' app.log', says: 'whom it met' },
      { command: "kubectl logs deploy/orders | gorca logs grep 'dur>250ms' -", says: 'standard input' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./logs/grep.ts'),
  },
  {
    name: 'logs index',
    says: 'an index of a large log, so that later queries read only what they must',
    more: 'Keeps for every megabyte of the log its first and last time, its levels, where warnings and errors stand, and which ids occur, in the cache folder of the user, never beside the log: under 1 % of its size. logs grep then reads only the blocks that may hold a match: one trace id, one minute or one level of ten gigabytes in a moment. Made anew for the blocks that changed; a log that changed is searched without its index until then.',
    args: { placeholder: 'files', says: 'plain files', files: true },
    flags: [
      { name: 'json', type: 'switch', says: 'one JSON object a file' },
      { name: 'remove', type: 'switch', says: 'forget the index of these files' },
    ],
    examples: [
      { command: 'gorca logs index app.log', says: 'make it, or bring it up to date' },
      { command: 'gorca logs index --remove app.log', says: 'forget it' },
    ],
    exits: [0, 2, 3, 130],
    load: () => import('./logs/index-command.ts'),
  },
  {
    name: 'logs trace',
    says: 'one request across services, on one clock although their clocks differ',
    more: 'Finds every record of a trace id in logs of any Go logger and puts them together: who called whom (by span ids where they are logged, else by the calls that name a service, else inferred, and said so), a time axis, what was waited for, where nothing is logged, the errors. How far apart the clocks are is estimated from all requests and answers in the input; the printed time, the corrected time and what it may be off by stand side by side, and nothing is rewritten. A W3C traceparent is taken as well as its trace id; ids of any other form are taken as they are.',
    args: { placeholder: 'trace-id inputs', says: "the id, then files, folders, archives, '-' for standard input", files: true },
    flags: [
      { name: 'json', type: 'switch', says: 'the tree as one JSON document (gorca.trace/1)' },
      { name: 'raw', type: 'switch', says: 'times as printed: do not compare clocks' },
      { name: 'all', type: 'switch', says: 'every record, not only the first sixty' },
      ...STORE_FLAGS,
      { name: 'since', type: 'text', placeholder: 'time', says: 'of a log store: from this time on, or so long before the end: 30m, 6h, 2d (1h)' },
      { name: 'until', type: 'text', placeholder: 'time', says: 'of a log store: up to this time (now)' },
      FORMAT_FILE,
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca logs trace 4bf92f3577b34da6a3ce929d0e0e4736 ./logs/', says: 'a request, through every service that logged it' },
      { command: 'gorca logs trace 4bf92f3577b34da6a3ce929d0e0e4736 --loki http://127.0.0.1:3100 --since 6h', says: 'from where the logs lie' },
      { command: 'gorca logs trace abc123-def456 a.log b.log --json', says: 'an id of another form, for a program' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./logs/trace.ts'),
  },
  {
    name: 'logs timeline',
    says: 'what all services logged, when, in one order',
    more: 'Counts records by service and level in columns of time, and lists them in one order although clocks differ: their offsets are estimated as by gorca logs trace. Printed and corrected time stand side by side. Where two records of different clocks are closer than their clocks allow to tell (whole seconds, an uncertain offset) their order is marked as unknown. Files are read twice and never held in memory.',
    args: { placeholder: 'inputs', says: "files, folders, archives, '-' for standard input", files: true },
    flags: [
      { name: 'since', type: 'text', placeholder: 'time', says: 'from this time on, in corrected time' },
      { name: 'until', type: 'text', placeholder: 'time', says: 'up to this time' },
      { name: 'level', type: 'choice', values: LEVELS, placeholder: 'level', says: 'records of this level and graver' },
      { name: 'first', type: 'count', placeholder: 'n', says: 'so many records (40)' },
      { name: 'all', type: 'switch', says: 'every record, as they come' },
      { name: 'raw', type: 'switch', says: 'times as printed: do not compare clocks' },
      { name: 'json', type: 'switch', says: 'one JSON document (gorca.timeline/1)' },
      FORMAT_FILE,
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca logs timeline ./logs/', says: 'an overview and the first records' },
      { command: 'gorca logs timeline ./logs/ --level warn --since 2026-11-24T03:22:00Z --all', says: 'what went wrong, in order' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./logs/timeline.ts'),
  },
  {
    name: 'logs patterns',
    says: 'what kinds of records a log holds, and which are new, gone or surging between two windows',
    more: 'Counts records by their text without what varies (numbers, ids, addresses, durations), of any Go logger and of any size in fixed memory. Known errors are never joined: "context canceled" and "context deadline exceeded" are two patterns, and each names its id for gorca explain. A crash is what was said and the frames of your own code. Counts sum to the number of records; what was sampled away is said, and counts are lower bounds then.',
    args: { placeholder: 'files', says: "files, folders, archives or '-' for standard input", files: true },
    flags: [
      { name: 'first', type: 'count', placeholder: 'n', says: 'so many patterns (30; with --json all)' },
      { name: 'query', type: 'text', placeholder: 'query', says: 'only records that match, in the language of gorca logs grep' },
      { name: 'window', type: 'text', placeholder: 'from/to', says: 'what is new, gone or surging in this stretch of time …' },
      { name: 'against', type: 'text', placeholder: 'from/to', says: '… against this one' },
      { name: 'json', type: 'switch', says: 'as one JSON document (gorca.patterns/1)' },
      FORMAT_FILE,
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca logs patterns app.log', says: 'the thirty most frequent' },
      { command: "gorca logs patterns --query 'level>=error' logs/", says: 'of errors alone' },
      { command: 'gorca logs patterns --window 2026-11-24T14:00Z/2026-11-24T14:10Z --against 2026-11-24T13:00Z/2026-11-24T14:00Z app.log', says: 'what changed' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./logs/patterns.ts'),
  },
  {
    name: 'logs stats',
    says: 'levels, services, rates, formats, and what speaks against trusting a log: sampling, gaps, cuts',
    more: 'Counts a log of any size in fixed memory: levels and services over time, formats, bursts; whether it is sampled (the cadence of zap and slog-sampling), where a service is silent while others go on, clocks that step back or print whole seconds, keys that stand twice, signs of rotation and truncation. Every byte is in exactly one record, in one rejected span, or between them, and the totals are printed.',
    args: { placeholder: 'files', says: "files, folders, archives or '-' for standard input", files: true },
    flags: [{ name: 'json', type: 'switch', says: 'as one JSON document (gorca.log-stats/1)' }, FORMAT_FILE, ...COLOUR],
    examples: [
      { command: 'gorca logs stats app.log', says: 'one log' },
      { command: 'kubectl logs deploy/orders | gorca logs stats -', says: 'standard input' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./logs/stats.ts'),
  },
  {
    name: 'goroutines summary',
    says: 'what the goroutines of a dump do: alike ones together, with where they wait, what for and who started them',
    more: 'Takes every form a dump has: debug=2, debug=1, the protobuf profile, runtime.Stack, SIGQUIT and crash text in any log, of Go 1.11 to 1.27; several dumps in one file, too. Goroutines are alike that have the same stack (recursion of any depth is one) and wait for the same; --by makes the line, the creator or the wait reason alone decide. Wait minutes are lower bounds: the runtime counts from the first collection after parking. A dump of 1,000,000 goroutines is read in fixed memory beside its columns.',
    args: { placeholder: 'dumps', says: "files, folders, archives or '-' for standard input", files: true },
    flags: [
      { name: 'by', type: 'choice', values: ['stack', 'line', 'creator', 'wait'], placeholder: 'likeness', says: 'what makes goroutines alike (stack)' },
      { name: 'first', type: 'count', placeholder: 'n', says: 'only the so many largest groups (20; with --json all)' },
      { name: 'stacks', type: 'switch', says: 'whole stacks' },
      { name: 'tree', type: 'switch', says: 'who started whom instead, from main downwards (whole since Go 1.21, which prints the starter’s id)' },
      { name: 'system', type: 'switch', says: 'the goroutines of the runtime itself, too' },
      { name: 'json', type: 'switch', says: 'as one JSON document (gorca.goroutines/1)' },
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca goroutines summary goroutines.txt', says: 'one dump' },
      { command: "curl -s 'http://HOST:PORT/debug/pprof/goroutine?debug=2' | gorca goroutines summary -", says: 'of a running service' },
      { command: 'gorca goroutines summary --by creator --first 5 crash.log', says: 'who started them' },
      { command: 'gorca goroutines summary --tree goroutines.txt', says: 'and who started those' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./goroutines/summary.ts'),
  },
  {
    name: 'goroutines diff',
    says: 'dumps beside each other: what came, what went, and whether the same ones still stand there',
    more: 'Two dumps or more, in files in the order given, in a folder by their times or names, or in one file. Alike ones are counted in each; goroutine ids, which a process never uses twice, say how many of the first dump are still there in the last. Forms may differ: then lines are compared instead of stacks.',
    args: { placeholder: 'dumps', says: "files, folders, archives or '-' for standard input", files: true },
    flags: [
      { name: 'by', type: 'choice', values: ['stack', 'line', 'creator', 'wait'], placeholder: 'likeness', says: 'what makes goroutines alike (stack)' },
      { name: 'first', type: 'count', placeholder: 'n', says: 'only the so many largest changes (20; with --json all)' },
      { name: 'stacks', type: 'switch', says: 'whole stacks' },
      { name: 'json', type: 'switch', says: 'as one JSON document (gorca.goroutine-diff/1)' },
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca goroutines diff before.txt after.txt', says: 'two dumps' },
      { command: 'gorca goroutines diff --by creator dumps/', says: 'a series' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./goroutines/diff.ts'),
  },
  {
    name: 'goroutines leaks',
    says: 'what piles up in a series of dumps, who started it, and who waits for whom: circles, queues, locks that nobody gives back',
    more: 'Dumps of one process, a minute apart: two show growth (weak), three a trend, and ids whether the same goroutines stay. Tags and profiles of the leak detecting collector (Go 1.26 and later) count as its own word. Who waits for which lock is printed by the runtime; who holds it is inferred from frames, addresses and, where Go source is given too, from the source, and said to be. From where on something is said to pile up is printed below and set by the flags.',
    args: { placeholder: 'dumps source', says: "dumps of one process in any form, and its Go source: files, folders, archives or '-'", files: true },
    flags: [
      { name: 'least', type: 'count', placeholder: 'n', says: 'so many more goroutines at least (10; twice as many where there are no ids)' },
      { name: 'per-minute', type: 'count', placeholder: 'n', says: 'so many more a minute at least, where the dumps have times (any)' },
      { name: 'stay', type: 'count', placeholder: 'percent', says: 'so many of them are still there in the next dump (80)' },
      { name: 'crowd', type: 'count', placeholder: 'n', says: 'in a single dump, so many at one place at least (50)' },
      { name: 'share', type: 'count', placeholder: 'percent', says: 'in a single dump, so large a share of all (50)' },
      { name: 'minutes', type: 'count', placeholder: 'n', says: 'in a single dump, waiting for so many minutes (2)' },
      { name: 'stacks', type: 'switch', says: 'whole stacks' },
      { name: 'json', type: 'switch', says: 'as one JSON document (gorca.goroutine-leaks/1)' },
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca goroutines leaks goroutines-1.txt goroutines-2.txt goroutines-3.txt', says: 'a series' },
      { command: 'gorca goroutines leaks --per-minute 60 dumps/ ./src/', says: 'with the source, and only what grows fast' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./goroutines/leaks.ts'),
  },
  {
    name: 'trace summary',
    says: 'what an execution trace says, on one page',
    more: 'Reads traces of any size in fixed memory: where every nanosecond of every processor went (the rows add up), what goroutines waited for and who ended it, how long they waited for a processor, pauses and who asked for them, assists and who pays, heap and goal, tasks and regions. Time before the first status of a goroutine or processor is given as such, never as idle. Of a trace that is cut every complete generation is read, and how many bytes that is is said.',
    args: TRACE_ARGS,
    flags: TRACE_FLAGS,
    examples: [
      { command: 'gorca trace summary trace.out', says: 'where to look' },
      { command: "curl -s 'http://127.0.0.1:6060/debug/pprof/trace?seconds=5' | gorca trace summary -", says: 'of a service that runs' },
      { command: 'gorca trace summary trace.out --chrome trace.json', says: 'and to look at it in Perfetto' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./trace/summary.ts'),
  },
  {
    name: 'trace goroutine',
    says: 'goroutines by the function they start in, or one of them from begin to end',
    more: 'Without --id: how many of each were created and ended, who created them, what their time went into, and what those do that are left. With --id: every step of one goroutine, where it waited and which goroutine ended that.',
    args: TRACE_ARGS,
    flags: [{ name: 'id', type: 'count', placeholder: 'n', says: 'this goroutine' }, ...TRACE_FLAGS],
    examples: [
      { command: 'gorca trace goroutine trace.out', says: 'which there are' },
      { command: 'gorca trace goroutine trace.out --id 41', says: 'one of them' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./trace/goroutine.ts'),
  },
  {
    name: 'trace latency',
    says: 'how long goroutines waited for a processor',
    more: 'The time from runnable to running, by why they were runnable: percentiles (at most 3.2 % below the true ones), the longest with who woke them and what ran meanwhile, how often all processors were busy, and stretches in which the process got no processor time at all, as under a CPU quota.',
    args: TRACE_ARGS,
    flags: TRACE_FLAGS,
    examples: [{ command: 'gorca trace latency trace.out', says: 'is GOMAXPROCS too small, or the quota?' }],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./trace/latency.ts'),
  },
  {
    name: 'trace wakeups',
    says: 'who ended whose wait, and the critical path of a task',
    more: 'Pairs of stacks: where somebody waited, and where the one stood that ended it; and what that one itself waited for meanwhile, which tells a lock that is held across I/O. With --task or --goroutine: the critical path, what had to happen one after the other, over all goroutines, followed backwards from the end; its steps add up to the stretch.',
    args: TRACE_ARGS,
    flags: [
      { name: 'task', type: 'text', placeholder: 'id|type', says: 'the critical path of this task, or of the slowest of this type' },
      { name: 'goroutine', type: 'count', placeholder: 'n', says: 'the critical path that ends on this goroutine' },
      { name: 'stretch', type: 'text', placeholder: 'from/to', says: 'with --goroutine: this stretch, in milliseconds from the begin of the trace' },
      { name: 'all', type: 'switch', says: 'of a path every step, also the short ones' },
      ...TRACE_FLAGS,
    ],
    examples: [
      { command: 'gorca trace wakeups trace.out', says: 'who waits for whom' },
      { command: 'gorca trace wakeups trace.out --task checkout', says: 'what the slowest checkout waited for' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./trace/wakeups.ts'),
  },
  {
    name: 'trace blocking',
    says: 'what goroutines waited for, where, and who ended it',
    more: 'Waits by cause (locks, channels, network, system calls, sleep, collector) and stack, longest first, with the stack that ended most of them. Waits of the runtime itself and of code without a frame of the program are left out unless --all is given.',
    args: TRACE_ARGS,
    flags: [{ name: 'all', type: 'switch', says: "also the runtime's own goroutines, and stacks without a frame of the program" }, ...TRACE_FLAGS],
    examples: [{ command: 'gorca trace blocking trace.out', says: 'which lock, which call' }],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./trace/blocking.ts'),
  },
  {
    name: 'trace gc',
    says: 'pauses and who asked for them, assists and who pays, cycles, heap and goal',
    more: 'Every pause by its cause; those that whoever looked at the process brought about (goroutine profiles, stack dumps, the begin of the trace) are told apart from those of the program and of the collector. Time in assists by the call that allocates, cycles with the heap before and after, and the least share of processor time that was left to the program in windows from 100 µs to 1 s.',
    args: TRACE_ARGS,
    flags: TRACE_FLAGS,
    examples: [{ command: 'gorca trace gc trace.out', says: 'does the collector cost much, and whom?' }],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./trace/gc.ts'),
  },
  {
    name: 'profile top',
    says: 'where the values of a profile are, flat and cumulative',
    more: 'Reads CPU, heap, allocs, block, mutex, goroutine and threadcreate profiles, differences (?seconds=N) with their signs, and the text of debug=1, and weighs them as go tool pprof -top does. Beside each share stands its standard error: a profile is a sample.',
    args: PROFILES,
    flags: [BY, { name: 'cum', type: 'switch', says: 'in order of the cumulative value' }, ...SAMPLES, ROWS, JSON_VIEW('gorca.profile-top/1'), ...COLOUR],
    examples: [
      { command: 'gorca profile top cpu.pb.gz', says: 'functions' },
      { command: 'gorca profile top --by package --sample-type alloc_space heap.pb.gz', says: 'who allocates' },
      { command: "curl -s 'http://127.0.0.1:6060/debug/pprof/goroutine' | gorca profile top --by label:route -", says: 'standard input, by a label' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./profile/top.ts'),
  },
  {
    name: 'profile attribute',
    says: 'what processor time is spent on, and which of your functions it is charged to',
    more: 'Every sampled nanosecond is put into exactly one class (allocation, GC assist, GC in the background, scheduler, locks, channels, system calls, network, maps, encoding, your own code …) and charged to the innermost frame of the program or its modules. Rows sum to the total; what has no usable stack is a row of its own. Workers of the collector that run only on idle processors, an idle scheduler and the profiler itself are charged to nobody. It is an estimate: ± is one standard error.',
    args: PROFILES,
    flags: [...SAMPLES, { name: 'all', type: 'switch', says: 'every function charged' }, JSON_VIEW('gorca.profile-ledger/1'), ...COLOUR],
    examples: [
      { command: 'gorca profile attribute cpu.pb.gz', says: 'the ledger' },
      { command: "gorca profile attribute --label 'route=/checkout' cpu.pb.gz", says: 'of the requests of one route' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./profile/attribute.ts'),
  },
  {
    name: 'profile diff',
    says: 'what changed from one profile to another, beyond what sampling shows by itself',
    more: 'Compares two profiles of one kind by function, file, package or label, and says along which call path most of it grew. Only what is larger than the error of sampling is told: less than one chance in a hundred that any row is there by chance. CPU profiles are compared over the same length of time; --normalise total compares shares, for a different load. Names are made alike over versions of Go. A difference (?seconds=N) may be given alone.',
    args: { placeholder: 'base now', says: "the older profile and the newer one, or a difference alone; '-' for standard input", files: true },
    flags: [
      BY,
      {
        name: 'normalise',
        type: 'choice',
        values: ['time', 'total', 'none'],
        placeholder: 'to',
        says: 'to the same length of capture, the same total, or not (CPU: time; else none)',
      },
      ...SAMPLES,
      ROWS,
      { name: 'all', type: 'switch', says: 'also what sampling alone may have changed, and whole call paths' },
      JSON_VIEW('gorca.profile-diff/1'),
      ...COLOUR,
    ],
    examples: [
      { command: 'gorca profile diff cpu-before.pb.gz cpu-after.pb.gz', says: 'what costs more' },
      { command: 'gorca profile diff heap-1.pb.gz heap-2.pb.gz', says: 'what grew, and along which path' },
      { command: 'gorca profile diff --by package --normalise total before.pb.gz after.pb.gz', says: 'whose share grew' },
    ],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./profile/diff.ts'),
  },
  {
    name: 'profile labels',
    says: 'which labels the samples carry, and how much is under each value',
    more: 'Labels are set with runtime/pprof.Do; heap profiles carry the size of the objects as a number. --label of the other commands selects by them, --by label:KEY sums by them.',
    args: PROFILES,
    flags: [...SAMPLES, ROWS, JSON_VIEW('gorca.profile-labels/1'), ...COLOUR],
    examples: [{ command: 'gorca profile labels cpu.pb.gz', says: 'keys and values' }],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./profile/labels.ts'),
  },
  {
    name: 'profile open',
    says: 'flame graphs of a profile in speedscope, served from this machine to this machine',
    more: "Serves speedscope's built app and the profile on 127.0.0.1 until Ctrl-C and prints the address; nothing is sent anywhere. Each type of a Go profile is one of its profiles, inlined calls are frames, a difference is shown as what grew and what shrank, and each label key gives one more, grouped by its values. Several profiles stand side by side. -o writes the file instead.",
    args: PROFILES,
    flags: [
      ...SAMPLES,
      { name: 'open', type: 'switch', negates: true, says: 'a browser, where somebody looks at a terminal, or --no-open' },
      { name: 'output', short: 'o', type: 'text', placeholder: 'file.json', says: "write speedscope's file and serve nothing" },
    ],
    examples: [
      { command: 'gorca profile open cpu.pb.gz', says: 'in the browser' },
      { command: 'gorca profile open --no-open heap-1.pb.gz heap-2.pb.gz', says: 'the address only, two side by side' },
      { command: 'gorca profile open -o heap.speedscope.json heap.pb.gz', says: 'a file' },
    ],
    exits: [0, 2, 3, 4],
    load: () => import('./profile/open.ts'),
  },
  {
    name: 'explain',
    says: 'what an error text, a log line or an id of gorca means',
    more: 'Takes any error text of a Go service, or the whole log line it stands in (JSON, logfmt, console), and explains the errors in it from the outermost to the innermost: what each means and does not mean, its usual causes, what tells them apart, what to do next, and which Go source writes it. When none is known the closest are shown with what differs. Conditions, mechanisms, verdicts and problem codes are explained by their id. docs/errors.md lists every error.',
    args: { placeholder: 'text', says: 'an error text or log line in quotes, or an id' },
    flags: [{ name: 'json', type: 'switch', says: 'as one JSON document' }],
    examples: [
      { command: 'gorca explain "dial tcp 10.0.0.7:8081: connect: connection refused"', says: 'an error text' },
      { command: 'gorca explain \'{"level":"error","msg":"reserve","error":"context deadline exceeded"}\'', says: 'a log line' },
      { command: 'gorca explain go/abandoned-sender', says: 'what a mechanism is and what refutes it' },
    ],
    exits: [0, 2],
    load: () => import('./explain-error.ts'),
  },
  {
    name: 'completion',
    says: 'shell completion',
    more: 'Prints a script for the shell to load.',
    args: { placeholder: 'shell', says: 'bash, zsh, fish or powershell', values: ['bash', 'zsh', 'fish', 'powershell'] },
    flags: [],
    examples: [
      { command: 'source <(gorca completion bash)', says: 'for this session' },
      { command: 'gorca completion zsh > ~/.zfunc/_gorca', says: 'for good' },
    ],
    exits: [0, 2],
    load: () => import('./completion.ts'),
  },
  {
    name: 'help',
    says: 'what is not about one command',
    more: 'Topics: exit-codes.',
    args: { placeholder: 'topic', says: 'exit-codes, or the name of a command', values: ['exit-codes', 'investigate', 'demo', 'collect', 'prove', 'explain', 'completion'] },
    flags: [],
    examples: [{ command: 'gorca help exit-codes', says: 'how commands end' }],
    exits: [0, 2],
    load: () => import('./help.ts'),
  },
];
