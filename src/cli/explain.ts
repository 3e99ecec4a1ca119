/** What an id means and how it is decided, from the records themselves. */

import { FILE_PROBLEMS, type FileProblemCode } from '../collect/lib/problems.ts';
import { mechanisms } from '../diagnose/mechanisms/index.ts';
import { COST_CLASSES, type CostClassInfo, functionsOfClass } from '../knowledge/go-runtime/index.ts';
import { kinds } from '../model/conditions/index.ts';
import { generalTitle, type Kind, type Mechanism, VERDICTS, type Verdict } from '../model/index.ts';
import { nearNames } from '../model/near-names.ts';
import { observers } from '../observe/index.ts';
import { readerProblems } from '../read/problem-codes.ts';
import { wrap } from '../report/lib/safe-text.ts';
import { UsageError } from './usage-error.ts';

export const VERDICT_MEANINGS: Readonly<Record<Verdict, string>> = {
  confirmed: 'raw evidence names the cause itself, and no mechanism that would look the same is left over',
  supported:
    'all that is required was observed and nothing refutes it; rivals are not all excluded. Also the most a link can be where a refuter could not be looked at, or where two names are only guessed to be one thing',
  associated: 'only a contrast: it differs between the well and the ill stretch, or between those that fail and those that do not. It says where to look, not what the cause is',
  unproven: 'something it requires, or a refuter that would decide, could not be looked at; the gap names the command that would',
  refuted: 'something it requires is absent, or a refuter holds',
};

/** Lines of a page; lists are indented. */
export function explain(id: string): string[] {
  const kind = kinds.find((k) => k.id === id);
  if (kind !== undefined) return explainKind(kind);
  const mechanism = mechanisms.find((m) => m.id === id);
  if (mechanism !== undefined) return explainMechanism(mechanism);
  if (VERDICTS.includes(id as Verdict)) {
    const note = 'The verdict of a chain is that of its weakest link.';
    return [`${id}: a verdict`, '', VERDICT_MEANINGS[id as Verdict], '', note, `Strongest first: ${VERDICTS.join(', ')}`];
  }
  const cost = COST_CLASSES.find((c) => `cost/${c.id}` === id);
  if (cost !== undefined) return explainCost(cost);
  if (Object.hasOwn(FILE_PROBLEMS, id)) {
    const p = FILE_PROBLEMS[id as FileProblemCode];
    return [`${id}: a problem with an input (${p.severity})`, '', p.why, `What to do: ${p.next}`];
  }
  const problem = readerProblems.find((p) => p.code === id);
  if (problem !== undefined) {
    return [
      `${id}: a problem that the reader ${problem.reader} reports`,
      '',
      ...(problem.why === null ? [`Where it is reported, the report says what was found, why that matters and what to do.`] : [problem.why]),
      ...(problem.next === null ? [] : [`What to do: ${problem.next}`]),
    ];
  }
  const all = explainable();
  const near = nearNames(id, all);
  const parts = all.filter((other) => other.startsWith(id) || other.split('/').includes(id)).slice(0, 5);
  const close = [...new Set([...near, ...parts])];
  throw new UsageError(
    `nothing is called "${id}" among ${kinds.length} conditions, ${mechanisms.length} mechanisms, ${VERDICTS.length} verdicts, ${COST_CLASSES.length} costs and ${Object.keys(FILE_PROBLEMS).length + readerProblems.length} problems${close.length === 0 ? '; docs/catalogue.md lists them, docs/errors.md the error texts' : `; did you mean ${close.join(', ')}?`}`,
  );
}

export const explainable = (): string[] => [
  ...kinds.map((k) => k.id),
  ...mechanisms.map((m) => m.id),
  ...VERDICTS,
  ...COST_CLASSES.map((c) => `cost/${c.id}`),
  ...Object.keys(FILE_PROBLEMS),
  ...readerProblems.map((p) => p.code),
];

const ROOTS: Readonly<Record<NonNullable<Kind['root']>, string>> = {
  defect: 'a defect located in code or configuration',
  change: 'a change',
  input: 'an input',
  demand: 'demand',
  outside: 'an outside fault',
};

