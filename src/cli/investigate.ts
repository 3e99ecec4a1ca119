/** `gorca investigate`: collect, investigate, print what was asked for. */
import { type Collected, collectFiles } from '../collect/files/index.ts';
import { investigate } from '../investigate.ts';
import { atLeast, type Report, type Verdict } from '../model/index.ts';
import { renderJson } from '../report/json/index.ts';
import { renderMarkdown } from '../report/markdown/index.ts';
import { Redactor, redactReport } from '../report/redact/index.ts';
import { renderProblems, renderTerminal } from '../report/terminal/index.ts';
import type { FlagValues, Run } from './command.ts';
import type { Console } from './console.ts';
import { evidenceJson, evidenceText, findEvidence } from './evidence.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { namesStore } from './flags.ts';
import { readHints } from './hints.ts';
import { styleOf } from './output.ts';
import { givenFormats } from './own-formats.ts';
import { prepareSource } from './prepare-source.ts';
import { progressOn } from './progress.ts';
import { UsageError } from './usage-error.ts';
import { knownMechanism, whyNotText } from './why-not.ts';

export const run: Run = async (console, flags, args) => {
  if (typeof flags['explain'] === 'string') {
    const { explainText } = await import('./explain.ts');
    console.out(explainText(flags['explain'], console.columns));
    return EXIT.finished;
  }
  if (args.length === 0 && !namesStore(flags))
    throw new UsageError('name at least one input: files, folders, archives, or - for standard input; gorca demo shows a recorded incident');
  return investigateInputs(console, flags, args);
};

/** `amend` may put something beside what was found (a proof) before it is printed. */
export async function investigateInputs(console: Console, flags: FlagValues, inputs: readonly string[], amend: (report: Report) => Report = (r) => r): Promise<ExitCode> {
  const forms = ['json', 'markdown'].filter((f) => flags[f] === true);
  if (forms.length > 1) throw new UsageError('--json and --markdown are two forms of one report: give one of them');
  if (typeof flags['why-not'] === 'string') knownMechanism(flags['why-not']);
  const hints = readHints(flags);
  const given = givenFormats(console, flags);
  const progress = progressOn(console);
  const files = await collectFiles(inputs, { onProgress: progress.onBytes });
  const stores = namesStore(flags) ? await (await import('./stores.ts')).askedStores(console, flags) : null;
  if (stores !== null && files.artifacts.length + stores.artifacts.length === 0 && stores.exit !== EXIT.finished) return stores.exit;
  const collected: Collected = stores === null ? files : { ...files, artifacts: [...files.artifacts, ...stores.artifacts], gaps: [...files.gaps, ...stores.gaps] };
  progress.says('investigating …');
  await prepareSource(collected.artifacts);
  const { report: found, whyNot } = investigate(collected.artifacts, {
    scope: hints.scope,
    aliases: hints.aliases,
    statements: hints.statements,
    ...(hints.baseline === null ? {} : { baseline: hints.baseline }),
    hints: [...hints.hints, ...given.files.map((value) => ({ flag: 'format-file', value }))],
    formats: given.formats,
    // asked when the report is made: by then everything was read
    get problems() {
      return [...collected.problems, ...collected.changes()];
    },
    gaps: collected.gaps,
  });
  progress.end();
  const report = amend(found);

  const redactor = flags['redact'] === true ? new Redactor() : null;
  const shown = redactor === null ? report : redactReport(report, redactor);
  const redacted = (text: string): string => (redactor === null ? text : redactor.text(text));
  const style = styleOf(console, flags);

  if (typeof flags['evidence'] === 'number') {
    const evidence = findEvidence(report, [...collected.artifacts, ...hints.statements], flags['evidence']);
    console.out(redacted(flags['json'] === true ? evidenceJson(evidence) : evidenceText(evidence)));
    return EXIT.finished;
  }
  if (typeof flags['why-not'] === 'string') {
    console.out(redacted(whyNotText(flags['why-not'], whyNot, console.columns)));
    return EXIT.finished;
  }
  if (flags['json'] === true) console.out(renderJson(shown));
  else if (flags['markdown'] === true) console.out(renderMarkdown(shown));
  else {
    console.err(renderProblems(shown, style));
    console.out(renderTerminal(shown, style));
  }
  return exitOf(report, flags['fail-on'] as Verdict | undefined);
}

function exitOf(report: Report, failOn: Verdict | undefined): ExitCode {
  if (report.inputs.every((i) => i.readers.length === 0)) {
    return report.inputs.length === 0 && report.problems.some((p) => p.code === 'files/denied') ? EXIT.denied : EXIT.nothingReadable;
  }
  // of any incident; one without a named cause is unproven
  const verdicts = report.incidents.map((i) => i.causes[0]?.verdict ?? 'unproven');
  return failOn !== undefined && verdicts.some((v) => atLeast(v, failOn)) ? EXIT.failOn : EXIT.finished;
}
