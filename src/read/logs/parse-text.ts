/**
 * What follows the head of a console line. Each tail is one logger's habit:
 *
 * zap          [name\t][pkg/file.go:29\t]message[\t{json}][\nstack]      tabs inside the message are not escaped
 * pairs        message k=v k=v                                           slog default handler, logrus on a terminal
 * caller-pairs [file.go:50 > ]message k=v                                zerolog console
 * hclog        [file.go:74: ][module: ]message[: k=v]
 * klog         [pid file.go:69] ]"message" k=v   or   message            (the head ends before the message)
 * json         message {json}                                            what services print around a library of their own
 * words        message                                                   std log; pairs inside it are fields all the same
 */
import type { Tail } from './format.ts';
import { endOfString, type FieldSpan, jsonFields } from './json-fields.ts';
import { logfmtPairs } from './logfmt-fields.ts';

export interface Piece {
  readonly start: number;
  readonly end: number;
  readonly coding: 'raw' | 'json' | 'go';
}

export interface TailParts {
  readonly message: Piece;
  readonly caller: Piece | null;
  readonly logger: Piece | null;
  readonly stack: Piece | null;
  readonly fields: readonly FieldSpan[];
}

const CALLER = /^[A-Za-z0-9_.\-/@+~]{1,512}\.(?:go|s):\d{1,7}$/;

export function parseTail(tail: Tail, text: string, bytes: Uint8Array, at: number): TailParts {
  switch (tail) {
    case 'zap':
      return zapTail(text, bytes, at);
    case 'pairs':
      return pairsTail(text, bytes, at, null);
    case 'caller-pairs':
      return callerPairs(text, bytes, at);
    case 'hclog':
      return hclogTail(text, bytes, at);
    case 'klog':
      return klogTail(text, bytes, at);
    case 'json':
      return jsonTail(text, bytes, at);
    case 'words':
      return wordsTail(text, bytes, at);
  }
}

const raw = (start: number, end: number): Piece => ({ start, end: Math.max(start, end), coding: 'raw' });

function trimEnd(text: string, start: number, end: number): number {
  let e = end;
  while (e > start && (text.charCodeAt(e - 1) === 32 || text.charCodeAt(e - 1) === 10 || text.charCodeAt(e - 1) === 9)) e--;
  return e;
}

function zapTail(text: string, bytes: Uint8Array, at: number): TailParts {
  let i = at;
  let logger: Piece | null = null;
  let caller: Piece | null = null;
  // a name is only a name when a caller follows it: without one nothing tells it from the message
  const columns: Piece[] = [];
  for (let n = 0, from = i; n < 2; n++) {
    const tab = text.indexOf('\t', from);
    if (tab < 0) break;
    columns.push(raw(from, tab));
    from = tab + 1;
  }
  const isCaller = (p: Piece | undefined): boolean => p !== undefined && CALLER.test(text.slice(p.start, p.end));
  if (isCaller(columns[0])) {
    caller = columns[0]!;
    i = caller.end + 1;
  } else if (isCaller(columns[1])) {
    logger = columns[0]!;
    caller = columns[1]!;
    i = caller.end + 1;
  }
  // fields are the object after the last tab-brace that is whole and ends its line
  let brace = text.lastIndexOf('\t{');
  for (let tries = 0; brace >= i - 1 && tries < 8; tries++) {
    const read = jsonFields(text, bytes, brace + 1);
    if (read !== null && (read.end === text.length || text.charCodeAt(read.end) === 10)) {
      return { message: raw(i, brace), caller, logger, stack: read.end + 1 < text.length ? raw(read.end + 1, text.length) : null, fields: read.fields };
    }
    brace = brace <= 0 ? -1 : text.lastIndexOf('\t{', brace - 1);
  }
  // no fields: a stack begins at the first line that is followed by "\tfile:line"
  const stackAt = STACK.exec(text.slice(i));
  const end = stackAt === null ? text.length : i + stackAt.index;
  return { message: raw(i, end), caller, logger, stack: stackAt === null ? null : raw(end + 1, text.length), fields: [] };
}

const STACK = /\n[^\s()]{1,512}\n\t[^\n]{1,1024}:\d{1,7}(?:\n|$)/;

