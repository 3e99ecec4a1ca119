/** Lines with which supervisors tell that a process ended, one row a wording. */
export interface Ending {
  readonly name: string | null;
  readonly pid: number | null;
  readonly code: number | null;
  /** SIGKILL, SIGTERM …; null when it ended by itself. */
  readonly signal: string | null;
  /** The supervisor says memory was the reason. */
  readonly oom: boolean;
  /** It does not start it again. */
  readonly gaveUp: boolean;
  /** Somebody asked for the end. */
  readonly wanted: boolean;
  readonly restarts: number | null;
  readonly livedSeconds: number | null;
}

export interface Wording {
  readonly supervisor: 'systemd' | 'supervisord' | 'runit' | 'docker' | 'shell' | 'go-run' | 'supervise';
  readonly sample: string;
  read(line: string): Ending | null;
}

const NONE: Ending = { name: null, pid: null, code: null, signal: null, oom: false, gaveUp: false, wanted: false, restarts: null, livedSeconds: null };
const number = (text: string | undefined): number | null => (text === undefined ? null : Number(text));

/** Words of strsignal(3) and of Go's syscall.Signal, as shells and os/exec print them. */
const SIGNALS: { readonly [words: string]: string } = {
  killed: 'SIGKILL',
  terminated: 'SIGTERM',
  interrupt: 'SIGINT',
  quit: 'SIGQUIT',
  aborted: 'SIGABRT',
  abort: 'SIGABRT',
  'abort trap': 'SIGABRT',
  hangup: 'SIGHUP',
  'segmentation fault': 'SIGSEGV',
  'bus error': 'SIGBUS',
  'illegal instruction': 'SIGILL',
  'broken pipe': 'SIGPIPE',
};
const signalOf = (words: string): string | null => SIGNALS[words.toLowerCase().replace(/ \(core dumped\)$/, '')] ?? null;

const GO_DURATION = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?(?:(\d{1,9}(?:\.\d{1,9})?)ms)?$/;
function goSeconds(text: string): number | null {
  const m = GO_DURATION.exec(text);
  if (m === null || text === '') return null;
  return Number(m[1] ?? 0) * 3600 + Number(m[2] ?? 0) * 60 + Number(m[3] ?? 0) + Number(m[4] ?? 0) / 1000;
}

/** os/exec: "exit status 2", "signal: killed", "signal: segmentation fault (core dumped)". */
function goEnding(text: string): Pick<Ending, 'code' | 'signal'> | null {
  const status = /^exit status (\d{1,3})$/.exec(text);
  if (status !== null) return { code: Number(status[1]), signal: null };
  const signal = /^signal: ([a-z][a-z ]{2,30}(?: \(core dumped\))?)$/.exec(text);
  const name = signal === null ? null : signalOf(signal[1] ?? '');
  return name === null ? null : { code: null, signal: name };
}

