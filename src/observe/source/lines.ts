/** What stands at a line: so that a frame of a dump or a crash can be held against the source. */
import { lineLooksLike } from '../../model/conditions/source.ts';
import { type Condition, condition, type Entity, goFunction, placeAt } from '../../model/index.ts';
import type { Site } from '../../read/go-source/index.ts';
import { lockEvents } from './locks.ts';
import type { FunctionRef, GoPackage } from './packages.ts';

type Facts = NonNullable<(typeof lineLooksLike)['facts']>;

/** Sites of one declared function (closures included), or of all. */
export function linesOf(packages: readonly GoPackage[], entity: Entity | null): Condition<Facts>[] {
  const found: Condition<Facts>[] = [];
  for (const pkg of packages) {
    for (const file of pkg.files) {
      const refs = new Map<number, FunctionRef>();
      for (const ref of pkg.functions) if (ref.file === file) refs.set(file.model.functions.indexOf(ref.fn), ref);
      const numbered = new Map<string, number>();
      for (const s of file.model.sites) {
        const ref = refs.get(s.function);
        if (ref === undefined || (entity !== null && (entity.kind !== 'function' || entity.key !== ref.declared.symbol))) continue;
        found.push(made(s, ref, numbered));
      }
    }
  }
  return found;
}

/** Which lock a Lock call takes, told apart by type and field. */
const lockAt = (s: Site, ref: FunctionRef): string | null => lockEvents(ref).find((e) => e.taken !== null && e.stmt.line <= s.line && s.line <= e.stmt.endLine)?.taken?.key ?? null;

function made(s: Site, ref: FunctionRef, numbered: Map<string, number>): Condition<Facts> {
  const { file } = ref;
  const key = `${s.line}:${s.class}`;
  const n = numbered.get(key) ?? 0;
  numbered.set(key, n + 1);
  return condition(lineLooksLike, {
    entity: goFunction(ref.declared.symbol),
    discriminator: `${file.artifact.id}:${key}:${n}`,
    during: { from: null, to: null },
    onset: { lastWell: null, firstIll: null },
    facts: {
      function: ref.symbol,
      file: file.path,
      line: s.line,
      artifact: file.artifact.id,
      class: s.class,
      expression: s.expression.slice(0, 200),
      endLine: s.endLine,
      enclosing: ref.declared.symbol,
      size: s.size ?? null,
      lock: s.class === 'lock' || s.class === 'rlock' ? lockAt(s, ref) : null,
      cases: s.cases?.map((c) => `${c.class} ${c.channel}`.trim()) ?? [],
    },
    says: `${s.class} ${s.expression.slice(0, 80)} at ${file.path}:${s.line}`,
    places: [placeAt(file.artifact.id, { offset: s.offset, length: Math.min(s.length, 200) })],
  });
}
