/**
 * WaitGroup.Wait stands before the only receive of what the goroutines send first: with no buffer none of them gets done. A buffer, a receive
 * in another goroutine, or a send with another case ends it.
 */
import { waitBeforeReceive } from '../../../model/conditions/source.ts';
import { type Expr, type Stmt, spell } from '../../../read/go-source/index.ts';
import { capacityOf } from '../channels.ts';
import { alwaysBefore, positions, type Spawn, spawnsOf } from '../flow.ts';
import { lockEvents } from '../locks.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { identify } from '../types.ts';
import { waitCall, wakingsOf } from '../wakers.ts';

type Facts = NonNullable<(typeof waitBeforeReceive)['facts']>;

interface Send {
  readonly in: FunctionRef;
  readonly stmt: Stmt;
  readonly channel: Expr;
  readonly key: string;
}

export const rule: SourceRule<Facts> = {
  kind: waitBeforeReceive,
  find: (pkg) =>
    pkg.functions
      .filter((f) => !f.fn.broken)
      .flatMap((ref) =>
        lockEvents(ref).flatMap((e) => {
          const wait = e.what === 'call' && e.call !== null ? waitCall(e.call, ref) : null;
          return wait?.op === 'wait-group' ? findingsAt(wait.on, e.stmt, ref, pkg) : [];
        }),
      ),
};

function findingsAt(group: Expr, wait: Stmt, ref: FunctionRef, pkg: GoPackage): SourceFinding<Facts>[] {
  const id = identify(group, ref);
  if (id === null || id.scope !== 'local' || id.variable?.owner !== ref) return [];
  const done = wakingsOf(id.key, 'wait-group', pkg);
  if (done === null) return [];
  const sends = spawnsOf(ref)
    .filter((s) => s.entry.fn.literal && done.some((d) => d.ref === s.entry))
    .flatMap((s) =>
      sendsBeforeDone(
        s,
        done.filter((d) => d.ref === s.entry).map((d) => d.stmt),
      ),
    );
  const at = positions(ref.fn.body);
  return [...new Set(sends.map((s) => s.key))].flatMap((key) => {
    const own = sends.filter((s) => s.key === key);
    const first = own[0] as Send;
    const made = identify(first.channel, first.in)?.variable;
    if (made?.owner !== ref || capacityOf(made.value) !== 0) return [];
    const receives = wakingsOf(key, 'send', pkg);
    const receive = receives?.[0];
    if (receives == null || receive === undefined || receives.some((r) => r.ref !== ref || !alwaysBefore(wait, r.stmt, at))) return [];
    return [
      {
        keyed: ref,
        facts: {
          ...site(ref, wait.line),
          endLine: wait.endLine,
          group: spell(group),
          channel: spell(first.channel),
          receiveLine: receive.stmt.line,
          senders: own.map((s) => ({ function: s.in.symbol, file: s.in.file.path, line: s.stmt.line, endLine: s.stmt.endLine })),
        },
        says: `${spell(group)} is waited for at ${fileLine(ref.file, wait.line)}, before ${spell(first.channel)} is received from (line ${receive.stmt.line}), on which its goroutines send first (line ${first.stmt.line}): without a buffer none of them gets done`,
        spans: [
          { file: ref.file, span: { offset: wait.offset, length: Math.min(wait.length, 120) } },
          { file: first.in.file, span: { offset: first.stmt.offset, length: Math.min(first.stmt.length, 120) } },
          { file: ref.file, span: { offset: receive.stmt.offset, length: Math.min(receive.stmt.length, 80) } },
        ],
      },
    ];
  });
}

/** Sends without another case that the goroutine comes to before it is done. */
function sendsBeforeDone({ entry }: Spawn, done: readonly Stmt[]): Send[] {
  const at = positions(entry.fn.body);
  return lockEvents(entry).flatMap((e) => {
    const id = e.what === 'send' && e.channel !== null ? identify(e.channel, entry) : null;
    if (id === null || e.channel === null) return [];
    const before = done.every((d) => d.kind === 'defer' || alwaysBefore(e.stmt, d, at));
    return before ? [{ in: entry, stmt: e.stmt, channel: e.channel, key: id.key }] : [];
  });
}
