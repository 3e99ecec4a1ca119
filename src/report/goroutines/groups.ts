/** A group of goroutines on a page: how many, what they wait for, where, who started them. */
import { type CodeLine, type DumpHead, type GoroutineDiff, type GoroutineGroup, shortGoSymbol } from '../../model/index.ts';
import { grouped, percent } from '../lib/figures.ts';
import type { Page } from '../lib/page.ts';
import { columnsOf, joined, oneLine, padTo, wrap } from '../lib/safe-text.ts';

export interface GroupStyle {
  readonly columns: number;
  readonly ascii: boolean;
  /** All frames instead of the one the program waits in. */
  readonly stacks: boolean;
}

export const NUMBERS = 18;
const WAIT_MOST = 26;
const IDS = 3;

const base = (path: string): string => path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);

export const fileLine = (l: CodeLine): string => (l.file === '' ? '' : l.line === 0 ? base(l.file) : `${base(l.file)}:${l.line}`);

const FORMS: Readonly<Record<DumpHead['form'], string>> = { debug2: '', debug1: ' (debug=1)', protobuf: ' (profile)', leaks: ' (goroutineleak profile)' };

export const dumpName = (d: DumpHead): string =>
  `${d.file}${d.dumps > 1 ? ` dump ${d.dump} of ${d.dumps}` : ''}${FORMS[d.form]}${d.at === null ? '' : `, ${d.at.slice(0, 19).replace('T', ' ')} UTC`}`;

export function waitText(g: GoroutineGroup, ascii: boolean): string {
  const parts = [g.wait];
  if (g.longestMinutes !== null) parts.push(`${ascii ? '>=' : '≥'}${g.longestMinutes} min`);
  return parts.join(', ');
}

/** Columns of the waits of all groups, within bounds: a long one takes a line of its own. */
export const waitColumns = (groups: readonly GoroutineGroup[], style: GroupStyle): number =>
  Math.min(WAIT_MOST, Math.max(9, ...groups.map((g) => columnsOf(oneLine(waitText(g, style.ascii)))).filter((n) => n <= WAIT_MOST)));

export function putHead(page: Page, waits: number, numbers: string): void {
  page.line(`${padTo(numbers, NUMBERS)}${padTo('WAITS FOR', waits)}  WHERE`, '2');
}

/** `more`: what is to be said besides, before the ids. */
export function putGroup(page: Page, g: GoroutineGroup, numbers: string, waits: number, style: GroupStyle, more: readonly string[] = []): void {
  const indent = NUMBERS + waits + 2;
  const room = style.columns - indent;
  const wait = oneLine(waitText(g, style.ascii));
  const where = style.stacks ? stackLines(g, room) : codeLines('', g.at, room);
  const first = padTo(numbers, NUMBERS);
  const colour = g.leaked > 0 ? '31' : '';
  if (columnsOf(wait) <= waits) page.line(`${first}${padTo(wait, waits)}  ${where[0] ?? ''}`.trimEnd(), colour);
  else {
    page.line(`${first}${wait}`, colour);
    where.unshift('');
  }
  for (const line of where.slice(1)) page.line(`${' '.repeat(indent)}${line}`);
  for (const line of joined(factsOf(g, more), room)) page.line(`${' '.repeat(indent)}${line}`, '2');
}

function factsOf(g: GoroutineGroup, more: readonly string[]): string[] {
  const out: string[] = [];
  const creator = g.createdBy[0];
  if (creator !== undefined) out.push(`by ${shortGoSymbol(creator.function)} ${fileLine(creator)}${g.createdBy.length > 1 ? ` and ${g.createdBy.length - 1} more` : ''}`);
  out.push(...more);
  const others = g.waits.filter((w) => w.wait !== g.wait);
  if (others.length > 0) out.push(`of them ${others.map((w) => `${grouped(w.count)} ${w.wait}`).join(', ')}`);
  if (g.leaked > 0) out.push(`${grouped(g.leaked)} leaked, says the runtime`);
  const object = g.objects[0];
  if (object !== undefined && object.waiters > 1) {
    const more = g.objects.filter((o) => o.waiters > 1).length - 1;
    out.push(`${grouped(object.waiters)} wait for ${object.address}${more > 0 ? ` and others for ${more === 4 ? 'more' : more} more` : ''}`);
  }
  if (g.lockedToThread > 0) out.push(`${grouped(g.lockedToThread)} locked to a thread`);
  if (g.stacks > 1) out.push(`${grouped(g.stacks)} stacks`);
  const label = g.labels[0];
  if (label !== undefined) out.push(`${grouped(label.count)} with ${label.labels}${g.labels.length > 1 ? `, and others` : ''}`);
  if (g.ids.length > 0) out.push(`goroutine ${g.ids.slice(0, IDS).join(', ')}${g.count > Math.min(IDS, g.ids.length) ? ' …' : ''}`);
  return out.map(oneLine);
}

/** `main.crowd.func1  main.go:50`, in as many lines as it takes. */
function codeLines(before: string, code: CodeLine, room: number, after = ''): string[] {
  const name = `${before}${oneLine(shortGoSymbol(code.function))}`;
  const file = `${oneLine(fileLine(code))}${after}`;
  if (file === '') return wrap(name, room);
  if (columnsOf(name) + 2 + columnsOf(file) <= room) return [`${name}  ${file}`];
  return [...wrap(name, room), ...wrap(file, room - 2).map((l) => `  ${l}`)];
}

function stackLines(g: GoroutineGroup, room: number): string[] {
  const lines = g.stack.flatMap((l) => codeLines('', l, room, l.times > 1 ? ` ×${l.times}` : ''));
  // where they are missing is known of each stack, not of what was made one
  if (g.elided !== 0) lines.push(...wrap(`(${g.elided < 0 ? 'some' : grouped(g.elided)} frames left out by the runtime)`, room));
  return lines;
}

export const shareText = (count: number, share: number): string => `${grouped(count).padStart(9)} ${percent(share).padStart(6)}`;

/** By what dumps are compared. */
export const ORDERS: Readonly<Record<GoroutineDiff['order'], string>> = {
  times: 'by their times',
  'as given': 'in the order given',
  'one file': 'as they stand in the file',
  'file names': 'in the order of their names',
};
