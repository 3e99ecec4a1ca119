/** `gorca profile labels`: which labels the samples carry, and how much of the profile is under each of their values. */
import { labelsView } from '../../observe/lib/profiles/views.ts';
import { renderLabels } from '../../report/profile/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { inputsOf, rowsOf } from './load.ts';
import { printViews } from './print.ts';

const SHOWN = 15;

export const run: Run = async (console, flags, args) => {
  const { inputs, exit } = await inputsOf(console, flags, args);
  if (inputs.length === 0) return exit;
  const most = rowsOf(flags, SHOWN);
  printViews(
    console,
    flags,
    inputs.map((i) => labelsView(i, most)),
    renderLabels,
  );
  return EXIT.finished;
};
