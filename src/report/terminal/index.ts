/**
 * The report for a person at a terminal: what is wrong, why, how it came about, what it is not, what is missing, what to do now.
 * Readable at 80 columns. Colour never carries meaning alone: verdicts differ by word and glyph.
 */
import { clockTime, type Instant, parseInstant, type Report, type ReportCause, type ReportIncident } from '../../model/index.ts';
import { alike, alikeText } from '../lib/alike.ts';
import { culpritText, nowText, roleText } from '../lib/culprit.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';

export type { TerminalOptions } from '../lib/page.ts';

/** Flags that leave harm out of sight. */
const SCOPING: ReadonlySet<string> = new Set(['--scope', '--at', '--since', '--until']);
/** Of a list only so many are shown; what was left out is counted. */
const MOST = { gaps: 5, rejected: 4, unexplained: 4, causes: 3, symptoms: 4, frontiers: 3 };

const clock = (time: string | null): string => {
  const at: Instant | null = time === null ? null : parseInstant(time);
  return at === null ? '' : clockTime(at);
};

const plural = (n: number, one: string, many = `${one}s`): string => `${n} ${n === 1 ? one : many}`;

/** Shows the first few of a list and says how many more there are. */
function some<T>(list: readonly T[], most: number, show: (item: T, index: number) => void, page: Page, what: string): void {
  list.slice(0, most).forEach(show);
  if (list.length > most) page.row('', `and ${list.length - most} more ${what} (--json shows all)`);
}

export function renderTerminal(report: Report, options: TerminalOptions = {}): string {
  const page = new Page(options);
  if (report.incidents.length === 0) healthy(report, page);
  overview(report, page);
  report.incidents.forEach((incident, i) => {
    page.blank();
    if (report.incidents.length > 1) page.heading(`INCIDENT ${i + 1} of ${report.incidents.length}`);
    renderIncident(incident, report.gaps, page);
  });
  page.blank();
  gaps(report, page);
  page.blank();
  footer(report, page);
  return page.text();
}

function healthy(report: Report, page: Page): void {
  if (report.inputs.every((i) => i.readers.length === 0)) {
    page.heading('nothing could be read, so nothing can be said about an incident');
    return;
  }
  if (report.outcome === 'unproven') {
    page.heading('nothing that was given could have shown harm, so nothing can be said about an incident');
    return;
  }
  const outside = report.checked.filter((c) => c.state === 'observed').map((c) => c.condition);
  const asked = report.hints.filter((h) => SCOPING.has(h.flag)).map((h) => `${h.flag} ${h.value}`);
  // harm was seen, only not where it was asked for: a name may be mistyped
  if (outside.length > 0 && asked.length > 0) {
    page.heading(`no incident within ${asked.join(' ')}; there is harm outside of it`);
    page.blank();
    page.row('OUTSIDE', outside.join(', '));
    return;
  }
  // the gaps say what grows
  const grows = report.gaps.some((g) => g.places !== undefined);
  page.heading(grows ? 'no incident: no harm was found; what grows may be no more than a start (below)' : 'no incident: no harm and nothing that outgrows its demand was found');
  page.blank();
  const of = (state: Report['checked'][number]['state']): string[] => report.checked.filter((c) => c.state === state).map((c) => c.condition);
  const absent = of('absent');
  const blind = of('not-observable');
  if (absent.length > 0) page.row('CHECKED', `and absent: ${absent.join(', ')}`);
  if (blind.length > 0) page.row(absent.length > 0 ? '' : 'CHECKED', `could not be looked at: ${blind.join(', ')}`);
}

/** What was paged for comes first, proven or not: where the cause of another incident is found, the page says so at once. */
function overview(report: Report, page: Page): void {
  const found = report.incidents.flatMap((i, n) => (i.outcome === 'cause-found' ? [n + 1] : []));
  if (report.outcome !== 'unproven' || found.length === 0) return;
  page.heading(
    `${plural(report.incidents.length, 'incident')}: the cause of the first is not proven, that of ${found.length === 1 ? 'incident' : 'incidents'} ${found.join(', ')} is found`,
  );
}

