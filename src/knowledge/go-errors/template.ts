/**
 * A template is literal text with typed holes, `<name:type>`. It is matched from its anchor, the longest literal piece, outwards: each hole
 * ends where the next literal piece first stands, at most HOLE characters on, so that a match costs a bounded number of steps.
 *
 *   word     letters, digits and _ . $ * [ ] - : a Go identifier, a network, a code
 *   number   an integer
 *   quoted   what strconv.Quote writes, with its quotes
 *   token    anything without white space
 *   text     anything on one line
 */

export type HoleType = 'word' | 'number' | 'quoted' | 'token' | 'text';

export interface Hole {
  readonly name: string;
  readonly type: HoleType;
}

export type Piece = string | Hole;

export interface Template {
  readonly pieces: readonly Piece[];
  /** Index of the anchor within `pieces`, where it starts within its piece, and its text. */
  readonly anchorPiece: number;
  readonly anchorAt: number;
  readonly anchor: string;
}

export interface TemplateMatch {
  readonly start: number;
  readonly end: number;
  readonly holes: Readonly<Record<string, string>>;
}

/** Longer holes are no part of an error that anybody reads. */
const HOLE = 400;
const HOLES = /<([a-zA-Z]+):(word|number|quoted|token|text)>/g;
const TYPES: Readonly<Record<HoleType, RegExp>> = {
  word: /^[A-Za-z0-9_.$*[\]-]{1,400}$/,
  number: /^-?[0-9]{1,20}$/,
  quoted: /^"(?:[^"\\\n]|\\.){0,398}"$/,
  token: /^\S{1,400}$/,
  text: /^[^\n]{1,400}$/,
};
/** Characters a JSON encoder may write otherwise: a needle without them is found in raw logs as well. */
const PLAIN = /[^"\\<>&\n\t\u007f-\uffff]+/g;

export function parseTemplate(text: string): Template {
  const pieces: Piece[] = [];
  let at = 0;
  for (const m of text.matchAll(HOLES)) {
    if (m.index > at) pieces.push(text.slice(at, m.index));
    pieces.push({ name: m[1] as string, type: m[2] as HoleType });
    at = m.index + m[0].length;
  }
  if (at < text.length) pieces.push(text.slice(at));
  let anchorPiece = -1;
  let anchorAt = 0;
  let anchor = '';
  for (const [i, piece] of pieces.entries()) {
    if (typeof piece !== 'string') continue;
    for (const run of piece.matchAll(PLAIN)) {
      if (run[0].length > anchor.length) [anchorPiece, anchorAt, anchor] = [i, run.index, run[0]];
    }
  }
  return { pieces, anchorPiece, anchorAt, anchor };
}

const isWord = (text: string, at: number): boolean => at >= 0 && at < text.length && /[A-Za-z0-9_]/.test(text[at] as string);

/** Matches with the anchor at `at`; null where what stands around it is something else. */
export function matchAt(template: Template, text: string, at: number): TemplateMatch | null {
  const { pieces, anchorPiece, anchorAt } = template;
  const piece = pieces[anchorPiece] as string;
  const pieceAt = at - anchorAt;
  if (pieceAt < 0 || !text.startsWith(piece, pieceAt)) return null;
  const holes: Record<string, string> = {};
  const end = forwards(pieces, anchorPiece + 1, text, pieceAt + piece.length, holes);
  if (end === null) return null;
  const start = backwards(pieces, anchorPiece - 1, text, pieceAt, holes);
  if (start === null) return null;
  // part of a longer word is another word
  if ((isWord(text, start) && isWord(text, start - 1)) || (isWord(text, end) && isWord(text, end - 1))) return null;
  return { start, end, holes };
}

function forwards(pieces: readonly Piece[], from: number, text: string, at: number, holes: Record<string, string>): number | null {
  let pos = at;
  for (let i = from; i < pieces.length; i++) {
    const piece = pieces[i] as Piece;
    if (typeof piece === 'string') {
      if (!text.startsWith(piece, pos)) return null;
      pos += piece.length;
      continue;
    }
    const after = pieces[i + 1];
    const length = after === undefined ? openLength(piece.type, text, pos) : closedLength(piece.type, text, pos, after as string);
    if (length === null) return null;
    holes[piece.name] = text.slice(pos, pos + length);
    pos += length;
  }
  return pos;
}

/** Up to where the next literal piece first stands; quoted text may hold that literal, too. */
function closedLength(type: HoleType, text: string, at: number, literal: string): number | null {
  if (type === 'quoted') return openLength(type, text, at);
  const window = text.slice(at, at + HOLE + literal.length);
  const length = window.indexOf(literal, 1);
  return length > 0 && TYPES[type].test(window.slice(0, length)) ? length : null;
}

const OPEN: Readonly<Record<HoleType, RegExp>> = {
  word: /[A-Za-z0-9_.$*[\]-]{1,400}/y,
  number: /-?[0-9]{1,20}/y,
  quoted: /"(?:[^"\\\n]|\\.){0,398}"/y,
  token: /\S{1,400}/y,
  text: /[^\n]{1,400}/y,
};

function openLength(type: HoleType, text: string, at: number): number | null {
  const re = OPEN[type];
  re.lastIndex = at;
  const found = re.exec(text)?.[0];
  if (found === undefined) return null;
  // the stop that ends a sentence is not part of what it names
  return type === 'word' || type === 'token' ? found.replace(/[.,;:)\]"']{1,4}$/, '').length || null : found.length;
}

function backwards(pieces: readonly Piece[], from: number, text: string, at: number, holes: Record<string, string>): number | null {
  let pos = at;
  for (let i = from; i >= 0; i--) {
    const piece = pieces[i] as Piece;
    if (typeof piece === 'string') {
      if (!text.startsWith(piece, pos - piece.length) || pos < piece.length) return null;
      pos -= piece.length;
      continue;
    }
    const before = pieces[i - 1];
    const start = before === undefined ? openStart(piece.type, text, pos) : closedStart(piece.type, text, pos, before as string);
    if (start === null) return null;
    holes[piece.name] = text.slice(start, pos);
    pos = start;
  }
  return pos;
}

function closedStart(type: HoleType, text: string, end: number, literal: string): number | null {
  const from = Math.max(0, end - HOLE - literal.length);
  const window = text.slice(from, end);
  // the nearest first; what a hole may hold (a path with the literal in it) lets it go further back
  let at = window.lastIndexOf(literal);
  for (let tries = 0; at >= 0 && tries < 4; tries++) {
    const value = window.slice(at + literal.length);
    if (TYPES[type].test(value)) return from + at + literal.length;
    at = at === 0 ? -1 : window.lastIndexOf(literal, at - 1);
  }
  return null;
}

/** Back over what the type may hold; a quoted hole back to the quote that opens it. */
function openStart(type: HoleType, text: string, end: number): number | null {
  const from = Math.max(0, end - HOLE);
  if (type === 'quoted') {
    if (text[end - 1] !== '"') return null;
    for (let at = end - 2; at >= from; at--) if (text[at] === '"' && TYPES.quoted.test(text.slice(at, end)) && text[at - 1] !== '\\') return at;
    return null;
  }
  const allowed = type === 'word' ? /[A-Za-z0-9_.$*[\]-]/ : type === 'number' ? /[0-9-]/ : type === 'token' ? /\S/ : /[^\n]/;
  let at = end;
  while (at > from && allowed.test(text[at - 1] as string)) at--;
  return at < end ? at : null;
}
