/** Writes events as `go tool trace -d=parsed` does (internal/trace Event.String), so that the two can be compared line by line. */
import { type EventColumns, type ExecutionTrace, GO_STATUS, GO_STATUS_AFTER, KIND, kindName, PROC_STATE, PROC_STATUS, type TraceTables } from '../index.ts';

const GO_STATE = ['Undetermined', 'Runnable', 'Running', 'Syscall', 'Waiting', 'NotExist'];
const PROC = ['Undetermined', 'Running', 'Idle', 'NotExist'];
const NONE = '18446744073709551615';

const METRICS: Record<number, string> = {
  [KIND.ProcsChange]: '/sched/gomaxprocs:threads',
  [KIND.HeapAlloc]: '/memory/classes/heap/objects:bytes',
  [KIND.HeapGoal]: '/gc/heap/goal:bytes',
};
const BEFORE: Record<number, number> = {
  [KIND.GoCreate]: GO_STATUS.gone,
  [KIND.GoCreateBlocked]: GO_STATUS.gone,
  [KIND.GoCreateSyscall]: GO_STATUS.gone,
  [KIND.GoStart]: GO_STATUS.runnable,
  [KIND.GoDestroy]: GO_STATUS.running,
  [KIND.GoDestroySyscall]: GO_STATUS.syscall,
  [KIND.GoStop]: GO_STATUS.running,
  [KIND.GoBlock]: GO_STATUS.running,
  [KIND.GoUnblock]: GO_STATUS.waiting,
  [KIND.GoSwitch]: GO_STATUS.waiting,
  [KIND.GoSwitchDestroy]: GO_STATUS.waiting,
  [KIND.GoSyscallBegin]: GO_STATUS.running,
  [KIND.GoSyscallEnd]: GO_STATUS.syscall,
  [KIND.GoSyscallEndBlocked]: GO_STATUS.syscall,
};
/** The stack of the event is also that of the goroutine that changes. */
const OWN_STACK = new Set<number>([KIND.GoStop, KIND.GoBlock, KIND.GoSyscallBegin, KIND.GoStatusStack, KIND.GoStatus]);
const EXPERIMENTS: Record<number, readonly string[]> = {
  [KIND.Span]: ['id', 'npages_value', 'kindclass'],
  [KIND.SpanAlloc]: ['id', 'npages_value', 'kindclass'],
  [KIND.SpanFree]: ['id'],
  [KIND.HeapObject]: ['id', 'type'],
  [KIND.HeapObjectAlloc]: ['id', 'type'],
  [KIND.HeapObjectFree]: ['id'],
  [KIND.GoroutineStack]: ['id', 'order'],
  [KIND.GoroutineStackAlloc]: ['id', 'order'],
  [KIND.GoroutineStackFree]: ['id'],
};

