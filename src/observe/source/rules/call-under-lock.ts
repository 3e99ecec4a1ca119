/**
 * Every call made while a mutex is surely held, with what is held. No fault by itself: dumps say which of them matters.
 * Builtins, conversions of the universe and calls of the lock itself are left out.
 */
import { callUnderLock } from '../../../model/conditions/source.ts';
import { spell } from '../../../read/go-source/index.ts';
import { lockEvents } from '../locks.ts';
import { fileLine, type SourceRule, site } from '../rule.ts';
import { variable } from '../types.ts';

type Facts = NonNullable<(typeof callUnderLock)['facts']>;

const UNIVERSE = new Set(
  'append cap clear close complex copy delete imag len make max min new panic print println real recover string byte rune int int64 uint64 float64 any error bool'.split(' '),
);

export const rule: SourceRule<Facts> = {
  kind: callUnderLock,
  find: (pkg) =>
    pkg.functions
      .filter((f) => !f.fn.broken)
      .flatMap((ref) =>
        lockEvents(ref).flatMap((e) => {
          const { call } = e;
          if (e.what !== 'call' || call === null || e.held.length === 0 || call.fn.kind === 'func') return [];
          if (call.fn.kind === 'type' || (call.fn.kind === 'ident' && UNIVERSE.has(call.fn.name) && variable(call.fn.name, ref) === null)) return [];
          return e.held.map((held) => ({
            keyed: ref,
            facts: { ...site(ref, call.line), lock: held.key, lockLine: held.stmt.line, call: spell(call.fn), endLine: call.fn.endLine },
            says: `${spell(call.fn)} is called at ${fileLine(ref.file, call.line)} with ${held.spelt} held since line ${held.stmt.line}`,
            spans: [
              { file: ref.file, span: { offset: call.offset, length: Math.min(call.length, 200) } },
              { file: ref.file, span: held.stmt },
            ],
          }));
        }),
      ),
};
