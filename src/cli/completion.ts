/** Completion for four shells, made from the command records. */
import { RootCommand, ShellCompDirective } from '@bomb.sh/tab';
import type { Run } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { COMMANDS, GROUPS, recordOf } from './records.ts';
import { UsageError } from './usage-error.ts';

const SHELLS = ['bash', 'zsh', 'fish', 'powershell'];

function commands(): RootCommand {
  const root = new RootCommand();
  for (const [group, says] of Object.entries(GROUPS)) if (COMMANDS.some((c) => c.name.startsWith(`${group} `))) root.command(group, says);
  for (const record of COMMANDS) {
    const command = root.command(record.name, record.says);
    for (const f of record.flags) {
      if (f.hidden === true) continue;
      // a flag without a handler takes no value; one whose values are free offers none
      if (f.type === 'switch') command.option(f.name, f.says);
      else command.option(f.name, f.says, (offer) => f.values?.forEach((v) => void offer(v, f.says)));
    }
    if (record.args !== undefined) {
      const { values } = record.args;
      command.argument(record.args.placeholder, (offer) => values?.forEach((v) => void offer(v, '')), true);
    }
  }
  return root;
}

/** Answers the shell's question: the words typed so far, the last one unfinished. */
export function complete(words: readonly string[]): void {
  const root = commands();
  const record = recordOf(words);
  const last = words.at(-1) ?? '';
  const before = words.at(-2) ?? '';
  const ofFlag = record?.flags.some((f) => f.values !== undefined && before === `--${f.name}`) === true;
  // files: the shell knows them better
  if (record?.args?.files === true && words.length > record.name.split(' ').length && !last.startsWith('-') && !ofFlag) {
    process.stdout.write(`:${ShellCompDirective.ShellCompDirectiveDefault}\n`);
    return;
  }
  root.parse([...words]);
}

/** The script asks for a function of the bash-completion package, which not every bash has loaded. */
const BASH_WORDS = `declare -F _get_comp_words_by_ref > /dev/null || _get_comp_words_by_ref() {
    cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]} words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
}
`;

export const run: Run = (console, _flags, args) => {
  const [shell = ''] = args;
  if (!SHELLS.includes(shell)) throw new UsageError(`${shell === '' ? 'name a shell' : `there is no completion for "${shell}"`}: ${SHELLS.join(', ')}`);
  if (shell === 'bash') console.out(BASH_WORDS);
  commands().setup('gorca', 'gorca', shell);
  // where nothing of gorca's own fits, the shell offers files
  if (shell === 'bash') console.out('complete -o bashdefault -o default -F __gorca_complete gorca\n');
  return Promise.resolve(EXIT.finished);
};
