/**
 * Shapes of lines: what stands between one value and the next (`","trace_id":"`, ` status=`) is the same from line to line, in nearly the same
 * order. Each such text is a node, learnt from a line that ./fields.ts read whole; a line that is made of known nodes and of values of the right
 * kind is as valid as those it was learnt from, and needs no reading of names.
 *
 * A node stands in a context: which object is open (a container), and whether a string was before, whose closing quote begins the text.
 * It is NODE bytes: the first and the last 16 bytes of the text (the first padded with zeros), then u32: 32 length, 36 address, 40 context,
 * 44 context behind its value, 48 flags, 52 and 56 the nodes that came next lately, 60 the next node of its slot.
 * flags: kind (0 string, 1 bare, 2 end of the line) | role << 4 | slots by name << 8 | slots by bare name << 16 | number of the column << 24.
 */
import { sameBytes } from './bytes';
import { FIELD, NO_PARENT } from './fields';

export const NODE: u32 = 64;
const NODES_CAP: u32 = 1024;
export const STRING_VALUE: u32 = 0;
export const BARE_VALUE: u32 = 1;
export const END_OF_LINE: u32 = 2;

/** Contexts: the beginning of an object, of pairs, inside pairs; objects from 4 on, two for each. An odd one is behind a string. */
export const OBJECT_BEGINS: u32 = 0;
export const PAIRS_BEGIN: u32 = 1;
export const IN_PAIRS: u32 = 2;
export const FIRST_CONTAINER: u32 = 4;

const SLOTS: u32 = 1024;
const CONTAINERS_CAP: u32 = 256;
const CONTAINER: u32 = 12;

/** Fields: an object, or pairs, and a name in it. */
const COLUMNS_CAP: u32 = 128;
export const NO_COLUMN: u32 = 255;

/**
 * Memory of the shapes, given by the caller: SHAPES_BYTES. Slots of nodes, nodes (the first two are the beginnings, the third is none), containers
 * and columns (context around, address of the key, its length), texts.
 */
const NODES_AT: u32 = SLOTS * 4;
const CONTAINERS_AT: u32 = NODES_AT + NODES_CAP * NODE;
const COLUMNS_AT: u32 = CONTAINERS_AT + CONTAINERS_CAP * CONTAINER;
const TEXTS_AT: u32 = COLUMNS_AT + COLUMNS_CAP * CONTAINER;
const TEXTS_BYTES: u32 = 64 * 1024;
const LONGEST: u32 = 1024;

/** Of 0 to 16 bytes: those that count. */
const masks = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]);

let at: usize = 0;
let nodes: u32 = 0;
let containers: u32 = 0;
let columns: u32 = 0;
let texts: u32 = 0;

@inline
export function beginning(json: bool): usize {
  return at + NODES_AT + (json ? 0 : NODE);
}

/** Forgets everything. */
export function openShapes(memoryAt: usize): void {
  at = memoryAt;
  memory.fill(at, 0, TEXTS_AT);
  nodes = 3;
  containers = 0;
  columns = 0;
  texts = 0;
  const none = at + NODES_AT + 2 * NODE;
  for (let i: u32 = 0; i < 3; i++) {
    const node = at + NODES_AT + i * NODE;
    store<u32>(node, 0xffffffff, 40);
    store<u32>(node, <u32>none, 52);
    store<u32>(node, <u32>none, 56);
  }
}

/** Whether the text of a node stands at `p`, in the context, with a value behind it that its kind may have. */
@inline
export function standsAt(node: usize, p: usize, context: u32): bool {
  if (load<u32>(node, 40) !== context) return false;
  const length = load<u32>(node, 32);
  const first = v128.xor(v128.load(p), v128.load(node));
  if (length <= 16) {
    if (v128.any_true(v128.and(first, v128.load(masks + 16 - length)))) return false;
  } else {
    if (v128.any_true(v128.or(first, v128.xor(v128.load(p + length - 16), v128.load(node, 16))))) return false;
    if (length > 32 && !sameBytes(p, load<u32>(node, 36), length)) return false;
  }
  if ((load<u32>(node, 48) & 3) === BARE_VALUE) {
    const c = load<u8>(p + length);
    // a string, or blanks before whatever comes
    if (c === 34 || (c <= 32 && context !== PAIRS_BEGIN && context !== IN_PAIRS && context !== IN_PAIRS + 1)) return false;
    // an object that holds something is no value but a context
    if (c === 123 && load<u8>(p + length + 1) !== 125) return false;
  }
  return true;
}

/** The slot of what stands at `p`: by up to eight bytes of its first name. */
@inline
function slotAt(p: usize, context: u32): usize {
  const q = p + (context > IN_PAIRS ? context & 1 : 0);
  const c = load<u8>(q);
  let w: u64 = 125;
  if (c !== 125 && c > 13) {
    const json = context === OBJECT_BEGINS || context >= FIRST_CONTAINER;
    w = load<u64>(q + (json ? 2 : context === PAIRS_BEGIN ? 0 : 1));
    const other = w ^ (json ? 0x2222222222222222 : 0x3d3d3d3d3d3d3d3d);
    const ends = (other - 0x0101010101010101) & ~other & 0x8080808080808080;
    if (ends !== 0) w &= (ends & (0 - ends)) - 1;
  }
  const h = (w ^ (<u64>context << 56)) * 0x9e3779b97f4a7c15;
  return at + ((<usize>(h >> 54)) << 2);
}