const PAYERS: Readonly<Record<CostClassInfo['payer'], string>> = {
  caller: 'It is charged to the innermost frame of the program on the stack.',
  program: 'No caller asked for it: the program as a whole brings it about.',
  nobody: 'It is charged to nobody and never a cause.',
};
const MOST_FUNCTIONS = 24;

function explainCost(c: CostClassInfo & { readonly id: (typeof COST_CLASSES)[number]['id'] }): string[] {
  const functions = functionsOfClass(c.id);
  const more = functions.length > MOST_FUNCTIONS ? ` and ${functions.length - MOST_FUNCTIONS} more` : '';
  return [
    `cost/${c.id}: ${c.title}, a class of processor time (gorca profile attribute)`,
    '',
    `${c.means}.`,
    '',
    PAYERS[c.payer],
    ...(c.lookFor === '' ? [] : [`Look for: ${c.lookFor}.`]),
    ...(functions.length === 0 ? [] : [`Functions: ${functions.slice(0, MOST_FUNCTIONS).join(', ')}${more}.`]),
    'Of several classes that frames of one stack name, the first of docs/catalogue.md counts.',
  ];
}

function explainKind(kind: Kind): string[] {
  const causes = mechanisms.filter((m) => m.to.id === kind.id).map((m) => m.id);
  const effects = mechanisms.filter((m) => m.from.some((f) => f.kind.id === kind.id)).map((m) => m.id);
  const seenBy = observers.filter((o) => o.answers.some((k) => k.id === kind.id)).map((o) => o.id);
  return [
    `${kind.id}: ${kind.title}`,
    '',
    kind.explain,
    '',
    kind.symptom === undefined ? null : `It is a symptom: ${kind.symptom === 'harm' ? 'harm' : 'a resource that outgrows its demand'}.`,
    kind.root === undefined ? 'It cannot end a chain: it is an effect of something else.' : `It can end a chain, as ${ROOTS[kind.root]}.`,
    ...listed('Observed by', seenBy),
    ...listed('Brought about by', causes),
    ...listed('Can bring about, by', effects),
    `To see it: ${kind.next}`,
  ].filter((l) => l !== null);
}

function explainMechanism(m: Mechanism): string[] {
  return [
    `${m.id}: ${generalTitle(m)}`,
    '',
    ...(typeof m.because === 'string' ? [m.because, ''] : []),
    `From ${m.from.map((f) => `${f.kind.id} (${f.role}${f.optional === true ? ', if there' : ''})`).join(' and ')}`,
    `to ${m.to.id}`,
    ...listed(
      'Requires',
      m.requires.map((c) => c.title),
    ),
    ...listed(
      'Confirmed by',
      (m.confirms ?? []).map((c) => c.title),
    ),
    ...listed(
      'Supported by',
      (m.supports ?? []).map((c) => c.title),
    ),
    ...listed(
      'Refuted by',
      m.refutes.map((c) => `${c.title}${c.decisive === true ? ' (decisive: unproven while it cannot be looked at)' : ''}`),
    ),
    ...listed('Would look the same', m.rivals),
    ...(m.needsBaseline === true ? ['It needs a stretch in which all was well.'] : []),
    ...(m.experiment === undefined ? [] : [`If it is so: ${m.experiment.predicts}`]),
    ...listed('Accepted false positives', m.acceptedFalsePositives),
    m.status === 'trial' ? 'On trial: it cannot rise above supported.' : 'Established.',
  ];
}

const listed = (title: string, items: readonly string[]): string[] => (items.length === 0 ? [] : [`${title}:`, ...items.map((i) => `  - ${i}`)]);

export const explainText = (id: string, columns: number): string =>
  `${explain(id)
    .flatMap((line) => {
      const indent = line.startsWith('  - ') ? '    ' : '';
      return wrap(line.trimStart(), columns - indent.length).map((part, i) => (i === 0 ? line.slice(0, line.length - line.trimStart().length) : indent) + part);
    })
    .join('\n')}\n`;
