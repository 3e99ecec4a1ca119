/**
 * A goroutine ranges over a channel that nothing closes: a field that only its package can reach, or a local variable that goes nowhere else.
 * As long as it lives and nobody sends, it waits. Who could close it is sought in every function of the package, through callees and the other
 * files; where the channel is handed on, or the package is not all there, nothing is said.
 * Rate: 0 claims on 1220 non-test files (12 MB) of net, os, sync, database, testing, runtime/pprof, go, cmd/go, cmd/internal and x/tools of Go 1.26.
 */
import { channelNeverClosed } from '../../../model/conditions/source.ts';
import { type Expr, eachExprIn, eachStmt, type Stmt } from '../../../read/go-source/index.ts';
import { isChannelExpr } from '../channels.ts';
import { exitsOf, runsIn, type Spawn, spawnsIn } from '../flow.ts';
import type { FunctionRef, GoPackage } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { bareType, callsOf, type Identified, identify, variable } from '../types.ts';
import { wakingsOf } from '../wakers.ts';

type Facts = NonNullable<(typeof channelNeverClosed)['facts']>;
type Loop = Stmt & { kind: 'for' };

const BUILT_IN = new Set(
  'append cap clear close complex copy delete imag len make max min new panic print println real recover bool byte complex64 complex128 error float32 float64 int int8 int16 int32 int64 rune string uint uint8 uint16 uint32 uint64 uintptr any'.split(
    ' ',
  ),
);

export const rule: SourceRule<Facts> = {
  kind: channelNeverClosed,
  find(pkg) {
    const found: SourceFinding<Facts>[] = [];
    const seen = new Set<Stmt>();
    for (const spawn of spawnsIn(pkg.functions))
      for (const ref of runsIn(spawn.entry)) {
        if (ref.fn.broken) continue;
        for (const loop of ranges(ref)) {
          if (seen.has(loop)) continue;
          const made = findingAt(loop, ref, spawn, pkg);
          if (made === null) continue;
          seen.add(loop);
          found.push(made);
        }
      }
    return found;
  },
};

/** Loops over a channel without a way out of their own. */
function ranges(ref: FunctionRef): (Loop & { readonly over: Expr })[] {
  const found: (Loop & { readonly over: Expr })[] = [];
  eachStmt(ref.fn.body, (s) => {
    if (s.kind === 'for' && s.form === 'range' && s.over !== null && isChannelExpr(s.over, ref) && exitsOf(s, ref).length === 0) found.push(s as Loop & { readonly over: Expr });
  });
  return found;
}

function findingAt(loop: Loop & { readonly over: Expr }, ref: FunctionRef, spawn: Spawn, pkg: GoPackage): SourceFinding<Facts> | null {
  const ids = channelsOf(loop.over, ref, spawn, pkg);
  if (ids === null) return null;
  for (const { id } of ids) {
    const wakings = wakingsOf(id.key, 'receive', pkg);
    // nobody who sends: another fault, or a stub
    if (wakings === null || wakings.some((w) => w.what === 'close') || !wakings.some((w) => w.what === 'send')) return null;
  }
  if (!isWhole(pkg)) return null;
  const spelt = (ids[0] as (typeof ids)[0]).id.spelt;
  return {
    keyed: ref,
    facts: {
      ...site(ref, loop.line),
      channel: spelt,
      endLine: loop.endLine,
      startedIn: spawn.by.symbol,
      startFile: spawn.by.file.path,
      startLine: spawn.at.line,
    },
    says: `the loop at ${fileLine(ref.file, loop.line)} ranges over ${spelt}, which nothing in the package closes; ${spawn.by.symbol.slice(spawn.by.symbol.lastIndexOf('/') + 1)} starts one each time it runs (${fileLine(spawn.by.file, spawn.at.line)})`,
    spans: [
      { file: ref.file, span: { offset: loop.offset, length: Math.min(loop.length, 160) } },
      { file: spawn.by.file, span: { offset: spawn.at.offset, length: Math.min(spawn.at.length, 80) } },
    ],
  };
}

interface Over {
  readonly id: Identified;
}