function renderIncident(incident: ReportIncident, gaps: Report['gaps'], page: Page): void {
  page.heading(incident.title, { places: incident.places });
  page.blank();
  const [cause, ...others] = incident.causes;
  if (cause === undefined) {
    page.row('CAUSE', 'none could be proven from these inputs');
    // without a cause the symptoms are all there is to show
    some(
      alike(incident.symptoms),
      MOST.symptoms,
      (a, i) => page.row(i === 0 ? 'SEEN' : '', alikeText(a, a.first.says), { places: a.places }, clock(a.first.from)),
      page,
      'symptoms',
    );
  } else {
    renderCause(cause, page);
    // what else the same cause explains; alerts are named in the headline
    const told = new Set(cause.chain.map((l) => `${l.condition} ${l.entity}`));
    const kinds = new Set(cause.chain.map((l) => l.condition));
    const rest = incident.symptoms.filter((s) => !told.has(`${s.condition} ${s.entity}`) && s.condition !== 'alert/firing');
    // another kind of harm says more than the same in the next pod
    const more = [...rest.filter((s) => !kinds.has(s.condition)), ...rest.filter((s) => kinds.has(s.condition))];
    some(
      alike(more),
      MOST.symptoms,
      (a, i) => page.row(i === 0 ? 'THUS' : '', alikeText(a, a.first.says), { places: a.places }, clock(a.first.from) || '–'),
      page,
      'explained by it',
    );
  }
  if (incident.frontiers.length > 0) page.blank();
  const asked = new Set<string>();
  some(
    alike(incident.frontiers, (f) => f.next),
    MOST.frontiers,
    (a, i) => {
      const f = a.first;
      page.row(i === 0 ? 'OPEN' : '', alikeText(a, f.reached), { places: a.places });
      // one command may answer several: why it is needed is said of the first
      const why = asked.has(f.next) ? '' : (gaps.find((g) => g.next === f.next)?.why ?? '');
      asked.add(f.next);
      if (f.next !== '') page.row('', `${why === '' ? '' : `${why} `}→ ${f.next}`);
    },
    page,
    'open ends',
  );
  if (others.length > 0) page.blank();
  some(
    others,
    MOST.causes,
    (c, i) => {
      page.row(i === 0 ? 'ALSO' : '', c.title, { verdict: c.verdict, role: roleText(c), places: c.places });
      for (const culprit of c.culprits.slice(0, 1)) page.row('', culpritText(culprit));
    },
    page,
    'causes',
  );
  if (incident.rejected.length + incident.unexplained.length > 0) page.blank();
  some(incident.rejected, MOST.rejected, (r, i) => page.row(i === 0 ? 'NOT IT' : '', `${r.title}: ${r.why}`, { places: r.refutedBy }), page, 'rejected');
  // without a cause an open end says it already
  const open = new Set(cause === undefined ? incident.frontiers.map((f) => f.reached) : []);
  const besides = incident.unexplained.filter((u) => !open.has(u.says));
  some(
    besides,
    MOST.unexplained,
    (u, i) => page.row(i === 0 ? 'BESIDES' : '', `${u.says}${cause === undefined ? '' : ' (not explained by this)'}`, { places: u.places }),
    page,
    'unexplained',
  );
  page.blank();
  if (cause === undefined) return;
  if (cause.mitigation !== null) page.row('NOW', nowText(cause));
  proofs(cause, page);
}

function renderCause(cause: ReportCause, page: Page): void {
  page.row('CAUSE', cause.title, { verdict: cause.verdict, role: roleText(cause) });
  for (const [i, c] of cause.culprits.slice(0, 3).entries()) page.row('', culpritText(c), i === 0 ? { places: cause.places } : {});
  if (cause.because !== '') page.row('', cause.because, cause.culprits.length === 0 ? { places: cause.places } : {});
  for (const [i, w] of cause.with.entries()) page.row(i === 0 ? 'WITH' : '', w.title, { verdict: w.verdict, role: roleText(w), places: w.places });
  page.blank();
  for (const [i, l] of cause.chain.entries()) page.row(i === 0 ? 'CHAIN' : '', l.says, { verdict: l.verdict, places: l.places }, clock(l.from) || '–');
}

function gaps(report: Report, page: Page): void {
  // what an open end shown above already asks for is not asked for twice
  const asked = new Set(report.incidents.flatMap((i) => i.frontiers.slice(0, MOST.frontiers).map((f) => f.next)));
  some(
    report.gaps.filter((g) => g.next === '' || !asked.has(g.next)),
    MOST.gaps,
    (g, i) => {
      page.row(i === 0 ? 'GAPS' : '', g.why === '' ? g.what : `${g.what}: ${g.why}`, g.places === undefined ? {} : { places: g.places });
      if (g.next !== '') page.row('', `→ ${g.next}`);
    },
    page,
    'gaps',
  );
}

function proofs(cause: ReportCause, page: Page): void {
  for (const [i, p] of cause.proofs.entries()) {
    // its numbers are in the sentence; every one of them is in --json
    page.row(i === 0 ? 'PROOF' : '', `${p.outcome}: ${p.says}`, { places: p.places });
    if (p.command !== null) page.row('', `→ ${p.command}`);
  }
}

