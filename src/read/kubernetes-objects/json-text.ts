import type { Span } from '../../model/index.ts';
import { fieldAt, type JsonObject, objectAt, textAt } from '../lib/fields.ts';
import { elements, members, parseSpan, skipSpace, skipValue, spanAtPointer } from '../lib/json-scan.ts';
import type { KubernetesObject } from './object.ts';
import { withoutSecrets } from './redact.ts';

export interface Found {
  readonly objects: KubernetesObject[];
  /** Collection kinds seen, e.g. PodList, with how many items: an empty list is an answer too. */
  readonly lists: ListSeen[];
  /** Set when the text stops inside a value. */
  cutAt: number | null;
  /** Whole values that are no Kubernetes objects. */
  strangers: Span[];
  /** A kubeconfig stood there: credentials, not evidence. */
  kubeconfig: boolean;
}

export interface ListSeen {
  /** Kind of the items; null in an empty kubectl list, which does not say. */
  readonly kind: string | null;
  readonly count: number;
  readonly span: Span;
}

/** One value after another: a list, an object, an array, a watch stream, an event archive (one JSON object a line). */
export function readJsonText(bytes: Uint8Array, start: number): Found {
  const found: Found = { objects: [], lists: [], cutAt: null, strangers: [], kubeconfig: false };
  let i = skipSpace(bytes, start);
  while (i < bytes.length) {
    const end = skipValue(bytes, i);
    if (end < 0) {
      takeCut(bytes, i, found);
      found.cutAt = bytes.length;
      break;
    }
    if (end === i) {
      found.strangers.push({ offset: i, length: Math.min(80, bytes.length - i) });
      break;
    }
    take(bytes, { offset: i, length: end - i }, '', null, found, 0);
    i = skipSpace(bytes, end);
  }
  return found;
}

/** What is whole in a value that the text cuts. */
function takeCut(bytes: Uint8Array, at: number, found: Found): void {
  let kind: string | null = null;
  let apiVersion: string | null = null;
  for (const m of members(bytes, at)) {
    if (m.key === 'kind' && m.whole) kind = asText(bytes, m.value);
    if (m.key === 'apiVersion' && m.whole) apiVersion = asText(bytes, m.value);
    if (m.key === 'items') takeItems(bytes, m.value.offset, itemDefaults(kind, apiVersion), found, '/items');
  }
}

interface Defaults {
  readonly kind: string | null;
  readonly apiVersion: string | null;
}

function itemDefaults(kind: string | null, apiVersion: string | null): Defaults {
  return { kind: kind !== null && kind !== 'List' && kind.endsWith('List') ? kind.slice(0, -4) : null, apiVersion };
}

function takeItems(bytes: Uint8Array, at: number, defaults: Defaults, found: Found, prefix: string): number {
  let n = 0;
  for (const span of elements(bytes, at)) {
    take(bytes, span, `${prefix}/${n}`, defaults, found, 1);
    n++;
  }
  return n;
}

function take(bytes: Uint8Array, span: Span, pointer: string, defaults: Defaults | null, found: Found, depth: number): void {
  const first = bytes[span.offset];
  if (first === 0x5b && depth === 0) {
    takeItems(bytes, span.offset, { kind: null, apiVersion: null }, found, pointer);
    return;
  }
  if (first !== 0x7b) {
    found.strangers.push(span);
    return;
  }
  let kind: string | null = null;
  let apiVersion: string | null = null;
  let items: Span | null = null;
  let object: Span | null = null;
  let involved = false;
  for (const m of members(bytes, span.offset)) {
    if (m.key === 'kind') kind = asText(bytes, m.value);
    else if (m.key === 'apiVersion') apiVersion = asText(bytes, m.value);
    else if (m.key === 'items' && bytes[m.value.offset] === 0x5b) items = m.value;
    else if (m.key === 'object' && bytes[m.value.offset] === 0x7b) object = m.value;
    else if (m.key === 'involvedObject') involved = true;
  }
  if (depth < 3 && items !== null && (kind === null || kind.endsWith('List'))) {
    const before = found.objects.length;
    const defaultsHere = itemDefaults(kind, apiVersion);
    const count = takeItems(bytes, items.offset, defaultsHere, found, `${pointer}/items`);
    found.lists.push({ kind: defaultsHere.kind ?? found.objects[before]?.kind ?? null, count, span });
    return;
  }
  // a watch event: {"type":"MODIFIED","object":{…}}
  if (depth < 3 && object !== null && kind === null) {
    take(bytes, object, `${pointer}/object`, null, found, depth + 1);
    return;
  }
  const value = objectAt(parseSpan(bytes, span));
  if (value !== null && isKubeconfig(value)) {
    found.kubeconfig = true;
    return;
  }
  const made =
    value === null
      ? null
      : makeObject(value, span, pointer, kind ?? defaults?.kind ?? (involved ? 'Event' : null), apiVersion ?? defaults?.apiVersion ?? null, (p) =>
          spanAtPointer(bytes, span.offset, p),
        );
  if (made === null) found.strangers.push(span);
  else found.objects.push(made);
}

export const isKubeconfig = (v: JsonObject): boolean => v.kind === 'Config' && Array.isArray(v.users) && Array.isArray(v.clusters);

export function makeObject(
  value: JsonObject,
  span: Span,
  pointer: string,
  kind: string | null,
  apiVersion: string | null,
  find: (pointer: string) => Span | null,
): KubernetesObject | null {
  const name = textAt(value, 'metadata', 'name') ?? textAt(value, 'metadata', 'generateName');
  if (kind === null || kind === '' || (name === null && kind !== 'Event')) return null;
  return {
    apiVersion: apiVersion ?? '',
    kind,
    namespace: textAt(value, 'metadata', 'namespace'),
    name: name ?? '',
    uid: textAt(value, 'metadata', 'uid'),
    span,
    pointer,
    value: withoutSecrets(kind, value),
    at(p) {
      // the nearest enclosing field that exists
      let at = p;
      while (at !== '') {
        if (fieldExists(value, at)) {
          const found = find(at);
          if (found !== null) return found;
        }
        at = at.slice(0, at.lastIndexOf('/'));
      }
      return span;
    },
  };
}

const fieldExists = (value: JsonObject, pointer: string): boolean =>
  fieldAt(
    value,
    pointer
      .slice(1)
      .split('/')
      .map((p) => p.replaceAll('~1', '/').replaceAll('~0', '~'))
      .map((p) => (/^\d+$/.test(p) ? Number(p) : p)),
  ) !== undefined;

const asText = (bytes: Uint8Array, span: Span): string | null => {
  const v = span.length > 300 ? undefined : parseSpan(bytes, span);
  return typeof v === 'string' ? v : null;
};

/** For sniffing: the depth-one keys in the first bytes of a text that may be cut. */
export function headKeys(head: Uint8Array, at: number): { keys: Set<string>; kind: string | null; apiVersion: string | null; items: number | null; reached: number } {
  const keys = new Set<string>();
  let kind: string | null = null;
  let apiVersion: string | null = null;
  let items: number | null = null;
  let reached = at;
  for (const m of members(head, at)) {
    keys.add(m.key);
    reached = m.whole ? m.value.offset + m.value.length : m.value.offset;
    if (m.key === 'kind' && m.whole) kind = asText(head, m.value);
    if (m.key === 'apiVersion' && m.whole) apiVersion = asText(head, m.value);
    if (m.key === 'items') items = m.value.offset;
  }
  return { keys, kind, apiVersion, items, reached };
}
