/**
 * Reads cgroup files as people paste them: `head FILE…`, `grep . FILE…`, "name: value", or the bare text of a file whose keys name it.
 * Written by: Linux mm/memcontrol.c and kernel/sched (cgroup v1 memory.* and cpu.stat, v2 memory.max, memory.events, memory.stat, cpu.stat).
 * Sample:   ==> memory.limit_in_bytes <==            memory.events:oom_kill 3            nr_throttled 20
 *           33554432
 * Units:    as the kernel writes: bytes, events, microseconds (*_usec) or nanoseconds (throttled_time). "max" and v1's 2^63−4096 = no limit.
 * Problems: cgroup-files/nothing.
 * Not read: a lone number without a name: nothing says what it is.
 */
import { decodeLatin1, type Reader, readSlice, type Span } from '../../model/index.ts';

export interface CgroupValue {
  /** "memory.max", "memory.stat.anon", "cpu.stat.nr_throttled", "memory.events.oom_kill". */
  readonly key: string;
  /** Infinity where there is no limit. */
  readonly value: number;
  readonly span: Span;
}

export interface CgroupGroup {
  /** Folder of the cgroup where the paste has paths; null else. */
  readonly path: string | null;
  readonly values: readonly CgroupValue[];
}

export interface CgroupFiles {
  readonly groups: readonly CgroupGroup[];
  readonly version: 1 | 2 | null;
}

const CAP = 4 * 1024 * 1024;
const MOST = 20_000;
const FILE = /^(?:memory|cpu|cpuacct|pids|cgroup)\.[a-z0-9_.]{1,60}$/;
/** v1 has no word for "no limit". */
const NO_LIMIT = 2 ** 62;
const V1 = new Set([
  'memory.limit_in_bytes',
  'memory.usage_in_bytes',
  'memory.max_usage_in_bytes',
  'memory.failcnt',
  'memory.oom_control',
  'cpu.cfs_quota_us',
  'cpu.cfs_period_us',
]);
const V2 = new Set([
  'memory.max',
  'memory.current',
  'memory.high',
  'memory.low',
  'memory.min',
  'memory.peak',
  'memory.events',
  'memory.events.local',
  'memory.swap.max',
  'cpu.max',
  'pids.max',
  'pids.current',
]);

/** Keys that tell which file a bare block is. */
const BLOCKS: readonly { readonly file: string; readonly keys: ReadonlySet<string>; readonly least: number }[] = [
  { file: 'memory.events', keys: new Set(['low', 'high', 'max', 'oom', 'oom_kill', 'oom_group_kill']), least: 4 },
  {
    file: 'cpu.stat',
    keys: new Set(['usage_usec', 'user_usec', 'system_usec', 'nr_periods', 'nr_throttled', 'throttled_usec', 'throttled_time', 'nr_bursts', 'burst_usec', 'burst_time']),
    least: 3,
  },
  { file: 'memory.oom_control', keys: new Set(['oom_kill_disable', 'under_oom', 'oom_kill']), least: 2 },
  {
    file: 'memory.stat',
    keys: new Set([
      'anon',
      'file',
      'kernel',
      'kernel_stack',
      'pagetables',
      'sock',
      'shmem',
      'file_mapped',
      'inactive_anon',
      'active_anon',
      'inactive_file',
      'active_file',
      'unevictable',
      'slab',
      'cache',
      'rss',
      'rss_huge',
      'mapped_file',
      'hierarchical_memory_limit',
      'total_rss',
      'total_cache',
      'pgfault',
      'pgmajfault',
    ]),
    least: 5,
  },
];

interface Line {
  readonly text: string;
  readonly span: Span;
}

export const cgroupFiles: Reader<CgroupFiles> = {
  id: 'cgroup-files',
  title: 'cgroup files',
  takes: 'whole',

  sniff(head) {
    const { lines, filled } = linesOf(head);
    const found = parse(lines);
    if (found.length === 0) return { confidence: 0, reached: 0, why: 'no cgroup file by name or by its keys' };
    const known = found.reduce((n, g) => n + g.values.length, 0);
    return known * 2 >= filled
      ? { confidence: 0.85, reached: head.length, why: 'cgroup files by name or key' }
      : { confidence: 0.4, reached: head.length, why: 'a few cgroup values among other text' };
  },

  read(artifact) {
    const groups = parse(linesOf(readSlice(artifact.source, 0, Math.min(CAP, artifact.source.sizeBytes))).lines);
    if (groups.length === 0)
      return {
        model: null,
        problems: [
          {
            code: 'cgroup-files/nothing',
            severity: 'error',
            place: null,
            what: 'no cgroup value in it',
            why: 'neither file names nor known keys were found',
            next: 'head /sys/fs/cgroup/memory.* /sys/fs/cgroup/cpu.stat > cgroup.txt',
          },
        ],
      };
    const files = new Set(groups.flatMap((g) => g.values.map((v) => v.key.split('.').slice(0, 2).join('.'))));
    const keys = new Set(groups.flatMap((g) => g.values.map((v) => v.key)));
    const version =
      [...files].some((f) => V1.has(f)) || keys.has('memory.stat.rss') || keys.has('cpu.stat.throttled_time')
        ? 1
        : [...files].some((f) => V2.has(f)) || keys.has('memory.stat.anon') || keys.has('cpu.stat.usage_usec')
          ? 2
          : null;
    return { model: { groups, version }, problems: [] };
  },
};

/**
 * The lines that may say something, and how many are not blank. What ends in neither a digit nor "max" holds no value, and what is no heading
 * either is left out undecoded: that is nearly every line of every other file.
 */
