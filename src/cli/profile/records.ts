/** `gorca profile …`: its commands. Nothing heavy is imported here: `run` is loaded when the command is. */
import type { CommandRecord, FlagRecord } from '../command.ts';
import { COLOUR, JSON_VIEW } from '../flags.ts';

/** Which samples of a profile count. */
const SAMPLES: readonly FlagRecord[] = [
  { name: 'sample-type', type: 'text', placeholder: 'type', says: 'cpu, samples, inuse_space, alloc_objects, delay … (what the profile shows first)' },
  { name: 'focus', type: 'text', placeholder: 'expression', says: 'samples with a function, file or binary like this only (a regular expression, linear in time)' },
  { name: 'ignore', type: 'text', placeholder: 'expression', says: 'without samples that have one like this' },
  { name: 'label', type: 'text', placeholder: 'key=expression', says: 'samples with a label whose value is like this only' },
];
const ROWS: FlagRecord = { name: 'rows', short: 'n', type: 'count', placeholder: 'n', says: 'so many rows' };
const BY: FlagRecord = { name: 'by', type: 'text', placeholder: 'what', says: 'function, file, package, line or label:KEY (function)' };
const PROFILES = { placeholder: 'files', says: "profiles as they were taken, compressed or not, also as text (debug=1); '-' for standard input", files: true } as const;

export const PROFILE_COMMANDS: readonly CommandRecord[] = [
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
    load: () => import('./top.ts'),
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
    load: () => import('./attribute.ts'),
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
    load: () => import('./diff.ts'),
  },
  {
    name: 'profile labels',
    says: 'which labels the samples carry, and how much is under each value',
    more: 'Labels are set with runtime/pprof.Do; heap profiles carry the size of the objects as a number. --label of the other commands selects by them, --by label:KEY sums by them.',
    args: PROFILES,
    flags: [...SAMPLES, ROWS, JSON_VIEW('gorca.profile-labels/1'), ...COLOUR],
    examples: [{ command: 'gorca profile labels cpu.pb.gz', says: 'keys and values' }],
    exits: [0, 2, 3, 4, 130],
    load: () => import('./labels.ts'),
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
    load: () => import('./open.ts'),
  },
];
