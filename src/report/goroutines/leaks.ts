/** Leaks and locks of a series of dumps, for a person at a terminal. */
import { type CodeLine, type GoroutineLeaks, type LeakFinding, type LeakGrowth, shortGoSymbol } from '../../model/index.ts';
import { grouped, percent, plural } from '../lib/figures.ts';
import { Page, type TerminalOptions } from '../lib/page.ts';
import { oneLine, wrap } from '../lib/safe-text.ts';
import { dumpName, fileLine, ORDERS } from './groups.ts';

const LABELS: Readonly<Record<string, string>> = {
  'goroutines/lock-cycle': 'CIRCLE',
  'goroutines/lock-kept': 'KEPT',
  'goroutines/slots-exhausted': 'SLOTS',
  'goroutines/waker-gone': 'GONE',
  'goroutines/nil-channel': 'NIL',
  'goroutines/lock-convoy': 'QUEUE',
};
const STACK = 12;
/** Of one kind. */
const FINDINGS = 5;

export interface LeaksStyle extends TerminalOptions {
  readonly stacks?: boolean;
}

export function renderGoroutineLeaks(l: GoroutineLeaks, options: LeaksStyle = {}): string {
  const page = new Page(options);
  const ascii = options.ascii === true;
  const columns = Math.max(60, options.columns ?? 80);
  for (const p of l.processes) {
    page.blank();
    const arrow = ascii ? ' -> ' : ' → ';
    const totals = p.dumps.map((d) => `${d.complete ? '' : ascii ? '>=' : '≥'}${grouped(d.goroutines)}`).join(arrow);
    const what = p.leaksOnly ? 'leaked goroutines' : 'goroutines';
    for (const line of wrap(oneLine(`${totals} ${what}${p.perMinute === null ? '' : `, ${p.perMinute > 0 ? '+' : ''}${p.perMinute} a minute`}`), columns)) page.line(line, '1');
    for (const [i, d] of p.dumps.entries()) for (const line of wrap(oneLine(`${i + 1}. ${dumpName(d)}`), columns - 2)) page.line(`  ${line}`);
    if (p.dumps.length > 1) page.line(`  compared ${ORDERS[p.order]}; ${p.sameLife ? 'ids show one life of one process' : 'that it is one life of one process is assumed'}`, '2');
    page.blank();
    for (const g of p.growing) putGrowth(page, g, arrow, options.stacks === true);
    if (p.growing.length === 0)
      page.row(
        'PILES',
        p.dumps.length === 1
          ? 'nothing that one dump could show'
          : p.sameLife
            ? 'nothing piles up'
            : 'nothing that load could not explain; with ids, as goroutine?debug=2 has them, less growth is enough',
      );
  }
  if (l.findings.length > 0) page.blank();
  const shown = new Map<string, number>();
  for (const f of l.findings) {
    const n = (shown.get(f.kind) ?? 0) + 1;
    shown.set(f.kind, n);
    if (n <= FINDINGS) putFinding(page, f);
    else if (n === FINDINGS + 1) page.row('', `and ${l.findings.filter((o) => o.kind === f.kind).length - FINDINGS} more (--json)`);
  }
  if (l.notObservable.length > 0) {
    page.blank();
    for (const [i, n] of l.notObservable.entries()) page.row(i === 0 ? 'UNSEEN' : '', `${n.why}; ${n.next}`);
  }
  page.blank();
  const more = (factor: string): string => percent((l.thresholds[factor] ?? 1) - 1);
  const pace = l.thresholds['leastPerMinute'] ?? 0;
  page.line(`piling up: ${l.thresholds['leastGrowth']} more (--least) and ${more('leastFactorWithIds')} more (${more('leastFactor')} without ids),`, '2');
  page.line(`${pace > 0 ? `${pace} a minute (--per-minute), ` : ''}${percent(l.thresholds['stay'] ?? 0)} stay (--stay);`, '2');
  page.line(
    `in one dump: ${l.thresholds['crowd']} (--crowd), ${percent(l.thresholds['crowdShare'] ?? 0)} of all (--share), ${plural(l.thresholds['crowdMinutes'] ?? 0, 'minute')} old (--minutes)`,
    '2',
  );
  return page.text();
}

const code = (c: CodeLine): string => `${shortGoSymbol(c.function)} ${fileLine(c)}`.trimEnd();

function putGrowth(page: Page, g: LeakGrowth, arrow: string, stacks: boolean): void {
  page.row(
    g.counts.length > 1 ? 'PILES' : 'CROWD',
    `${g.counts.map(grouped).join(arrow)} at ${code(g.at)} [${g.wait}]${g.weak ? ` (weak: ${plural(g.counts.length, 'dump')})` : ''}`,
  );
  const facts = [g.why];
  if (g.perMinute !== null) facts.push(`${g.perMinute} a minute`);
  facts.push(`${percent(g.share)} of all`);
  if (g.longestMinutes !== null) facts.push(`the longest for ${plural(g.longestMinutes, 'minute')} and more`);
  if (g.leaked !== null) facts.push(g.leaked > 0 ? `${percent(g.leaked)} leaked by the runtime’s own word` : 'none leaked by the runtime’s own word');
  if (g.object !== null) facts.push(`most wait for ${g.object}`);
  page.row('', facts.join(' · '));
  for (const [i, c] of g.startedBy.entries()) page.row('', `${'  '.repeat(i)}by ${code(c)}${c.alive ? '' : ' (has ended, or is not in the dump)'}`);
  if (stacks) {
    for (const f of g.stack.slice(0, STACK)) page.row('', `| ${code(f)}${f.times > 1 ? ` ×${f.times}` : ''}`);
    if (g.stack.length > STACK) page.row('', `| and ${plural(g.stack.length - STACK, 'more frame')} (--json)`);
  }
  if (g.ids.length > 0) page.row('', `goroutine ${g.ids.slice(0, 3).join(', ')} …`);
}

function putFinding(page: Page, f: LeakFinding): void {
  page.row(LABELS[f.kind] ?? 'FOUND', f.lock === null ? f.says : `${f.lock}: ${f.says}`);
  for (const e of f.edges) page.row('', `${e.goroutine} holds ${e.holds} and waits for ${e.waitsFor} at ${code(e.at)}`);
}
