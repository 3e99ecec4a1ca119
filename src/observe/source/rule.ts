/** What a rule is: it looks at one package at a time and says where its fault stands. */
import { type Condition, condition, type Facts, goFunction, type Kind, type Place, placeAt, type Span } from '../../model/index.ts';
import type { FunctionRef, GoPackage, SourceFile } from './packages.ts';

export interface SourceFinding<F extends Facts = Facts> {
  /** The declared function by which a diagnosis asks: where a goroutine would be found. */
  readonly keyed: FunctionRef;
  readonly facts: F;
  readonly says: string;
  /** What a person should look at, the fault first. */
  readonly spans: readonly { readonly file: SourceFile; readonly span: Span }[];
}

export interface SourceRule<F extends Facts = Facts> {
  readonly kind: Kind<F>;
  find(pkg: GoPackage, module: readonly GoPackage[]): readonly SourceFinding<F>[];
}

export const site = (ref: FunctionRef, line: number): { function: string; file: string; line: number; artifact: string } => ({
  function: ref.symbol,
  file: ref.file.path,
  line,
  artifact: ref.file.artifact.id,
});

const places = (f: SourceFinding): Place[] => f.spans.map((s) => placeAt(s.file.artifact.id, { offset: s.span.offset, length: Math.min(s.span.length, 300) }));

export function toCondition<F extends Facts>(rule: SourceRule<F>, f: SourceFinding<F>, index: number): Condition<F> {
  return condition(rule.kind, {
    entity: goFunction(f.keyed.declared.symbol),
    // one function may hold several; two binaries' package main share their names, their files tell them apart
    discriminator: `${f.facts['artifact']}:${f.facts['line']}:${index}`,
    during: { from: null, to: null },
    onset: { lastWell: null, firstIll: null },
    facts: f.facts,
    says: f.says,
    places: places(f),
  });
}

/** `client.go:57` */
export const fileLine = (file: SourceFile, line: number): string => `${file.path.slice(file.path.lastIndexOf('/') + 1)}:${line}`;
