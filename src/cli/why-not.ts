import { mechanisms } from '../diagnose/mechanisms/index.ts';
import type { Investigation } from '../investigate.ts';
import { nearNames } from '../model/near-names.ts';
import { oneLine, wrap } from '../report/lib/safe-text.ts';
import { UsageError } from './usage-error.ts';

/** Said before anything is read: a slip of the finger should not cost a whole investigation. */
export function knownMechanism(id: string): void {
  const ids = mechanisms.map((m) => m.id);
  if (ids.includes(id)) return;
  const near = [...new Set([...nearNames(id, ids), ...ids.filter((other) => other.endsWith(`/${id}`))])];
  throw new UsageError(`there is no mechanism "${id}" among ${ids.length}${near.length === 0 ? '; docs/catalogue.md lists them' : `; did you mean ${near.join(' or ')}?`}`);
}

/** Why a mechanism is not named, effect by effect, and what would have to be seen. */
export function whyNotText(id: string, whyNot: Investigation['whyNot'], columns: number): string {
  const answers = whyNot(id);
  const lines =
    answers.length === 0
      ? ['nothing that it could have brought about was observed']
      : answers.flatMap((a) => [`${a.effect}: ${a.verdict}, ${a.why}`, ...(a.next === null || a.next === '' ? [] : [`  → ${a.next}`])]);
  return `${[id, '', ...lines.flatMap((l) => wrapLine(oneLine(l), columns))].join('\n')}\n`;
}

function wrapLine(line: string, columns: number): string[] {
  const indent = line.startsWith('  ') ? '    ' : '  ';
  return wrap(line.trim(), columns - indent.length).map((part, i) => (i === 0 ? (line.startsWith('  ') ? '  ' : '') : indent) + part);
}
