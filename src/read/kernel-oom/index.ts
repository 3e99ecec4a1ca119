/**
 * Reads the kernel's OOM reports wherever they stand: dmesg (plain, -T, --time-format iso, -x), journalctl, syslog files, serial consoles.
 * Written by: Linux mm/oom_kill.c (dump_header, dump_tasks, __oom_kill_process) and mm/memcontrol.c; seen with 6.18, shapes since 4.19.
 * Sample:   catalog invoked oom-killer: gfp_mask=0xcc0(GFP_KERNEL), order=0, oom_score_adj=999
 *           memory: usage 65536kB, limit 65536kB, failcnt 49
 *           oom-kill:constraint=CONSTRAINT_MEMCG,…,oom_memcg=/kubepods/burstable/pod8509…,task_memcg=…,task=catalog,pid=30224,uid=65532
 *           Memory cgroup out of memory: Killed process 30224 (catalog) total-vm:1336888kB, anon-rss:63872kB, file-rss:8912kB, …
 * Units:    bytes (the kernel prints kB; the task table is in pages and stays so). Seconds since boot where no other time is written.
 * Problems: kernel-oom/cut (a report without its victim).
 * Not read: the stack, registers and per-zone memory of the report.
 */
import { decodeLatin1, type Instant, instantFromMs, type Problem, parseInstant, placeAt, type Reader, type Span } from '../../model/index.ts';
import { logicalLines } from '../lib/lines.ts';
import { holdsAny, needles } from '../lib/needles.ts';

export interface OomTask {
  readonly pid: number;
  readonly name: string;
  readonly rssPages: number;
  readonly oomScoreAdj: number;
}

export interface OomKill {
  readonly process: string;
  readonly pid: number;
  readonly uid: number | null;
  /** memcg: a cgroup at its limit; node: the machine (or its NUMA policy) ran out. */
  readonly constraint: 'memcg' | 'node' | 'unknown';
  /** Cgroup at its limit, and that of the victim. */
  readonly oomCgroup: string | null;
  readonly taskCgroup: string | null;
  /** From the cgroup path, dashes restored. */
  readonly podUid: string | null;
  readonly containerId: string | null;
  readonly invokedBy: string | null;
  readonly usageBytes: number | null;
  readonly limitBytes: number | null;
  readonly failCount: number | null;
  readonly anonRssBytes: number | null;
  readonly fileRssBytes: number | null;
  readonly totalVmBytes: number | null;
  readonly tasks: readonly OomTask[];
  /** Wall clock, where the text has it. dmesg -T drifts by suspends. */
  readonly at: Instant | null;
  readonly uptimeSeconds: number | null;
  /** The line that names the victim. */
  readonly span: Span;
  /** From the first line of the report to that line. */
  readonly report: Span;
}

export interface KernelOom {
  readonly kills: readonly OomKill[];
}

const MOST_TASKS = 400;
const MOST_KILLS = 10_000;
/** Kernel lines are short; longer ones are somebody else's. */
const LONGEST = 2048;
/** A report is some hundred lines; what follows much later belongs to another. */
const REPORT_BYTES = 512 * 1024;

interface Open {
  start: number;
  invokedBy: string | null;
  usage: number | null;
  limit: number | null;
  failCount: number | null;
  tasks: OomTask[];
  constraint: OomKill['constraint'];
  oomCgroup: string | null;
  taskCgroup: string | null;
  uid: number | null;
}

const fresh = (start: number): Open => ({
  start,
  invokedBy: null,
  usage: null,
  limit: null,
  failCount: null,
  tasks: [],
  constraint: 'unknown',
  oomCgroup: null,
  taskCgroup: null,
  uid: null,
});

const KILLED = /(?:^|: |\] )(Memory cgroup out of memory|Out of memory(?: \([^)]{1,60}\))?|oom_reaper)?:? ?Kill(?:ed)? process (\d{1,10}) \(([^)]{0,64})\)(.*)$/;
const TASK = /\[ *(\d{1,10})\] +(\d{1,10}) +(\d{1,10}) +(\d{1,15}) +(\d{1,15})((?: +-?\d{1,15}){2,8}) (\S.{0,63})$/;

