/** What a command says and how it ends: for tests. */
import { runCli } from '../app.ts';
import type { Console } from '../console.ts';

export interface Said {
  readonly out: string;
  readonly err: string;
  readonly exit: number;
}

/** Of whatever writes to a console. */
export async function saidBy(command: (console: Console) => Promise<number>, env: Console['env'] = {}): Promise<Said> {
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
    env,
  };
  const exit = await command(console);
  return { out, err, exit };
}

/** Of a command as it is typed. */
export const said = (...argv: string[]): Promise<Said> => saidBy((console) => runCli(argv, console));
