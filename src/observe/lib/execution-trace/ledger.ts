/** Rows of the ledger of processor time, with the classes of the table of runtime functions. They add up to the time of all processors. */
import { type CostClass, classifyStack, costClassInfo } from '../../../knowledge/go-runtime/index.ts';
import { parseGoSymbol, type TraceLedgerRow } from '../../../model/index.ts';
import type { ExecutionTrace } from '../../../read/execution-trace/index.ts';
import { ProcessorTime } from './processor-time.ts';
import { ROW } from './processors.ts';
import { entryIsRuntime } from './stacks.ts';

/** Rows that are no class of functions: what a processor does without running any. */
const OWN_ROWS = {
  idle: 'idle: nothing to run',
  'undetermined-idle': 'undetermined: before its first status (idle)',
  'undetermined-running': 'undetermined: before its first status (running)',
  undetermined: 'undetermined: no status was seen',
  'scheduler-loop': 'between goroutines',
} as const;

/** One pass that asks for nothing else; null when the trace holds no event. */
export function ledgerOfTrace(trace: ExecutionTrace): ProcessorTime | null {
  let ledger: ProcessorTime | null = null;
  trace.stream({
    events(columns, tables) {
      ledger ??= new ProcessorTime(tables);
      ledger.add(columns);
    },
    gap: () => ledger?.gap(ledger.last),
  });
  const done = ledger as ProcessorTime | null;
  if (done === null || Number.isNaN(done.last)) return null;
  done.finish(done.last);
  return done;
}

export function ledgerOf(a: ProcessorTime): TraceLedgerRow[] {
  const { processors } = a;
  const { rows } = processors;
  const ns = new Map<string, number>();
  const put = (id: string, of: number): void => {
    if (of > 0) ns.set(id, (ns.get(id) ?? 0) + of);
  };
  put('idle', rows[ROW.idle] as number);
  put('undetermined', rows[ROW.undetermined] as number);
  put('undetermined-idle', processors.undeterminedIdle);
  put('undetermined-running', processors.undeterminedRunning);
  put('scheduler-loop', rows[ROW.scheduler] as number);
  put('syscall', rows[ROW.syscall] as number);
  put('gc-assist', rows[ROW.assist] as number);
  put('gc-sweep', rows[ROW.sweep] as number);
  put('gc-background', (rows[ROW.dedicated] as number) + (rows[ROW.fractional] as number));
  put('gc-idle', rows[ROW.idleWorker] as number);
  put('unattributed', rows[ROW.otherLabel] as number);
  processors.pauseKinds.forEach((kind, i) => {
    put(`stopped: ${a.tables.text(kind)}`, processors.pauseRow(i));
  });
  for (const { entry, ns: of } of a.plain()) put(classOfEntry(entry), of);
  return [...ns]
    .map(([id, of]) => ({ id, title: titleOf(id), ns: of, share: processors.capacity === 0 ? 0 : of / processors.capacity, payer: payerOf(id) }))
    .sort((x, y) => y.ns - x.ns || (x.id < y.id ? -1 : 1));
}

const classes = new Map<string, CostClass>();

/** What goroutines do that start in this function while no event says more. */
export function classOfEntry(entry: string): CostClass {
  if (entry === '') return 'unattributed';
  if (!entryIsRuntime(entry)) return 'user';
  let found = classes.get(entry);
  if (found === undefined) {
    // those that only wait for the tracer's timers are on no stack of a profile, and in no table made for profiles
    const s = parseGoSymbol(entry);
    found = /^trace/.test(s.receiver ?? s.name) ? 'observer' : classifyStack([{ function: entry, file: '' }]).class;
    classes.set(entry, found);
  }
  return found;
}

const isOwn = (id: string): id is keyof typeof OWN_ROWS => id in OWN_ROWS;

function titleOf(id: string): string {
  if (id.startsWith('stopped: ')) return `the world stopped: ${id.slice('stopped: '.length)}`;
  if (isOwn(id)) return OWN_ROWS[id];
  if (id === 'user') return "the program's goroutines";
  if (id === 'syscall') return 'held by a goroutine in a system call';
  return costClassInfo(id as CostClass).title;
}

function payerOf(id: string): TraceLedgerRow['payer'] {
  if (id.startsWith('stopped: ')) return 'program';
  return isOwn(id) ? 'nobody' : costClassInfo(id as CostClass).payer;
}
