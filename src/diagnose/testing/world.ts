/** A small world for tests of the reasoning: stated conditions, stated coverage, nothing read from files. */
import {
  type Alias,
  type Answer,
  type Artifact,
  type Ask,
  type Condition,
  type Coverage,
  condition,
  defineKind,
  defineMechanism,
  type Edge,
  type Entity,
  entityId,
  type Facts,
  holdsDuring,
  Identity,
  instantFromSeconds,
  type Kind,
  type Mechanism,
  type Onset,
  placeAt,
} from '../../model/index.ts';
import { textArtifact } from '../../model/testing/artifact.ts';
import { mergeConditions } from '../../observe/lib/world.ts';
import { diagnose, makeReport } from '../index.ts';
import { withinSame } from '../lib/join.ts';

export const evidence = textArtifact(Array.from({ length: 200 }, (_, i) => `line ${i + 1} of the evidence, naïve ✓`).join('\n'), { id: 'evidence.txt', path: 'evidence.txt' });

export const kind = (id: string, more: Partial<Kind> = {}): Kind => defineKind({ id, title: id, explain: id, next: `show ${id}`, ...more });

let counter = 0;
export function stated(k: Kind, entity: Entity, at: number | null = null, more: { discriminator?: string; facts?: Facts; lastWell?: number | null } = {}): Condition {
  counter = (counter + 1) % 150;
  const onset: Onset =
    at === null
      ? { lastWell: null, firstIll: null }
      : {
          lastWell: more.lastWell === undefined ? instantFromSeconds(at - 5) : more.lastWell === null ? null : instantFromSeconds(more.lastWell),
          firstIll: instantFromSeconds(at),
        };
  return condition(k, {
    entity,
    ...(more.discriminator === undefined ? {} : { discriminator: more.discriminator }),
    during: { from: onset.firstIll, to: null },
    onset,
    facts: more.facts ?? {},
    says: `${k.id} on ${entity.key}`,
    places: [placeAt(evidence.id, { offset: counter * 30, length: 20 })],
  });
}

export interface TestWorld {
  readonly conditions: readonly Condition[];
  /** Kinds that were looked at everywhere: absent where nothing is stated. */
  readonly covered: readonly string[];
  readonly aliases?: readonly Alias[];
  readonly edges?: readonly Edge[];
}

export function askOf(w: TestWorld): Ask {
  const identity = new Identity(w.aliases ?? [], w.edges ?? []);
  const merged = mergeConditions(w.conditions, identity);
  const coverage: Coverage = { entity: null, interval: { from: null, to: null }, places: [placeAt(evidence.id, { offset: 0, length: 6 })] };
  return {
    identity,
    look<F extends Facts>(k: Kind<F>, entity: Entity | null = null): Answer<F> {
      const found = merged.filter(
        (c) => c.kind === k.id && (entity === null || identity.upwards(c.entity).some((r) => entityId(r.entity) === entityId(entity) && holdsDuring(r, c.during))),
      );
      if (found.length > 0) return { state: 'observed', conditions: found as Condition<F>[] };
      if (w.covered.includes(k.id)) return { state: 'absent', covered: [coverage] };
      return { state: 'not-observable', reasons: [{ why: `nothing shows ${k.id}`, next: k.next }] };
    },
  };
}

export function report(w: TestWorld, mechanisms: readonly Mechanism[], kinds: readonly Kind[], artifacts: readonly Artifact[] = [evidence]) {
  const ask = askOf(w);
  const { diagnosis, chainer } = diagnose(mechanisms, kinds, ask);
  return makeReport(diagnosis, { artifacts, ask, chainer, kinds: new Map(kinds.map((k) => [k.id, k])), gaps: [], inputs: [], hints: [], problems: [] });
}

export const mechanism = (id: string, from: Kind, to: Kind, more: Partial<Mechanism> = {}): Mechanism =>
  defineMechanism({
    id,
    title: id,
    to,
    from: [{ kind: from, role: 'defect', join: withinSame(from, 'process') }],
    because: `${id} because`,
    requires: [],
    refutes: [],
    rivals: [],
    order: 'cause-first',
    status: 'established',
    culprits: (link) => [{ kind: 'code', ref: link.causes[0]?.entity.key ?? '' }],
    acceptedFalsePositives: ['none'],
    ...more,
  });
