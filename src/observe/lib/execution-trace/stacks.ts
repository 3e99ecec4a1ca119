/** Stacks of a trace as a person reads them. */
import { originOfFrame, parseGoSymbol, type TraceCodePlace, type TraceStack } from '../../../model/index.ts';
import type { TraceTables } from '../../../read/execution-trace/index.ts';

export const NO_STACK: TraceStack = { user: null, frames: [] };

/** The innermost frame of the program itself; where there is none, of a module it uses. */
export function userFrame(frames: readonly TraceCodePlace[]): TraceCodePlace | null {
  let dependency: TraceCodePlace | null = null;
  for (const f of frames) {
    const origin = originOfFrame(f.function, f.file);
    if (origin === 'own') return f;
    if (origin === 'dependency') dependency ??= f;
  }
  return dependency;
}

/** Spells stacks, each once. */
export class StackTexts {
  readonly #tables: TraceTables;
  readonly #known = new Map<number, TraceStack>();

  constructor(tables: TraceTables) {
    this.#tables = tables;
  }

  get(stack: number): TraceStack {
    if (stack <= 0) return NO_STACK;
    let text = this.#known.get(stack);
    if (text === undefined) {
      const frames = this.#tables.stackFrames(stack).map((f) => ({ function: f.function, file: f.file, line: f.line }));
      text = { user: userFrame(frames), frames };
      this.#known.set(stack, text);
    }
    return text;
  }
}

/** Whose goroutines start in a function: the program's, even where a library starts them; or the runtime's own. */
export function entryIsRuntime(entry: string): boolean {
  const s = parseGoSymbol(entry);
  const path = s.package;
  return (path === 'runtime' && s.name !== 'main') || path.startsWith('runtime/') || path.startsWith('internal/runtime/');
}