const NEEDLES = needles('invoked oom-killer', 'oom-kill:', 'Killed process', 'Kill process');

export const kernelOom: Reader<KernelOom> = {
  id: 'kernel-oom',
  title: 'kernel OOM reports',
  takes: 'embedded',

  sniff(head) {
    const text = decodeLatin1(head);
    const at = text.search(/invoked oom-killer:|oom-kill:constraint=|out of memory: Kill(?:ed)? process/i);
    return at < 0 ? { confidence: 0, reached: 0, why: 'no OOM report of the kernel' } : { confidence: 0.9, reached: at, why: 'an OOM report of the kernel' };
  },

  mayHold: (artifact) => holdsAny(artifact.source, NEEDLES),

  read(artifact) {
    const kills: OomKill[] = [];
    const problems: Problem[] = [];
    let open: Open | null = null;
    for (const line of logicalLines(artifact)) {
      if (line.text.length > LONGEST || line.text.length < 8) continue;
      if (open === null && !mentions(line.text)) continue;
      const text = decodeLatin1(line.text);
      const start = line.span.offset;
      if (open !== null && start - open.start > REPORT_BYTES) open = null;
      const invoked = /(?:^|[\s\]])(\S{1,64}) invoked oom-killer:/.exec(text);
      if (invoked !== null) {
        open = { ...fresh(start), invokedBy: invoked[1] ?? null };
        continue;
      }
      if (open !== null) into(open, text);
      const constraint = /oom-kill:constraint=(CONSTRAINT_[A-Z_]{1,30}),(.*)$/.exec(text);
      if (constraint !== null) {
        open ??= fresh(start);
        open.constraint = constraint[1] === 'CONSTRAINT_MEMCG' ? 'memcg' : 'node';
        open.oomCgroup = /(?:^|,)oom_memcg=([^,]{1,1024})/.exec(constraint[2] ?? '')?.[1] ?? null;
        open.taskCgroup = /(?:^|,)task_memcg=([^,]{1,1024})/.exec(constraint[2] ?? '')?.[1] ?? null;
        const uid = /(?:^|,)uid=(\d{1,10})/.exec(constraint[2] ?? '')?.[1];
        open.uid = uid === undefined ? null : Number(uid);
        continue;
      }
      const killed = KILLED.exec(text);
      if (killed === null || killed[1] === 'oom_reaper') continue;
      const of: Open = open ?? fresh(start);
      open = null;
      if (kills.length >= MOST_KILLS) break;
      const bytes = (name: string): number | null => {
        const m = new RegExp(`${name}:(\\d{1,15})kB`).exec(killed[4] ?? '');
        return m === null ? null : Number(m[1]) * 1024;
      };
      const uid = /\bUID:(\d{1,10})/.exec(killed[4] ?? '')?.[1];
      const cgroup = of.taskCgroup ?? of.oomCgroup;
      kills.push({
        process: killed[3] ?? '',
        pid: Number(killed[2]),
        uid: of.uid ?? (uid === undefined ? null : Number(uid)),
        constraint:
          of.constraint !== 'unknown'
            ? of.constraint
            : killed[1]?.startsWith('Memory cgroup') === true
              ? 'memcg'
              : killed[1]?.startsWith('Out of memory') === true
                ? 'node'
                : 'unknown',
        oomCgroup: of.oomCgroup,
        taskCgroup: of.taskCgroup,
        podUid: podUidOf(cgroup),
        containerId: containerIdOf(of.taskCgroup),
        invokedBy: of.invokedBy,
        usageBytes: of.usage,
        limitBytes: of.limit,
        failCount: of.failCount,
        anonRssBytes: bytes('anon-rss'),
        fileRssBytes: bytes('file-rss'),
        totalVmBytes: bytes('total-vm'),
        tasks: of.tasks,
        ...timeOf(text, line.time),
        span: line.span,
        report: { offset: of.start, length: line.span.offset + line.span.length - of.start },
      });
    }
    if (open !== null)
      problems.push({
        code: 'kernel-oom/cut',
        severity: 'warning',
        place: placeAt(artifact.id, { offset: open.start, length: Math.min(80, artifact.source.sizeBytes - open.start) }),
        what: 'an OOM report ends before it names its victim',
        why: 'the ring buffer or the capture was cut',
        next: 'journalctl -k --since "1 hour ago" on the node',
      });
    if (kills.length === 0 && problems.length === 0)
      problems.push({
        code: 'kernel-oom/none',
        severity: 'note',
        place: null,
        what: 'no OOM kill is told here',
        why: 'words of the kernel stand in it, but no report',
        next: 'dmesg -T on the node',
      });
    return { model: kills.length === 0 ? null : { kills }, problems };
  },
};