/** The node whose text stands at `p`, or 0; it is what comes next from now on. */
export function nodeAt(before: usize, p: usize, context: u32): usize {
  for (let node: usize = load<u32>(slotAt(p, context)); node !== 0; node = load<u32>(node, 60)) {
    if (!standsAt(node, p, context)) continue;
    store<u32>(before, load<u32>(before, 52), 56);
    store<u32>(before, <u32>node, 52);
    return node;
  }
  return 0;
}

/** The context inside an object of this key, within another; 0 when there is no room. */
export function containerOf(parent: u32, key: usize, length: u32): u32 {
  for (let i: u32 = 0; i < containers; i++) {
    const entry = at + CONTAINERS_AT + i * CONTAINER;
    if (load<u32>(entry) === parent && load<u32>(entry, 8) === length && sameBytes(load<u32>(entry, 4), key, length)) return FIRST_CONTAINER + i * 2;
  }
  if (containers >= CONTAINERS_CAP) return 0;
  const text = keep(key, length);
  if (text === 0) return 0;
  const entry = at + CONTAINERS_AT + containers * CONTAINER;
  store<u32>(entry, parent);
  store<u32>(entry, <u32>text, 4);
  store<u32>(entry, length, 8);
  containers++;
  return FIRST_CONTAINER + (containers - 1) * 2;
}

/** The context in which the members of a field of ./fields.ts stand (NO_PARENT: of the line); 0 when there is no room for it. */
export function contextOf(fields: usize, parent: u32): u32 {
  if (parent === NO_PARENT) return containerOf(0, fields, 0);
  const object = fields + parent * FIELD;
  const around = contextOf(fields, load<u32>(object, 20));
  return around === 0 ? 0 : containerOf(around, load<u32>(object), load<u32>(object, 4));
}

export function columnCount(): u32 {
  return columns;
}

/** The number of a field; NO_COLUMN when there is no room. */
export function columnOf(context: u32, key: usize, length: u32): u32 {
  for (let i: u32 = 0; i < columns; i++) {
    const entry = at + COLUMNS_AT + i * CONTAINER;
    if (load<u32>(entry) === context && load<u32>(entry, 8) === length && sameBytes(load<u32>(entry, 4), key, length)) return i;
  }
  if (columns >= COLUMNS_CAP) return NO_COLUMN;
  const text = keep(key, length);
  if (text === 0) return NO_COLUMN;
  const entry = at + COLUMNS_AT + columns * CONTAINER;
  store<u32>(entry, context);
  store<u32>(entry, <u32>text, 4);
  store<u32>(entry, length, 8);
  return columns++;
}

/** The texts stand from `memory` on with room behind them for a step. */
function keep(text: usize, length: u32): usize {
  if (texts + length + 16 > TEXTS_BYTES) return 0;
  const to = at + TEXTS_AT + texts;
  memory.copy(to, text, length);
  texts += length;
  return to;
}

/** Learns the text [p, end) in a context; the node, known or new, or 0 when there is no room. */
export function learn(p: usize, end: usize, context: u32, behind: u32, flags: u32): usize {
  const length = <u32>(end - p);
  const slot = slotAt(p, context);
  for (let node: usize = load<u32>(slot); node !== 0; node = load<u32>(node, 60)) {
    if (load<u32>(node, 40) !== context || load<u32>(node, 32) !== length || (load<u32>(node, 48) & 3) !== (flags & 3)) continue;
    if (sameBytes(p, load<u32>(node, 36), length)) return node;
  }
  if (nodes >= NODES_CAP || length > LONGEST || length === 0) return 0;
  const text = keep(p, length);
  if (text === 0) return 0;
  const node = at + NODES_AT + nodes * NODE;
  nodes++;
  memory.fill(node, 0, NODE);
  memory.copy(node, p, min<u32>(length, 16));
  if (length > 16) memory.copy(node + 16, end - 16, 16);
  store<u32>(node, length, 32);
  store<u32>(node, <u32>text, 36);
  store<u32>(node, context, 40);
  store<u32>(node, behind, 44);
  store<u32>(node, flags, 48);
  const none = <u32>(at + NODES_AT + 2 * NODE);
  store<u32>(node, none, 52);
  store<u32>(node, none, 56);
  // the longer ones first: a shorter one may be the beginning of a longer one
  let before = slot;
  let next: usize = load<u32>(before);
  while (next !== 0 && load<u32>(next, 32) >= length) {
    before = next + 60;
    next = load<u32>(before);
  }
  store<u32>(node, <u32>next, 60);
  store<u32>(before, <u32>node);
  return node;
}
