/** The report for an issue or a post-mortem: nothing in it renders as HTML, mentions a person or links to an issue by accident. */
import type { Report, ReportIncident } from '../../model/report.ts';
import { alike, alikeText } from '../lib/alike.ts';
import { culpritText, nowText, roleText } from '../lib/culprit.ts';
import { manyLines, oneLine } from '../lib/safe-text.ts';

const PUNCTUATION = /[\\`*_{}[\]<>|~$]/g;

/** Plain text: no mark-up, no mention, no issue reference. */
const plain = (text: string): string =>
  oneLine(text)
    .replaceAll('&', '&amp;')
    .replace(PUNCTUATION, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : `\\${c}`))
    .replaceAll('@', '&#64;')
    .replace(/#(?=\d)/g, '&#35;');

/** More backticks around than inside. */
const fenceFor = (text: string, least: number): string => '`'.repeat(Math.max(least, ...[...text.matchAll(/`+/g)].map((m) => m[0].length + 1)));

function code(text: string): string {
  const safe = oneLine(text);
  const fence = fenceFor(safe, 1);
  return fence.length === 1 ? `${fence}${safe}${fence}` : `${fence} ${safe} ${fence}`;
}

const cite = (places: readonly number[]): string => (places.length === 0 ? '' : ` \\[${places.join(', ')}\\]`);

export function renderMarkdown(report: Report): string {
  const lines: string[] = [];
  if (report.incidents.length === 0) {
    const grows = report.gaps.some((g) => g.places !== undefined);
    lines.push(
      '## No incident',
      '',
      grows ? 'No harm was found; what grows may be no more than a start (see the gaps).' : 'No harm and nothing that outgrows its demand was found.',
    );
    const absent = report.checked.filter((c) => c.state === 'absent').map((c) => code(c.condition));
    if (absent.length > 0) lines.push('', `Checked and absent: ${absent.join(', ')}`);
  }
  for (const incident of report.incidents) lines.push(...incidentLines(incident), '');
  if (report.gaps.length > 0) {
    lines.push('', '### Gaps', '');
    for (const g of report.gaps) lines.push(`- ${plain(g.what)}${g.why === '' ? '' : `: ${plain(g.why)}`}${g.next === '' ? '' : ` → ${code(g.next)}`}${cite(g.places ?? [])}`);
  }
  if (report.places.length > 0) {
    lines.push('', '<details><summary>Evidence</summary>', '');
    for (const p of report.places) {
      const fence = fenceFor(p.excerpt, 3);
      const at = `${p.member ?? p.file}${p.line === undefined ? '' : `:${p.line}`}`;
      lines.push(
        `**\\[${p.n}\\]** ${code(at)} bytes ${p.offset}–${p.offset + p.length}${p.pointer === undefined ? '' : ` ${plain(p.pointer)}`}`,
        '',
        `${fence}text`,
        manyLines(p.excerpt),
        fence,
        '',
      );
    }
    lines.push('</details>');
  }
  const text = lines.join('\n').replace(/\n{3,}/g, '\n\n');
  return `${text.trim()}\n`;
}

function incidentLines(incident: ReportIncident): string[] {
  const lines = ['', `## ${plain(incident.title)}`, ''];
  const [cause, ...others] = incident.causes;
  if (cause === undefined) {
    lines.push('No cause could be proven from these inputs.', '');
    for (const a of alike(incident.symptoms)) lines.push(`- ${plain(alikeText(a, a.first.says))}${a.first.from === null ? '' : ` (${a.first.from})`}${cite(a.places)}`);
  } else {
    lines.push(`**Cause** (${cause.verdict}, ${roleText(cause)}): ${plain(cause.title)}${cite(cause.places)}`, '');
    for (const c of cause.culprits) lines.push(`- ${code(culpritText(c))}`);
    if (cause.because !== '') lines.push('', plain(cause.because));
    if (cause.with.length > 0) lines.push('');
    for (const w of cause.with) lines.push(`**With** (${w.verdict}, ${roleText(w)}): ${plain(w.title)}${cite(w.places)}`);
    lines.push('', '| since | what | verdict | evidence |', '| --- | --- | --- | --- |');
    for (const l of cause.chain) lines.push(`| ${l.from ?? ''} | ${plain(l.says)} | ${l.verdict} | ${cite(l.places).trim()} |`);
    if (cause.mitigation !== null) lines.push('', `**Now**: ${plain(nowText(cause))}`);
    for (const p of cause.proofs) lines.push('', `**Proof** (${p.outcome}): ${plain(p.says)}${cite(p.places)}${p.command === null ? '' : ` → ${code(p.command)}`}`);
  }
  const list = (title: string, items: readonly string[]): void => {
    if (items.length > 0) lines.push('', `### ${title}`, '', ...items.map((i) => `- ${i}`));
  };
  list(
    'Open ends',
    alike(incident.frontiers, (f) => f.next).map((a) => `${plain(alikeText(a, a.first.reached))}${cite(a.places)}${a.first.next === '' ? '' : ` → ${code(a.first.next)}`}`),
  );
  list(
    'Also',
    others.map((c) => `${plain(c.title)} (${c.verdict}, ${roleText(c)})${cite(c.places)}`),
  );
  list(
    'Not it',
    incident.rejected.map((r) => `${plain(r.title)}: ${plain(r.why)}${cite(r.refutedBy)}`),
  );
  list(
    'Not explained',
    incident.unexplained.map((u) => `${plain(u.says)}${cite(u.places)}`),
  );
  return lines;
}
