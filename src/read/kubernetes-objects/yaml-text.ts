import { type Document, isMap, isNode, isPair, isScalar, isSeq, parseAllDocuments } from 'yaml';
import { decodeText, type Span } from '../../model/index.ts';
import { listAt, objectAt, textAt } from '../lib/fields.ts';
import { pointerParts } from '../lib/json-scan.ts';
import { type Found, isKubeconfig, makeObject } from './json-text.ts';

/** Positions cost about thirty times the text: manifests and exports are small, whole clusters come as JSON. */
export const YAML_CAP = 24 * 1024 * 1024;
/** Aliases may not blow a document up. */
const MOST_ALIASES = 200;

export interface YamlFound extends Found {
  /** First syntax error, with its byte offset. */
  readonly errors: { readonly offset: number; readonly what: string }[];
}

export function readYamlText(bytes: Uint8Array): YamlFound {
  const found: YamlFound = { objects: [], lists: [], cutAt: null, strangers: [], kubeconfig: false, errors: [] };
  const text = decodeText(bytes);
  const toByte = byteOffsets(text, bytes.length);
  let documents: readonly Document[];
  try {
    const parsed = parseAllDocuments(text, { logLevel: 'silent', strict: false, uniqueKeys: false, prettyErrors: false });
    documents = Array.isArray(parsed) ? parsed : [];
  } catch {
    // the parser recurses: text nested beyond its stack
    found.errors.push({ offset: 0, what: 'the text is nested too deeply' });
    return found;
  }
  for (const [n, document] of documents.entries()) {
    const error = document.errors[0];
    if (error !== undefined) found.errors.push({ offset: toByte(error.pos[0]), what: error.message.split('\n', 1)[0] ?? error.code });
    let value: unknown;
    try {
      value = document.toJS({ maxAliasCount: MOST_ALIASES });
    } catch {
      found.errors.push({ offset: toByte(document.range?.[0] ?? 0), what: 'an alias cannot be resolved or expands too far' });
      continue;
    }
    takeDocument(document, value, documents.length > 1 ? `#${n}` : '', toByte, found);
  }
  return found;
}

function takeDocument(document: Document, value: unknown, prefix: string, toByte: (at: number) => number, found: Found): void {
  const whole = objectAt(value);
  if (whole === null) return;
  if (isKubeconfig(whole)) {
    found.kubeconfig = true;
    return;
  }
  const kind = textAt(whole, 'kind');
  const items = listAt(whole, 'items');
  const spanOf = (pointer: string): Span | null => spanIn(document, pointer, toByte);
  if (Array.isArray(whole.items) && (kind === null || kind.endsWith('List'))) {
    const itemKind = kind !== null && kind !== 'List' && kind.endsWith('List') ? kind.slice(0, -4) : null;
    for (const [i, item] of items.entries()) {
      const here = objectAt(item);
      const base = `/items/${i}`;
      const span = spanOf(base);
      if (here === null || span === null) continue;
      const made = makeObject(here, span, `${prefix}${base}`, textAt(here, 'kind') ?? itemKind, textAt(here, 'apiVersion') ?? textAt(whole, 'apiVersion'), (p) =>
        spanOf(`${base}${p}`),
      );
      if (made === null) found.strangers.push(span);
      else found.objects.push(made);
    }
    const span = spanOf('');
    if (span !== null) found.lists.push({ kind: itemKind ?? textAt(items[0], 'kind'), count: items.length, span });
    return;
  }
  const span = spanOf('');
  if (span === null) return;
  const made = makeObject(whole, span, prefix, kind, textAt(whole, 'apiVersion'), spanOf);
  if (made === null) found.strangers.push(span);
  else found.objects.push(made);
}

/** From the key to the end of its value; a list element from its own start. */
function spanIn(document: Document, pointer: string, toByte: (at: number) => number): Span | null {
  let at: unknown = document.contents;
  let start: number | null = null;
  for (const part of pointerParts(pointer)) {
    if (isMap(at)) {
      const pair = at.items.find((p) => isPair(p) && isScalar(p.key) && String(p.key.value) === part);
      if (pair === undefined) return null;
      start = isNode(pair.key) ? (pair.key.range?.[0] ?? null) : null;
      at = pair.value;
    } else if (isSeq(at)) {
      at = at.items[Number(part)];
      start = null;
    } else return null;
  }
  if (!isNode(at) || at.range === undefined || at.range === null) return null;
  const from = toByte(start ?? at.range[0]);
  return { offset: from, length: Math.max(0, toByte(at.range[1]) - from) };
}

/** The parser counts UTF-16 units, places count bytes. Plain ASCII needs no table. */
function byteOffsets(text: string, sizeBytes: number): (at: number) => number {
  const shift = sizeBytes - text.length;
  let ascii = shift === 0;
  for (let i = 0; ascii && i < text.length; i++) if (text.charCodeAt(i) > 0x7f) ascii = false;
  if (ascii) return (at) => Math.min(Math.max(0, at), sizeBytes);
  const table = new Uint32Array(text.length + 1);
  // a byte order mark is not part of the decoded text
  let b = 0;
  for (let i = 0; i < text.length; i++) {
    table[i] = b;
    const c = text.charCodeAt(i);
    b += c < 0x80 ? 1 : c < 0x800 ? 2 : c >= 0xd800 && c < 0xdc00 ? 4 : c >= 0xdc00 && c < 0xe000 ? 0 : 3;
  }
  table[text.length] = b;
  // invalid UTF-8 decodes to longer text: then offsets are approximate and only kept within the bytes
  const bom = Math.max(0, Math.min(3, sizeBytes - b)) === 3 ? 3 : 0;
  return (at) => Math.min(sizeBytes, (table[Math.min(Math.max(0, at), text.length)] ?? 0) + bom);
}
