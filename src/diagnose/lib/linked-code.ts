/** Is code that the source shows part of the program a dump is of? Where it stands on no stack at the moment, what is linked decides. */
import { packageOfSymbol } from '../../model/go-symbol.ts';
import type { Ask, Condition, Strength } from '../../model/index.ts';
import { bucketsBeside } from './buckets.ts';
import { creatingFrame, type Frame, ownFrames } from './source-frames.ts';

/** `cause` carries function, file and linkedInto: the folders of the commands it is linked into. Null: it is another program's. */
export function codeOfProcess(effect: Condition, cause: Condition, ask: Ask): Strength | null {
  const pkg = packageOfSymbol(String(cause.facts['function']));
  const file = String(cause.facts['file']);
  const frames: Frame[] = bucketsBeside(effect, ask).flatMap((b) => {
    const by = creatingFrame(b);
    return by === null ? ownFrames(b) : [...ownFrames(b), by];
  });
  // where the program's main is seen and the source says what it links, that decides
  const main = frames.find((f) => f.function === 'main.main');
  const commands = Array.isArray(cause.facts['linkedInto']) ? cause.facts['linkedInto'].map(String) : [];
  if (main !== undefined && commands.length > 0) return commands.some((folder) => lastOf(folder) === folderTail(main.file)) ? 'derived' : null;
  let best: Strength | null = null;
  for (const f of frames) {
    const other = packageOfSymbol(f.function);
    if (pkg === 'main') {
      // every command has a package main: its folder must agree
      if (other === 'main' && folderTail(f.file) === folderTail(file)) return 'derived';
      continue;
    }
    if (other === pkg) return 'derived';
    // another package of the same module: the program is built from it, though this call is not on a stack at the moment
    if (sharedElements(other, pkg) >= 2) best = 'guessed';
  }
  return best;
}

const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
const folderTail = (path: string): string => path.split('/').slice(-2, -1)[0] ?? '';
function sharedElements(a: string, b: string): number {
  const x = a.split('/');
  const y = b.split('/');
  let n = 0;
  while (n < x.length && n < y.length && x[n] === y[n]) n++;
  return n;
}
