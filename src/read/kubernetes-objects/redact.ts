import { type JsonObject, objectAt } from '../lib/fields.ts';

/** kubectl apply keeps the whole object, values included, in this annotation. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** Secrets lose their values before anything else sees them; keys stay. Their applied copy goes too. */
export function withoutSecrets(kind: string, value: JsonObject): JsonObject {
  if (kind !== 'Secret') return value;
  const keysOnly = (from: unknown): JsonObject | undefined => {
    const o = objectAt(from);
    return o === null ? undefined : Object.fromEntries(Object.keys(o).map((k) => [k, null]));
  };
  const out: Record<string, unknown> = { ...value };
  for (const field of ['data', 'stringData']) {
    const kept = keysOnly(value[field]);
    if (kept !== undefined) out[field] = kept;
  }
  const metadata = objectAt(value, 'metadata');
  const annotations = objectAt(metadata, 'annotations');
  if (metadata !== null && annotations !== null && LAST_APPLIED in annotations) {
    const { [LAST_APPLIED]: _dropped, ...rest } = annotations;
    out.metadata = { ...metadata, annotations: rest };
  }
  return out;
}
