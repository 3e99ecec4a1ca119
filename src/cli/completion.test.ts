/** The script is loaded by a real bash, once with nothing but bash itself; gorca's answers come from the code as it stands. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { complete, run } from './completion.ts';

/** What is written to standard output, by the library too. */
async function written(act: () => unknown): Promise<string> {
  let text = '';
  const log = console.log;
  const { write } = process.stdout;
  console.log = (line: string) => {
    text += `${line}\n`;
  };
  process.stdout.write = ((part: string) => {
    text += part;
    return true;
  }) as typeof write;
  try {
    await act();
  } finally {
    console.log = log;
    process.stdout.write = write;
  }
  return text;
}

const shell = { out: (text: string) => void process.stdout.write(text), err: () => undefined, outIsTerminal: false, errIsTerminal: false, columns: 80, env: {} };

test.skipIf(spawnSync('bash', ['-c', 'true']).status !== 0)('a bash without the bash-completion package', async () => {
  const script = await written(() => run(shell, {}, ['bash']));
  const answers = await written(() => complete(['demo', '--fail-on', '']));
  const ask = `gorca() { cat <<'ANSWERS'\n${answers}ANSWERS\n}\nCOMP_WORDS=(gorca demo --fail-on sup); COMP_CWORD=3\n__gorca_complete 2>/dev/null; echo "\${COMPREPLY[*]}"; complete -p gorca`;
  const ran = spawnSync('bash', ['--norc', '--noprofile', '-c', `${script}\n${ask}`], { encoding: 'utf8' });
  expect(ran.stdout).toBe('supported\ncomplete -o bashdefault -o default -F __gorca_complete gorca\n');
  expect(ran.stderr).toBe('');
});

test('files are left to the shell', async () => {
  expect(await written(() => complete(['investigate', './inc']))).toBe(':0\n');
});
