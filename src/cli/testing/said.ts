/** A command as it is typed, with what it says: for tests. */
import { runCli } from '../app.ts';
import type { Console } from '../console.ts';

export async function said(...argv: string[]): Promise<{ out: string; err: string; exit: number }> {
  let out = '';
  let err = '';
  const console: Console = {
    out: (t) => {
      out += t;
    },
    err: (t) => {
      err += t;
    },
    outIsTerminal: false,
    errIsTerminal: false,
    columns: 80,
    env: {},
  };
  const exit = await runCli(argv, console);
  return { out, err, exit };
}
