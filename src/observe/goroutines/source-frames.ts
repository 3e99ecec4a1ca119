/** What the source says of a frame of a dump: by declared function, file name and line. */
import { lineLooksLike } from '../../model/conditions/source.ts';
import { type Condition, declaredNames, enclosingFunction, type Facts, goFunction, type Kind, type World } from '../../model/index.ts';
import type { ArgumentFrame } from '../../read/lib/goroutines/arguments.ts';

const last = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
export const sameFile = (a: string, b: string): boolean => last(a.replaceAll('\\', '/')) === last(b.replaceAll('\\', '/'));
const withoutPath = (symbol: string): string => symbol.slice(symbol.lastIndexOf('/') + 1);
export const declaredIn = (f: ArgumentFrame, symbol: string): boolean => withoutPath(enclosingFunction(f.symbol)) === withoutPath(enclosingFunction(symbol));

/** Conditions of the declared function a frame stands in; where no go.mod is at hand only the package's own name is known. */
export function inSource<F extends Facts>(kind: Kind<F>, f: { readonly symbol: string; readonly file?: string }, world: World): readonly Condition<F>[] {
  for (const name of declaredNames(f.symbol, f.file)) {
    const answer = world.look(kind, goFunction(name));
    if (answer.state === 'observed') return answer.conditions;
  }
  return [];
}

/** The lock that is taken at the frame's line, as the source tells locks apart: `pool.mu` by type, `pkg.mu` for package variables. */
export function lockTakenAt(f: ArgumentFrame, world: World): string | null {
  const at = inSource(lineLooksLike, f, world).find(
    (c) =>
      (c.facts.class === 'lock' || c.facts.class === 'rlock') && c.facts.lock !== null && c.facts.line <= f.line && f.line <= c.facts.endLine && sameFile(c.facts.file, f.file),
  );
  return at?.facts.lock ?? null;
}
