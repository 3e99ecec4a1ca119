/** Typed looks into parsed JSON or YAML whose shape nobody guarantees: the wrong type reads as absent. */
export type JsonObject = { readonly [key: string]: unknown };

const isObject = (v: unknown): v is JsonObject => typeof v === 'object' && v !== null && !Array.isArray(v);

export function fieldAt(v: unknown, path: readonly (string | number)[]): unknown {
  let at = v;
  for (const key of path) {
    if (Array.isArray(at)) at = typeof key === 'number' ? at[key] : undefined;
    else if (isObject(at)) at = Object.hasOwn(at, String(key)) ? at[String(key)] : undefined;
    else return undefined;
  }
  return at;
}

export const objectAt = (v: unknown, ...path: readonly (string | number)[]): JsonObject | null => {
  const found = fieldAt(v, path);
  return isObject(found) ? found : null;
};

export const listAt = (v: unknown, ...path: readonly (string | number)[]): readonly unknown[] => {
  const found = fieldAt(v, path);
  return Array.isArray(found) ? found : [];
};

export const textAt = (v: unknown, ...path: readonly (string | number)[]): string | null => {
  const found = fieldAt(v, path);
  return typeof found === 'string' ? found : null;
};

/** A scalar as text: quantities and ports are written with and without quotes. */
export const scalarAt = (v: unknown, ...path: readonly (string | number)[]): string | null => {
  const found = fieldAt(v, path);
  return typeof found === 'string' ? found : typeof found === 'number' || typeof found === 'boolean' ? String(found) : null;
};

export const numberAt = (v: unknown, ...path: readonly (string | number)[]): number | null => {
  const found = fieldAt(v, path);
  return typeof found === 'number' && Number.isFinite(found) ? found : null;
};

export const booleanAt = (v: unknown, ...path: readonly (string | number)[]): boolean | null => {
  const found = fieldAt(v, path);
  return typeof found === 'boolean' ? found : null;
};

/** Text values of a map; other values are left out. */
export function textsAt(v: unknown, ...path: readonly (string | number)[]): { readonly [key: string]: string } {
  const found = objectAt(v, ...path);
  const out: Record<string, string> = {};
  if (found !== null) for (const [key, value] of Object.entries(found)) if (typeof value === 'string') out[key] = value;
  return out;
}
