/**
 * Words without which a text holds nothing for an embedded reader. Every text is asked for the words of every reader, so the first question
 * answers them all: each chunk is decoded once.
 */
import { type ByteSource, readFully, readSlice } from '../../model/index.ts';

const WINDOW = 1024 * 1024;

export interface Needles {
  /** ASCII. */
  readonly any: readonly string[];
}

const lists: Needles[] = [];
const answers = new WeakMap<ByteSource, { readonly of: number; readonly found: ReadonlySet<Needles> }>();

/** To be made once, where the reader is defined. */
export function needles(...any: readonly string[]): Needles {
  const made: Needles = { any };
  lists.push(made);
  return made;
}

/** Whether a source holds one of them: chunk by chunk, nothing decoded beyond one chunk. */
export function holdsAny(source: ByteSource, of: Needles): boolean {
  let known = answers.get(source);
  // a reader that was loaded later has not been asked for yet
  if (known === undefined || known.of < lists.length) {
    known = { of: lists.length, found: search(source, lists) };
    answers.set(source, known);
  }
  return known.found.has(of);
}

function search(source: ByteSource, all: readonly Needles[]): ReadonlySet<Needles> {
  const found = new Set<Needles>();
  const overlap = Math.max(...all.flatMap((l) => l.any.map((n) => n.length))) - 1;
  const size = Math.min(WINDOW, Math.max(1, source.sizeBytes));
  const chunk = 'bytes' in source ? null : new Uint8Array(size);
  const anyOf = anyWord(all);
  for (let at = 0; at < source.sizeBytes && found.size < all.length; at += Math.max(1, size - overlap)) {
    const part = chunk === null ? readSlice(source, at, size) : chunk.subarray(0, readFully(source, at, chunk));
    const text = latin1.decode(part);
    // most texts hold none, which one pass tells
    if (anyOf.test(text)) for (const list of all) if (!found.has(list) && list.any.some((n) => text.includes(n))) found.add(list);
    if (part.length < size || at + size >= source.sizeBytes) break;
  }
  return found;
}

let any: { readonly of: number; readonly expression: RegExp } | null = null;

/** Any word of any list, told apart by its first character before the rest is tried. */
function anyWord(all: readonly Needles[]): RegExp {
  if (any === null || any.of !== all.length) {
    const byFirst = new Map<string, string[]>();
    for (const word of all.flatMap((l) => l.any)) byFirst.set(word[0]!, [...(byFirst.get(word[0]!) ?? []), escaped(word.slice(1))]);
    any = { of: all.length, expression: new RegExp([...byFirst].map(([first, rest]) => `${escaped(first)}(?:${rest.join('|')})`).join('|')) };
  }
  return any.expression;
}

const escaped = (word: string): string => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

const latin1 = new TextDecoder('latin1');
