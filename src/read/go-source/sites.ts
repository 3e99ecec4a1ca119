/** What happens where: one flat list a file, in source order, so that a line of a traceback can be held against the source. */
import type { At, Expr, GoFunction, Stmt } from './ast.ts';
import { eachExpr, exprsOf, listsOf, spell } from './walk.ts';

type SiteClass =
  | 'make-chan'
  | 'go'
  | 'defer'
  | 'select'
  | 'send'
  | 'receive'
  | 'range'
  | 'loop'
  | 'close'
  | 'lock'
  | 'rlock'
  | 'unlock'
  | 'runlock'
  | 'wait'
  | 'ticker'
  | 'timer'
  | 'stop'
  | 'sleep'
  | 'http-call'
  | 'body-close'
  | 'index-write'
  | 'append'
  | 'delete'
  | 'deadline'
  | 'assert'
  | 'index'
  | 'call'
  | 'panic';

interface SelectCase {
  readonly class: 'done' | 'timer' | 'receive' | 'send' | 'default';
  /** The channel as written; '' for default. */
  readonly channel: string;
  readonly line: number;
}

export interface Site extends At {
  readonly class: SiteClass;
  /** Index in GoFile.functions. */
  readonly function: number;
  /** What it is done to or with: the channel, the lock, the callee, as written. */
  readonly expression: string;
  /** make-chan: the size as written, '0' when none; select: its cases; assert: whether `, ok` is taken; lock calls: whether deferred. */
  readonly size?: string;
  readonly cases?: readonly SelectCase[];
  readonly checked?: boolean;
  readonly deferred?: boolean;
}

const LOCKS: Readonly<Record<string, SiteClass>> = { Lock: 'lock', RLock: 'rlock', Unlock: 'unlock', RUnlock: 'runlock', Wait: 'wait', Stop: 'stop' };
const BUILTINS: Readonly<Record<string, SiteClass>> = { close: 'close', delete: 'delete', append: 'append', panic: 'panic' };
const HTTP_VERBS = new Set(['Do', 'Get', 'Head', 'Post', 'PostForm']);
const DEADLINES = new Set(['WithTimeout', 'WithDeadline', 'WithTimeoutCause', 'WithDeadlineCause', 'SetDeadline', 'SetReadDeadline', 'SetWriteDeadline']);

export function sitesOf(functions: readonly GoFunction[]): Site[] {
  const found: Site[] = [];
  functions.forEach((f, index) => {
    siteList(f.body, index, found);
  });
  return found.sort((a, b) => a.offset - b.offset || b.length - a.length || (a.class < b.class ? -1 : a.class > b.class ? 1 : 0));
}

function siteList(body: readonly Stmt[], fn: number, found: Site[]): void {
  for (const s of body) siteStmt(s, fn, found);
}

function siteStmt(s: Stmt, fn: number, found: Site[]): void {
  const add = (site: Omit<Site, 'function'>): void => {
    found.push({ ...site, function: fn });
  };
  /** The span of a statement's head: a select or loop is cited by its first line only. */
  const head: At = { line: s.line, endLine: s.line, offset: s.offset, length: Math.min(s.length, 200) };
  const whole: At = { line: s.line, endLine: s.endLine, offset: s.offset, length: s.length };
  switch (s.kind) {
    case 'go':
    case 'defer':
      add({ ...head, class: s.kind, expression: s.call.kind === 'call' ? spell(s.call.fn) : spell(s.call) });
      break;
    case 'select':
      add({ ...head, class: 'select', expression: 'select', cases: s.cases.map(selectCase) });
      break;
    case 'send':
      add({ ...whole, class: 'send', expression: spell(s.to) });
      break;
    case 'for':
      if (s.form === 'range' && s.over !== null) add({ ...head, class: 'range', expression: spell(s.over) });
      else add({ ...head, class: 'loop', expression: s.form });
      break;
    case 'assign':
      for (const l of s.left) if (l.kind === 'index') add({ ...at(l), class: 'index-write', expression: spell(l.of) });
      break;
  }
  const checked = s.kind === 'assign' && s.left.length === 2;
  for (const e of exprsOf(s)) eachExpr(e, (x) => siteExpr(x, fn, found, checked, s.kind === 'defer'));
  for (const list of listsOf(s)) siteList(list, fn, found);
}

const at = (e: At): At => ({ line: e.line, endLine: e.endLine, offset: e.offset, length: e.length });