function linesOf(bytes: Uint8Array): { lines: Line[]; filled: number } {
  const lines: Line[] = [];
  let filled = 0;
  let start = 0;
  for (let n = 0; start < bytes.length && n < MOST; n++) {
    let end = bytes.indexOf(0x0a, start);
    if (end < 0) end = bytes.length;
    const cut = Math.min(end, start + 1024);
    const stop = cut > start && bytes[cut - 1] === 0x0d ? cut - 1 : cut;
    let last = stop - 1;
    while (last >= start && isBlank(bytes[last]!)) last--;
    if (last >= start) filled++;
    if (last < start || endsAsValue(bytes[last]!) || isHeading(bytes[start]!))
      lines.push({ text: last < start ? '' : decodeLatin1(bytes.subarray(start, stop)), span: { offset: start, length: end - start } });
    start = end + 1;
  }
  return { lines, filled };
}

const isBlank = (b: number): boolean => b === 0x20 || (b >= 0x09 && b <= 0x0d) || b === 0xa0;
/** A digit, or the x of "max". */
const endsAsValue = (b: number): boolean => (b >= 0x30 && b <= 0x39) || b === 0x78;
/** "==> memory.max <==", "$ cat memory.max", "# cat memory.max" */
const isHeading = (b: number): boolean => b === 0x3d || b === 0x24 || b === 0x23;

const NAMED = /^(\S{1,500}?)(?::|: | = |=| )((?:[a-z_][a-z0-9_]{0,60} )?(?:max|-?\d{1,20})(?: \d{1,20})?)$/;

/** The whole form is costly to rule out. */
function namedValue(line: string): RegExpExecArray | null {
  const text = line.trim();
  const last = text.charCodeAt(text.length - 1);
  return (last >= 48 && last <= 57) || last === 120 ? NAMED.exec(text) : null;
}

const numberOf = (text: string): number | null => {
  const t = text.trim();
  if (t === 'max') return Number.POSITIVE_INFINITY;
  if (!/^-?\d{1,20}$/.test(t)) return null;
  const n = Number(t);
  return n >= NO_LIMIT ? Number.POSITIVE_INFINITY : n;
};

function parse(lines: readonly Line[]): CgroupGroup[] {
  const byPath = new Map<string | null, CgroupValue[]>();
  const put = (path: string | null, key: string, value: number, span: Span): void => {
    const list = byPath.get(path) ?? [];
    list.push({ key, value, span });
    byPath.set(path, list);
  };
  // `content` is what stands in the file: a number, "key number", or cpu.max' "quota period"
  const take = (path: string | null, file: string, content: string, span: Span): boolean => {
    const whole = numberOf(content);
    if (whole !== null) {
      put(path, file, whole, span);
      return true;
    }
    const pair = /^([a-z_][a-z0-9_]{0,60}|max|\d{1,20}) (max|-?\d{1,20})$/.exec(content.trim());
    if (pair === null) return false;
    const value = numberOf(pair[2] ?? '');
    if (value === null) return false;
    if (file === 'cpu.max') {
      put(path, 'cpu.max.quota', numberOf(pair[1] ?? '') ?? 0, span);
      put(path, 'cpu.max.period', value, span);
    } else put(path, `${file}.${pair[1] ?? ''}`, value, span);
    return true;
  };
  let heading: { path: string | null; file: string } | null = null;
  const bare: Line[] = [];
  for (const line of lines) {
    const head = /^==> (\S{1,500}) <==$/.exec(line.text) ?? /^(?:\$|#) cat (\S{1,500})$/.exec(line.text);
    if (head !== null) {
      heading = split(head[1] ?? '');
      continue;
    }
    if (line.text.trim() === '') {
      if (heading !== null) heading = null;
      continue;
    }
    if (heading !== null && take(heading.path, heading.file, line.text, line.span)) continue;
    const named = namedValue(line.text);
    const at = named === null ? null : split(named[1] ?? '');
    if (named !== null && at !== null && take(at.path, at.file, named[2] ?? '', line.span)) continue;
    bare.push(line);
  }
  takeBlocks(bare, put);
  return [...byPath.entries()].map(([path, values]) => ({ path, values }));
}

/** "memory.max", "/sys/fs/cgroup/kubepods/…/memory.max"; null when the last part is no cgroup file. */
function split(text: string): { path: string | null; file: string } | null {
  const cut = text.lastIndexOf('/');
  const file = text.slice(cut + 1);
  return FILE.test(file) ? { path: cut <= 0 ? null : text.slice(0, cut), file } : null;
}

/** Runs of "key number" lines: the file whose keys they are. */
function takeBlocks(lines: readonly Line[], put: (path: string | null, key: string, value: number, span: Span) => void): void {
  let run: { key: string; value: number; span: Span }[] = [];
  const flush = (): void => {
    if (run.length === 0) return;
    const keys = new Set(run.map((r) => r.key));
    const block = BLOCKS.find((b) => [...keys].filter((k) => b.keys.has(k)).length >= b.least);
    if (block !== undefined) for (const r of run) put(null, `${block.file}.${r.key}`, r.value, r.span);
    run = [];
  };
  let last = -1;
  for (const line of lines) {
    const m = /^([a-z_][a-z0-9_]{0,60}) (-?\d{1,20})$/.exec(line.text.trim());
    const value = m === null ? null : numberOf(m[2] ?? '');
    // another file begins where a key comes again or a line stands between
    if (m === null || value === null || line.span.offset !== last || run.some((r) => r.key === m[1])) flush();
    if (m !== null && value !== null) run.push({ key: m[1] ?? '', value, span: line.span });
    last = line.span.offset + line.span.length + 1;
  }
  flush();
}
