/** `gorca demo`: investigates the recorded incident that comes with the package. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Run } from './command.ts';
import { investigateInputs } from './investigate.ts';
import { UsageError } from './usage-error.ts';

export const DEMO_INCIDENT = 'rollout-leaks-goroutines';

export const run: Run = (console, flags, args) => {
  if (args.length > 0) throw new UsageError('demo takes no input; gorca investigate does');
  const folder = fileURLToPath(new URL(`../../incidents/${DEMO_INCIDENT}/`, import.meta.url));
  // not the user's doing: the package is incomplete
  if (!existsSync(folder)) throw new Error(`the recorded incident is missing from this installation (${DEMO_INCIDENT})`);
  return investigateInputs(console, flags, [folder]);
};
