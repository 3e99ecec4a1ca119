/** The line of the program that a crash text names. */
import { moduleOfFile, normaliseGoSymbol, originOfFrame } from '../../model/index.ts';
import type { Crash } from '../../read/crash-text/index.ts';
import { createdBy, type Frame, type GoroutineTable, stackFrames } from '../../read/lib/goroutines/table.ts';

export interface CrashSite {
  /** First own frame; where the text has none, the first of a dependency. */
  readonly frame: Frame;
  readonly own: boolean;
  /** Module of the frames between the failure and the program's own line: the failure itself lies there. */
  readonly module: string | null;
  /** From the failure outwards, without the runtime: "function file:line". */
  readonly stack: readonly string[];
  readonly startedBy: Frame | null;
}

const isPanicFrame = (symbol: string): boolean => symbol === 'panic' || symbol === 'runtime.gopanic';

export function siteOf(table: GoroutineTable, crash: Crash): CrashSite | null {
  if (crash.row < 0) return null;
  const all = stackFrames(table, table.stack[crash.row]!);
  // deferred functions stand above the panic they run for; with nested panics the first one is the lowest
  let from = 0;
  all.forEach((f, i) => {
    if (isPanicFrame(f.symbol)) from = i + 1;
  });
  const frames = all.slice(from);
  const origins = frames.map((f) => originOfFrame(f.symbol, f.file));
  const outside = frames.filter((_f, i) => origins[i] !== 'runtime');
  const at = origins.indexOf('own');
  const chosen = at >= 0 ? at : origins.indexOf('dependency');
  const frame = frames[chosen];
  if (frame === undefined) return null;
  const above = frames.slice(0, chosen).findIndex((_f, i) => origins[i] === 'dependency');
  const inDependency = above >= 0 ? frames[above] : origins[chosen] === 'dependency' ? frame : undefined;
  return {
    frame,
    own: at >= 0,
    module: inDependency === undefined ? null : (moduleOfFile(inDependency.file) ?? normaliseGoSymbol(inDependency.symbol)),
    stack: outside.map((f) => `${normaliseGoSymbol(f.symbol)} ${f.file}:${f.line}`),
    startedBy: createdBy(table, table.stack[crash.row]!),
  };
}
