/**
 * Lines judged by their shapes (./shapes.ts): what stands between their values is known, with what each name means to the plan, so that no name is
 * read and no field is written down. The plan is that of ./search.ts; what is said of a line is what ./judge.ts says of its fields.
 *
 * flags of a node: kind | number of the exact entry << 4 | number of the bare entry << 12 | 1 << 20 where the field is a member of no object.
 */
import { bareEntryOf, beginJudging, exactEntry, verdictOf, weighField } from './judge';
import { ESCAPED_KEY, ESCAPED_VALUE, FIELD, nestedEnd, NO_PARENT, numberEnd, OBJECT, OPAQUE, STRING } from './fields';
import { BARE_VALUE, beginning, contextOf, END_OF_LINE, IN_PAIRS, learn, nodeAt, OBJECT_BEGINS, PAIRS_BEGIN, standsAt, STRING_VALUE } from './shapes';

const TOP: u32 = 1 << 20;
const ENTRIES: u32 = 0xffff0;
/** With all objects that may stand around them, so many values are fewer fields than ./fields.ts reads. */
const VALUES_CAP: u32 = 60;

/** The verdict of the line that knownLine read. */
export let known: u32 = 0;

/** The least length of an id. */
export const ID_LEAST: u32 = 12;
/** Values of the line that knownLineOf read which are as long as an id: address, length | SPAN_WITHIN where one may stand somewhere in it. */
export const SPAN: u32 = 8;
export const SPAN_WITHIN: u32 = 0x80000000;
export const spans = memory.data(SPAN * 64);
export let spanCount: u32 = 0;

/** Judges a line whose line feed stands before `end`; where that is, or 0 where the shape of the line is not known. */
export function knownLine(plan: usize, start: usize, end: usize, json: bool): usize {
  return walk(plan, start, end, json, false);
}

/** The same, with the values that may be ids. */
export function knownLineOf(plan: usize, start: usize, end: usize, json: bool): usize {
  return walk(plan, start, end, json, true);
}

@inline
function walk(plan: usize, start: usize, end: usize, json: bool, withSpans: bool): usize {
  let found: u32 = 0;
  beginJudging();
  let node = beginning(json);
  let context: u32 = json ? OBJECT_BEGINS : PAIRS_BEGIN;
  let p = start;
  for (let values: u32 = 0; values <= VALUES_CAP; values++) {
    let next: usize = load<u32>(node, 52);
    if (!standsAt(next, p, context)) {
      next = load<u32>(node, 56);
      if (!standsAt(next, p, context)) {
        next = nodeAt(node, p, context);
        if (next === 0) return 0;
      }
    }
    node = next;
    p += load<u32>(node, 32);
    if (p > end) return 0;
    const flags = load<u32>(node, 48);
    const form = flags & 3;
    if (form === END_OF_LINE) {
      known = verdictOf(plan);
      if (withSpans) spanCount = found;
      return p - 1;
    }
    const at = p;
    let bits = STRING;
    if (form === STRING_VALUE) {
      p = quotedEnd(p);
      if (escaped) bits = ESCAPED_VALUE;
    } else p = json ? bareEnd(p, end) : wordEnd(p);
    if (p === 0) return 0;
    const length = <u32>(p - at);
    if (withSpans && length >= ID_LEAST) {
      const within = bits !== STRING || (json && form === BARE_VALUE && (load<u8>(at) | 32) === 123);
      store<u32>(spans + found * SPAN, <u32>at);
      store<u32>(spans + found * SPAN, within ? length | SPAN_WITHIN : length, 4);
      found++;
    }
    if ((flags & ENTRIES) !== 0) weighField(plan, (flags >> 4) & 255, (flags >> 12) & 255, at, length, bits, (flags & TOP) !== 0);
    context = load<u32>(node, 44);
  }
  return 0;
}

let escaped = false;

/** The closing quote of a value that begins at `from`, in a line that ends; 0 where a control byte comes first. */
@inline
function quotedEnd(from: usize): usize {
  const quote = i8x16.splat(34);
  const slash = i8x16.splat(92);
  const control = i8x16.splat(31);
  let p = from;
  escaped = false;
  while (true) {
    const v = v128.load(p);
    const m = i8x16.bitmask(v128.or(v128.or(i8x16.eq(v, quote), i8x16.eq(v, slash)), i8x16.le_u(v, control)));
    if (m === 0) {
      p += 16;
      continue;
    }
    p += ctz(m);
    const c = load<u8>(p);
    if (c === 34) return p;
    if (c !== 92 || load<u8>(p, 1) < 32) return 0;
    escaped = true;
    p += 2;
  }
}

/** After a value of JSON that is no string; 0 where there is none. */
@inline
function bareEnd(p: usize, end: usize): usize {
  const c = load<u8>(p);
  if (<u32>c - 48 <= 9 || c === 45) return numberEnd(p, end);
  if (c === 91 || c === 123) return nestedEnd(p, end);
  if (load<u32>(p) === 0x65757274 || load<u32>(p) === 0x6c6c756e) return p + 4;
  return c === 102 && load<u32>(p, 1) === 0x65736c61 ? p + 5 : 0;
}

/** After a bare word of pairs; 0 where only a reader of the whole line may judge. */
@inline
function wordEnd(from: usize): usize {
  const c = load<u8>(from);
  if (c === 60 || c === 123 || c === 91) return 0;
  const blank = i8x16.splat(32);
  let p = from;
  while (true) {
    const m = i8x16.bitmask(i8x16.le_u(v128.load(p), blank));
    if (m === 0) {
      p += 16;
      continue;
    }
    p += ctz(m);
    const d = load<u8>(p);
    return d === 32 || d === 9 || d === 10 || d === 13 ? p : 0;
  }
}

/** Learns the shape of a line of `count` fields, which stand in the plan's scratch; its line feed is at `stop`. */
export function learnShape(plan: usize, count: u32, start: usize, stop: usize, json: bool): void {
  const fields: usize = load<u32>(plan, 28);
  let context: u32 = json ? OBJECT_BEGINS : PAIRS_BEGIN;
  let from = start;
  for (let i: u32 = 0; i < count; i++) {
    const field = fields + i * FIELD;
    const bits = load<u32>(field, 16);
    const kind = bits & 0xff;
    if ((bits & ESCAPED_KEY) !== 0 || load<u32>(field, 4) === 0) return;
    const exact = exactEntry(plan, field);
    const bare = bareEntryOf(plan, field);
    if (kind === OBJECT) {
      // what an object says to a term is not seen when only its members are
      if ((exact | bare) !== 0) return;
      continue;
    }
    const at: usize = load<u32>(field, 8);
    const parent = load<u32>(field, 20);
    // an object that is too deep: members of it are not told apart
    if (json && kind === OPAQUE && load<u8>(at) === 123 && <usize>load<u32>(field, 12) > at + 2) return;
    const inside = json ? contextOf(fields, parent) : IN_PAIRS;
    if (inside === 0) return;
    const quoted = kind === STRING && load<u8>(at - 1) === 34;
    const behind = quoted ? inside | 1 : inside;
    const flags = (quoted ? STRING_VALUE : BARE_VALUE) | (exact << 4) | (bare << 12) | (parent === NO_PARENT ? TOP : 0);
    if (learn(from, at, context, behind, flags) === 0) return;
    context = behind;
    from = load<u32>(field, 12);
  }
  learn(from, stop + 1, context, 0, END_OF_LINE);
}