/** `logs/a.log:12 [1] :88 [4]`: each file once, each line once; held together by no-break spaces. */
function placesByFile(places: Report['places']): string[] {
  const files = new Map<string, Map<string, number[]>>();
  for (const p of places) {
    const file = p.member ?? p.file;
    const at = p.line === undefined ? '' : `:${p.line}`;
    const lines = files.get(file) ?? new Map<string, number[]>();
    lines.set(at, [...(lines.get(at) ?? []), p.n]);
    files.set(file, lines);
  }
  return [...files].map(([file, lines]) => `${file}${[...lines].map(([at, numbers]) => `${at} [${ranges(numbers)}]`.replaceAll(' ', '\u00a0')).join(' ')}`);
}

/** 1,2,3,7 → 1–3,7 */
function ranges(numbers: readonly number[]): string {
  const parts: string[] = [];
  for (let i = 0; i < numbers.length; ) {
    let j = i;
    while (numbers[j + 1] === (numbers[j] as number) + 1) j++;
    parts.push(j - i >= 2 ? `${numbers[i]}–${numbers[j]}` : numbers.slice(i, j + 1).join(','));
    i = j + 1;
  }
  return parts.join(',');
}

/** The days of the times on the page, which shows hours alone. */
function daysOf(report: Report): string {
  const times = report.incidents.flatMap((i) => [...i.symptoms, ...i.causes.flatMap((c) => c.chain)]).flatMap((c) => (c.from === null ? [] : [c.from.slice(0, 10)]));
  const days = [...new Set(times)].sort();
  return days.length < 2 ? (days[0] ?? '') : `${days[0]} to ${days.at(-1)}`;
}

function footer(report: Report, page: Page): void {
  for (const [i, h] of report.hints.entries()) page.row(i === 0 ? 'GIVEN' : '', `${h.flag} ${h.value}`);
  const cited = report.places.filter((p) => page.shown.has(p.n));
  if (cited.length > 0) page.row('PLACES', placesByFile(cited).join('  '));
  const taken = report.inputs.filter((i) => i.readers.length > 0).length;
  const problems = report.problems.filter((p) => p.severity !== 'note').length;
  const days = daysOf(report);
  page.row(
    'READ',
    `${taken} of ${plural(report.inputs.length, 'file')}${problems === 0 ? '' : `, ${plural(problems, 'problem')}`}${days === '' ? '' : `; times are UTC, ${days}`}`,
  );
  const cause = report.causes[0];
  const more = [
    report.places.length > 0 ? '--evidence 1 prints raw bytes' : '',
    cause === undefined || cause.mechanism === '' ? '' : `--explain ${cause.mechanism}`,
    '--json has everything',
  ];
  page.row('MORE', more.filter((m) => m !== '').join(' · '));
}

/** What was wrong with the inputs, for the error stream: at most `most`, the worst first. */
export function renderProblems(report: Pick<Report, 'problems' | 'inputs'>, options: TerminalOptions & { readonly most?: number } = {}): string {
  const page = new Page(options);
  const rank = { error: 0, warning: 1, note: 2 };
  const most = options.most ?? 8;
  const worth = report.problems.filter((p) => p.severity !== 'note').sort((a, b) => rank[a.severity] - rank[b.severity]);
  for (const p of worth.slice(0, most)) {
    page.row(p.severity === 'error' ? 'ERROR' : 'WARNING', `${p.artifact === null ? '' : `${p.artifact}: `}${p.what}: ${p.why}`, p.place === null ? {} : { places: [p.place] });
    page.row('', `→ ${p.next}`);
  }
  if (worth.length > most) page.row('', `and ${worth.length - most} more problems (--json shows all)`);
  const unknown = report.inputs.filter((i) => i.readers.length === 0);
  for (const input of unknown.slice(0, most)) {
    const nearest = [...input.tried].sort((a, b) => b.reached - a.reached || (a.reader < b.reader ? -1 : 1));
    const shown = nearest.slice(0, 3).map((t) => `${t.reader} to byte ${t.reached} (${t.why})`);
    const rest = nearest.length - shown.length;
    page.row('UNKNOWN', `${input.artifact}: no reader takes it; ${shown.join('; ')}${rest > 0 ? `; ${rest} more readers tried` : ''}`);
  }
  if (unknown.length > most) page.row('', `and ${unknown.length - most} more files no reader takes (--json shows all)`);
  const text = page.text();
  return text === '\n' ? '' : text;
}
