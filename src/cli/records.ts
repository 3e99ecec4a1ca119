/**
 * One record a command: help, completion and docs/cli.md are made from it, and the flags are parsed by it.
 * Nothing heavy is imported here: `run` is loaded when the command is.
 */
import type { CommandRecord } from './command.ts';
import { FORMAT_FILE, OUTPUT, STORE_FLAGS } from './flags.ts';
import { GOROUTINES_COMMANDS } from './goroutines/records.ts';
import { LOGS_COMMANDS } from './logs/records.ts';
import { PROFILE_COMMANDS } from './profile/records.ts';
import { TRACE_COMMANDS } from './trace/records.ts';

/** Commands that are named by a noun and a verb: what the noun stands for. */
export const GROUPS: Readonly<Record<string, string>> = {
  goroutines: 'goroutine dumps in all forms: what they do, what changed, what leaks, who waits for whom',
  logs: 'any Go log of any size: search, traces across services, timelines, patterns',
  trace: 'Go execution traces: where the time went, who waited for whom',
  profile: 'pprof profiles: where it goes, what it is spent on, what changed',
};

const WORKING: readonly CommandRecord[] = [
  {
    name: 'investigate',
    says: 'what brought the incident about, from the files at hand',
    more: 'Reads alerts, metrics, Kubernetes objects and events, logs, goroutine dumps, profiles, execution traces and Go source, whatever of them there is, and prints ranked causes with the chain from root to symptom. Every [n] is a place in the raw input. What cannot be proven is said, with the command that would show it. Only the log stores that are named are asked; nothing else is sent anywhere, and nothing is changed.',
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
      ...STORE_FLAGS.slice(2).map((f) => (f.name === 'timeout' ? { ...f, says: 'wait so long for each answer (60; --pprof: 30, beyond the seconds of a window)' } : f)),
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
  ...LOGS_COMMANDS,
  ...GOROUTINES_COMMANDS,
  ...TRACE_COMMANDS,
  ...PROFILE_COMMANDS,
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
];

/** What help can be asked about: commands, and nouns that several begin with. */
const TOPICS = [...new Set(WORKING.map((c) => c.name.split(' ')[0] ?? c.name))];

export const COMMANDS: readonly CommandRecord[] = [
  ...WORKING,
  {
    name: 'help',
    says: 'what is not about one command',
    more: 'Topics: exit-codes.',
    args: { placeholder: 'topic', says: 'exit-codes, or the name of a command', values: ['exit-codes', ...TOPICS] },
    flags: [],
    examples: [{ command: 'gorca help exit-codes', says: 'how commands end' }],
    exits: [0, 2],
    load: () => import('./help.ts'),
  },
];

/** The command that the words begin with. */
export const recordOf = (words: readonly string[]): CommandRecord | undefined =>
  COMMANDS.find((c) => {
    const name = c.name.split(' ');
    return name.every((word, i) => words[i] === word);
  });