export const WORDINGS: readonly Wording[] = [
  {
    supervisor: 'systemd',
    sample: 'orders.service: Main process exited, code=exited, status=2/INVALIDARGUMENT',
    read(line) {
      const m = /(\S{1,200})\.service: Main process exited, code=(exited|killed|dumped), status=(\d{1,3})(?:\/([A-Z0-9_+]{1,40}))?/.exec(line);
      if (m === null) return null;
      return m[2] === 'exited' ? { ...NONE, name: m[1] ?? null, code: Number(m[3]) } : { ...NONE, name: m[1] ?? null, signal: m[4] === undefined ? null : `SIG${m[4]}` };
    },
  },
  {
    supervisor: 'systemd',
    sample: 'orders.service: A process of this unit has been killed by the OOM killer.',
    read(line) {
      const m = /(\S{1,200})\.service: A process of this unit has been killed by the OOM killer/.exec(line) ?? /(\S{1,200})\.service: Failed with result 'oom-kill'/.exec(line);
      return m === null ? null : { ...NONE, name: m[1] ?? null, signal: 'SIGKILL', oom: true };
    },
  },
  {
    supervisor: 'systemd',
    sample: 'orders.service: Start request repeated too quickly.',
    read(line) {
      const m = /(\S{1,200})\.service: Start request repeated too quickly/.exec(line);
      return m === null ? null : { ...NONE, name: m[1] ?? null, gaveUp: true };
    },
  },
  {
    supervisor: 'systemd',
    sample: 'orders.service: Scheduled restart job, restart counter is at 5.',
    read(line) {
      const m = /(\S{1,200})\.service: Scheduled restart job, restart counter is at (\d{1,9})/.exec(line);
      return m === null ? null : { ...NONE, name: m[1] ?? null, restarts: Number(m[2]) };
    },
  },
  {
    supervisor: 'supervisord',
    sample: '2026-11-24 03:26:10,176 WARN exited: invoices (exit status 2; not expected)',
    read(line) {
      const m =
        /^\S{10} \S{12,14} (?:INFO|WARN|CRIT) (exited|stopped): (\S{1,200}) \((?:exit status (\d{1,3})|terminated by (SIG[A-Z0-9]{2,10}))(?: \(core dumped\))?(?:; (not expected|expected))?\)/.exec(
          line,
        );
      if (m === null) return null;
      return { ...NONE, name: m[2] ?? null, code: number(m[3]), signal: m[4] ?? null, wanted: m[1] === 'stopped' || m[5] === 'expected' };
    },
  },
  {
    supervisor: 'supervisord',
    sample: '2026-11-24 03:26:15,166 INFO gave up: worker entered FATAL state, too many start retries too quickly',
    read(line) {
      const m = /^\S{10} \S{12,14} [A-Z]{4} gave up: (\S{1,200}) entered FATAL state/.exec(line);
      return m === null ? null : { ...NONE, name: m[1] ?? null, gaveUp: true };
    },
  },
  {
    supervisor: 'runit',
    sample: 'down: /etc/service/invoices: 3s, normally up, want up',
    read(line) {
      const m = /^down: (\S{1,300}): \d{1,9}s, normally up(?:, want up)?/.exec(line);
      return m === null ? null : { ...NONE, name: (m[1] ?? '').replace(/^.*\//, '') };
    },
  },
  {
    supervisor: 'docker',
    sample: '2026-11-24T02:31:00.123456789Z container die 3f2a… (execDuration=3, exitCode=137, image=orders:1, name=orders)',
    read(line) {
      const m = /^(?:\S{20,40} )?container (die|oom|kill) [0-9a-f]{12,64} \((.{0,4000})\)\s*$/.exec(line);
      if (m === null || m[1] === 'kill') return null;
      const of = (key: string): string | undefined => new RegExp(`(?:^|, )${key}=([^,]{1,300})`).exec(m[2] ?? '')?.[1];
      const code = number(of('exitCode'));
      return {
        ...NONE,
        name: of('name') ?? null,
        code,
        signal: code !== null && code > 128 && code < 160 ? (BY_NUMBER[code - 128] ?? null) : null,
        oom: m[1] === 'oom',
        livedSeconds: number(of('execDuration')),
      };
    },
  },
  {
    supervisor: 'supervise',
    sample: '2026/11/24 03:25:59 supervise: invoices exited: exit status 2, after 305ms; next start in 1s',
    read(line) {
      const m = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d supervise: (\S{1,200}) exited: ([^,]{1,80}), after (\S{1,30}); next start in \S{1,30}$/.exec(line);
      const end = m === null ? null : goEnding(m[2] ?? '');
      return m === null || end === null ? null : { ...NONE, name: m[1] ?? null, ...end, livedSeconds: goSeconds(m[3] ?? '') };
    },
  },
  {
    supervisor: 'shell',
    sample: 'bash: line 1: 30267 Killed                  ../hog',
    read(line) {
      const m = /^(?:\S{1,200}: )(?:line \d{1,9}: )? {0,4}(\d{1,10}) ([A-Z][A-Za-z ]{2,30}?(?: \(core dumped\))?) {2,}(\S.{0,400})$/.exec(line);
      const signal = m === null ? null : signalOf(m[2] ?? '');
      return m === null || signal === null ? null : { ...NONE, name: program(m[3] ?? ''), pid: Number(m[1]), signal };
    },
  },
  {
    supervisor: 'shell',
    sample: '[1]+  Exit 2                  ./invoices',
    read(line) {
      const m = /^\[\d{1,5}\][+-]? {1,4}(?:Exit (\d{1,3})|([A-Z][A-Za-z ]{2,30}?(?: \(core dumped\))?)) {2,}(\S.{0,400})$/.exec(line);
      if (m === null) return null;
      const signal = m[2] === undefined ? null : signalOf(m[2]);
      return m[1] === undefined && signal === null ? null : { ...NONE, name: program(m[3] ?? ''), code: number(m[1]), signal };
    },
  },
  {
    supervisor: 'go-run',
    sample: 'exit status 2',
    read(line) {
      const end = goEnding(line.trimEnd());
      return end === null ? null : { ...NONE, ...end };
    },
  },
];

const BY_NUMBER: { readonly [n: number]: string } = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  15: 'SIGTERM',
};
/** First word of a command line, without its folder. */
const program = (command: string): string => (command.split(' ', 1)[0] ?? '').replace(/^.*\//, '');