/** The channels that the loop ranges over, each one that only this package can reach; null where one is not. */
function channelsOf(over: Expr, ref: FunctionRef, spawn: Spawn, pkg: GoPackage): Over[] | null {
  const id = identify(over, ref);
  if (id === null) return null;
  if (id.scope === 'field') return isOwnField(id, pkg) ? [{ id }] : null;
  if (id.scope === 'local') return isMadeHere(id) ? [{ id }] : null;
  if (id.scope !== 'param' || id.variable?.owner !== spawn.entry) return null;
  // a parameter: all calls of the function start a goroutine of it, and each gives a channel of the package's own
  const calls = callsOf(pkg).within.get(spawn.entry) ?? [];
  const position = spawn.entry.fn.params.findIndex((p) => p.name === id.variable?.name);
  if (calls.length === 0 || (!spawn.entry.fn.literal && (isExported(spawn.entry.fn.name) || isTaken(spawn.entry, calls.length, pkg)))) return null;
  const given = calls.map(({ call, from }) => {
    const arg = call.args[position];
    const own = arg === undefined ? null : identify(arg, from);
    return own !== null && ((own.scope === 'local' && isMadeHere(own)) || (own.scope === 'field' && isOwnField(own, pkg))) ? { id: own } : null;
  });
  return given.some((g) => g === null) ? null : (given as Over[]);
}

const isExported = (name: string): boolean => /^\p{Lu}/u.test(name.slice(name.lastIndexOf('.') + 1));

/** Named elsewhere than where it is called: as a value it may be given any channel. */
function isTaken(ref: FunctionRef, calls: number, pkg: GoPackage): boolean {
  const name = ref.fn.name.slice(ref.fn.name.lastIndexOf('.') + 1);
  let named = 0;
  for (const f of pkg.functions)
    eachExprIn(f.fn.body, (e) => {
      if ((e.kind === 'ident' && e.name === name) || (e.kind === 'selector' && e.field === name)) named++;
    });
  return named !== calls;
}

const isMakeOfChannel = (e: Expr): boolean =>
  e.kind === 'call' && e.fn.kind === 'ident' && e.fn.name === 'make' && e.args[0]?.kind === 'type' && /^(?:<-)?chan\b/.test(e.args[0].text);

/** Made by the function that names it: what came from elsewhere may be closed there. */
const isMadeHere = (id: Identified): boolean => id.variable?.value != null && id.variable.range === null && isMakeOfChannel(id.variable.value);

/** An unexported field of a type of this package, of no other name, that is given a channel made for it and nothing else. */
function isOwnField(id: Identified, pkg: GoPackage): boolean {
  const cut = id.key.lastIndexOf('.');
  const [type, field] = [id.key.slice(0, cut), id.key.slice(cut + 1)];
  if (isExported(field) || (type.slice(0, type.lastIndexOf('.')) !== pkg.symbolPath && type.includes('.'))) return false;
  const struct = pkg.files.flatMap((f) => f.model.structs).find((s) => s.name === bareType(type).slice(type.lastIndexOf('.') + 1));
  if (struct === undefined || !struct.fields.some((f) => f.name === field && !f.embedded)) return false;
  const position = struct.fields.findIndex((f) => f.name === field);
  let own = true;
  const see = (e: Expr): void => {
    if (e.kind !== 'composite') return;
    for (const [i, x] of e.elements.entries()) {
      const names = x.key === null ? i === position && bareType(e.type.replace(/^&/, '')) === struct.name : x.key.kind === 'ident' && x.key.name === field;
      // another channel under a second name: closed by that name it is closed, too
      if (names && !isMakeOfChannel(x.value)) own = false;
    }
  };
  for (const f of pkg.functions) eachExprIn(f.fn.body, see);
  for (const f of pkg.files) for (const v of f.model.vars) if (v.value !== null) see(v.value);
  return own;
}

const whole = new WeakMap<GoPackage, boolean>();

/** Every function and method of its own that the package calls is among the files: what is missing might close. */
function isWhole(pkg: GoPackage): boolean {
  const known = whole.get(pkg);
  if (known !== undefined) return known;
  const types = new Set(pkg.files.flatMap((f) => [...f.model.structs, ...f.model.types].map((t) => t.name)));
  let all = pkg.functions.every((f) => !f.fn.broken);
  for (const ref of pkg.functions)
    eachExprIn(ref.fn.body, (e) => {
      if (e.kind !== 'call') return;
      if (e.fn.kind === 'ident') {
        const { name } = e.fn;
        if (!BUILT_IN.has(name) && !pkg.byName.has(name) && !types.has(name) && variable(name, ref) === null && !ref.declared.fn.name.includes('[')) all = false;
      } else if (e.fn.kind === 'selector' && e.fn.of.kind === 'ident') {
        // a method of the receiver that no file declares; embedded fields and interfaces may have it
        const v = variable(e.fn.of.name, ref);
        const type = v === null || v.scope !== 'receiver' || v.type === null ? null : bareType(v.type);
        const struct = type === null ? undefined : pkg.files.flatMap((f) => f.model.structs).find((s) => s.name === type.slice(type.lastIndexOf('.') + 1));
        const { field } = e.fn;
        if (struct !== undefined && !struct.fields.some((f) => f.embedded || f.name === field) && !pkg.byName.has(`${struct.name}.${field}`)) all = false;
      }
    });
  whole.set(pkg, all);
  return all;
}
