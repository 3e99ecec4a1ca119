/**
 * Rows of a query, a transaction or a connection of a database/sql pool that a function does not give back on some path. Rows that were read to
 * their end are given back; a return out of the loop over them is not.
 * Rate: nothing in the Go tree uses a pool; on the programs of this repository 0 claims beside those that were written to be one.
 */
import { sqlNotClosed } from '../../../model/conditions/source.ts';
import { eachStmt, exprsOf, type Stmt, spell } from '../../../read/go-source/index.ts';
import { type Acquired, isHandedOn, judgeAcquired } from '../acquired.ts';
import { linesOf, type Section } from '../critical-sections.ts';
import { commandsWith, type FunctionRef, type GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { qualifiedMethod } from '../types.ts';

type Facts = NonNullable<(typeof sqlNotClosed)['facts']>;

const acquired = (closes: readonly string[], until: string | null = null): Acquired => ({ member: null, closes: new Set(closes), drains: new Set(), until });
const ROWS = acquired(['Close'], 'Next');
const TRANSACTION = acquired(['Commit', 'Rollback']);
const CONNECTION = acquired(['Close']);
const CALLS: Readonly<Record<string, { readonly what: Facts['what']; readonly how: Acquired }>> = {
  'database/sql.DB.Query': { what: 'rows', how: ROWS },
  'database/sql.DB.QueryContext': { what: 'rows', how: ROWS },
  'database/sql.Stmt.Query': { what: 'rows', how: ROWS },
  'database/sql.Stmt.QueryContext': { what: 'rows', how: ROWS },
  'database/sql.DB.Begin': { what: 'transaction', how: TRANSACTION },
  'database/sql.DB.BeginTx': { what: 'transaction', how: TRANSACTION },
  'database/sql.DB.Conn': { what: 'connection', how: CONNECTION },
};

interface At {
  readonly ref: FunctionRef;
  readonly stmt: Stmt;
  readonly call: string;
  readonly what: Facts['what'];
  readonly how: Acquired;
}

export const rule: SourceRule<Facts> = {
  kind: sqlNotClosed,
  find(pkg, module) {
    const own = acquisitionsIn(pkg);
    if (own.length === 0) return [];
    const all = module.flatMap(acquisitionsIn);
    const sections = linesOf(all.map((a): Section => ({ ref: a.ref, line: a.stmt.line, last: a.ref.fn.endLine })));
    const open = all.some((a) => a.stmt.kind !== 'assign' || isHandedOn(a.stmt, a.ref, a.how));
    const linkedInto = commandsWith(pkg, module);
    return own.flatMap((a) => findingAt(a, { sections, open, linkedInto }));
  },
};

const memo = new WeakMap<GoPackage, readonly At[]>();

function acquisitionsIn(pkg: GoPackage): readonly At[] {
  const known = memo.get(pkg);
  if (known !== undefined) return known;
  const found: At[] = [];
  for (const ref of pkg.functions)
    if (!ref.fn.broken)
      eachStmt(ref.fn.body, (stmt) => {
        for (const e of exprsOf(stmt)) {
          const call = e.kind === 'call' ? CALLS[qualifiedMethod(e, ref) ?? ''] : undefined;
          if (e.kind === 'call' && call !== undefined) found.push({ ref, stmt, call: spell(e.fn), ...call });
        }
      });
  memo.set(pkg, found);
  return found;
}

const WORDS: Readonly<Record<Facts['what'], readonly [string, string]>> = {
  rows: ['the rows', 'closed'],
  transaction: ['the transaction', 'committed or rolled back'],
  connection: ['the connection', 'closed'],
};

function findingAt(a: At, around: Pick<Facts, 'sections' | 'open' | 'linkedInto'>): SourceFinding<Facts>[] {
  const { ref, stmt } = a;
  if (stmt.kind !== 'assign') return [];
  const judged = judgeAcquired(stmt, ref, a.how);
  if (judged === null) return [];
  const [thing, done] = WORDS[a.what];
  return [
    {
      keyed: ref,
      facts: { ...site(ref, stmt.line), what: a.what, variable: judged.variable, call: a.call, returnLine: judged.returnLine, ...around },
      says:
        judged.returnLine === null
          ? `${thing} of ${a.call} at ${fileLine(ref.file, stmt.line)} ${a.what === 'rows' ? 'are' : 'is'} never ${done}`
          : `${thing} of ${a.call} at ${fileLine(ref.file, stmt.line)} ${a.what === 'rows' ? 'are' : 'is'} not ${done} when the function returns at line ${judged.returnLine}`,
      spans: [{ file: ref.file, span: { offset: stmt.offset, length: stmt.length } }, ...(judged.at === null ? [] : [{ file: ref.file, span: judged.at }])],
    },
  ];
}
