/** `gorca goroutines summary`: what the goroutines of a dump do, alike ones together. */
import type { GoroutineSummary } from '../../model/index.ts';
import { type Likeness, summaryOf } from '../../observe/goroutines/summary.ts';
import { treeOf } from '../../observe/goroutines/tree.ts';
import { renderGoroutineSummary } from '../../report/goroutines/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { printJson, styleOf } from '../output.ts';
import { openDumps } from './open-dumps.ts';

const SHOWN = 20;

export const run: Run = async (console, flags, args) => {
  const { dumps, ofFile, exit } = await openDumps(console, args);
  if (dumps.length === 0) return exit;
  const json = flags['json'] === true;
  const first = typeof flags['first'] === 'number' ? flags['first'] : json ? null : SHOWN;
  const by = (flags['by'] ?? 'stack') as Likeness;
  const system = flags['system'] === true;
  const summary: GoroutineSummary = {
    schema: 'gorca.goroutines/1',
    dumps: dumps.map((s) => ({
      ...summaryOf(s, ofFile.get(s.artifact.id) ?? 1, { by, first, system: json || system }),
      ...(flags['tree'] === true ? { tree: treeOf(s) } : {}),
    })),
  };
  if (json) printJson(console, summary);
  else console.out(renderGoroutineSummary(summary, { ...styleOf(console, flags), stacks: flags['stacks'] === true, system }));
  return EXIT.finished;
};
