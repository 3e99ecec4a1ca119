/** `gorca profile attribute`: what a CPU profile's time is spent on, and whom it is charged to. */
import { ledgerType } from '../../observe/lib/profiles/ledger.ts';
import { ledgerView } from '../../observe/lib/profiles/views.ts';
import { renderLedger } from '../../report/profile/index.ts';
import type { Run } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { inputsOf } from './load.ts';
import { printViews } from './print.ts';

export const run: Run = async (console, flags, args) => {
  const { inputs, exit } = await inputsOf(console, flags, args);
  if (inputs.length === 0) return exit;
  const asked = typeof flags['sample-type'] === 'string';
  const all = flags['all'] === true;
  printViews(
    console,
    flags,
    inputs.map((i) => ledgerView(asked ? i : { ...i, type: ledgerType(i.profile) })),
    (view, options) => renderLedger(view, { ...options, all }),
  );
  return EXIT.finished;
};
