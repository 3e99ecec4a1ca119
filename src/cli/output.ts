/** How a command prints what it found: a page as the terminal and the flags want it, or one JSON document. */
import type { TerminalOptions } from '../report/lib/page.ts';
import { escapeForJson } from '../report/lib/safe-text.ts';
import type { FlagValues } from './command.ts';
import { type Console, wantsAscii, wantsColour } from './console.ts';

export const colourOf = (console: Console, flags: FlagValues): boolean => wantsColour(console, (flags['colour'] ?? flags['color']) as boolean | undefined);

export const styleOf = (console: Console, flags: FlagValues): Required<TerminalOptions> => ({
  columns: console.columns,
  colour: colourOf(console, flags),
  ascii: wantsAscii(console),
});

export const printJson = (console: Console, value: unknown): void => console.out(escapeForJson(`${JSON.stringify(value, null, 1)}\n`));