function into(open: Open, text: string): void {
  const usage = /(?:^|[\s\]])memory: usage (\d{1,15})kB, limit (\d{1,19})kB, failcnt (\d{1,12})/.exec(text);
  if (usage !== null) {
    open.usage = Number(usage[1]) * 1024;
    open.limit = Number(usage[2]) * 1024;
    open.failCount = Number(usage[3]);
    return;
  }
  if (open.tasks.length >= MOST_TASKS) return;
  const task = TASK.exec(text);
  if (task === null) return;
  const rest = (task[6] ?? '').trim().split(/ +/);
  open.tasks.push({ pid: Number(task[1]), name: task[7] ?? '', rssPages: Number(task[5]), oomScoreAdj: Number(rest.at(-1)) });
}

const MENTIONS = ['oom-kill', 'Kill'].map((n) => new TextEncoder().encode(n));
const mentions = (text: Uint8Array): boolean => MENTIONS.some((n) => indexOf(text, n) >= 0);

/** kubepods/burstable/pod<uid>/<id>, kubepods-burstable-pod<uid with _>.slice/cri-containerd-<id>.scope */
export function podUidOf(cgroup: string | null): string | null {
  const m = cgroup === null ? null : /pod([0-9a-f]{8}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{4}[-_][0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?:\/|$)/.exec(cgroup);
  return m === null ? null : (m[1] ?? '').replaceAll('_', '-');
}

export function containerIdOf(cgroup: string | null): string | null {
  const m = cgroup === null ? null : /(?:^|[/-])([0-9a-f]{64})(?:\.scope)?(?:\/|$)/.exec(cgroup);
  return m?.[1] ?? null;
}

function timeOf(text: string, wrapperTime: string | null): { at: Instant | null; uptimeSeconds: number | null } {
  const boot = /^(?:[a-z]{2,8} *:[a-z]{2,8} *: )?\[ *(\d{1,10}\.\d{1,9})\] /.exec(text);
  const uptimeSeconds = boot === null ? null : Number(boot[1]);
  const iso = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)[,.](\d{1,9})((?:[+-]\d\d:\d\d)|Z)? /.exec(text);
  if (iso !== null) return { at: parseInstant(`${iso[1]}.${iso[2]}${iso[3] ?? 'Z'}`), uptimeSeconds };
  // dmesg -T writes local time without a zone: taken as UTC, as servers are set
  const human = /^\[[A-Z][a-z]{2} ([A-Z][a-z]{2}) +(\d{1,2}) (\d\d):(\d\d):(\d\d) (\d{4})\] /.exec(text);
  if (human !== null) {
    const month = 'JanFebMarAprMayJunJulAugSepOctNovDec'.indexOf(human[1] ?? '') / 3;
    if (Number.isInteger(month) && month >= 0)
      return { at: instantFromMs(Date.UTC(Number(human[6]), month, Number(human[2]), Number(human[3]), Number(human[4]), Number(human[5]))), uptimeSeconds };
  }
  const stamped = wrapperTime === null ? null : parseInstant(wrapperTime);
  return { at: stamped, uptimeSeconds };
}

function indexOf(bytes: Uint8Array, needle: Uint8Array): number {
  const first = needle[0]!;
  let at = bytes.indexOf(first);
  while (at >= 0 && at + needle.length <= bytes.length) {
    let i = 1;
    while (i < needle.length && bytes[at + i] === needle[i]) i++;
    if (i === needle.length) return at;
    at = bytes.indexOf(first, at + 1);
  }
  return -1;
}
