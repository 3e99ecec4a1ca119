/** Prints what a profile command found: one JSON document, or a page for each profile. */

import type { TerminalOptions } from '../../report/lib/page.ts';
import { escapeForJson } from '../../report/lib/safe-text.ts';
import type { FlagValues } from '../command.ts';
import { type Console, wantsAscii, wantsColour } from '../console.ts';

export function printViews<V>(console: Console, flags: FlagValues, views: readonly V[], render: (view: V, options: TerminalOptions) => string): void {
  if (flags['json'] === true) {
    console.out(escapeForJson(`${JSON.stringify(views.length === 1 ? views[0] : views, null, 1)}\n`));
    return;
  }
  const options = { columns: console.columns, colour: wantsColour(console, (flags['colour'] ?? flags['color']) as boolean | undefined), ascii: wantsAscii(console) };
  console.out(views.map((v) => render(v, options)).join('\n'));
}