function siteExpr(e: Expr, fn: number, found: Site[], checked: boolean, deferred: boolean): void {
  const add = (site: Omit<Site, 'function'>): void => {
    found.push({ ...site, function: fn });
  };
  switch (e.kind) {
    case 'receive':
      add({ ...at(e), class: 'receive', expression: spell(e.from) });
      return;
    case 'assert':
      if (e.type !== '' && e.type !== 'type') add({ ...at(e), class: 'assert', expression: `${spell(e.of)}.(${e.type})`, checked });
      return;
    case 'index':
      add({ ...at(e), class: 'index', expression: spell(e) });
      return;
    case 'composite':
      if (e.type.endsWith('http.Client'))
        for (const x of e.elements)
          if (x.key !== null && x.key.kind === 'ident' && x.key.name === 'Timeout') add({ ...at(x.value), class: 'deadline', expression: spell(x.value) });
      return;
    case 'call':
      callSite(e, add, deferred);
      return;
  }
}

function callSite(e: Expr & { kind: 'call' }, add: (site: Omit<Site, 'function'>) => void, deferred: boolean): void {
  // a frame's line lies between the start of the callee and the opening parenthesis, not inside the arguments
  const where: At = { line: e.line, endLine: e.fn.kind === 'func' ? e.line : e.fn.endLine, offset: e.offset, length: e.length };
  if (e.fn.kind === 'ident') {
    const name = e.fn.name;
    const first = e.args[0];
    if (name === 'make' && first?.kind === 'type' && isChannelType(first.text)) {
      const size = e.args[1];
      add({ ...where, class: 'make-chan', expression: first.text, size: size === undefined ? '0' : spell(size) });
      return;
    }
    const builtin = BUILTINS[name];
    if (builtin !== undefined) {
      add({ ...where, class: builtin, expression: first === undefined ? '' : spell(first) });
      return;
    }
  }
  if (e.fn.kind === 'selector') {
    const { field } = e.fn;
    const on = spell(e.fn.of);
    const called = `${on}.${field}`;
    const lockClass = e.args.length === 0 ? LOCKS[field] : undefined;
    if (lockClass !== undefined) add({ ...where, class: lockClass, expression: on, deferred });
    else if (called === 'time.NewTicker' || called === 'time.Tick') add({ ...where, class: 'ticker', expression: called });
    else if (called === 'time.NewTimer' || called === 'time.After' || called === 'time.AfterFunc') add({ ...where, class: 'timer', expression: called });
    else if (called === 'time.Sleep') add({ ...where, class: 'sleep', expression: called });
    else if (field === 'Close' && e.fn.of.kind === 'selector' && e.fn.of.field === 'Body') add({ ...where, class: 'body-close', expression: on, deferred });
    else if (DEADLINES.has(field)) add({ ...where, class: 'deadline', expression: called });
    else if (HTTP_VERBS.has(field) && e.args.length > 0) add({ ...where, class: 'http-call', expression: called });
  }
  add({ ...where, class: 'call', expression: spell(e.fn) });
}

const isChannelType = (type: string): boolean => type.startsWith('chan ') || type.startsWith('<-chan') || type.startsWith('chan<-') || type === 'chan' || type.startsWith('chan(');

function selectCase(c: { readonly comm: Stmt | null; readonly line: number }): SelectCase {
  const { comm, line } = c;
  if (comm === null) return { class: 'default', channel: '', line };
  if (comm.kind === 'send') return { class: 'send', channel: spell(comm.to), line };
  const from = receivedFrom(comm);
  if (from === null) return { class: 'receive', channel: '?', line };
  return { class: isDone(from) ? 'done' : isTimer(from) ? 'timer' : 'receive', channel: spell(from), line };
}

/** The channel a receive statement of a select takes from. */
export function receivedFrom(comm: Stmt): Expr | null {
  const e = comm.kind === 'expr' ? comm.expr : comm.kind === 'assign' ? comm.right[0] : undefined;
  return e !== undefined && e.kind === 'receive' ? e.from : null;
}

/** `ctx.Done()` of anything. */
export const isDone = (e: Expr): boolean => e.kind === 'call' && e.args.length === 0 && e.fn.kind === 'selector' && e.fn.field === 'Done';

/** `time.After(d)`, `timer.C`, `ticker.C`. */
export const isTimer = (e: Expr): boolean =>
  (e.kind === 'call' && e.fn.kind === 'selector' && e.fn.of.kind === 'ident' && e.fn.of.name === 'time' && (e.fn.field === 'After' || e.fn.field === 'Tick')) ||
  (e.kind === 'selector' && e.field === 'C');
