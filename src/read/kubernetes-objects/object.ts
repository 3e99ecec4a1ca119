import { type Instant, parseInstant, type Span } from '../../model/index.ts';
import { type JsonObject, objectAt, textAt, textsAt } from '../lib/fields.ts';
import type { FieldSpan, ObjectView, OwnerView } from '../lib/kubernetes-views.ts';

/** One object as written, with the way back to its bytes. */
export interface KubernetesObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly uid: string | null;
  /** The whole object in the artifact. */
  readonly span: Span;
  /** Pointer of the object within its document, e.g. /items/3; documents of a YAML stream are prefixed "#1". */
  readonly pointer: string;
  /** Parsed; values of Secrets are not kept. */
  readonly value: JsonObject;
  /** Where a field stands: key and value. The object itself when there is no such field. */
  at(pointer: string): Span;
}

/** Field place of an object: span for the bytes, pointer for people. */
export const fieldOf = (o: KubernetesObject, pointer: string): FieldSpan => new LazyField(o, pointer);

/** Spans are looked up when cited: a list of thousands of pods is never walked for fields nobody asks about. */
class LazyField implements FieldSpan {
  readonly #object: KubernetesObject;
  readonly #pointer: string;
  constructor(object: KubernetesObject, pointer: string) {
    this.#object = object;
    this.#pointer = pointer;
  }
  get span(): Span {
    return this.#object.at(this.#pointer);
  }
  get pointer(): string {
    return `${this.#object.pointer}${this.#pointer}`;
  }
}

export const instantOf = (o: KubernetesObject, ...path: readonly (string | number)[]): Instant | null => instantAt(o.value, ...path);

export const instantAt = (v: unknown, ...path: readonly (string | number)[]): Instant | null => {
  const text = textAt(v, ...path);
  return text === null ? null : parseInstant(text);
};

/** The controller among the owners, else the only owner. */
function ownerOf(o: KubernetesObject): OwnerView | null {
  const owners = objectAt(o.value, 'metadata')?.ownerReferences;
  if (!Array.isArray(owners) || owners.length === 0) return null;
  const controller = owners.findIndex((w) => objectAt(w)?.controller === true);
  const index = Math.max(controller, 0);
  const kind = textAt(owners[index], 'kind');
  const name = textAt(owners[index], 'name');
  if (kind === null || name === null) return null;
  const field = fieldOf(o, `/metadata/ownerReferences/${index}`);
  return withField(field, { kind, name, uid: textAt(owners[index], 'uid') });
}

/** Adds lazily computed span and pointer to a plain record. */
export function withField<T extends object>(field: FieldSpan, record: T): T & FieldSpan {
  Object.defineProperty(record, 'span', { get: () => field.span, enumerable: true });
  Object.defineProperty(record, 'pointer', { get: () => field.pointer, enumerable: true });
  return record as T & FieldSpan;
}

export function objectView(o: KubernetesObject): Omit<ObjectView, keyof FieldSpan> {
  return {
    kind: o.kind,
    namespace: o.namespace,
    name: o.name,
    uid: o.uid,
    createdAt: instantAt(o.value, 'metadata', 'creationTimestamp'),
    deletedAt: instantAt(o.value, 'metadata', 'deletionTimestamp'),
    labels: textsAt(o.value, 'metadata', 'labels'),
    owner: ownerOf(o),
    field: (pointer) => fieldOf(o, pointer),
  };
}