/** `true`: with stacks, as the tool prints them; else one line for each event, without. */
export function* goText(trace: ExecutionTrace, e: EventColumns, tables: TraceTables, stacks: boolean): Generator<string> {
  const origin = BigInt(trace.originNs);
  const stackLines = (stack: number, prefix: string): string =>
    tables
      .stackFrames(stack)
      .map((f) => `${prefix}${f.function} @ 0x${f.pc.toString(16)}\n${prefix}\t${f.file}:${f.line}\n`)
      .join('');
  for (let i = 0; i < e.length; i++) {
    const kind = e.kind[i] as number;
    const subject = e.subject[i] as number;
    const text = JSON.stringify(tables.text(e.text[i] as number));
    const a = e.a[i] as number;
    const b = e.b[i] as number;
    const goroutine = kind === KIND.CPUSample ? a : tables.goroutineId(e.goroutine[i] as number);
    const place = `M=${tables.threadId(e.thread[i] as number)} P=${e.proc[i]} G=${goroutine}`;
    const where = trace.version > 21 ? place : firstFormat(place, kind, subject, tables);
    const head = (name: string): string => `${where} ${name} Time=${origin + BigInt(e.time[i] as number)}`;
    const transition = (what: string, from: string, to: string, reason: string, stack: number): string =>
      `${head('StateTransition')} ${what} ${from}->${to} Reason=${reason}${stacks && stack > 0 ? `\nTransitionStack=\n${stackLines(stack, '\t')}` : ''}`;
    const range = (name: string, scope: string, more = ''): string => {
      const name2 = kindName(kind);
      return `${head(name2.endsWith('Begin') ? 'RangeBegin' : name2.endsWith('End') ? 'RangeEnd' : 'RangeActive')} Name=${name} Scope=${scope}${name2.endsWith('End') ? ` Attributes=[${more}]` : ''}`;
    };
    let line: string;
    if (kind === KIND.Sync) {
      const clock = trace.generations[a]?.clock;
      line = `${head('Sync')} N=${a + 1}`;
      if (clock !== null && clock !== undefined) line += ` Trace=${origin + BigInt(clock.atNs)} Mono=${clock.monoNs} Wall=${wall(clock.wallNs)}`;
    } else if (kind === KIND.CPUSample) line = head('StackSample');
    else if (METRICS[kind] !== undefined) line = `${head('Metric')} Name="${METRICS[kind]}" Value=${value(a)}`;
    else if (kind === KIND.GoLabel) line = `${head('Label')} Label=${text} Resource=Goroutine(${goroutine})`;
    else if (kind === KIND.GoStatus || kind === KIND.GoStatusStack)
      line = transition(`GoID=${tables.goroutineId(subject)}`, GO_STATE[b] as string, GO_STATE[a] as string, '""', e.stack[i] as number);
    else if (GO_STATUS_AFTER[kind] !== 0)
      line = transition(
        `GoID=${tables.goroutineId(subject)}`,
        GO_STATE[BEFORE[kind] as number] as string,
        GO_STATE[GO_STATUS_AFTER[kind] as number] as string,
        kind === KIND.GoBlock || kind === KIND.GoStop ? text : '""',
        OWN_STACK.has(kind) ? (e.stack[i] as number) : kind === KIND.GoCreate || kind === KIND.GoCreateBlocked ? a : 0,
      );
    else if (kind === KIND.ProcStatus)
      line = transition(`ProcID=${subject}`, PROC[b] as string, a === PROC_STATUS.running || a === PROC_STATUS.syscall ? 'Running' : 'Idle', '""', 0);
    else if (kind === KIND.ProcStart) line = transition(`ProcID=${subject}`, 'Idle', 'Running', '""', 0);
    else if (kind === KIND.ProcStop) line = transition(`ProcID=${subject}`, 'Running', 'Idle', '""', 0);
    else if (kind === KIND.ProcSteal) line = transition(`ProcID=${subject}`, PROC[b === PROC_STATUS.abandoned ? PROC_STATE.idle : PROC_STATE.running] as string, 'Idle', '""', 0);
    else if (kind === KIND.STWBegin || kind === KIND.STWEnd) line = range(`"stop-the-world (${text.slice(1, -1)})"`, `Goroutine(${tables.goroutineId(subject)})`);
    else if (kind === KIND.GCActive || kind === KIND.GCBegin || kind === KIND.GCEnd) line = range('"GC concurrent mark phase"', 'None');
    else if (kind === KIND.GCSweepActive || kind === KIND.GCSweepBegin || kind === KIND.GCSweepEnd)
      line = range('"GC incremental sweep"', `Proc(${subject})`, `"bytes swept"=${value(a)} "bytes reclaimed"=${value(b)}`);
    else if (kind === KIND.GCMarkAssistActive || kind === KIND.GCMarkAssistBegin || kind === KIND.GCMarkAssistEnd)
      line = range('"GC mark assist"', `Goroutine(${tables.goroutineId(subject)})`);
    else if (kind === KIND.UserTaskBegin || kind === KIND.UserTaskEnd)
      line = `${head(kind === KIND.UserTaskBegin ? 'TaskBegin' : 'TaskEnd')} ID=${a} Parent=${b === 0 && (trace.version > 21 || kind === KIND.UserTaskBegin || e.text[i] === 0) ? NONE : b} Type=${text}`;
    else if (kind === KIND.UserRegionBegin || kind === KIND.UserRegionEnd) line = `${head(kind === KIND.UserRegionBegin ? 'RegionBegin' : 'RegionEnd')} Task=${a} Type=${text}`;
    else if (kind === KIND.UserLog) line = `${head('Log')} Task=${a} Category=${JSON.stringify(tables.text(b))} Message=${text}`;
    else {
      const names = EXPERIMENTS[kind] ?? [];
      line = `${head('Experimental')} Name=${kindName(kind)} Args=[${names.map((name, n) => `${name}=${value(n === 0 ? a : n === 1 ? b : subject)}`).join(', ')}]`;
    }
    if (stacks && (e.stack[i] as number) > 0) line += `\nStack=\n${stackLines(e.stack[i] as number, '\t')}`;
    yield line;
  }
}

/**
 * Go translates traces of the first format so that an event stands where its outcome is: GoStart on the goroutine that starts, ProcStart on the P;
 * and on a P of its own, which there is not, what is no matter of one P. Here it stands where it happened, as in the second format.
 */
function firstFormat(where: string, kind: number, subject: number, tables: TraceTables): string {
  if (kind === KIND.GoStart) return where.replace(/G=-?\d+/, `G=${tables.goroutineId(subject)}`);
  if (kind === KIND.ProcStart) return where.replace(/P=-?\d+/, `P=${subject}`);
  if (kind === KIND.GCBegin) return where.replace(/M=-?\d+ P=-?\d+/, 'M=-1 P=1000004');
  if (kind === KIND.GoSyscallEndBlocked) return where.replace(/M=-?\d+ P=-?\d+/, 'M=-1 P=1000003');
  return where;
}

const value = (n: number): string => `Value{Uint64(${n})}`;

function wall(ns: bigint): string {
  const fraction = (ns % 1_000_000_000n).toString().padStart(9, '0').replace(/0+$/, '');
  return `${new Date(Number(ns / 1_000_000n)).toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

/**
 * The lines of `goText` or of the tool without white space at their ends. In the first format the tool takes events of different P that have the same
 * time in an order that differs from run to run, and gives what a timer or the poller wakes a P of its own: there such events stand sorted.
 */
export function comparable(text: string, version: number): string[] {
  const lines = text
    .split('\n')
    .map((l) => l.trimEnd())
    .filter((l) => l !== '');
  if (version > 21) return lines;
  const out: string[] = [];
  let group: string[] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const time = / Time=(-?\d+)/.exec(line);
    if (time === null || !line.startsWith('M=')) {
      group[group.length - 1] += `\n${line}`;
      continue;
    }
    if (Number(time[1]) > last + 1) {
      out.push(...group.sort(), `at ${time[1]}`);
      group = [];
    }
    last = Number(time[1]);
    group.push(line.replace(/^M=-?\d+ P=-?\d+ (G=.*Waiting->Runnable)/, '$1').replace(/ Time=-?\d+/, ''));
  }
  out.push(...group.sort());
  return out;
}
