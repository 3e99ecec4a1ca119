/** `gorca prove`: a program before and after a change, run in turn in the sandbox; with inputs, beside the verdict of their cause. */
import { existsSync, statSync } from 'node:fs';
import { BEFORE_AFTER_DEFAULTS, type BeforeAfterResult, verifyBeforeAfter } from '../verify/before-after/index.ts';
import { withProof } from '../verify/lib/attach.ts';
import type { FlagValues, Run } from './command.ts';
import { EXIT } from './exit-codes.ts';
import { investigateInputs } from './investigate.ts';
import { UsageError } from './usage-error.ts';

export const run: Run = async (console, flags, args) => {
  const before = folder(flags, 'before');
  if (before === null) throw new UsageError('--before names the folder of the Go program as it is');
  const after = folder(flags, 'after');
  const patch = flags['patch'];
  if ((after === null) === (typeof patch !== 'string')) throw new UsageError('the change is given either as a folder (--after) or as a diff (--patch), one of them');
  if (typeof patch === 'string' && !existsSync(patch)) throw new UsageError(`there is no file ${patch}`);
  const measure = typeof flags['measure'] === 'string' ? flags['measure'] : null;
  const result = await verifyBeforeAfter({
    ...BEFORE_AFTER_DEFAULTS,
    before,
    after: after === null ? { patch: patch as string } : { folder: after },
    measure,
    ...(typeof flags['harmful-above'] === 'string' ? { harmfulAbove: numberOf('harmful-above', flags['harmful-above']) } : {}),
    ...(typeof flags['runs'] === 'number' ? { baselineRuns: flags['runs'] } : {}),
    onRun: (which, n, value) => {
      if (console.errIsTerminal) console.err(`${which} ${n}: ${value ?? 'no value'}\n`);
    },
  });
  if (args.length > 0) {
    const mechanism = typeof flags['mechanism'] === 'string' ? flags['mechanism'] : null;
    return investigateInputs(console, flags, args, (report) => {
      const { report: proven, attached } = withProof(report, mechanism, result.proof);
      if (!attached) console.err(`gorca: the inputs show no cause${mechanism === null ? '' : ` ${mechanism}`} that the experiment could stand beside\n`);
      return proven;
    });
  }
  console.out(flags['json'] === true ? `${JSON.stringify(result, null, 2)}\n` : proofText(result));
  return EXIT.finished;
};

function folder(flags: FlagValues, name: string): string | null {
  const given = flags[name];
  if (typeof given !== 'string') return null;
  if (!existsSync(given) || !statSync(given).isDirectory()) throw new UsageError(`--${name} ${given}: there is no such folder`);
  return given;
}

function numberOf(name: string, text: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new UsageError(`--${name} ${text}: a number is expected`);
  return value;
}

function proofText({ proof, before, after }: BeforeAfterResult): string {
  const lines = [`PROOF   ${proof.says}`, `        ${proof.outcome}`];
  for (const [name, value] of Object.entries(proof.statistics ?? {})) lines.push(`        ${name.padEnd(28)} ${value}`);
  if (before.length > 0) lines.push('', `BEFORE  ${before.join(' ')}`, `AFTER   ${after.join(' ')}`);
  if (proof.command !== null) lines.push('', `AGAIN   ${proof.command}`);
  return `${lines.join('\n')}\n`;
}
