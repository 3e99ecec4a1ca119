/** `gorca profile top`: where the values of a profile are, flat and cumulative. */
import { topOf } from '../../observe/lib/profiles/views.ts';
import { renderTop } from '../../report/profile/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { granularity, inputsOf, rowsOf } from './load.ts';
import { printViews } from './print.ts';

const SHOWN = 25;

export const run: Run = async (console, flags, args) => {
  const by = granularity(flags);
  const { inputs, exit } = await inputsOf(console, flags, args);
  if (inputs.length === 0) return exit;
  const most = rowsOf(flags, SHOWN);
  printViews(
    console,
    flags,
    inputs.map((i) => topOf(i, by, most, flags['cum'] === true ? 'cum' : 'flat')),
    renderTop,
  );
  return EXIT.finished;
};
