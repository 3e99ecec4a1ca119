/** Prints what a profile command found: one JSON document, or a page for each profile. */
import type { TerminalOptions } from '../../report/lib/page.ts';
import type { FlagValues } from '../command.ts';
import type { Console } from '../console.ts';
import { printJson, styleOf } from '../output.ts';

export function printViews<V>(console: Console, flags: FlagValues, views: readonly V[], render: (view: V, options: TerminalOptions) => string): void {
  if (flags['json'] === true) {
    printJson(console, views.length === 1 ? views[0] : views);
    return;
  }
  const style = styleOf(console, flags);
  console.out(views.map((v) => render(v, style)).join('\n'));
}
