/**
 * A response whose body is neither closed nor read to its end on some path. net/http gives the connection back when the body is
 * closed or was read to EOF, so io.ReadAll and io.Copy of the whole body count as closing; a decoder does not.
 * Rate: 1 (a dump helper whose transport needs no close) claims on 613 non-test files (5 MB) of net, os, sync, log, database and cmd/go of Go 1.26.
 */
import { bodyNotClosed } from '../../../model/conditions/source.ts';
import { type Expr, eachStmt, exprsOf, spell } from '../../../read/go-source/index.ts';
import { type Acquired, judgeAcquired } from '../acquired.ts';
import { commandsWith, type FunctionRef } from '../packages.ts';
import { fileLine, type SourceFinding, type SourceRule, site } from '../rule.ts';
import { qualifiedCallee, qualifiedMethod } from '../types.ts';

type Facts = NonNullable<(typeof bodyNotClosed)['facts']>;

const FUNCTIONS = new Set(['Get', 'Head', 'Post', 'PostForm'].map((f) => `net/http.${f}`));
const METHODS = new Set(['Do', 'Get', 'Head', 'Post', 'PostForm'].map((f) => `net/http.Client.${f}`).concat('net/http.Transport.RoundTrip', 'net/http.RoundTripper.RoundTrip'));
const BODY: Acquired = {
  member: 'Body',
  closes: new Set(['Close']),
  drains: new Set(['io.ReadAll', 'io/ioutil.ReadAll', 'io.Copy', 'io.CopyBuffer']),
  until: null,
};

export const rule: SourceRule<Facts> = {
  kind: bodyNotClosed,
  find(pkg, module) {
    const commands = commandsWith(pkg, module);
    return pkg.functions.filter((f) => !f.fn.broken).flatMap((f) => findIn(f, commands));
  },
};

function findIn(ref: FunctionRef, linkedInto: readonly string[]): SourceFinding<Facts>[] {
  const found: SourceFinding<Facts>[] = [];
  eachStmt(ref.fn.body, (s) => {
    for (const e of exprsOf(s)) {
      if (e.kind !== 'call' || !isHttpCall(e, ref)) continue;
      const judged = s.kind === 'assign' ? judgeAcquired(s, ref, BODY) : s.kind === 'expr' ? { variable: '_', returnLine: null, at: null } : null;
      if (judged === null) continue;
      found.push({
        keyed: ref,
        facts: { ...site(ref, s.line), variable: judged.variable, call: spell(e.fn), returnLine: judged.returnLine, linkedInto },
        says:
          judged.returnLine === null
            ? `the body of ${spell(e.fn)} at ${fileLine(ref.file, s.line)} is never closed`
            : `the body of ${spell(e.fn)} at ${fileLine(ref.file, s.line)} is not closed when the function returns at line ${judged.returnLine}`,
        spans: [{ file: ref.file, span: { offset: s.offset, length: s.length } }, ...(judged.at === null ? [] : [{ file: ref.file, span: judged.at }])],
      });
    }
  });
  return found;
}

function isHttpCall(e: Expr & { kind: 'call' }, ref: FunctionRef): boolean {
  const named = qualifiedCallee(e, ref);
  if (named !== null) return FUNCTIONS.has(named);
  const method = qualifiedMethod(e, ref);
  return method !== null && METHODS.has(method);
}