function pairsTail(text: string, bytes: Uint8Array, at: number, caller: Piece | null): TailParts {
  const pairs = logfmtPairs(text, bytes, at, text.length);
  return { message: raw(at, trimEnd(text, at, pairs.tailStart)), caller, logger: null, stack: null, fields: pairs.fields.slice(pairs.tailFrom) };
}

function callerPairs(text: string, bytes: Uint8Array, at: number): TailParts {
  const gt = text.indexOf(' > ', at);
  if (gt > at && CALLER.test(text.slice(at, gt))) return pairsTail(text, bytes, gt + 3, raw(at, gt));
  if (text.endsWith(' >') && CALLER.test(text.slice(at, text.length - 2))) return pairsTail(text, bytes, text.length, raw(at, text.length - 2));
  return pairsTail(text, bytes, at, null);
}

const MODULE = /^[A-Za-z0-9_.\-/]{1,128}$/;

function hclogTail(text: string, bytes: Uint8Array, at: number): TailParts {
  let i = at;
  let caller: Piece | null = null;
  let logger: Piece | null = null;
  let colon = text.indexOf(': ', i);
  if (colon > i && CALLER.test(text.slice(i, colon))) {
    caller = raw(i, colon);
    i = colon + 2;
    colon = text.indexOf(': ', i);
  }
  if (colon > i && MODULE.test(text.slice(i, colon))) {
    logger = raw(i, colon);
    i = colon + 2;
  }
  const pairs = logfmtPairs(text, bytes, i, text.length);
  let end = trimEnd(text, i, pairs.tailStart);
  if (pairs.tailStart < text.length && text.charCodeAt(end - 1) === 58) end--;
  return { message: raw(i, end), caller, logger, stack: null, fields: pairs.fields.slice(pairs.tailFrom) };
}

const KLOG_CALLER = /^ {0,7}\d{1,10} ([^\]\n]{1,512}:\d{1,7})\] /;

function klogTail(text: string, bytes: Uint8Array, at: number): TailParts {
  const m = KLOG_CALLER.exec(text.slice(at, at + 640));
  const i = m === null ? at : at + m[0].length;
  const callerEnd = i - 2;
  const caller = m === null ? null : raw(callerEnd - m[1]!.length, callerEnd);
  if (text.charCodeAt(i) === 34) {
    const close = endOfString(text, i);
    if (close > 0) {
      const pairs = logfmtPairs(text, bytes, close, text.length);
      if (pairs.words === 0) return { message: { start: i + 1, end: close - 1, coding: 'go' }, caller, logger: null, stack: null, fields: pairs.fields };
    }
  }
  return { ...wordsTail(text, bytes, i), caller };
}

function wordsTail(text: string, bytes: Uint8Array, at: number): TailParts {
  const file = /^([A-Za-z0-9_.\-/@+~]{1,512}\.go:\d{1,7}): /.exec(text.slice(at, at + 640));
  const i = file === null ? at : at + file[0].length;
  return {
    message: raw(i, trimEnd(text, i, text.length)),
    caller: file === null ? null : raw(at, at + file[1]!.length),
    logger: null,
    stack: null,
    fields: logfmtPairs(text, bytes, i, text.length).fields,
  };
}

const OBJECT = /(?:^|[ \t])\{/g;
const OBJECT_TRIES = 8;

/** The first object that is whole and ends the first line. Without a message of its own the record says what the object's msg says. */
function jsonTail(text: string, bytes: Uint8Array, at: number): TailParts {
  // what parts the head from the object may be the head's last character
  OBJECT.lastIndex = Math.max(0, at - 1);
  const lineEnd = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at);
  for (let tries = 0; tries < OBJECT_TRIES; tries++) {
    const m = OBJECT.exec(text.slice(0, lineEnd));
    if (m === null) break;
    const brace = m.index + m[0].length - 1;
    const read = jsonFields(text, bytes, brace);
    if (read === null || text.slice(read.end, lineEnd).trim() !== '') continue;
    const end = trimEnd(text, at, brace);
    const said = end > at ? undefined : (read.fields.find((f) => f.name === 'msg') ?? read.fields.find((f) => f.name === 'message'));
    const message: Piece = said === undefined ? raw(at, end) : { start: said.start, end: said.end, coding: 'json' };
    return { message, caller: null, logger: null, stack: lineEnd + 1 < text.length ? raw(lineEnd + 1, text.length) : null, fields: read.fields };
  }
  return wordsTail(text, bytes, at);
}
