/**
 * What another reader of the same dumps says (panicparse, by scripts/record-goroutines): as many goroutines of each state and creator. Where it says
 * something else, what it misses is here, and may only become less.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { shortGoSymbol } from '../../model/index.ts';
import { testArtifact } from '../../model/testing/artifact.ts';
import { crashText } from '../crash-text/index.ts';
import { createdBy, flagsOf, type GoroutineTable } from '../lib/goroutines/table.ts';
import { goroutineDump } from './index.ts';

const folder = join(import.meta.dirname, '../../../go/zoo/testdata/parked');
const said = JSON.parse(readFileSync(join(folder, 'panicparse.json'), 'utf8')) as Record<string, Record<string, number>>;

/** It knows no labels in a header (Go 1.27): the goroutine that carries them is missed. */
const MISSED: Readonly<Record<string, Record<string, number>>> = Object.fromEntries(
  ['debug2', 'leaks.debug2', 'crash-system', 'crash-ancestors'].map((form) => [
    `go1.27.${form}.txt`,
    { [`chan receive${form.startsWith('leaks') ? ' (leaked)' : ''} | main.parkAll.func15`]: 1 },
  ]),
);

/** Its name of a creator: the last element of the package, and the line. */
function counts(t: GoroutineTable): Record<string, number> {
  const out: Record<string, number> = {};
  for (let row = 0; row < t.count; row++) {
    const creator = createdBy(t, t.stack[row]!);
    // it keeps what we take for a flag of its own in the state
    const suffix = flagsOf(t, row).includes('leaked') ? ' (leaked)' : '';
    const key = `${t.states[t.state[row]!]}${suffix} | ${creator === null ? '' : shortGoSymbol(creator.symbol)}`;
    out[key] = (out[key] ?? 0) + 1;
  }
  return Object.fromEntries(Object.entries(out).sort());
}

/** Without the line, which it prints with the creator, and without type arguments. */
function byCreator(of: Record<string, number>): Record<string, number> {
  const out: Record<string, number> = {};
  for (const [key, count] of Object.entries(of)) {
    const name = key.replace(/ @ [^ ]+$/, '').replace('[...]', '');
    out[name] = (out[name] ?? 0) + count;
  }
  return Object.fromEntries(Object.entries(out).sort());
}

describe('beside panicparse', () => {
  it.each(Object.keys(said))('%s', (file) => {
    const artifact = testArtifact(new Uint8Array(readFileSync(join(folder, file))), { id: file, path: file });
    const table = (goroutineDump.read(artifact).model ?? crashText.read(artifact).model)?.table;
    const theirs = byCreator(said[file] as Record<string, number>);
    for (const [key, count] of Object.entries(MISSED[file] ?? {})) theirs[key] = (theirs[key] ?? 0) + count;
    expect(counts(table as GoroutineTable)).toEqual(Object.fromEntries(Object.entries(theirs).sort()));
  });
});
